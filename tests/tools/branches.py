#!/usr/bin/env python3
"""branches.py FOLDER AREA...: what gcov says of the branches of each area (a folder of the source), after tests have run in FOLDER.

A branch that only an exception or abort() could take is none: gcov marks the arcs of calls that do not return. Of a line in several
objects the counts are added. Writes FOLDER/missed.txt.
"""
import collections
import json
import os
import subprocess
import sys
import tempfile


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


def main(folder, areas):
    with open(os.path.join(folder, 'missed.txt'), 'w', encoding='utf-8') as missed:
        print('%-12s %9s %9s %8s' % ('area', 'branches', 'taken', 'share'))
        for area in areas:
            taken = branches_of(folder, area)
            count = sum(n > 0 for n in taken.values())
            print('%-12s %9d %9d %7.1f%%' % (area, len(taken), count, 100.0 * count / max(1, len(taken))))
            for name, line in sorted({key[:2] for key, n in taken.items() if not n}):
                with open(name, encoding='utf-8') as f:
                    missed.write('%s:%d: %s\n' % (name, line, f.read().split('\n')[line - 1].strip()))


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]) if len(sys.argv) > 2 else __doc__)
