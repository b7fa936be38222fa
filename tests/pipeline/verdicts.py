"""From a run to a workbook, filled in by LibreOffice, imported, and into the next night: verdicts.py FOLDER-WITH-PROGRAMS. Prints TAP.

The demo county; its leads are known (fixtures/demo/expected.csv): 8 of M1, one of N2 whose evidence is a row of the vehicle file.
"""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

import office

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIDUI = os.path.join(sys.argv[1], 'bidui')
DEMO = os.path.join(ROOT, 'fixtures', 'demo', 'extracts')
BOOK = '500901 云岭县.xlsx'
DAY = '2017-12-05'


def bidui(*arguments):
    return subprocess.run([BIDUI, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def rows(*path):
    with open(os.path.join(*path), encoding='utf-8', newline='') as f:
        return list(csv.DictReader(f))


def night(folder, name, extracts=DEMO):
    """a run with the verdicts known so far, of the same day: only what was imported and what the extracts say differs"""
    out = os.path.join(folder, name)
    p = bidui('run', '--quiet', '--xlsx', '--verdicts', os.path.join(folder, 'state'), '--extracts', extracts, '--as-of', '2017-11-26', '--out', out)
    assert p.returncode == 0, p.stderr.decode()
    assert bidui('track', '--quiet', '--state', os.path.join(folder, 'state'), out).returncode == 0
    return out


def ids(out, rule, name):
    return [r['finding_id'] for r in rows(out, 'lists', name + '.csv') if r['rule'] == rule]


def with_another_car(folder):
    """the extracts, but for the day on which the car of N2 was registered"""
    changed = os.path.join(folder, 'changed')
    shutil.copytree(DEMO, changed)
    n2 = next(r for r in rows(folder, 'one', 'lists', 'non_eligible.csv') if r['rule'] == 'N2')
    name, line = n2['evidence_rows'].rsplit(':', 1)
    path = os.path.join(changed, name)
    raw = open(path, 'rb').read()
    lines = raw.split(b'\n')
    before = lines[int(line) - 1]
    lines[int(line) - 1] = re.sub(rb'(20\d\d)([-/.])(\d+)', lambda m: m[1] + m[2] + (b'07' if m[3] != b'07' else b'08'), before, count=1)
    assert lines[int(line) - 1] != before, before
    open(path, 'wb').write(b'\n'.join(lines))
    return changed


def empty_ledger(folder):
    os.mkdir(folder, 0o700)
    os.close(os.open(os.path.join(folder, 'ledger.db'), os.O_CREAT | os.O_WRONLY, 0o600))


class Story:
    """what happens once, in order; the tests ask about it"""

    def __init__(self, folder, soffice):
        self.folder, self.soffice, self.state = folder, soffice, os.path.join(folder, 'state')
        empty_ledger(self.state)
        self.one = night(folder, 'one')
        m1, n2 = ids(self.one, 'M1', 'missed'), ids(self.one, 'N2', 'non_eligible')
        self.refuted = [m1[0]] + n2
        orders = [(i, '属实', '', '王五', DAY) for i in m1[1:]] + [(i, '不属实', '=已转让', '王五', DAY) for i in self.refuted]
        self.filled = self.fill('filled.xlsx', orders)
        faults = [('不属实', '', '王五', DAY), ('属实', '', '', DAY), ('', '看过', '', ''), ('是', '', '王五', DAY), ('属实', '', '王五', '2999-01-01')]
        half = self.fill('half.xlsx', [(i, *f) for i, f in zip(m1, faults)] + [(i, '属实', '', '王五', DAY) for i in m1[5:]])
        self.half = bidui('verdicts', 'import', '--state', self.state, half)
        self.after_half = self.count_verdicts()
        empty_ledger(os.path.join(folder, 'another-state'))
        self.unknown = bidui('verdicts', 'import', '--state', os.path.join(folder, 'another-state'), self.filled)
        self.nowhere = [bidui('verdicts', 'import', '--state', os.path.join(folder, 'nowhere'), self.filled),
                        bidui('run', '-q', '--verdicts', os.path.join(folder, 'nowhere'), '-e', DEMO, '--as-of', DAY, '-o', os.path.join(folder, 'none')),
                        bidui('purge', '--state', os.path.join(folder, 'nowhere'), '--as-of', DAY)]
        contrary = self.fill('contrary.xlsx', [(m1[0], '属实', '', '王五', DAY)])
        self.both = bidui('verdicts', 'import', '--state', self.state, self.filled, contrary)
        self.after_both = self.count_verdicts()
        self.imported = bidui('verdicts', 'import', '--state', self.state, self.filled)
        self.again = bidui('verdicts', 'import', '--state', self.state, self.filled)
        self.contrary = bidui('verdicts', 'import', '--state', self.state, contrary)
        self.two = night(folder, 'two')
        self.three = night(folder, 'three', with_another_car(folder))

    def fill(self, name, orders):
        target = os.path.join(self.folder, name)
        office.fill(self.soffice, self.folder, os.path.join(self.one, 'workbooks', BOOK), target, orders)
        return target

    def count_verdicts(self):
        import sqlite3
        with sqlite3.connect(os.path.join(self.state, 'ledger.db')) as db:
            return db.execute('SELECT count(*) FROM verdict').fetchone()[0]


def opens_in_libreoffice(s):
    out = os.path.join(s.folder, 'sheets')
    office.sheets(s.soffice, s.folder, out, os.path.join(s.one, 'workbooks', BOOK))
    for name, title in (('missed', '疑似漏评'), ('wrongly_exited', '疑似错退'), ('non_eligible', '疑似错评'), ('quality', '数据质量')):
        with open(os.path.join(out, '%s-%s.csv' % (BOOK[:-5], title)), encoding='utf-8', newline='') as f:
            seen = list(csv.reader(f))[2:]
        leads = [r for r in rows(s.one, 'lists', name + '.csv') if r['region']]
        if sorted((r[25], r[7], r[9]) for r in seen) != sorted((r['finding_id'], r['head_id'], r['unit_no']) for r in leads):
            return False
    return True


def shown(folder, name):
    """the rows of a sheet below its headings, as LibreOffice shows them"""
    with open(os.path.join(folder, name + '.csv'), encoding='utf-8', newline='') as f:
        return list(csv.reader(f))[2:]


def the_others_open_too(s):
    """the ledger's sheets and what goes back to departments: each line of their files, ids whole"""
    ledger, out, books = os.path.join(s.folder, 'ledger'), os.path.join(s.folder, 'others'), os.path.join(s.one, 'workbooks')
    assert bidui('track', '--quiet', '--xlsx', '--state', s.state, '--out', ledger, s.three).returncode == 0
    back = [os.path.join(books, n) for n in os.listdir(books) if n.startswith('退回更正')]
    office.sheets(s.soffice, s.folder, out, os.path.join(ledger, 'ledger.xlsx'), *back)
    problems = [(r['head_id'], r['unit_no'], r['due'], r['finding_id']) for r in rows(ledger, 'problems.csv')]
    if [(r[10], r[11], r[2], r[19]) for r in shown(out, 'ledger-问题清单')] != problems:
        return False
    for name, sheet in (('tasks', '任务清单'), ('duties', '责任清单'), ('movement', '变动情况')):
        if len(shown(out, 'ledger-' + sheet)) != max(1, len(rows(ledger, name + '.csv'))):
            return False
    want = [r for kind in os.listdir(os.path.join(s.one, 'rejects')) for r in rows(s.one, 'rejects', kind)]
    got = [r for name in os.listdir(out) if name.startswith('退回更正') and name.endswith(' 拒收.csv') for r in shown(out, name[:-4])]
    return len(back) > 1 and sorted((r['file'], r['line'], r['row']) for r in want) == sorted((r[0], r[1].replace(',', ''), r[4]) for r in got)


def no_formula(s):
    for name in os.listdir(os.path.join(s.one, 'workbooks')):
        with zipfile.ZipFile(os.path.join(s.one, 'workbooks', name)) as z:
            if any(b'<f>' in z.read(m) or b'<f ' in z.read(m) for m in z.namelist() if m.startswith('xl/worksheets/')):
                return False
    return True


def half_filled(s):
    said = s.half.stderr.decode().splitlines()
    places = [re.match(r'bidui-verdicts: half.xlsx:疑似漏评:\d+: [0-9a-f]{16}: ', line) for line in said]
    return s.half.returncode == 65 and all(places[:5]) and '5 rows cannot be taken; nothing was imported' in said[5] and len(said) == 6 and s.after_half == 0


def nobody_named(s):
    """neither who checked nor whom, nor an id number"""
    text = b''.join(p.stderr + p.stdout for p in [s.half, s.unknown, s.both, s.contrary, s.imported]).decode()
    return '王五' not in text and not re.search(r'\d{17}', text)


def unknown_ids(s):
    return s.unknown.returncode == 65 and s.unknown.stderr.count(b'is no lead of this ledger') == 9


def no_ledger(s):
    """a folder that was mistyped: no empty ledger is made there, which would exempt nobody"""
    return all(p.returncode == 66 and b'there is no ledger' in p.stderr for p in s.nowhere) and \
        not os.path.exists(os.path.join(s.folder, 'nowhere')) and not os.path.exists(os.path.join(s.folder, 'none'))


def contradiction(s):
    return s.both.returncode == 65 and b'elsewhere in these workbooks' in s.both.stderr and s.after_both == 0 and \
        s.contrary.returncode == 65 and b'another result in the ledger' in s.contrary.stderr


def imported(s):
    return s.imported.stdout.decode().startswith('confirmed 7, refuted 2, imported before 0') and \
        s.again.stdout.decode().startswith('confirmed 0, refuted 0, imported before 9')


def exempted(s):
    out = rows(s.two, 'lists', 'exempted.csv')
    lists = ids(s.two, 'M1', 'missed') + ids(s.two, 'N2', 'non_eligible')
    summary = json.load(open(os.path.join(s.two, 'summary.json'), encoding='utf-8'))
    before = json.load(open(os.path.join(s.one, 'summary.json'), encoding='utf-8'))
    return sorted(r['finding_id'] for r in out) == sorted(s.refuted) and {r['list'] for r in out} == {'missed', 'non_eligible'} and \
        not set(lists) & set(s.refuted) and summary['exempted'] == 2 and before['exempted'] == 0 and \
        sum(summary['lists'].values()) == sum(before['lists'].values()) - 2


def reopened(s):
    out = [r['finding_id'] for r in rows(s.three, 'lists', 'exempted.csv')]
    return ids(s.three, 'N2', 'non_eligible') == s.refuted[1:] and out == s.refuted[:1]


def yields(s):
    m1 = next(r for r in rows(s.two, 'yields.csv') if (r['by'], r['value']) == ('rule', 'M1'))
    n2 = next(r for r in rows(s.two, 'yields.csv') if (r['by'], r['value']) == ('rule', 'N2'))
    return (m1['confirmed'], m1['checked'], m1['share']) == ('7', '8', '0.875000') and (n2['confirmed'], n2['checked'], n2['share']) == ('0', '1', '0.000000')


def official(s):
    """7 of 968 rural households; before anything was checked there is no value"""
    before = next(r for r in rows(s.one, 'checked_rates.csv') if (r['level'], r['rate'], r['unit']) == ('all', 'missed_rate', 'households'))
    after = next(r for r in rows(s.two, 'checked_rates.csv') if (r['level'], r['rate'], r['unit']) == ('all', 'missed_rate', 'households'))
    return (before['value'], before['checked']) == ('', '0') and \
        (after['numerator'], after['denominator'], after['value'], after['checked'], after['unchecked']) == ('7', '968', '0.007231', '8', '9')


def on_the_cover(s):
    out = os.path.join(s.folder, 'cover')
    office.sheets(s.soffice, s.folder, out, os.path.join(s.two, 'workbooks', BOOK))
    cover = open(os.path.join(out, BOOK[:-5] + '-封面.csv'), encoding='utf-8').read()
    return '87.5%' in cover and '未检验' in cover and '漏评率（户）' in cover and '已豁免' in cover


def manifest(s):
    names = [o['file'] for o in json.load(open(os.path.join(s.two, 'manifest.json'), encoding='utf-8'))['outputs']]
    there = [os.path.relpath(os.path.join(d, f), s.two) for d, _, files in os.walk(s.two) for f in files]
    return sorted(names + ['manifest.json']) == sorted(there)


TESTS = [
    ('LibreOffice opens a workbook and shows each lead of the lists, its ids whole', opens_in_libreoffice),
    ('LibreOffice opens the ledger and what goes back to departments, and shows each line', the_others_open_too),
    ('no cell of a workbook is a formula', no_formula),
    ('a row that is half filled in is told with its sheet, and nothing is imported', half_filled),
    ('leads that the ledger does not know are told', unknown_ids),
    ('where there is no ledger none is made', no_ledger),
    ('contradictions between workbooks, and with the ledger, are told', contradiction),
    ('no message names a person', nobody_named),
    ('what was filled in by LibreOffice is imported, once', imported),
    ('a refuted lead is exempted the next night and out of its list', exempted),
    ('it comes back when its evidence changes', reopened),
    ('yields count confirmed and checked leads', yields),
    ('official rates come from checked leads alone', official),
    ('the cover shows yields and checked rates', on_the_cover),
    ('the manifest names every file', manifest),
]


def main():
    soffice = office.find()
    if not soffice:
        print('1..0 # SKIP soffice is not there and cannot be installed')
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        story = Story(folder, soffice)
        print('1..%d' % len(TESTS))
        for i, (name, test) in enumerate(TESTS):
            ok = test(story)
            failed += not ok
            print('%s %d - %s' % ('ok' if ok else 'not ok', i + 1, name))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
