"""Small counties in which everything collides: few ids, few household numbers, few days, many rows.

write(folder, seed) fills a folder with extracts; the same seed gives the same bytes. All people are invented, and the county
codes 500901 and 500902 were never issued. Kinds and spellings are those of ../reference/kinds.py; nothing is taken from the program.
"""
import csv
import datetime
import io
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'reference'))
from kinds import ENUMS, KINDS, OTHER  # noqa: E402

AS_OF = datetime.date(2017, 11, 26)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NAMES = ['向甲', '田乙', '龚丙', '秦丁', '牟戊', '陶己', '向·甲', '田 乙', 'Ａa', '']
REGIONS = ['500901001201', '500901001202', '500901002201', '500901001001', '500902001201', '500901001', '500901', '']
ADDRESSES = ['一组1号', '一组 1号', '二组2号', '']
DAYS = ['2013-12-31', '2014-01-01', '2014/1/2', '20150630', '2016年3月1日', '2016-11-26', '2016-11-25', '2017-11-25',
        '2017-11-26', '2017.11.27', '2018-01-01', '']
YEARS = ['2009', '2013', '2014', '2015年', '201606', '2016', '2017', '2018', '2020', '2021', '']
COMPANIES = ['甲有限公司', '乙种植专业合作社', '']
RELATION_WORDS = ['户主', '户主', '配偶', '长子', '其他亲属', '']

# Some counties lean towards what rules with many conditions ask for: (kind, column) -> values that are then likely.
LEANS = {
    None: {},
    'split': {('hukou', 'split_on'): ['2014-01-01', '20150630'], ('hukou', 'type'): ['农业'], ('registry', 'status'): ['未脱贫', '返贫']},
    'relocated': {('registry', 'relocation'): ['是'], ('registry', 'entered_year'): ['2016', '2017'], ('registry', 'category'): ['一般贫困户'],
                  ('registry', 'income'): ['3000', '8000'], ('registry', 'status'): ['未脱贫'], ('relocation', 'batch_year'): ['2014', '2016']},
    'converted': {('hukou', 'type'): ['非农业'], ('home region', ''): ['500901001201', '500901001202'], ('hukou', 'converted_on'): ['2014-01-01'],
                  ('registry', 'status'): ['未脱贫'], ('civil', 'aid'): ['农村低保']},
    'divorced': {('marriage', 'event'): ['离婚'], ('marriage', 'on'): ['20150630', '2016-11-25'], ('hukou', 'address'): ['一组1号', '一组 1号'],
                 ('home region', ''): ['500901001201'], ('registry', 'status'): ['未脱贫']},
    'villages': {('hukou', 'split_on'): ['2014-01-01', '20150630'], ('home region', ''): ['500901001201'], ('hukou', 'state'): ['正常'],
                 ('hukou', 'type'): ['农业']},
}


def check_digit(digits):
    return '10X98765432'[sum(w * int(d) for w, d in zip(WEIGHTS, digits)) % 11]


def make_id(county, day, order):
    digits = '%s%s%03d' % (county, day.strftime('%Y%m%d'), order)
    return digits + check_digit(digits)


def ends_in_000(county, day):
    """an id whose last three places are 000: such ones are weak"""
    for order in range(0, 1000, 100):
        if make_id(county, day, order).endswith('000'):
            return make_id(county, day, order)
    return make_id(county, day, 7)


class County:
    """what the rows of one county are drawn from"""

    def __init__(self, seed):
        self.r = random.Random(seed)
        r = self.r
        self.lean = r.choice([None, None] + list(LEANS))
        self.size = 160 if self.lean == 'villages' else r.choice([8, 15, 30, 60, 120])
        self.dirt = r.choice([0, 0.01, 0.05])
        self.people = [self.person() for _ in range(self.size)]
        self.names = [r.choice(NAMES) for _ in self.people]
        self.numbers = ['%d' % n for n in range(max(2, self.size // (1 if self.lean == 'villages' else r.choice([2, 3, 5]))))]
        self.registry_numbers = ['%02d' % n for n in range(max(2, self.size // r.choice([2, 4, 6])))]
        self.bias = {}

    def person(self):
        r = self.r
        day = r.choice([
            lambda: datetime.date(r.randint(1930, 1957), r.randint(1, 12), r.randint(1, 28)),
            lambda: datetime.date(r.randint(1958, 1999), r.randint(1, 12), r.randint(1, 28)),
            lambda: datetime.date(r.choice([2001, 2002, 2011, 2012]), r.choice([10, 11, 12]), r.randint(24, 28)),
            lambda: datetime.date(1957, 11, r.randint(25, 27)),
        ])()
        county = r.choice(['500901', '500902'])
        return ends_in_000(county, day) if r.random() < 0.06 else make_id(county, day, r.randint(0, 3))

    def pick(self, what, values, required=False):
        """one of the values; which are likely differs from county to county"""
        if what not in self.bias:
            weights = [self.r.random() ** 3 + 0.02 for _ in values]
            for value in LEANS[self.lean].get(what, []):
                weights[values.index(value)] = 5
            if required and values[-1] == '':
                weights[-1] = 0     # else over 20 % are null now and then, which stops the run
                weights[-1] = sum(weights) / 20
            self.bias[what] = weights
        return self.r.choices(values, self.bias[what])[0]

    # --- cells ---------------------------------------------------------------------------

    def id(self, person):
        text = self.people[person]
        if self.r.random() < 0.04 and text[6:8] == '19':
            text = text[:6] + text[8:17]
        if self.r.random() < self.dirt:
            text = self.r.choice([text[:17], text[:14] + '9999', '5.00901E+17', '', '999999' + text[6:], text.lower(), "'" + text])
        return text

    def cert(self, person):
        return self.people[person] + self.r.choice('1234567') + self.pick('level', ['1', '2', '3', '4'])

    def enum(self, kind, name, type_, required):
        values = [spelling for spellings in ENUMS[type_].values() for spelling in spellings[:2]]
        return self.pick((kind, name), values + (['别的'] if type_ in OTHER else []) + [''], required)

    def money(self, kind, name, required):
        values = {'income': ['2735.995', '2,736', '2855', '2951.99元', '2952', '3000', '8000', '0', '-5', ''],
                  'self_paid': ['9999.99', '10000', '10000.01', '20000', '19999.99', '0', '-1', ''],
                  'power': ['32.99', '33', '50', '']}
        return self.pick((kind, name), values.get(name, ['100', '']), required)

    def text(self, kind, name):
        values = {'household_no': self.registry_numbers if kind == 'registry' else self.numbers,
                  'split_from': self.numbers + [''], 'address': ADDRESSES, 'company': COMPANIES}
        return self.r.choice(values[name]) if name == 'split_from' else self.pick((kind, name), values.get(name, ['某', '']))

    def cell(self, kind, name, type_, required):
        if self.r.random() < self.dirt / 2:
            return self.r.choice(['??', '2017-02-30', '', '12'])
        if type_ in ENUMS:
            return self.enum(kind, name, type_, required)
        if type_ == 'text':
            return self.text(kind, name)
        if type_ == 'money':
            return self.money(kind, name, required)
        return self.pick((kind, name), {'date': DAYS, 'year': YEARS, 'bool': ['是', '否', ''], 'region': REGIONS,
                                        'grade': ['A', 'b级', 'C', 'D级', '']}[type_], required)

    # --- rows ----------------------------------------------------------------------------

    def row(self, kind, person):
        cells = []
        for name, required, _, type_, _ in KINDS[kind]:
            if type_ == 'id':
                cells.append(self.id(self.partner(person) if name == 'id_b' else person))
            elif type_ == 'cert':
                cells.append(self.cert(person))
            elif type_ == 'name':
                cells.append(self.names[person] if self.r.random() < 0.8 else self.r.choice(NAMES))
            elif name == 'relation':
                cells.append(self.r.choice(RELATION_WORDS))
            else:
                cells.append(self.cell(kind, name, type_, required))
        return cells

    def partner(self, person):
        """mostly the same one, so that two people have several events"""
        return min(person ^ 1, self.size - 1) if self.r.random() < 0.7 else self.r.randrange(self.size)

    def household_of(self, person):
        """when the county leans to splits, the old and the young live in some households, the able in the others"""
        if self.lean != 'split':
            return self.r.choice(self.numbers)
        able = 1958 <= int(self.people[person][6:10]) <= 1999
        return self.r.choice(self.numbers[int(able)::2])

    def home_rows(self):
        """most people once, in the household that their family lives in; some twice, some not"""
        rows = []
        region = {n: self.pick(('home region', ''), REGIONS, True) for n in self.numbers}
        for person in range(self.size):
            number = self.household_of(person)
            for _ in range(self.r.choices([1, 0, 2], [0.85, 0.07, 0.08])[0]):
                row = self.row('hukou', person)
                row[0] = number if self.r.random() < 0.9 else self.r.choice(self.numbers)
                if self.r.random() < 0.8:
                    row[9] = region[row[0]]
                rows.append(row)
        return rows

    def registry_rows(self):
        people = self.r.sample(range(self.size), int(self.size * self.r.choice([0.2, 0.5, 0.8])) + 1)
        rows = [self.row('registry', p) for p in people]
        rows += [self.row('registry', self.r.choice(people)) for _ in range(self.size // 10)]
        for row in rows:
            row[0] = self.r.choice(self.registry_numbers)
        return rows

    def village_rows(self):
        return [[code, '甲县', '乙乡', self.r.choice(['丙村', '丁村']), self.r.choice(['是', '否', ''])]
                for code in REGIONS[:5] for _ in range(self.r.choice([0, 1, 1, 2]))]

    def rows(self, kind):
        if kind == 'hukou':
            rows = self.home_rows()
        elif kind == 'registry':
            rows = self.registry_rows()
        elif kind == 'village':
            rows = self.village_rows()
        elif kind == 'id_change':
            rows = [[str(self.r.randrange(100)) + 'OLD', self.people[self.r.randrange(self.size)], '']
                    for _ in range(self.r.randrange(3))]
        else:
            often = self.r.choice([0.1, 0.4, 0.4, 1])
            rows = [self.row(kind, p) for p in range(self.size) if self.r.random() < often]
        rows += [list(self.r.choice(rows)) for _ in range(len(rows) // 20)]
        self.r.shuffle(rows)
        return rows


def kinds_of(r):
    if r.random() < 0.4:
        return list(KINDS)
    share = r.choice([0.5, 0.9])
    return [k for k in KINDS if k in ('registry', 'hukou') or r.random() < share]


def county(seed):
    """kind -> rows, header first"""
    c = County(seed)
    return {kind: [[column[0] for column in KINDS[kind]]] + c.rows(kind) for kind in kinds_of(c.r)}


def csv_bytes(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator='\n').writerows(rows)
    return out.getvalue().encode()


def write(folder, tables):
    os.makedirs(folder)
    for kind, rows in tables.items():
        with open(os.path.join(folder, kind + '.csv'), 'wb') as f:
            f.write(csv_bytes(rows))
