#!/usr/bin/env python3
"""compare.py OUT_A OUT_B: compare two output folders in everything that the contract fixes.

The fixed columns of the lists line by line in order, rejects, invalid and figures.csv in bytes,
summary.json, and the accounting of manifest.json. `missing` is in A and not in B, `extra` in B and
not in A. Exit status 0 when nothing differs, 1 when something does, 64 for wrong use.
"""
import collections
import csv
import json
import os
import sys

LISTS = ['missed', 'wrongly_exited', 'non_eligible', 'vetoed', 'ledger', 'villages', 'quality']
FREE = {'evidence', 'title', 'check', 'department', 'days'}
ACCOUNTING = ['kind', 'file', 'bytes', 'xxh3_128', 'encoding', 'delimiter', 'rows_read', 'accepted', 'rejected',
              'duplicate', 'blank']
SHOWN = 5
WIDTH = 500
csv.field_size_limit(1 << 30)


class Differences:
    def __init__(self):
        self.count = 0

    def say(self, text):
        self.count += 1
        print(text)

    def lines(self, what, a, b):
        """two lists of lines: how many are missing and extra, and the first of them"""
        if a == b:
            return
        left, right = collections.Counter(a), collections.Counter(b)
        missing, extra = list((left - right).elements()), list((right - left).elements())
        self.say('%s: %d missing, %d extra' % (what, len(missing), len(extra)))
        if not missing and not extra:
            at = next(i for i, (x, y) in enumerate(zip(a, b)) if x != y)
            print('  the order differs from line %d on\n  a: %s\n  b: %s' % (at + 1, clip(a[at]), clip(b[at])))
        for mark, some in (('-', missing), ('+', extra)):
            for line in some[:SHOWN]:
                print('  %s %s' % (mark, clip(line)))


def clip(line):
    return line if len(line) <= WIDTH else line[:WIDTH] + '…'


def read_bytes(path):
    try:
        with open(path, 'rb') as f:
            return f.read()
    except OSError:
        return None


def read_json(path):
    try:
        with open(path, encoding='utf-8', errors='surrogateescape') as f:
            return json.load(f)
    except (OSError, ValueError):
        return None


def fixed_lines(path):
    """header and rows of a list, without what is free; V1's evidence is fixed"""
    with open(path, newline='', encoding='utf-8', errors='surrogateescape') as f:
        rows = list(csv.reader(f))
    header = rows[0] if rows else []
    lines = [','.join(header)]
    for row in rows[1:]:
        cells = ['%s=%s' % (name, cell) for name, cell in zip(header, row)
                 if name not in FREE or (name == 'evidence' and 'V1' in row[:2])]
        lines.append(' | '.join(cells) + (' | %d cells' % len(row) if len(row) != len(header) else ''))
    return lines


def compare_lists(a, b, d):
    for name in LISTS:
        path = os.path.join('lists', name + '.csv')
        pair = [os.path.join(x, path) for x in (a, b)]
        absent = [p for p in pair if not os.path.exists(p)]
        for p in absent:
            d.say('%s is not there' % p)
        if not absent:
            d.lines(path, *[fixed_lines(p) for p in pair])
            for p in pair:
                data = read_bytes(p)
                if data.startswith(b'\xef\xbb\xbf') or not data.endswith(b'\n'):
                    d.say('%s: a BOM, or no line end at the end' % p)


def compare_folder(a, b, folder, d):
    names = set()
    for x in (a, b):
        path = os.path.join(x, folder)
        names |= set(os.listdir(path)) if os.path.isdir(path) else set()
    for name in sorted(names):
        compare_bytes(a, b, os.path.join(folder, name), d)


def compare_bytes(a, b, name, d):
    x, y = read_bytes(os.path.join(a, name)), read_bytes(os.path.join(b, name))
    if x == y:
        return
    if x is None or y is None:
        d.say('%s is in %s only' % (name, b if x is None else a))
        return
    d.lines(name, *[t.decode('utf-8', 'backslashreplace').split('\n') for t in (x, y)])


def plain_summary(s):
    """rules without a finding may be 0 or absent; rates are numbers"""
    s = {k: s.get(k) for k in ('as_of', 'lists', 'rules', 'not_evaluated', 'partial', 'rates')}
    s['rules'] = [{'rule': '%s %s' % (name, r), 'missing': n}
                  for name, rules in (s['rules'] or {}).items() for r, n in rules.items() if n]
    s['rates'] = {name: '%.6f' % float(v) for name, v in (s['rates'] or {}).items()}
    return s


def compare_summary(a, b, d):
    x, y = (read_json(os.path.join(f, 'summary.json')) for f in (a, b))
    if x is None or y is None:
        d.say('summary.json is not there, or no JSON')
        return
    x, y = plain_summary(x), plain_summary(y)
    for key in x:
        if x[key] != y[key]:
            d.lines('summary.json ' + key, *[leaves(s[key]) for s in (x, y)])


def leaves(value, path=''):
    """one line for each value in a JSON value"""
    if isinstance(value, dict):
        if 'rule' in value:
            return ['%s%s: %s' % (path, value['rule'], value.get('missing'))]
        return [line for k in value for line in leaves(value[k], '%s%s.' % (path, k))]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [line for item in value for line in leaves(item, path)]
    return ['%s: %s' % (path.rstrip('.'), value)]


def plain_input(entry):
    """one line; names of encodings in any case, tab by name or as it is"""
    e = {k: entry.get(k) for k in ACCOUNTING}
    e['encoding'] = str(e['encoding']).lower().replace('-', '').replace('_', '')
    e['delimiter'] = {'tab': '\t', '\\t': '\t'}.get(e['delimiter'], e['delimiter'])
    return ' '.join('%s=%r' % kv for kv in e.items())


def compare_manifest(a, b, d):
    x, y = (read_json(os.path.join(f, 'manifest.json')) for f in (a, b))
    if x is None or y is None:
        d.say('manifest.json is not there, or no JSON')
        return
    d.lines('manifest.json inputs', *[sorted(plain_input(e) for e in m.get('inputs', [])) for m in (x, y)])
    d.lines('manifest.json ignored', *[sorted(n.rstrip('/') for n in m.get('ignored', [])) for m in (x, y)])
    if x.get('as_of') != y.get('as_of'):
        d.say('manifest.json as_of: %s, %s' % (x.get('as_of'), y.get('as_of')))


def main(args):
    if len(args) != 2 or not all(os.path.isdir(a) for a in args):
        print(__doc__, file=sys.stderr)
        return 64
    a, b = args
    d = Differences()
    compare_lists(a, b, d)
    for folder in ('rejects', 'invalid'):
        compare_folder(a, b, folder, d)
    compare_bytes(a, b, 'figures.csv', d)
    compare_summary(a, b, d)
    compare_manifest(a, b, d)
    return 1 if d.count else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
