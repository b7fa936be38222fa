#!/usr/bin/env python3
"""The opponents of bench.py do the work: they find what the program finds.

opponents.py [--dense N] FOLDER

Asked on N counties (4) in which ids, names, deaths, duplicates, weak numbers and large households collide (tests/property/dense.py, without
what DuckDB cannot read), and on an invented county of 20,000 people. FOLDER holds the programs, as built. Prints TAP."""
import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'property'))
import bench  # noqa: E402
import dense  # noqa: E402
import programs  # noqa: E402

KINDS = {'core': bench.CORE_KINDS, 'full': list(dense.KINDS)}


class Small(bench.County):
    """a county of another maker; differing() and duckdb() as in the benchmark"""

    def __init__(self, folder, work, what, name):
        self.build, self.work = folder, os.path.join(work, what + '-' + name)
        self.extracts, self.out = {what: os.path.join(self.work, 'extracts')}, {what: os.path.join(self.work, 'out')}
        os.makedirs(self.work)

    def runs(self, what):
        """False when the extracts are such that a run stops"""
        p = subprocess.run([programs.find(self.build, 'run'), '--quiet', '--threads', '1', '--extracts', self.extracts[what],
                            '--as-of', bench.AS_OF, '--out', self.out[what]], stderr=subprocess.DEVNULL)
        return p.returncode == 0


def dense_county(folder, work, what, seed):
    county = Small(folder, work, what, 'dense-%d' % seed)
    made = dense.County(seed)
    made.dirt = 0
    dense.write(county.extracts[what], {kind: [[c[0] for c in dense.KINDS[kind]]] + made.rows(kind) for kind in KINDS[what]})
    return county


def invented(folder, work, what):
    county = Small(folder, work, what, 'invented')
    path = os.path.join(county.work, 'all')
    subprocess.run([programs.find(folder, 'gen'), '--quiet', '--persons', '20000', '--seed', '3', '--out', path], check=True)
    os.makedirs(county.extracts[what])
    for kind in KINDS[what]:
        os.symlink(os.path.join(path, kind + '.csv'), os.path.join(county.extracts[what], kind + '.csv'))
    return county


def counties(args, work):
    """(opponent, county): so many dense ones that can be run, then the invented one"""
    for what in KINDS:
        seed, found = 0, 0
        while found < args.dense:
            county = dense_county(args.folder, work, what, seed)
            seed += 1
            if county.runs(what):
                found += 1
                yield what, county
        county = invented(args.folder, work, what)
        county.runs(what)
        yield what, county


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--dense', type=int, default=4)
    p.add_argument('folder')
    args = p.parse_args()
    args.folder = os.path.abspath(args.folder)
    env = dict(os.environ, MODULES=bench.modules(args.folder))
    failed = 0
    print('1..%d' % (len(KINDS) * (args.dense + 1)))
    with tempfile.TemporaryDirectory(prefix='bidui-opponents-', dir=programs.memory_folder()) as work:
        for i, (what, county) in enumerate(counties(args, work), 1):
            county.duckdb(what, bench.opponent(what)[0], env)
            count, wrong = county.differing(what)
            failed += bool(wrong)
            print('%sok %d - %s.sql finds what the program finds: %s # %d findings' %
                  ('not ' if wrong else '', i, what, os.path.basename(county.work), count), flush=True)
            print(''.join('#   %s\n' % line for line in wrong[:20]), end='')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
