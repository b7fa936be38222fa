#!/usr/bin/env python3
"""The SQL that `bidui rules sql` prints finds what the program finds, in DuckDB and in PostgreSQL.

parity.py [--engine duckdb|postgres] [--only NAME] [--persons N] [--dense N] [--keep DIR] FOLDER
FOLDER holds the programs, as built; what DuckDB needs is installed into it.

Compared are the sets of findings, each with all that the SQL knows of it (COLUMNS), against the program's lists: for all contract
cases, the demo county, dense counties in which everything collides, and an invented county of --persons people (20,000). For the
contract cases they are compared with the expected lists too, which were written by hand: that two translations of one tree agree
proves only the translators. Prints TAP.
"""
import argparse
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, '..', '..')
sys.path.insert(0, os.path.join(HERE, '..', 'property'))
import dense  # noqa: E402
import postgres  # noqa: E402
import programs  # noqa: E402

COLUMNS = ['list', 'rule', 'core', 'severity', 'confidence', 'nature', 'unit', 'unit_no', 'evidence_ids', 'evidence_rows']
LISTS = ['missed', 'wrongly_exited', 'non_eligible', 'vetoed', 'ledger', 'villages', 'quality']
DIALECTS = ['duckdb', 'postgres']
csv.field_size_limit(1 << 30)


class County:
    """extracts, and what the programs make of them"""

    def __init__(self, name, extracts, as_of, expect=None, pack=None, threads=1, stops=False):
        self.name, self.extracts, self.as_of, self.expect, self.threads = name, extracts, as_of, expect, threads
        self.pack = ['--pack', pack] if pack else []
        self.stops = stops # a run that stops is expected

    def program(self, folder, command, *args, **more):
        return subprocess.run([programs.find(folder, command), *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def prepare(self, folder, work):
        """True when there is something to compare: a run that stops makes no lists"""
        self.work = os.path.join(work, self.name)
        os.makedirs(self.work)
        self.out = os.path.join(self.work, 'out')
        p = self.program(folder, 'run', '--extracts', self.extracts, '--as-of', self.as_of, '--out', self.out, '--quiet', '--threads', '1',
                         *self.pack)
        if p.returncode > 1 and not self.stops:
            raise SystemExit('%s: %s' % (self.name, p.stderr.decode()))
        if p.returncode > 1:
            return False
        with open(os.path.join(self.out, 'manifest.json'), encoding='utf-8') as f:
            files = {}
            for one in json.load(f)['inputs']:
                files.setdefault(one['kind'], []).append(os.path.join(self.extracts, one['file']))
        self.kinds, self.load = list(files), {}
        for kind in sorted(files, key=lambda k: k != 'id_change'):
            self.tabulate(folder, kind, files[kind], 'id_change' in files)
        return True

    def path(self, name):
        return os.path.join(self.work, name)

    def show(self, folder, table, name, *args):
        with open(self.path(name + '.csv'), 'wb') as f:
            subprocess.run([programs.find(folder, 'show'), table, *args], stdout=f, check=True)
        self.load[name] = self.path(name + '.csv')

    def tabulate(self, folder, kind, files, changed):
        table = self.path(kind + '.table')
        changes = ['--changes', self.path('id_change.table')] if changed and kind != 'id_change' else []
        self.program(folder, 'ingest', '--kind', kind, '--as-of', self.as_of, '--table', table, '--quiet', '--rejects', self.path('rejects'),
                     '--invalid', self.path('invalid'), *changes, *files, check=True)
        self.show(folder, table, kind)
        if kind == 'registry':
            self.show(folder, table, 'refused', '--refused')

    def job(self, folder, dialect):
        parts = {}
        for part in ('tables', 'findings'):
            parts[part] = self.path('%s.%s.sql' % (dialect, part))
            with open(parts[part], 'wb') as f:
                subprocess.run([programs.find(folder, 'rules'), 'sql', '--dialect', dialect, '--as-of', self.as_of, '--part', part,
                                *self.pack], stdout=f, check=True)
        return {'name': self.name, 'before': parts['tables'], 'after': parts['findings'], 'load': self.load, 'kinds': self.kinds,
                'threads': self.threads, 'out': self.path(dialect + '.json')}

    def listed(self):
        found = set()
        for name in LISTS:
            with open(os.path.join(self.out, 'lists', name + '.csv'), newline='', encoding='utf-8') as f:
                found |= {(name,) + tuple(unguarded(row[c]) for c in COLUMNS[1:]) for row in csv.DictReader(f)}
        return found

    def found(self, dialect):
        with open(self.path(dialect + '.json'), encoding='utf-8') as f:
            rows = json.loads(f.read().strip() or 'null') or []
        return {tuple(row) for row in rows}, len(rows)

    def wrong(self, dialect):
        """what differs, a line each"""
        found, count = self.found(dialect)
        lines = ['a finding stands twice'] if count != len(found) else []
        lines += compare(self.listed(), found, 'the program')
        if self.expect:
            with open(self.expect, newline='', encoding='utf-8') as f:
                rows = list(csv.DictReader(f))
            kept = [i for i, c in enumerate(COLUMNS) if not rows or c in rows[0]]
            want = {tuple(unguarded(row[COLUMNS[i]]) for i in kept) for row in rows}
            lines += compare(want, {tuple(row[i] for i in kept) for row in found}, 'what was written by hand')
        return lines


class Scripted(County):
    """as pipelines/sql.sh makes it for people"""

    def prepare(self, folder, work):
        self.work = os.path.join(work, self.name)
        path = os.pathsep.join([folder, os.environ['PATH']])
        subprocess.run([os.path.join(TOP, 'pipelines', 'sql.sh'), self.extracts, self.as_of, self.work], check=True,
                       env=dict(os.environ, PATH=path), stdout=subprocess.DEVNULL)
        self.out = os.path.join(self.work, 'out')
        return True

    def job(self, folder, dialect):
        return {'name': self.name, 'before': self.path(dialect + '.sql'), 'after': os.devnull, 'load': {}, 'kinds': [],
                'threads': 1, 'out': self.path(dialect + '.json')}


def unguarded(cell):
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in '=+-@\t\r' else cell


def compare(want, found, whose):
    return ['missing, by %s: %s' % (whose, ' | '.join(row)) for row in sorted(want - found)] + \
           ['extra, by %s: %s' % (whose, ' | '.join(row)) for row in sorted(found - want)]


def contract_cases():
    top = os.path.join(TOP, 'fixtures', 'cases')
    for name in sorted(os.listdir(top)):
        path = os.path.join(top, name, 'as_of')
        if os.path.exists(path):
            with open(path) as f:
                as_of = f.read().strip()
            expect = os.path.join(top, name, 'expect', 'lists.csv')
            yield County(name, os.path.join(top, name, 'extracts'), as_of, expect if os.path.exists(expect) else None,
                         stops=os.path.exists(os.path.join(top, name, 'expect', 'exit')))


def invented(folder, work, persons):
    path = os.path.join(work, 'invented-extracts')
    subprocess.run([programs.find(folder, 'gen'), '--persons', str(persons), '--seed', '7', '--dirty', '0.02', '--out', path],
                   stdout=subprocess.DEVNULL, check=True)
    return County('invented-%d' % persons, path, '2017-11-26', threads=2)


COUNTY_LINE = 'parameters:\n  county_line: {unit: yuan, by_year: {2015: 3000.5, 2016: 3100}, by_county: {500901: {2016: 5000}, 500902: {2014: 100}}}'


def other_pack(work):
    """the terms and people of the default pack with the rules of rules.yaml"""
    with open(os.path.join(TOP, 'pipelines', 'rules', 'chongqing-2017.yaml'), encoding='utf-8') as f:
        head = f.read().split('\nrules:\n')[0].replace('parameters:', COUNTY_LINE, 1)
    path = os.path.join(work, 'other.yaml')
    with open(os.path.join(HERE, 'rules.yaml'), encoding='utf-8') as f, open(path, 'w', encoding='utf-8') as to:
        to.write(head + '\n' + f.read())
    return path


def dense_counties(work, count):
    """each asked by the default pack and by the other"""
    pack = other_pack(work)
    for seed in range(count):
        path = os.path.join(work, 'dense-extracts-%d' % seed)
        dense.write(path, dense.county(seed))
        yield County('dense-%d' % seed, path, '2017-11-26')
        yield County('language-%d' % seed, path, '2017-11-26', pack=pack)


def counties(args, work):
    yield from contract_cases()
    demo = os.path.join(TOP, 'fixtures', 'demo', 'extracts')
    yield County('demo', demo, '2017-11-26')
    yield Scripted('demo-by-script', demo, '2017-11-26')
    yield from dense_counties(work, args.dense)
    yield invented(args.folder, work, args.persons)


def modules(folder):
    """the folder with DuckDB, installed as package-lock.json says"""
    path = os.path.join(folder, 'parity-modules')
    os.makedirs(path, exist_ok=True)
    for name in ('package.json', 'package-lock.json'):
        shutil.copy(os.path.join(HERE, name), path)
    if not os.path.exists(os.path.join(path, 'node_modules', '.package-lock.json')):
        subprocess.run(['npm', 'ci', '--no-audit', '--no-fund', '--silent'], cwd=path, check=True, stdout=subprocess.DEVNULL)
    return path


def run_duckdb(args, jobs, work):
    path = os.path.join(work, 'jobs.json')
    with open(path, 'w') as f:
        json.dump(jobs, f)
    p = subprocess.run(['node', os.path.join(HERE, 'duckdb.mjs'), path], stdout=subprocess.PIPE, env=dict(os.environ, MODULES=modules(args.folder)))
    return dict(json.loads(line) for line in p.stdout.decode().splitlines())


def run_postgres(args, jobs, work):
    with postgres.Server() as server:
        return {job['name']: server.run(job) for job in jobs}


def report(engine, there, said):
    failed = 0
    for county in there:
        answer = said.get(county.name, 'no answer')
        wrong = [answer] if isinstance(answer, str) else county.wrong(engine)
        failed += bool(wrong)
        report.count += 1
        print('%sok %d - %s: %s%s' % ('not ' if wrong else '', report.count, engine, county.name,
                                      '' if wrong else ' # %d findings, %.1f s' % (len(county.found(engine)[0]), answer)))
        for line in wrong[:20]:
            print('#   ' + line.replace('\n', '\n#   '), flush=True)
    return failed


report.count = 0


def silent(there, args):
    """1 when a rule has never fired: then nothing was compared"""
    if args.only:
        return 0
    packs = [('pipelines', 'rules', 'chongqing-2017.yaml'), ('tests', 'parity', 'rules.yaml')]
    codes = set()
    for pack in packs:
        with open(os.path.join(TOP, *pack), encoding='utf-8') as f:
            codes |= set(re.findall('- {?code: (\\w+)', f.read()))
    never = codes - {row[1] for county in there for row in county.listed()}
    print('%sok %d - every rule has fired\n' % ('not ' if never else '', report.count + 1), end='')
    if never:
        print('#   never: ' + ' '.join(sorted(never)))
    return len(never) > 0


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--engine', choices=DIALECTS)
    p.add_argument('--only')
    p.add_argument('--persons', type=int, default=20000)
    p.add_argument('--dense', type=int, default=6)
    p.add_argument('--turns', action='store_true', help='ask a contract case of one engine only, of each in turn')
    p.add_argument('--keep')
    p.add_argument('folder')
    args = p.parse_args()
    args.folder = os.path.abspath(args.folder)
    signal.signal(signal.SIGTERM, postgres.stop_all)
    engines = [args.engine] if args.engine else DIALECTS
    work = args.keep or tempfile.mkdtemp(prefix='bidui-parity-', dir=programs.memory_folder())
    try:
        there = [c for c in counties(args, work) if not args.only or args.only in c.name]
        with ThreadPoolExecutor(2) as pool:
            there = [c for c, there_is in zip(there, pool.map(lambda c: c.prepare(args.folder, work), there)) if there_is]
            asked = {e: [c for i, c in enumerate(there) if not (args.turns and c.expect) or i % len(engines) == n] for n, e in enumerate(engines)}
            jobs = {e: list(pool.map(lambda c: c.job(args.folder, e), asked[e])) for e in engines}
            run = {'duckdb': run_duckdb, 'postgres': run_postgres}
            said = dict(zip(engines, pool.map(lambda e: run[e](args, jobs[e], work), engines)))
        print('1..%d' % (sum(len(asked[e]) for e in engines) + (not args.only)))
        failed = sum(report(e, asked[e], said[e]) for e in engines)
        return 1 if failed + silent(there, args) else 0
    finally:
        if not args.keep:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
