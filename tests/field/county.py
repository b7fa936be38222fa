"""An invented county whose truth is known: who lives how, and what departments have on file about it.

Each household is at most one case of the table CASES: what is true of it (a word, or nothing), what its extracts say, and in what the two
differ. Most of what extracts say against a household is no violation; of these false cases a part shows it in the extracts (another name, a
date, a state, a type, another department's row), and a part does not: `hidden`. Nobody here knows of rules, lists or leads.
"""
import csv
import os
import random

DAY = '2017-11-26'
COUNTY = '500901'
HEADERS = {
    'registry': '户编号 姓名 证件号码 与户主关系 贫困户属性 脱贫状态 识别年度 脱贫年度 人均纯收入 收入年度 是否易地搬迁户 行政区划代码',
    'hukou': '户号 姓名 公民身份号码 与户主关系 户别 状态 行政区划代码',
    'civil': '身份证号 姓名 救助类别 享受状态 起始日期',
    'death': '身份证号 姓名 死亡日期',
    'housing': '户主身份证号 户主姓名 危房等级 是否改造 对象类型 鉴定日期',
    'property': '证件号码 权利人 用途 登记日期',
    'vehicle': '证件号码 所有人 车辆类型 登记日期 机动车状态',
    'business': '证件号码 姓名 企业名称 职务 登记状态 成立日期',
    'payroll': '证件号码 姓名 单位 人员类别 人员状态',
    'machine': '证件号码 姓名 机械类型 功率 登记日期',
    'relocation': '户主证件号码 户主姓名 搬迁年度',
    'education': '证件号码 姓名 在校状态',
    'village': '行政区划代码 县 乡镇 行政村',
}
SURNAMES, GIVEN = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨', '云山石松竹梅兰禾田泉溪川峰岭谷原野林枫柏'


class Person:
    def __init__(self, id_, name, relation):
        self.id, self.name, self.relation = id_, name, relation
        self.doubted = False    # a department has no name beside the number, or another spelling


class Household:
    """no: as public security numbers it, and, where the family is registered, poverty alleviation. true: the words that hold."""

    def __init__(self, no, region, people, status):
        self.no, self.region, self.people, self.status = no, region, people, status
        self.true, self.case, self.type, self.income = set(), None, '农业', 2600 if status == '未脱贫' else 5200
        self.entered, self.exited = 2014, {'已脱贫': 2016}.get(status)

    @property
    def head(self):
        return self.people[0]


class County:
    """Families of one to four in villages, and rows by kind; the same for the same seed."""

    def __init__(self, households, hidden, seed):
        self.random = random.Random(seed)
        self.rows = {kind: [] for kind in HEADERS}
        self.households, self.ids, self.next = [], {}, 0
        for n in range(households):
            h = self.family(n)
            self.households.append(h)
            case = self.pick(CASES[h.status], hidden)
            if case:
                h.case = case
                h.true |= {case[TRUE]} - {''}
                case[PAPERS](self, h)
        for n in range(1 + (households - 1) // 200):
            self.rows['village'].append(['%s%03d201' % (COUNTY, n + 1), '云岭县', '镇%d' % (n + 1), '村%d' % (n + 1)])
        for h in self.households:
            self.file_people(h)

    # ---- people ------------------------------------------------------------------------------------------------------------------------

    def id(self, born):
        """an id that nobody else has: of one birthday, every number once"""
        self.next += 1
        place = self.next
        text = '%06d%d%02d%02d%03d' % (500901 + place // 300000, born, place % 12 + 1, place // 12 % 28 + 1, place // 336 % 999 + 1)
        if text in self.ids:
            return self.id(born)
        self.ids[text] = True
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        return text + '10X98765432'[sum(int(c) * w for c, w in zip(text, weights)) % 11]

    def name(self):
        return self.random.choice(SURNAMES) + self.random.choice(GIVEN) + self.random.choice(GIVEN)

    def family(self, n):
        draw = self.random.randrange
        born = 1957 + draw(25)
        people = [Person(self.id(born), self.name(), '户主')]
        if draw(4):
            people.append(Person(self.id(born + draw(3)), self.name(), '配偶'))
        people += [Person(self.id(2002 + draw(9)), self.name(), '子') for _ in range(draw(3))]
        status = (None, '已脱贫', '未脱贫')[self.random.choices((0, 1, 2), (50, 25, 25))[0]]
        return Household('%06d' % (n + 1), '%s%03d201' % (COUNTY, n // 200 + 1), people, status)

    def file_people(self, h):
        for p in h.people:
            self.rows['hukou'].append([h.no, p.name, p.id, p.relation, h.type, '正常', h.region])
            if h.status:
                self.rows['registry'].append([h.no, p.name, p.id, p.relation, '一般贫困户', h.status, h.entered, h.exited, h.income,
                                              h.exited or 2016, '否', h.region])

    # ---- what departments file ---------------------------------------------------------------------------------------------------------

    def pick(self, cases, hidden):
        """A case of the table, or None; of the false ones a share of `hidden` shows in no extract."""
        false = sum(c[WEIGHT] for c in cases if not c[TRUE])
        unseen = sum(c[WEIGHT] for c in cases if not c[TRUE] and c[TRACE] == 'hidden')
        def weight(c):
            if c[TRUE]:
                return c[WEIGHT]
            return c[WEIGHT] * (hidden * false / unseen if c[TRACE] == 'hidden' else (1 - hidden) * false / (false - unseen))
        weights = [weight(c) for c in cases]
        return self.random.choices([None, *cases], [sum(weights), *weights])[0]

    def file(self, kind, person, *cells):
        """as departments do: three rows in a hundred without a name, one with a name that is spelt otherwise"""
        draw = self.random.randrange(100)
        person.doubted = draw < 4
        self.rows[kind].append([person.id, '' if draw < 3 else person.name + '儿' * (draw == 3), *cells])

    def another(self, kind, person, *cells):
        """under the person's number, in another's name, and every tenth time in none: the number was mistyped, or lent"""
        self.rows[kind].append([person.id, '欧阳' + self.name() if self.random.randrange(10) else '', *cells])

    def write(self, folder):
        os.makedirs(folder)
        for kind, rows in self.rows.items():
            with open(os.path.join(folder, kind + '.csv'), 'w', encoding='utf-8', newline='') as f:
                out = csv.writer(f, lineterminator='\n')
                out.writerow(HEADERS[kind].split())
                out.writerows(rows)


def unsafe(county, h, *, grade='D', renovated='否', thing='其他', day='2016-03-01', file=County.file):
    file(county, 'housing', h.head, grade, renovated, thing, day)


def aided(county, h):
    county.file('civil', h.head, '农村低保', '在享', '2013-01-01')


def child(h):
    """of school age, or made so: the last of the family"""
    return h.people[-1] if h.people[-1].relation == '子' else None


def school(county, h, file=County.file, state='辍学'):
    pupil = child(h)
    if not pupil:
        pupil = Person(county.id(2006), county.name(), '子')
        h.people.append(pupil)
    file(county, 'education', pupil, state)


def death(county, h, file=County.file, day='2016-05-01'):
    file(county, 'death', h.people[-1], day)


def both(*papers):
    def file(county, h):
        for p in papers:
            p(county, h)
    return file


def row(kind, *cells, file=County.file):
    """a row of that kind on the head of the family"""
    return lambda county, h: file(county, kind, h.head, *cells)


def of(paper, **options):
    return lambda county, h: paper(county, h, **options)


def becomes(**what):
    return lambda county, h: [setattr(h, name, value) for name, value in what.items()]


ANOTHER = County.another
CAR, FLAT, FIRM = ('小型轿车', '2013-04-01'), '商品房', ('商贸有限公司', '法定代表人')

# weight (of its status), what the family is (in words for readers), what is true (a word, or '' where there is no violation), in what the
# extracts show that it is false: name, date, state, type, another row; hidden: in nothing.
WEIGHT, WHAT, TRUE, TRACE, PAPERS = range(5)
CASES = {
    '未脱贫': [
        (8, 'owns and drives a car', 'car', '', row('vehicle', *CAR, '正常')),
        (8, 'bought a flat before entry', 'flat', '', row('property', FLAT, '2014-03-01')),
        (5, 'runs a firm', 'firm', '', row('business', *FIRM, '存续', '2012-05-01')),
        (4, 'is on the payroll', 'pay', '', row('payroll', '云岭县', '事业单位', '在职')),
        (2, 'owns a digger', 'machine', '', row('machine', '挖掘机', '60', '2012-01-01')),
        (3, 'became well off after entry, and bought a car', 'car', '', row('vehicle', CAR[0], '2016-08-01', '正常')),
        (3, 'has moved to town, with all that belongs to it', 'town', '', becomes(type='非农业')),
        (4, 'a member has died', 'dead', '', death),
        (12, "another's car: the number was mistyped", '', 'name', row('vehicle', *CAR, '正常', file=ANOTHER)),
        (9, 'a car that was sold', '', 'state', row('vehicle', *CAR, '转出')),
        (6, 'a motorcycle', '', 'type', row('vehicle', '普通二轮摩托车', CAR[1], '正常')),
        (6, "another's flat", '', 'name', row('property', FLAT, '2014-03-01', file=ANOTHER)),
        (10, 'a relocated flat', '', 'type', both(row('property', '安置房', '2016-03-01'), row('relocation', '2016'))),
        (4, 'the homestead', '', 'type', row('property', '宅基地', '2014-05-01')),
        (4, 'a flat from before 2014, allowed', '', 'date', row('property', FLAT, '2008-03-01')),
        (9, 'a dormant firm, struck off', '', 'state', row('business', *FIRM, '吊销', '2012-05-01')),
        (5, 'a member of a cooperative', '', 'type', row('business', '种植专业合作社', '股东', '存续', '2012-05-01')),
        (5, "another's firm", '', 'name', row('business', *FIRM, '存续', '2012-05-01', file=ANOTHER)),
        (4, 'a post for the poor', '', 'type', row('payroll', '云岭县', '公益性岗位', '在职')),
        (3, 'has left the payroll', '', 'state', row('payroll', '云岭县', '事业单位', '离职')),
        (3, 'a tiller', '', 'type', row('machine', '微耕机', '4', '2012-01-01')),
        (8, "a wrong death entry: another's", '', 'name', of(death, file=ANOTHER)),
        (4, 'a van bought after entry with the aid loan', '', 'hidden', row('vehicle', '小型普通客车', '2016-08-01', '正常')),
        (2, "a relative's car in his name", '', 'hidden', row('vehicle', *CAR, '正常')),
        (2, 'a relocated flat, on file as any other', '', 'hidden', both(row('property', FLAT, '2016-03-01'), row('relocation', '2016'))),
        (2, 'a dormant firm that nobody struck off', '', 'hidden', row('business', *FIRM, '存续', '2012-05-01')),
        (1, 'a wrong death entry, in the right name', '', 'hidden', death),
    ],
    '已脱贫': [
        (10, 'lives in an unsafe house', 'unsafe', '', unsafe),
        (8, 'earns less than the line', 'income', '', becomes(income=2100)),
        (5, 'a child has left school', 'dropout', '', school),
        (20, 'rebuilt, and on file', '', 'state', of(unsafe, renovated='是')),
        (12, "another's house: the number was mistyped", '', 'name', of(unsafe, file=ANOTHER)),
        (10, 'moved out of the unsafe house by relocation', '', 'another row', both(unsafe, row('relocation', '2016'))),
        (6, 'surveyed after the house was mended', '', 'date', both(of(unsafe, day='2014-03-01'), of(unsafe, grade='B', day='2016-03-01'))),
        (6, "another's child", '', 'name', of(school, file=ANOTHER)),
        (3, 'rebuilt, and nobody filed it', '', 'hidden', unsafe),
        (2, 'income mistyped', '', 'hidden', becomes(income=520)),
        (2, 'a child that goes to school elsewhere', '', 'hidden', school),
    ],
    None: [
        (12, 'on aid, in an unsafe house', 'unsafe', '', both(unsafe, aided)),
        (8, 'of the four categories, in an unsafe house', 'unsafe', '', of(unsafe, thing='低保户')),
        (6, 'a child has left school', 'dropout', '', school),
        (20, 'rebuilt, and on file', '', 'state', of(unsafe, thing='低保户', renovated='是')),
        (10, "another's house: the number was mistyped", '', 'name', of(unsafe, thing='低保户', file=ANOTHER)),
        (4, "another's house, and aid of one's own", '', 'name', both(of(unsafe, file=ANOTHER), aided)),
        (10, 'left the old house for a flat', '', 'another row', both(of(unsafe, thing='低保户'), row('property', FLAT, '2012-03-01'))),
        (8, 'well off: a car', '', 'another row', both(of(unsafe, thing='低保户'), row('vehicle', *CAR, '正常'))),
        (6, "another's child", '', 'name', of(school, file=ANOTHER)),
        (3, 'rebuilt, and nobody filed it', '', 'hidden', of(unsafe, thing='低保户')),
        (2, 'an old house that nobody lives in', '', 'hidden', both(unsafe, aided)),
        (2, 'a child that goes to school elsewhere', '', 'hidden', school),
    ],
}
