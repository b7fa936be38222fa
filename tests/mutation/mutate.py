#!/usr/bin/env python3
"""Leaving out any one clause of the rule pack turns some case red.

mutate.py [--every N] [--only TEXT] [--jobs N] BIDUI PACK CASES...
BIDUI is the front of the programs, PACK a rule pack, each of CASES a folder of cases in the layout of fixtures/cases.
conditions.py makes the mutants: each operand of and, or, + left out, each filter, each value of a list, each `not`; each bound and
parameter moved by one. A mutant is killed when a case does not pass with it any more. Those that cannot be loaded are no mutants.
equivalent.tsv lists those that survive and may, with the reason; one that is listed and killed is told too.

--every N takes each N-th mutant only; --only TEXT those whose name holds TEXT. The last line: N mutants, N survived.
"""
import argparse
import collections
import csv
import importlib.util
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile

import conditions

HERE = os.path.dirname(os.path.abspath(__file__))
AS_PROGRAMMED = subprocess.run


def load_check(folder):
    """check.py of the cases, whose judgement counts"""
    spec = importlib.util.spec_from_file_location('check', os.path.join(folder, 'check.py'))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Cases:
    def __init__(self, bidui, folders):
        self.bidui = os.path.abspath(bidui)
        self.check = load_check(folders[0])
        self.paths = []
        for folder in folders:
            self.paths += [os.path.join(os.path.abspath(folder), name) for name in sorted(os.listdir(folder))
                           if os.path.exists(os.path.join(folder, name, 'as_of'))]
        self.paths = [p for p in self.paths if not self.stops(p)]
        self.rules = {p: self.rules_in(p) for p in self.paths}
        self.memory = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None

    @staticmethod
    def stops(path):
        exit_path = os.path.join(path, 'expect', 'exit')
        return os.path.exists(exit_path) and int(open(exit_path).read()) > 1

    @staticmethod
    def rules_in(path):
        """how often a case finds each rule; its name counts most"""
        count = collections.Counter()
        lists = os.path.join(path, 'expect', 'lists.csv')
        if os.path.exists(lists):
            with open(lists, newline='', encoding='utf-8') as f:
                count.update(row['rule'] for row in csv.DictReader(f))
        for part in os.path.basename(path).upper().split('-'):
            count[part] += 100
        return count

    def nearest_first(self, rules, killers):
        """the cases about these rules first, those that killed a mutant of the same condition before them"""
        return sorted(self.paths, key=lambda p: (p not in killers, -sum(min(self.rules[p][r], 101) for r in rules)))

    def complaints(self, path, pack):
        """what the case's check says with this pack; None when the pack cannot be loaded"""
        refused = []

        def run(command, **options):
            done = AS_PROGRAMMED(command + ['--pack', pack], **options)
            if done.returncode == 78:
                refused.append(done)
            return done

        work = tempfile.mkdtemp(prefix='bidui-mutant-', dir=self.memory)
        self.check.subprocess.run = run
        try:
            said = self.check.run(self.bidui, path, os.path.join(work, 'out'))
        finally:
            self.check.subprocess.run = AS_PROGRAMMED
            shutil.rmtree(work, ignore_errors=True)
        return None if refused else said


def judge(task):
    """the case that kills a mutant, '' when none does, None when it is none; one task is all mutants of one condition"""
    cases, rules, mutants = task
    verdicts, killers = [], []
    with tempfile.TemporaryDirectory(prefix='bidui-pack-', dir=cases.memory) as folder:
        for m in mutants:
            pack = os.path.join(folder, 'pack.yaml')
            with open(pack, 'w', encoding='utf-8') as f:
                f.write(m.text)
            killer = ''
            for path in cases.nearest_first(rules, killers):
                said = cases.complaints(path, pack)
                if said is None or said:
                    killer = path if said else None
                    break
            if killer:
                killers.append(killer)
            verdicts.append((m, killer))
    return verdicts


POOLED = []


def judge_numbered(i):
    return judge(POOLED[i])


def name_of(m):
    return '%s.%s: %s' % (m.owner, m.name, m.what)


def keep_passing(cases, pack):
    """cases that do not pass as things are (a workbook, in a build that cannot read one) can kill nothing"""
    passing = [p for p in cases.paths if cases.complaints(p, pack) == []]
    for path in set(cases.paths) - set(passing):
        print('does not pass with the pack as it is: %s' % os.path.basename(path))
    cases.paths = passing


def known_equivalents():
    """name -> why"""
    with open(os.path.join(HERE, 'equivalent.tsv'), encoding='utf-8') as f:
        lines = [line.rstrip('\n').split('\t') for line in f if line.strip() and not line.startswith('#')]
    return {name: why for name, why in lines}


def tasks_of(options, text, cases, equivalents):
    codes = {word for p in cases.paths for word in cases.rules[p]} | {e.owner for e in conditions.expressions(text)}
    reach = conditions.rules_of(text, codes)
    chosen = [m for m in conditions.mutants(text) if options.only in name_of(m)]
    if options.every > 1:
        chosen = [m for m in chosen if name_of(m) not in equivalents][::options.every]
    groups = collections.OrderedDict()
    for m in chosen:
        groups.setdefault((m.owner, m.name), []).append(m)
    return [(cases, reach.get(owner) or reach.get(name) or set(), group) for (owner, name), group in groups.items()]


def report(verdicts, equivalents):
    count = survived = 0
    for m, killer in verdicts:
        if killer is None:
            continue
        count += 1
        why = equivalents.get(name_of(m))
        if killer and why:
            print('listed as equivalent, but %s kills it: %s' % (os.path.basename(killer), name_of(m)))
        elif not killer and not why:
            survived += 1
            print('survived: %s' % name_of(m), flush=True)
    print('%d mutants, %d survived' % (count, survived))
    return 1 if survived or not count else 0


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('bidui')
    p.add_argument('pack')
    p.add_argument('cases', nargs='+')
    p.add_argument('--every', type=int, default=1)
    p.add_argument('--only', default='')
    p.add_argument('--jobs', type=int, default=2)
    options = p.parse_args()
    with open(options.pack, encoding='utf-8') as f:
        text = f.read()
    cases, equivalents = Cases(options.bidui, options.cases), known_equivalents()
    keep_passing(cases, options.pack)
    POOLED.extend(tasks_of(options, text, cases, equivalents))
    with multiprocessing.get_context('fork').Pool(options.jobs) as pool:
        return report((v for some in pool.imap(judge_numbered, range(len(POOLED))) for v in some), equivalents)


if __name__ == '__main__':
    sys.exit(main())
