#!/usr/bin/env python3
"""branches.py FOLDER AREA...: what gcov says of the branches of each area (a folder of the source), after tests have run in FOLDER.

A branch that only an exception or abort() could take is none: gcov marks the arcs of calls that do not return. Of a line in several
objects the counts are added. Writes FOLDER/missed.txt: each line with a branch never taken.

branches-known.tsv has for such a line its file (or a folder, or * for any), words of the line, and why it is never taken. A line without a
reason is printed and fails, and so does a reason that no such line has any more. The last line: N lines, N unexplained.
"""
import collections
import csv
import json
import os
import subprocess
import sys
import tempfile

KNOWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'branches-known.tsv')


def objects(folder, area):
    for base, _, names in os.walk(os.path.join(folder, area)):
        for name in sorted(names):
            if name.endswith('.gcno'):
                yield os.path.abspath(os.path.join(base, name))


def branches_of(folder, area):
    """(file, line, number of the branch) -> times taken"""
    taken = collections.Counter()
    notes = list(objects(folder, area))
    with tempfile.TemporaryDirectory() as work:
        for note in notes:
            said = subprocess.run(['gcov', '--json-format', '--stdout', '--branch-probabilities', note], cwd=work, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL).stdout
            for text in filter(None, said.split(b'\n')):
                for file in json.loads(text)['files']:
                    name = os.path.relpath(os.path.join(os.path.abspath(folder), file['file']))
                    for line in file['lines'] if name.startswith(area) else []:
                        for n, branch in enumerate(b for b in line['branches'] if not b['throw']):
                            taken[name, line['line_number'], n] += branch['count']
    return taken


def text_of(name, line):
    with open(name, encoding='utf-8') as f:
        return f.read().split('\n')[line - 1].strip()


def unexplained(missed):
    """lines without a reason, and reasons without a line"""
    with open(KNOWN, newline='', encoding='utf-8') as f:
        known = [row for row in csv.reader(f, delimiter='\t', quoting=csv.QUOTE_NONE) if row and not row[0].startswith('#')]
    explains = lambda row, name, text: (row[0] == '*' or name.startswith(row[0])) and row[1] in text
    open_lines = ['%s:%d: %s' % (name, line, text) for name, line, text in missed if not any(explains(row, name, text) for row in known)]
    return open_lines, ['no such branch any more: %s: %s' % (row[0], row[1]) for row in known
                        if not any(explains(row, name, text) for name, _, text in missed)]


def main(folder, areas):
    missed = []
    print('%-12s %9s %9s %8s' % ('area', 'branches', 'taken', 'share'))
    for area in areas:
        taken = branches_of(folder, area)
        count = sum(n > 0 for n in taken.values())
        print('%-12s %9d %9d %7.1f%%' % (area, len(taken), count, 100.0 * count / max(1, len(taken))))
        missed += [(name, line, text_of(name, line)) for name, line in sorted({key[:2] for key, n in taken.items() if not n})]
    with open(os.path.join(folder, 'missed.txt'), 'w', encoding='utf-8') as f:
        f.writelines('%s:%d: %s\n' % one for one in missed)
    lines, stale = unexplained(missed)
    print(''.join(line + '\n' for line in lines + stale) + '%d lines, %d unexplained' % (len(missed), len(lines)))
    return 1 if lines or stale else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]) if len(sys.argv) > 2 else __doc__)
