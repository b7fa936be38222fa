#!/usr/bin/env python3
"""No row is lost and none is counted twice, whatever is wrong with a file.

accounting.py [--files N] [--first SEED] FOLDER
FOLDER holds the programs. N random extracts (200; 2,000 with --files 2000) of the kind `civil`, each row damaged with chance 1/3 in one of
the 13 ways of DAMAGE, in a random encoding, delimiter and line end. For each, bidui-ingest must say

  rows_read = accepted + rejected + duplicate

with the counts that ../reference (an independent reader) has, and write every rejected row once. Prints TAP.
"""
import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile

import dense  # noqa: F401  puts ../reference on the path
import bidui_ref
import programs
from extracts import Extracts, read_kind

AS_OF = '2017-11-26'
HEADER = ['身份证号', '姓名', '救助类别', '状态', '备注']


def number(r):
    digits = '500901%d%02d%02d%03d' % (r.randint(1930, 2016), r.randint(1, 12), r.randint(1, 28), r.randint(0, 999))
    return digits + '10X98765432'[sum(int(c) * w for c, w in zip(digits, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11]


def row(r):
    return [number(r), '云' + r.choice('一二三四五'), r.choice(['农村低保', '城市低保']), r.choice(['', '在享', '停发']), r.choice(['', '备注'])]


# Each takes the fields of a row, the delimiter and the chance, and gives the text of the row (and of what follows it).
DAMAGE = {
    'a stray quote opens a field': lambda f, d, r: d.join([f[0], '"' + f[1]] + f[2:]),
    'text after a closing quote': lambda f, d, r: d.join([f[0], '"' + f[1] + '"x'] + f[2:]),
    'a quote inside a field': lambda f, d, r: d.join([f[0], '云"石'] + f[2:]),
    'a line end inside quotes': lambda f, d, r: d.join([f[0], '"云\n石"'] + f[2:]),
    'a delimiter inside quotes': lambda f, d, r: d.join([f[0], '"云%s石"' % d] + f[2:]),
    'a doubled quote': lambda f, d, r: d.join([f[0], '"云""石"'] + f[2:]),
    'too many fields': lambda f, d, r: d.join(f + ['更多', '更多']),
    'too few fields': lambda f, d, r: d.join(f[:r.randint(1, 3)]),
    'a blank line': lambda f, d, r: r.choice(['', '  ', '\u3000']) + '\n' + d.join(f),
    'a NUL': lambda f, d, r: d.join([f[0], '云\0石'] + f[2:]),
    'an id that is none': lambda f, d, r: d.join([r.choice(['', '无', f[0][:17], f[0][:15] + '000', '5.00901E+17', f[0][:17] + 'A'])] + f[1:]),
    'a value that is none': lambda f, d, r: d.join(f[:2] + ['低保', '在册'] + f[4:]),
    'the row again': lambda f, d, r: d.join(f) + '\n' + d.join(f),
}


def extract(seed):
    r = random.Random(seed)
    d, encoding, end = r.choice(',;\t|'), r.choice(['utf-8', 'utf-8-sig', 'gb18030', 'utf-16']), r.choice(['\n', '\n', '\r\n', '\r'])
    lines = ['附件1 低保名单'] * r.randint(0, 2) + [d.join(HEADER)]
    for _ in range(r.randint(0, 40)):
        damage = r.choice(list(DAMAGE)) if r.random() < 1 / 3 else None
        fields = row(r)
        lines.append(DAMAGE[damage](fields, d, r) if damage else d.join(fields))
    text = '\n'.join(lines) + ('\n' if r.random() < 0.8 else '')
    return text.replace('\n', end).encode(encoding)


def rows_of(path):
    with open(path, encoding='utf-8', newline='') as f:
        return len(list(csv.reader(f))) - 1


def check(seed, ingest, show, tmp):
    """what is wrong, as text; empty when nothing is"""
    folder = os.path.join(tmp, 'x')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'civil.csv'), 'wb') as f:
        f.write(extract(seed))
    here = lambda name: os.path.join(tmp, name)
    p = subprocess.run([ingest, '--kind', 'civil', '--as-of', AS_OF, '--table', here('t'), '--rejects', here('r'), '--invalid', here('i'),
                        os.path.join(folder, 'civil.csv')], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode:
        return 'exit status %d: %s' % (p.returncode, p.stderr.decode())
    read, accepted, rejected, duplicate, blank = map(int, p.stderr.decode().splitlines()[1].split()[:5])
    if read != accepted + rejected + duplicate:
        return 'read %d, accepted %d, rejected %d, duplicate %d' % (read, accepted, rejected, duplicate)
    if rows_of(here('r')) != rejected:
        return 'rejected %d, written %d' % (rejected, rows_of(here('r')))
    shown = subprocess.run([show, '--columns', 'line', here('t')], stdout=subprocess.PIPE, check=True).stdout.decode().split()
    if len(shown) - 1 != accepted or len(set(shown)) != len(shown):
        return 'accepted %d, in the table %d' % (accepted, len(shown) - 1)
    want = reference_counts(folder)
    got = (read, accepted, rejected, duplicate, blank)
    return '' if got == want else 'got %s, the reference has %s' % (got, want)


def reference_counts(folder):
    extracts = Extracts(bidui_ref.read_as_of(AS_OF))
    read_kind(extracts, folder, 'civil', ['civil.csv'])
    e = extracts.files[0]
    return (e.rows_read, e.accepted, e.rejected, e.duplicate, e.blank)


def main(argv):
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument('--files', type=int, default=200)
    a.add_argument('--first', type=int, default=0)
    a.add_argument('folder')
    o = a.parse_args(argv)
    ingest, show, bad = programs.find(o.folder, 'ingest'), programs.find(o.folder, 'show'), []
    with tempfile.TemporaryDirectory(prefix='bidui-accounting-', dir=programs.memory_folder()) as tmp:
        for seed in range(o.first, o.first + o.files):
            said = check(seed, ingest, show, tmp)
            if said:
                bad.append('seed %d: %s' % (seed, said))
    print('1..1')
    print('%s 1 - the rows of %d extracts with 13 kinds of damage add up' % ('not ok' if bad else 'ok', o.files))
    for line in bad[:20]:
        print('# ' + line)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
