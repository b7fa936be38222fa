#!/usr/bin/env python3
"""No id, name or value of an extract gets into a message or the manifest, whatever is wrong with the extract.

canary.py FOLDER
FOLDER holds the programs. Every cell of these extracts but the first of its file is a canary: an id, a name, a number, an address that
occurs nowhere else. Each way to make an extract unusable is tried on each kind it fits, and each must stop the run (or not, as said).
Neither what is printed nor manifest.json, summary.json or figures.csv may hold a canary. Lists, rejects and invalid may: that is what
they are for. Prints TAP.
"""
import csv
import gzip
import io
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'property'))
import dense  # noqa: E402
import programs  # noqa: E402
from kinds import ENUMS, KINDS  # noqa: E402

ROWS = 60
NAMES = '冉谭秦牟陶蹇樊谯涂邓贺晏殷瞿'


class Planted:
    """the extracts of a county, and what of them must not be seen"""

    def __init__(self):
        self.canaries, self.count = set(), 0
        self.tables = {kind: [[c[4][0] for c in KINDS[kind]]] + [self.row(kind, n) for n in range(ROWS)] for kind in KINDS}

    def plant(self, text):
        self.canaries.add(text)
        return text

    def row(self, kind, n):
        return [self.cell(kind, name, type_, n) for name, _, _, type_, _ in KINDS[kind]]

    def cell(self, kind, name, type_, n):
        self.count += 1
        if type_ in ('id', 'cert') or name == 'old':
            text = dense.make_id('5009%02d' % (3 + self.count % 90), dense.datetime.date(1931 + n, 1 + self.count % 12, 11), 100 + self.count % 800)
            return self.plant(text) + ('11' if type_ == 'cert' else '')
        if type_ == 'name':
            return self.plant('%s%s%s' % (NAMES[n % 14], NAMES[n // 14 % 14], NAMES[self.count % 14]) + '金丝雀')
        if type_ in ENUMS:
            return next(iter(ENUMS[type_].values()))[0]
        return {'date': '2016-03-%02d' % (1 + n % 28), 'year': '2015', 'bool': '是', 'grade': 'C', 'money': self.plant('7%05d.31' % self.count),
                'region': '500901001201'}.get(type_) or self.plant('金丝雀%05d' % self.count)


def csv_bytes(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator='\n').writerows(rows)
    return out.getvalue().encode()


# --- what is wrong: rows -> bytes, or None where it does not fit the kind ------------------------

def column_of(kind, types):
    return next((i for i, c in enumerate(KINDS[kind]) if c[3] in types), None)


def spoilt(kind, rows, i, text, share=0.5):
    """column i replaced in some rows"""
    if i is None:
        return None
    return csv_bytes([rows[0]] + [row[:i] + [text % n if '%' in text else text] + row[i + 1:] if n % 2 or share == 1 else row
                                  for n, row in enumerate(rows[1:])])


def without_column(kind, rows):
    i = next(i for i, c in enumerate(KINDS[kind]) if c[1])
    return csv_bytes([[cell + '栏' if k == i else cell for k, cell in enumerate(rows[0])]] + rows[1:])


WRONG = {
    'a header that is missing': lambda kind, rows: csv_bytes(rows[1:]),
    'a column that is missing': without_column,
    'a gzip that is cut': lambda kind, rows: gzip.compress(csv_bytes(rows))[:-9],
    'a gzip with a wrong sum': lambda kind, rows: gzip.compress(csv_bytes(rows))[:-8] + b'12345678',
    'bytes after a gzip': lambda kind, rows: gzip.compress(csv_bytes(rows)) + csv_bytes(rows[1:3]),
    'bytes of no encoding': lambda kind, rows: csv_bytes(rows[:1]) + csv_bytes(rows[1:]).replace(b'\n', b'\xff\n'),
    'codes that are not known': lambda kind, rows: spoilt(kind, rows, column_of(kind, set(ENUMS) - {'relation', 'housing_object', 'property_use',
                                                          'vehicle_type', 'business_role', 'post', 'machine_type'}), '金丝雀9%04d'),
    'days that are none': lambda kind, rows: spoilt(kind, rows, column_of(kind, {'date'}), '2016-77-8%d'),
    'regions that are none': lambda kind, rows: spoilt(kind, rows, column_of(kind, {'region'}), '金丝雀8%04d'),
    'required values that are null': lambda kind, rows: spoilt(kind, rows, next((i for i, c in enumerate(KINDS[kind]) if c[1] and not c[2]), None), ''),
    'ids that are wrong': lambda kind, rows: spoilt(kind, rows, column_of(kind, {'id', 'cert'}), '5009011960010101%d'),
    'quotes that stay open': lambda kind, rows: csv_bytes(rows[:1]) + csv_bytes(rows[1:]).replace(b',', b',"'),
    'rows that are too wide': lambda kind, rows: csv_bytes([rows[0]] + [row + row for row in rows[1:]]),
}


def spoil_changes(tables, how):
    rows = [list(row) for row in tables['id_change']]
    if how == 'circle':
        rows[1][:2] = [rows[2][1], rows[1][1]]
        rows[2][:2] = [rows[1][1], rows[2][1]]
    else:
        rows[2][0] = rows[1][0]
    return csv_bytes(rows)


def scenarios(tables):
    """(name, kind, bytes)"""
    for what, spoil in WRONG.items():
        for kind in tables:
            data = spoil(kind, tables[kind])
            if data is not None:
                yield what, kind, data
    yield 'changed numbers in a circle', 'id_change', spoil_changes(tables, 'circle')
    yield 'two new numbers for one', 'id_change', spoil_changes(tables, 'two')


# --- looking --------------------------------------------------------------------------------------

def seen(texts, planted):
    """canaries in a text, and what looks like an id"""
    found = set()
    for text in texts:
        found |= {c for c in planted.canaries if c in text} | set(re.findall('金丝雀[0-9]*', text))
        found |= set(re.findall('(?<![0-9a-f])5009[0-9]{9,14}[0-9X]', text))
    return found


def told(folder, extracts, out):
    p = subprocess.run([programs.find(folder, 'run'), '--extracts', extracts, '--as-of', '2017-11-26', '--out', out],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    texts = [p.stdout.decode('utf-8', 'replace'), p.stderr.decode('utf-8', 'replace')]
    for name in ('manifest.json', 'summary.json', 'figures.csv'):
        path = os.path.join(out, name)
        if os.path.exists(path):
            with open(path, encoding='utf-8') as f:
                texts.append(f.read())
    return p.returncode, texts


def main(folder):
    planted, failed, count, stopped = Planted(), 0, 0, set()
    with tempfile.TemporaryDirectory(prefix='bidui-canary-', dir=programs.memory_folder()) as work:
        for what, kind, data in scenarios(planted.tables):
            count += 1
            extracts, out = os.path.join(work, 'x%d' % count), os.path.join(work, 'out%d' % count)
            dense.write(extracts, {k: planted.tables[k] for k in {'registry', 'hukou', kind}})
            with open(os.path.join(extracts, kind + '.csv'), 'wb') as f:
                f.write(data)
            status, texts = told(folder, extracts, out)
            stopped |= {what} if status == 65 else set()
            leaks = seen(texts, planted)
            wrong = leaks or status not in (0, 65)
            failed += bool(wrong)
            print('%sok %d - %s in %s: status %d%s' % ('not ' if wrong else '', count, what, kind, status,
                                                       ''.join('\n#   seen: %s' % c for c in sorted(leaks))), flush=True)
    for what in [*WRONG, 'changed numbers in a circle', 'two new numbers for one']:
        if what not in stopped and what not in ('ids that are wrong', 'quotes that stay open', 'rows that are too wide'):
            count, failed = count + 1, failed + 1
            print('not ok %d - %s stops no run' % (count, what))
    print('1..%d' % count)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
