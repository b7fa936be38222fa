#!/usr/bin/env python3
"""The pipeline gives what a nested loop gives, on small random counties.

against_reference.py [--counties N] [--first SEED] [--keep DIR] FOLDER
against_reference.py --shrink SEED FOLDER      leave out rows of a county for as long as the two differ
FOLDER holds the programs, as built or as installed.

The nested loop is ../reference, an implementation of the contract's pages that shares nothing with the program: it walks all rows
for each person, household and rule. Counties come from dense.py, in which ids, household numbers, names and days collide on
purpose; every third is made by bidui-gen. Everything that the contract fixes is compared: lists in order, rejects,
invalid values, figures, summary, accounting, exit status. Over all counties every rule must have fired.
"""
import argparse
import contextlib
import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile

import dense
import programs
import bidui_ref
import compare
from rules import RULES

AS_OF = '2017-11-26'


def run_program(program, extracts, out):
    p = subprocess.run([programs.find(program, 'run'), '--extracts', extracts, '--as-of', AS_OF, '--out', out, '--quiet', '--threads', '2'],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode, p.stderr.decode('utf-8', 'replace')


def run_reference(extracts, out):
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        status = bidui_ref.main(['run', '--extracts', extracts, '--as-of', AS_OF, '--out', out])
    return status, said.getvalue()


def difference(program, extracts, work):
    """what differs, as text; empty when nothing does"""
    a, b = os.path.join(work, 'reference'), os.path.join(work, 'program')
    for out in (a, b):
        shutil.rmtree(out, ignore_errors=True)
    want, said = run_reference(extracts, a)
    got, cried = run_program(program, extracts, b)
    if want != got:
        return 'exit status %d, the reference has %d\n%s%s' % (got, want, cried, said)
    if want:
        return ''
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        compare.main([a, b])
    return told.getvalue()


def fired(out):
    """rules with a finding in the output folder"""
    rules = set()
    folder = os.path.join(out, 'lists')
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        with open(os.path.join(folder, name), newline='', encoding='utf-8') as f:
            rules |= {row['rule'] for row in csv.DictReader(f)}
    return rules


def make(options, seed, extracts):
    if seed % 3 == 2:
        subprocess.run([programs.find(options.program, 'gen'), '--persons', str(30 + seed % 170), '--seed', str(seed), '--out', extracts, '--quiet',
                        '--dirty', ('0', '0.02', '0.1')[seed // 3 % 3], '--formats', ('plain', 'mixed')[seed // 9 % 2]], check=True)
    else:
        dense.write(extracts, dense.county(seed))


def check_all(options, work):
    failed, seen, stopped = [], set(), 0
    for seed in range(options.first, options.first + options.counties):
        extracts = os.path.join(work, 'extracts')
        shutil.rmtree(extracts, ignore_errors=True)
        make(options, seed, extracts)
        said = difference(options.program, extracts, work)
        stopped += not os.path.isdir(os.path.join(work, 'program'))
        seen |= fired(os.path.join(work, 'reference'))
        if said:
            failed.append(seed)
            print('county %d differs (a: reference, b: program):\n%s' % (seed, said))
            if options.keep:
                shutil.copytree(extracts, os.path.join(options.keep, str(seed)), dirs_exist_ok=True)
    silent = [r for r in RULES if r not in seen]
    print('%d counties, %d stopped by both, %d differ%s' % (options.counties, stopped, len(failed),
                                                            ': ' + ' '.join(map(str, failed)) if failed else ''))
    if silent and options.counties >= 150:
        print('no county made these rules fire: %s' % ' '.join(silent))
    return 1 if failed or (silent and options.counties >= 150) else 0


# --- a smaller county ------------------------------------------------------------------------

def shrink(program, tables, work):
    """leave out kinds, then runs of rows, for as long as something differs"""
    def differs(candidate):
        extracts = os.path.join(work, 'extracts')
        shutil.rmtree(extracts, ignore_errors=True)
        dense.write(extracts, candidate)
        return difference(program, extracts, work)

    if not differs(tables):
        return tables, ''
    for kind in list(tables):
        if kind not in ('registry', 'hukou'):
            candidate = {k: rows for k, rows in tables.items() if k != kind}
            if differs(candidate):
                tables = candidate
    for kind in tables:
        step = len(tables[kind]) // 2
        while step:
            at = 1
            while at < len(tables[kind]):
                candidate = dict(tables)
                candidate[kind] = tables[kind][:at] + tables[kind][at + step:]
                if differs(candidate):
                    tables = candidate
                else:
                    at += step
            step //= 2
    return tables, differs(tables)


def show_shrunk(options, work):
    tables, said = shrink(options.program, dense.county(options.shrink), work)
    for kind, rows in tables.items():
        print('--- %s.csv\n%s' % (kind, dense.csv_bytes(rows).decode()), end='')
    print(said or 'nothing differs')
    return 1 if said else 0


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('program', metavar='FOLDER')
    p.add_argument('--counties', type=int, default=300)
    p.add_argument('--first', type=int, default=0)
    p.add_argument('--keep')
    p.add_argument('--shrink', type=int)
    options = p.parse_args()
    work = tempfile.mkdtemp(prefix='bidui-property-', dir=programs.memory_folder())
    try:
        return show_shrunk(options, work) if options.shrink is not None else check_all(options, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
