#!/usr/bin/env python3
"""No stage needs more instructions than were recorded for it: a guard against regressions of speed that does not ask the clock.

instructions.py [--record] BUILT FOLDER

Counts with valgrind's callgrind what each stage executes, one thread, on an invented county that is always the same (PERSONS, all
kinds), and compares with instructions.tsv. More than MARGIN above fails. More than MARGIN below passes and asks for new numbers:
--record, as `ninja -C FOLDER record-instructions` calls it, writes them. They hold for one compiler and build type (BUILT), named in
the first line of the file; with another the guard is skipped. Prints TAP."""
import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'property'))
import programs  # noqa: E402

RECORDED = os.path.join(HERE, 'instructions.tsv')
PERSONS = '20000'
MARGIN = 0.05
ENVIRONMENT = {'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8'} # meson test lets malloc fill what it gives, which counts
AS_OF = '2017-11-26'


def counted(build, command, *args):
    """instructions of the program and all it calls"""
    p = subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', programs.find(build, command), *args],
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT)
    said = p.stderr.decode(errors='replace')
    found = re.search(r'Collected : (\d+)', said)
    if p.returncode or not found:
        raise SystemExit('%s: ended with %d\n%s' % (command, p.returncode, said))
    return int(found.group(1))


def ingest(work, kind):
    path = lambda name: os.path.join(work, name)
    changes = ['--changes', path('id_change.table')] if kind != 'id_change' else []
    return ['ingest', '--quiet', '--threads', '1', '--kind', kind, '--as-of', AS_OF, '--table', path(kind + '.table'), *changes,
            '--rejects', path('out/rejects/%s.csv' % kind), '--invalid', path('out/invalid/%s.csv' % kind), path('extracts/%s.csv' % kind)]


def stages(build, work):
    """(name, instructions) of each"""
    path = lambda name: os.path.join(work, name)
    run = lambda command, *args: subprocess.run([programs.find(build, command), *args], check=True, stdout=subprocess.DEVNULL)
    run('gen', '--quiet', '--persons', PERSONS, '--seed', '1', '--out', path('extracts'))
    for folder in ('out/rejects', 'out/invalid'):
        os.makedirs(path(folder))
    kinds = sorted((name[:-4] for name in os.listdir(path('extracts'))), key=lambda k: (k != 'id_change', k))
    for kind in kinds:
        if kind != 'hukou':
            run(*ingest(work, kind))
    yield 'ingest hukou', counted(build, *ingest(work, 'hukou'))
    yield 'join', counted(build, 'join', '--as-of', AS_OF, '--out', path('dossiers'), *sorted(path(k + '.table') for k in kinds))
    yield 'screen', counted(build, 'screen', '--threads', '1', '--as-of', AS_OF, '--out', path('findings'), path('dossiers'))
    yield 'report', counted(build, 'report', '--as-of', AS_OF, '--out', path('out'), path('findings'))
    yield 'run', counted(build, 'run', '--quiet', '--threads', '1', '--extracts', path('extracts'), '--as-of', AS_OF, '--out', path('run'))


def recorded():
    """what the numbers hold for, and the numbers"""
    with open(RECORDED, encoding='utf-8') as f:
        built, *lines = f.read().splitlines()
    return built, {name: int(n) for name, n in (line.split('\t') for line in lines)}


def record(built, found):
    with open(RECORDED, 'w', encoding='utf-8') as f:
        f.write(built + '\n')
        f.writelines('%s\t%d\n' % one for one in found)
    print('%s: written' % RECORDED)


def compare(found, want):
    """TAP; how many failed"""
    failed = 0
    print('1..%d' % len(found))
    for i, (name, n) in enumerate(found, 1):
        change = n / want[name] - 1 if name in want else float('inf')
        failed += change > MARGIN
        print('%sok %d - %s needs no more instructions than recorded # %d, %+.1f %%' % ('not ' if change > MARGIN else '', i, name, n, 100 * change))
        if change < -MARGIN:
            print('# %s has become faster: record it, ninja -C FOLDER record-instructions' % name)
    return failed


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--record', action='store_true')
    p.add_argument('built', help='compiler and build type')
    p.add_argument('folder', help='the programs, as built')
    args = p.parse_args()
    with tempfile.TemporaryDirectory(prefix='bidui-instructions-', dir=programs.memory_folder()) as work:
        if args.record:
            record(args.built, stages(args.folder, work))
            return 0
        holds_for, want = recorded()
        if holds_for != args.built:
            print('1..0 # SKIP the numbers hold for %s, this is %s' % (holds_for, args.built))
            return 0
        return 1 if compare(list(stages(args.folder, work)), want) else 0


if __name__ == '__main__':
    sys.exit(main())
