"""Several nights in a row, each reasoned by hand: nights.py FOLDER-WITH-PROGRAMS. Prints TAP.

Five nights of a village of six households. Who is who, and what befalls them (all invented):

    101 云一   unsafe house, dibao (M1). Nothing changes; on night 3 its row stands one line lower.
    102 云三   unsafe house (M3), grade C; grade D from night 3 on.
    103 云四   unsafe house (M3); renovated on nights 2 and 3, and on night 4 it was not after all.
    104 云五   unsafe house (M3), on file from night 3 on.
    105 云二   a child that has left school (M2); on night 3 the schools sent nothing; on night 5 it is back at school.
    106 云六   registered; nothing is to be found.
"""
import csv, os, random, shutil, sqlite3, subprocess, sys, tempfile, zipfile

BIDUI = os.path.join(sys.argv[1], 'bidui')
SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), 'pipelines', 'nightly.sh')
VILLAGE = '500901001201'
DAYS = ['2017-11-26', '2017-11-27', '2017-11-28', '2018-01-15', '2018-01-16']
HUKOU = [('101', '云一', '500901196001010114', '户主'), ('102', '云三', '500901196001010130', '户主'), ('103', '云四', '500901196001010149', '户主'),
         ('104', '云五', '500901196001010157', '户主'), ('105', '云二', '500901200505050127', '户主'), ('106', '云六', '500901196202020116', '户主')]
ID = {row[1]: row[2] for row in HUKOU}


def house(name, grade='C', renovated='否', thing='其他'):
    return [ID[name], name, grade, renovated, thing]


def extracts(night):
    """The rows of each kind that night, 1 to 5."""
    housing = [house('云五')] if night >= 3 else []
    housing += [house('云一', thing='低保户'), house('云三', grade='D' if night >= 3 else 'C'),
                house('云四', renovated='是' if night in (2, 3) else '否')]
    kinds = {
        'hukou': [['户号', '姓名', '公民身份号码', '与户主关系', '户别', '行政区划代码']] + [[*row, '农业', VILLAGE] for row in HUKOU],
        'registry': [['户编号', '姓名', '证件号码', '与户主关系', '脱贫状态', '行政区划代码'], ['01', '云六', ID['云六'], '户主', '未脱贫', VILLAGE]],
        'housing': [['户主身份证号', '户主姓名', '危房等级', '是否改造', '对象类型']] + housing,
        'village': [['行政区划代码', '县', '乡镇', '村'], [VILLAGE, '某县', '某镇', '某村']],
    }
    if night != 3:
        kinds['education'] = [['证件号码', '姓名', '在校状态'], [ID['云二'], '云二', '在读' if night == 5 else '辍学']]
    return kinds


# The state of each household's lead after each night; '-' is no lead yet.
STATES = {
    '101': ('M1', ['new', 'open', 'open', 'open', 'open']),
    '102': ('M3', ['new', 'open', 'changed', 'open', 'open']),
    '103': ('M3', ['new', 'gone', 'gone', 'reopened', 'open']),
    '104': ('M3', ['-', '-', 'new', 'open', 'open']),
    '105': ('M2', ['new', 'open', 'open', 'open', 'gone']),
}


class Nights:
    """A folder with extracts, OUT, state and sheets, in which nights pass."""

    def __init__(self, tmp, name):
        self.home = os.path.join(tmp, name)
        os.mkdir(self.home)

    def path(self, *names):
        return os.path.join(self.home, *names)

    def write(self, kinds):
        shutil.rmtree(self.path('extracts'), ignore_errors=True)
        os.mkdir(self.path('extracts'))
        for kind, rows in kinds.items():
            with open(self.path('extracts', kind + '.csv'), 'w', encoding='utf-8', newline='') as f:
                csv.writer(f, lineterminator='\n').writerows(rows)

    def run(self, night, kinds=None):
        self.write(kinds or extracts(night))
        subprocess.run([BIDUI, 'run', '-q', '-e', self.path('extracts'), '--as-of', DAYS[night - 1], '-o', self.path('out')], check=True)

    def track(self, *options):
        return subprocess.run([BIDUI, 'track', '--state', self.path('state'), *options, self.path('out')], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=dict(os.environ, LC_ALL='C'))

    def night(self, night, kinds=None, options=()):
        self.run(night, kinds)
        done = self.track(*options)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    def ask(self, sql):
        db = sqlite3.connect('file:%s?mode=ro' % self.path('state', 'ledger.db'), uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def leads(self):
        return {no.split('-')[1]: row for no, *row in self.ask('SELECT unit_no, rule, state, first_seen, last_seen, due FROM lead')}

    def bytes(self):
        with open(self.path('state', 'ledger.db'), 'rb') as f:
            return f.read()

    def sheet(self, name):
        with open(self.path('sheets', name), encoding='utf-8', newline='') as f:
            return list(csv.DictReader(f))


def states_are_those_reasoned_by_hand(tmp):
    n = Nights(tmp, 'states')
    for night in range(1, 6):
        n.night(night)
        want = {no: (rule, s[night - 1]) for no, (rule, s) in STATES.items() if s[night - 1] != '-'}
        got = {no: (row[0], row[1]) for no, row in n.leads().items()}
        assert got == want, (night, got, want)


def the_due_date_stays_that_of_the_first_day(tmp):
    """M1 and M2 have 15 days, M3 has 30: of 2017-11-26 these are 2017-12-11 and 2017-12-26; 104 was first seen on 2017-11-28."""
    n = Nights(tmp, 'due')
    for night in range(1, 6):
        out = n.night(night)
    got = {no: row[2:] for no, row in n.leads().items()}
    assert got == {
        '101': ['2017-11-26', '2018-01-16', '2017-12-11'],
        '102': ['2017-11-26', '2018-01-16', '2017-12-26'],
        '103': ['2017-11-26', '2018-01-16', '2017-12-26'],
        '104': ['2017-11-28', '2018-01-16', '2017-12-28'],
        '105': ['2017-11-26', '2018-01-15', '2017-12-11'],
    }, got
    assert 'overdue 4' in out, out
    assert n.ask("SELECT changed_on FROM lead WHERE unit_no = '500901-102'") == [('2017-11-28',)]
    assert n.ask("SELECT reopened_on, gone_on FROM lead WHERE unit_no = '500901-103'") == [('2018-01-15', None)]
    assert n.ask("SELECT gone_on FROM lead WHERE unit_no = '500901-105'") == [('2018-01-16',)]


def a_kind_that_did_not_come_closes_nothing(tmp):
    n = Nights(tmp, 'missing')
    n.night(1)
    n.night(2)
    out = n.night(3)
    assert n.leads()['105'][1:4] == ['open', '2017-11-26', '2017-11-27'], n.leads()
    assert '1 leads stay open' in out, out


def a_row_that_moves_changes_nothing_but_its_place(tmp):
    n = Nights(tmp, 'moves')
    n.night(1)
    before = n.leads()['101'], n.ask("SELECT evidence_rows FROM line JOIN lead USING (finding_id) WHERE unit_no = '500901-101'")
    n.night(2)
    kinds = extracts(2)
    kinds['housing'][1:] = kinds['housing'][:0:-1]
    n.night(3, kinds)
    after = n.leads()['101'], n.ask("SELECT evidence_rows FROM line JOIN lead USING (finding_id) WHERE unit_no = '500901-101'")
    assert (before[1], after[1]) == ([('housing.csv:2',)], [('housing.csv:4',)])
    assert after[0][1] == 'open' and n.ask("SELECT changed_on FROM lead WHERE unit_no = '500901-101'") == [(None,)]


def the_same_run_twice_changes_no_byte(tmp):
    n = Nights(tmp, 'twice')
    n.night(1)
    n.night(2)
    before = n.bytes()
    out = n.track()
    assert out.returncode == 0 and b'nothing changed' in out.stdout
    n.run(2)
    assert n.track().returncode == 0
    assert n.bytes() == before


def an_earlier_day_is_refused_and_changes_no_byte(tmp):
    n = Nights(tmp, 'earlier')
    n.night(2)
    before = n.bytes()
    n.run(1)
    done = n.track()
    assert done.returncode == 65 and b'2017-11-27' in done.stderr, done
    assert n.bytes() == before


def a_list_that_is_not_what_the_run_wrote_is_refused(tmp):
    n = Nights(tmp, 'changed')
    n.night(1)
    before = n.bytes()
    n.run(2)
    path = n.path('out', 'lists', 'missed.csv')
    with open(path, encoding='utf-8') as f:
        lines = f.readlines()
    with open(path, 'w', encoding='utf-8') as f:
        f.writelines(lines[:-1])
    assert n.track().returncode == 65 and n.bytes() == before


def two_at_once_do_not_mix(tmp):
    n = Nights(tmp, 'at-once')
    n.night(1)
    n.run(2)
    db = sqlite3.connect(n.path('state', 'ledger.db'), isolation_level=None)
    db.execute('BEGIN IMMEDIATE')
    assert n.track().returncode == 75
    db.execute('ROLLBACK')
    db.close()
    assert n.track().returncode == 0


OWNERS = '行政区划,部门,责任人,电话\n,,周明,023-0\n500901,住房和城乡建设,李云,+1\n500901001,住房和城乡建设,=王素,023-2\n'


def each_problem_has_a_day_and_somebody_who_answers(tmp):
    n = Nights(tmp, 'sheets')
    with open(n.path('owners.csv'), 'w', encoding='gb18030') as f:
        f.write(OWNERS)
    for night in range(1, 6):
        n.night(night, options=['--out', n.path('sheets'), '--owners', n.path('owners.csv'), '--xlsx'])
    problems = {row['unit_no'].split('-')[1]: row for row in n.sheet('problems.csv')}
    assert sorted(problems) == ['101', '102', '103', '104', '105']
    assert {no: row['overdue'] for no, row in problems.items()} == {'101': 'yes', '102': 'yes', '103': 'yes', '104': 'yes', '105': 'no'}
    assert problems['105']['state'] == 'gone' and problems['105']['gone_on'] == '2018-01-16'
    assert {row['department']: row['person'] for row in problems.values()} == {'住房和城乡建设': "'=王素", '教育': '周明'}
    tasks = [(r['department'], r['region'], r['township'], r['list'], r['due'], r['overdue'], r['leads']) for r in n.sheet('tasks.csv')]
    house = ('住房和城乡建设', '500901001', '某镇', 'missed')
    assert tasks == [(*house, '2017-12-11', 'yes', '1'), (*house, '2017-12-26', 'yes', '2'), (*house, '2017-12-28', 'yes', '1')], tasks
    duties = [(r['person'], r['department'], r['region'], r['leads'], r['overdue'], r['next_due']) for r in n.sheet('duties.csv')]
    assert duties == [("'=王素", '住房和城乡建设', '500901001', '4', '4', '2017-12-11')], duties
    with zipfile.ZipFile(n.path('sheets', 'ledger.xlsx')) as book:
        names, texts = book.read('xl/workbook.xml').decode(), book.read('xl/sharedStrings.xml').decode()
    assert [name for name in ('问题清单', '任务清单', '责任清单', '变动情况') if 'name="%s"' % name not in names] == []
    assert all('<t>%s</t>' % text in texts for text in ('=王素', '已消失', '2017-12-11', ID['云二'])), texts
    movement = [(r['level'], r['region'], r['figure'], r['value']) for r in n.sheet('movement.csv')]
    assert [m for m in movement if 'leads' in m[2]] == [
        (level, region, figure, '1') for level, region in (('all', ''), ('county', '500901'), ('township', '500901001'), ('village', VILLAGE))
        for figure in ('leads.gone', 'leads.gone.missed')], movement


def a_wrong_owners_file_is_told_with_its_line(tmp):
    n = Nights(tmp, 'owners')
    n.night(1)
    for text, line in ((OWNERS + ',,赵一,1\n', 5), (OWNERS + '50090,,赵一,1\n', 5), (OWNERS + '500901,教育,,1\n', 5), ('a,b\n', 1), ('', 1)):
        with open(n.path('owners.csv'), 'w', encoding='utf-8') as f:
            f.write(text)
        done = n.track('--out', n.path('sheets'), '--owners', n.path('owners.csv'))
        assert done.returncode == 78 and ('owners.csv:%d:' % line).encode() in done.stderr, (text, done)
        assert not os.path.exists(n.path('sheets')) and '赵一'.encode() not in done.stderr
    assert sorted(os.listdir(n.home)) == ['.out.lock', 'extracts', 'out', 'owners.csv', 'state']


def purge(n, day, *options):
    return subprocess.run([BIDUI, 'purge', '--state', n.path('state'), '--as-of', day, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=dict(os.environ, LC_ALL='C'))


# Household 01 is 云六 alone, 02 云七 and 云八, 03 云九, whose row is the same every night.
REGISTRY = [
    {'01': '未脱贫', '03': '未脱贫'},
    {'01': '已脱贫', '03': '未脱贫', '02': '未脱贫'},   # 01 exits, 02 enters with two persons
    {'01': '已脱贫', '03': '未脱贫'},                   # a run without --state: nobody knows
    {'01': '返贫', '03': '未脱贫', '02': '已脱贫'},     # since night 2: 01 relapses, 02 exits
    {'01': '返贫', '03': '未脱贫'},                     # 02 leaves
]
MOVEMENT = [{}, {'exited': (1, 1), 'entered': (1, 2)}, {}, {'relapsed': (1, 1), 'exited': (1, 2)}, {'left': (1, 2)}]
MEMBERS = {'01': [('云六', ID['云六'])], '02': [('云七', '500901196001010165'), ('云八', '500901196202020124')], '03': [('云九', '500901196001010173')]}


def who_enters_exits_relapses_and_leaves_is_counted_by_place(tmp):
    n = Nights(tmp, 'registry')
    for night, households in enumerate(REGISTRY, 1):
        kinds = extracts(night)
        kinds['registry'][1:] = [[no, name, id, '户主' if i == 0 else '之子', status, VILLAGE]
                                 for no, status in households.items() for i, (name, id) in enumerate(MEMBERS[no])]
        n.write(kinds)
        state = [] if night == 3 else ['--state', n.path('state')]
        subprocess.run([BIDUI, 'run', '-q', '-e', n.path('extracts'), '--as-of', DAYS[night - 1], '-o', n.path('out'), *state], check=True)
        out = n.track('--out', n.path('sheets'))
        assert out.returncode == 0, out
        got = {(r['level'], r['region'], r['figure']): int(r['value']) for r in n.sheet('movement.csv') if 'leads' not in r['figure']}
        want = {(level, region, unit + '.' + figure): counts[u] for figure, counts in MOVEMENT[night - 1].items() for u, unit in enumerate(('households', 'persons'))
                for level, region in (('all', ''), ('county', '500901'), ('township', '500901001'), ('village', VILLAGE))}
        assert got == want, (night, got, want)


def what_is_gone_is_forgotten_after_its_days_and_not_before(tmp):
    """105 was gone on 2018-01-16; ten days later it has been gone for ten days, which is not longer than ten."""
    n = Nights(tmp, 'purge')
    for night in range(1, 6):
        n.night(night)
    child = ID['云二'].encode()
    done = purge(n, '2018-01-26', '--gone', '10')
    assert done.stdout == b'forgotten as of 2018-01-26: 0 leads, 0 runs; 5 leads are kept\n', done
    assert child in n.bytes()
    done = purge(n, '2018-01-27', '--gone', '10', '--runs', '11')
    assert done.stdout == b'forgotten as of 2018-01-27: 1 leads, 4 runs; 4 leads are kept\n', done
    assert child not in n.bytes() and ID['云一'].encode() in n.bytes()
    assert sorted(n.leads()) == ['101', '102', '103', '104'] and n.ask('SELECT max(number), count(*) FROM run') == [(5, 1)]
    assert n.ask('SELECT count(*) FROM line') == [(4,)]


def a_day_before_the_last_run_forgets_nothing(tmp):
    n = Nights(tmp, 'purge-early')
    n.night(2)
    before = n.bytes()
    assert purge(n, DAYS[0], '--gone', '0', '--runs', '0').returncode == 64 and n.bytes() == before


def what_was_read_is_forgotten_when_that_is_asked_for(tmp):
    n = Nights(tmp, 'forget')
    n.write(extracts(1))
    run = [BIDUI, 'run', '-q', '-e', n.path('extracts'), '--as-of', DAYS[0], '--state', n.path('state'), '-o', n.path('out')]
    subprocess.run(run, check=True)
    before = lines_of(n)
    assert purge(n, DAYS[0], '--tables').returncode == 0 # no ledger is there yet
    assert sorted(os.listdir(n.path('state'))) == ['.state.lock', 'tables'] and os.listdir(n.path('state', 'tables')) == []
    done = subprocess.run(run, stderr=subprocess.PIPE)
    assert done.returncode == 0 and done.stderr == b'' and lines_of(n) == before
    assert n.track().returncode == 0
    assert purge(n, DAYS[0], '--tables').returncode == 0 and len(n.leads()) == len(before)
    assert sorted(os.listdir(n.path('state'))) == ['.state.lock', 'ledger.db', 'tables']
    missing = subprocess.run([BIDUI, 'purge', '--state', n.path('mistyped'), '--as-of', DAYS[0], '--tables'], stderr=subprocess.PIPE)
    assert missing.returncode == 66 and not os.path.exists(n.path('mistyped'))


def a_run_that_fails_calls_the_command_and_notes_why(tmp):
    n = Nights(tmp, 'hook')
    kinds = extracts(1)
    del kinds['registry']
    n.write(kinds)
    run = [BIDUI, 'run', '-q', '-e', n.path('extracts'), '--as-of', DAYS[0], '-o', n.path('out'),
           '--on-failure', 'echo "$BIDUI_STATUS $BIDUI_AS_OF $BIDUI_OUT $BIDUI_LOG $BIDUI_MESSAGE" >%s; exit 9' % n.path('told')]
    done = subprocess.run(run, stderr=subprocess.PIPE)
    assert done.returncode == 66, done
    with open(n.path('told'), encoding='utf-8') as told, open(n.path('.out.failed'), encoding='utf-8') as note:
        message = done.stderr.decode().splitlines()[0].split(': ', 1)[1]
        assert told.read() == '66 %s %s %s %s\n' % (DAYS[0], n.path('out'), n.path('.out.failed'), message)
        assert note.read() == '%s 66 %s\n' % (DAYS[0], message)
    os.remove(n.path('told'))
    n.write(extracts(1))
    assert subprocess.run(run).returncode == 0
    assert not os.path.exists(n.path('told')) and not os.path.exists(n.path('.out.failed'))


def the_nightly_script_runs_night_after_night_and_tells_of_a_bad_one(tmp):
    n = Nights(tmp, 'script')
    with open(n.path('nightly.yaml'), 'w', encoding='utf-8') as f:
        f.write('extracts: extracts\nas_of: 1999-01-01\nout: nowhere\n')
    env = dict(os.environ, BIDUI=BIDUI, BIDUI_PIPELINE=n.path('nightly.yaml'), BIDUI_OUT=n.path('out'), BIDUI_STATE=n.path('state'),
               BIDUI_SHEETS=n.path('sheets'), BIDUI_ON_FAILURE='echo "$BIDUI_AS_OF $BIDUI_STATUS" >>%s' % n.path('told'))

    def night(i, kinds=None):
        n.write(kinds or extracts(i))
        done = subprocess.run(['sh', SCRIPT, DAYS[i - 1]], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.stdout == b'' and (done.stderr == b'') == (done.returncode == 0), done
        return done.returncode

    assert night(1) == 0
    kinds = extracts(2)
    kinds['housing'][0][2] = '等级何在'
    assert night(2, kinds) == 65
    assert n.ask('SELECT max(as_of) FROM run') == [(DAYS[0],)]
    assert night(3) == 0 and night(5) == 0
    assert night(4) == 65  # an earlier day: the ledger refuses it
    with open(n.path('told'), encoding='utf-8') as told:
        assert told.read() == '%s 65\n%s 65\n' % (DAYS[1], DAYS[3])
    assert {no: row[1] for no, row in n.leads().items()} == {'101': 'open', '102': 'open', '103': 'reopened', '104': 'open', '105': 'gone'}


def the_pipeline_file_that_comes_along_runs_as_it_stands(tmp):
    pipeline = os.path.join(os.path.dirname(SCRIPT), 'nightly.yaml')
    out = os.path.join(tmp, 'comes-along')
    done = subprocess.run([BIDUI, 'run', '-q', '-o', out, pipeline], stderr=subprocess.PIPE)
    assert done.returncode == 0 and done.stderr == b'', done.stderr
    assert os.listdir(os.path.join(out, 'lists'))


def lines_of(n):
    """finding_id -> evidence_hash of all lists of the last run."""
    found = {}
    for name in os.listdir(n.path('out', 'lists')):
        with open(n.path('out', 'lists', name), encoding='utf-8', newline='') as f:
            found.update({row['finding_id']: row['evidence_hash'] for row in csv.DictReader(f)})
    return found


def random_nights_agree_with_a_model(tmp):
    """Five nights of an invented county of 3,000, in each of which rows go, come back, change places; the model is a dict."""
    n = Nights(tmp, 'random')
    rng = random.Random(6)
    subprocess.run([BIDUI, 'gen', '-q', '--persons', '3000', '--seed', '6', '--out', n.path('all')], check=True)
    kinds = {}
    for name in sorted(os.listdir(n.path('all'))):
        with open(n.path('all', name), encoding='utf-8', newline='') as f:
            kinds[name.split('.')[0]] = list(csv.reader(f))
    days, hashes, seen = ['2017-11-%d' % d for d in range(26, 31)], {}, set()
    for i, day in enumerate(days):
        some = {}
        for kind, (header, *rows) in kinds.items():
            rows = [row for row in rows if kind in ('village', 'id_change') or rng.random() > 0.03]
            rng.shuffle(rows)
            some[kind] = [header, *rows]
        n.write(some)
        subprocess.run([BIDUI, 'run', '-q', '-e', n.path('extracts'), '--as-of', day, '-o', n.path('out')], check=True)
        assert n.track().returncode == 0
        now = lines_of(n)
        want = {f: 'new' if f not in seen else 'reopened' if f not in hashes else 'open' if hashes[f] == h else 'changed' for f, h in now.items()}
        want.update({f: 'gone' for f in seen - set(now)})
        got = dict(n.ask('SELECT finding_id, state FROM lead'))
        assert got == want, (day, [(f, got.get(f), want.get(f)) for f in set(got) | set(want) if got.get(f) != want.get(f)][:5])
        moved = {figure: value for figure, value in n.ask("SELECT figure, value FROM movement WHERE level = 'all' AND run = %d" % (i + 1))}
        for state in ('new', 'changed', 'gone', 'reopened'):
            count = sum(s == state and (s != 'gone' or f in hashes) for f, s in want.items())
            assert moved.get('leads.' + state, 0) == count, (day, state, moved)
        hashes, seen = now, seen | set(now)
    assert {'new', 'changed', 'gone', 'reopened', 'open'} == set(want.values())


def the_units_of_systemd_are_sound_and_hardened(tmp):
    if not shutil.which('systemd-analyze'):
        return 'no systemd-analyze'
    units = [os.path.join(os.path.dirname(SCRIPT), 'systemd', u) for u in ('bidui-nightly.timer', 'bidui-nightly.service', 'bidui-nightly-failed.service')]
    done = subprocess.run(['systemd-analyze', '--man=no', 'verify', *units], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0 and done.stdout == b'', done.stdout
    done = subprocess.run(['systemd-analyze', 'security', '--offline=yes', '--threshold=10', units[1]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode()[-200:]


TESTS = [states_are_those_reasoned_by_hand, the_due_date_stays_that_of_the_first_day, a_kind_that_did_not_come_closes_nothing,
         a_row_that_moves_changes_nothing_but_its_place, the_same_run_twice_changes_no_byte, an_earlier_day_is_refused_and_changes_no_byte,
         a_list_that_is_not_what_the_run_wrote_is_refused, two_at_once_do_not_mix, each_problem_has_a_day_and_somebody_who_answers,
         a_wrong_owners_file_is_told_with_its_line, who_enters_exits_relapses_and_leaves_is_counted_by_place, 
         what_is_gone_is_forgotten_after_its_days_and_not_before,
         a_day_before_the_last_run_forgets_nothing, what_was_read_is_forgotten_when_that_is_asked_for, a_run_that_fails_calls_the_command_and_notes_why,
         the_nightly_script_runs_night_after_night_and_tells_of_a_bad_one, the_pipeline_file_that_comes_along_runs_as_it_stands, random_nights_agree_with_a_model,
         the_units_of_systemd_are_sound_and_hardened]


def main():
    failed = 0
    print('1..%d' % len(TESTS))
    memory = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None  # every night flushes its files one by one
    with tempfile.TemporaryDirectory(prefix='bidui-nights-', dir=memory) as tmp:
        for i, test in enumerate(TESTS):
            skipped = None
            try:
                skipped = test(tmp)
                ok = True
            except (AssertionError, subprocess.CalledProcessError) as e:
                ok = False
                print('# %s' % str(e).replace('\n', '\n# '))
            failed += not ok
            print('%s %d - %s%s' % ('ok' if ok else 'not ok', i + 1, test.__name__.replace('_', ' '), ' # SKIP ' + skipped if skipped else ''))
    return 1 if failed else 0


sys.exit(main())
