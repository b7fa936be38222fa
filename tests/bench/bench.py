#!/usr/bin/env python3
"""Ours against DuckDB, in turn, on the same invented extracts, with the same lists.

bench.py [--rounds N] [--data DIR] [--only core|full] [--stages] BUILD [PERSONS...]

PERSONS are 1000000 5000000 34000000 unless told. Extracts are made by `bidui gen` (seed 1) into DIR (BUILD/bench) when they are not
there. A round is one run of ours and then one of the opponent; ratios are of pairs. Printed are CPU seconds (user and system), wall
seconds and the peak of resident memory, of each process itself: of ours by GNU time, of DuckDB by getrusage in its own process, its
CPU and wall from the first statement to the last. The opponents are core.sql and full.sql; a changed one is refused (opponents.sha256).
--stages prints each stage of ours by itself, on one thread. Exit 1 when lists differ. Writes into DIR and BUILD only."""
import argparse
import csv
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PARITY = os.path.join(HERE, '..', 'parity')
AS_OF = '2017-11-26'
THREADS = '2'
COLUMNS = ['list', 'rule', 'core', 'severity', 'confidence', 'nature', 'unit', 'unit_no', 'evidence_ids', 'evidence_rows']
LISTS = ['missed', 'wrongly_exited', 'non_eligible', 'vetoed']
CORE_KINDS = ['registry', 'hukou', 'civil', 'housing', 'property', 'vehicle', 'death']
CORE_RULES = {'M1', 'M4', 'W1', 'N1', 'N2', 'N6'}
FULL_RULES = {'%s%d' % (letter, n) for letter, last in (('M', 8), ('W', 7), ('N', 14)) for n in range(1, last + 1)}
RULES = {'core': CORE_RULES, 'full': FULL_RULES}


class Used:
    """what one process took: CPU and wall seconds, peak in MiB"""

    def __init__(self, cpu, wall, peak):
        self.cpu, self.wall, self.peak = cpu, wall, peak


def stop(what):
    raise SystemExit('bench.py: ' + what)


def timed(command, cwd=None):
    """GNU time, since a child of this process would begin with the memory of Python"""
    with tempfile.NamedTemporaryFile('r') as told:
        p = subprocess.run(['/usr/bin/time', '-q', '-o', told.name, '-f', '%U %S %e %M', *command], cwd=cwd)
        if p.returncode:
            stop('%s: ended with %d' % (' '.join(command[:3]), p.returncode))
        user, system, wall, peak = map(float, told.read().split())
    return Used(user + system, wall, peak / 1024)


def opponent(name):
    """the path of its script, when it is the one that opponents.sha256 names"""
    path = os.path.join(HERE, name + '.sql')
    with open(path, 'rb') as f:
        found = hashlib.sha256(f.read()).hexdigest()
    with open(os.path.join(HERE, 'opponents.sha256'), encoding='utf-8') as f:
        wanted = dict(reversed(line.split()) for line in f)
    if wanted.get(name + '.sql') != found:
        stop('%s.sql: is not the opponent that opponents.sha256 names (%s); take the one of the repository, or say so there' % (name, found))
    return path, found


def modules(build):
    """the folder with DuckDB, installed as the parity tests have it"""
    path = os.path.join(build, 'parity-modules')
    if not os.path.exists(os.path.join(path, 'node_modules', '.package-lock.json')):
        os.makedirs(path, exist_ok=True)
        for name in ('package.json', 'package-lock.json'):
            shutil.copy(os.path.join(PARITY, name), path)
        subprocess.run(['npm', 'ci', '--no-audit', '--no-fund', '--silent'], cwd=path, check=True, stdout=subprocess.DEVNULL)
    return path


class County:
    """the extracts of so many people, and a folder with links to those of the core kinds"""

    def __init__(self, args, persons):
        self.build, self.persons = args.build, persons
        self.folder = os.path.join(args.data, str(persons))
        self.work = os.path.join(args.build, 'bench', 'work')
        self.out = {'core': os.path.join(self.work, 'core-out'), 'full': os.path.join(self.work, 'full-out')}
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        if not os.path.isdir(self.folder):
            os.makedirs(args.data, exist_ok=True)
            self.bidui('gen', '--persons', str(persons), '--seed', '1', '--out', self.folder)
        self.extracts = {'full': self.folder, 'core': os.path.join(self.work, 'core')}
        os.makedirs(self.extracts['core'])
        for kind in CORE_KINDS:
            os.symlink(os.path.join(self.folder, kind + '.csv'), os.path.join(self.extracts['core'], kind + '.csv'))

    def bidui(self, command, *args):
        return timed([os.path.join(self.build, 'bidui'), command, '--quiet', *args])

    def size(self, what):
        """rows and bytes; reading them brings them into the page cache"""
        rows = octets = 0
        for name in sorted(os.listdir(self.extracts[what])):
            with open(os.path.join(self.extracts[what], name), 'rb') as f:
                while block := f.read(1 << 22):
                    rows += block.count(b'\n')
                    octets += len(block)
        return rows, octets

    def ours(self, what):
        return self.bidui('run', '--threads', THREADS, '--extracts', self.extracts[what], '--as-of', AS_OF, '--out', self.out[what])

    def duckdb(self, what, script, env):
        p = subprocess.run(['node', os.path.join(HERE, 'duckdb.mjs'), script, self.extracts[what], THREADS], cwd=self.work, env=env,
                           stdout=subprocess.PIPE)
        if p.returncode:
            stop('%s: DuckDB ended with %d' % (script, p.returncode))
        told = json.loads(p.stdout)
        return Used(told['cpu'], told['wall'], told['peak'])

    def listed(self, what):
        found = set()
        for name in LISTS:
            with open(os.path.join(self.out[what], 'lists', name + '.csv'), newline='', encoding='utf-8') as f:
                found |= {(name, *(row[c] for c in COLUMNS[1:])) for row in csv.DictReader(f) if row['rule'] in RULES[what]}
        return found

    def differing(self, what):
        """how many findings; lines that say what differs"""
        with open(os.path.join(self.work, 'findings.csv'), newline='', encoding='utf-8') as f:
            rows = [tuple(row[c] for c in COLUMNS) for row in csv.DictReader(f)]
        want, found = self.listed(what), set(rows)
        lines = ['a finding stands twice'] if len(rows) != len(found) else []
        lines += ['missing: ' + ' | '.join(r) for r in sorted(want - found)] + ['extra: ' + ' | '.join(r) for r in sorted(found - want)]
        return len(want), lines


def spread(values, form):
    low, middle, high = min(values), statistics.median(values), max(values)
    return ('%s (%s – %s)' % (form, form, form)) % (middle, low, high)


def show(title, runs):
    print('| %-24s | %-24s | %-24s | %-20s |' % (title, spread([u.cpu for u in runs], '%.2f'), spread([u.wall for u in runs], '%.2f'),
                                                  spread([u.peak for u in runs], '%.0f')), flush=True)


def compared(county, what, rounds, env):
    """one table; 0 when the lists agree"""
    script, _ = opponent(what)
    rows, octets = county.size(what)
    print('\n%s: %d persons, %d lines, %.2f GB' % (what, county.persons, rows, octets / 1e9), flush=True)
    ours, theirs, wrong = [], [], []
    for _ in range(rounds):
        ours.append(county.ours(what))
        theirs.append(county.duckdb(what, script, env))
        count, wrong = county.differing(what)
        if wrong:
            break
    print('| %-24s | %-24s | %-24s | %-20s |\n|%s' % ('median (least – most)', 'CPU s', 'wall s', 'peak MiB', ' --- |' * 4))
    show('bidui run --threads 2', ours)
    show('DuckDB, %s.sql' % what, theirs)
    show('ratio', [Used(t.cpu / o.cpu, t.wall / o.wall, t.peak / o.peak) for o, t in zip(ours, theirs)])
    print('\n'.join(wrong[:20] + ['%d differ' % len(wrong)]) if wrong else 'the same %d findings, %d rounds' % (count, rounds), flush=True)
    return len(wrong) > 0


def one(name, used):
    print('| %-16s | %8.2f | %8.2f | %6.0f |' % (name, used.cpu, used.wall, used.peak), flush=True)


def stages(county):
    """each stage by itself on one thread; 0 when lists and figures are those of the run"""
    path = lambda *names: os.path.join(county.work, *names)
    tables = []
    for folder in ('rejects', 'invalid'):
        os.makedirs(path('stages', folder))
    print('\nstages, one thread: %d persons\n| stage | CPU s | wall s | peak MiB |\n| --- | --- | --- | --- |' % county.persons)
    kinds = sorted((name[:-4] for name in os.listdir(county.folder)), key=lambda k: (k != 'id_change', k))
    for kind in kinds:
        tables.append(path(kind + '.table'))
        changes = ['--changes', path('id_change.table')] if kind != 'id_change' and 'id_change' in kinds else []
        one('ingest ' + kind, county.bidui('ingest', '--threads', '1', '--kind', kind, '--as-of', AS_OF, '--table', tables[-1], *changes,
                                           '--rejects', path('stages', 'rejects', kind + '.csv'),
                                           '--invalid', path('stages', 'invalid', kind + '.csv'), os.path.join(county.folder, kind + '.csv')))
    one('join', county.bidui('join', '--as-of', AS_OF, '--out', path('dossiers'), *sorted(tables)))
    one('screen', county.bidui('screen', '--threads', '1', '--as-of', AS_OF, '--out', path('findings'), path('dossiers')))
    one('report', county.bidui('report', '--as-of', AS_OF, '--out', path('stages'), path('findings')))
    one('run', county.bidui('run', '--threads', '1', '--extracts', county.folder, '--as-of', AS_OF, '--out', county.out['full']))
    same = all(subprocess.run(['diff', '-rq', path('stages', name), os.path.join(county.out['full'], name)]).returncode == 0
               for name in ('lists', 'figures.csv'))
    print('stages singly and the run give the same lists and figures' if same else 'stages singly and the run differ')
    return not same


def machine():
    with open('/proc/cpuinfo', encoding='ascii') as f:
        model = next((line.split(':')[1].strip() for line in f if line.startswith('model name')), 'unknown')
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / (1 << 30)
    return '%d processors (%s), %.0f GiB, Linux %s, load %.1f' % (os.cpu_count(), model, memory, os.uname().release, os.getloadavg()[0])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--rounds', type=int, default=3)
    p.add_argument('--data')
    p.add_argument('--only', choices=list(RULES), action='append')
    p.add_argument('--stages', action='store_true')
    p.add_argument('build')
    p.add_argument('persons', type=int, nargs='*', default=[1000000, 5000000, 34000000])
    args = p.parse_args()
    if not os.path.exists('/usr/bin/time'):
        stop('/usr/bin/time: is not there; install GNU time (pipelines/need.sh tests)')
    args.build = os.path.abspath(args.build)
    args.data = os.path.abspath(args.data or os.path.join(args.build, 'bench'))
    which = [] if args.stages else args.only or list(RULES)
    print(machine())
    print(subprocess.run([os.path.join(args.build, 'bidui'), '--version'], stdout=subprocess.PIPE).stdout.decode().strip())
    env = dict(os.environ, MODULES=modules(args.build)) if which else None
    if which:
        subprocess.run(['node', '-e', "console.log('DuckDB ' + require(process.env.MODULES + '/node_modules/@duckdb/node-api').version())"], env=env)
    for what in which:
        print('%s.sql sha256 %s' % (what, opponent(what)[1]))
    wrong = 0
    for persons in args.persons:
        county = County(args, persons)
        wrong += stages(county) if args.stages else sum(compared(county, what, args.rounds, env) for what in which)
        shutil.rmtree(county.work)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
