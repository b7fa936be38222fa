#!/usr/bin/env python3
"""Changing any one token of the code that reads ids, quotes, vetoes and accounts turns some test red.

mutate_c.py [--every N [--first M]] [--only TEXT] [--seconds N] FOLDER
FOLDER becomes a copy of this repository with a build of its own; nothing here is touched. A mutant has one token of one line changed: a
comparison, a logical or arithmetic operator, a number by one, true and false. It is compiled alone and the tests of its area (AREAS) are
run until one fails, or a program of it takes over N seconds (60) of a processor: then it is killed. With --every only each Nth of all is
tried, from the Mth (N); two at once, in folders of their own, share the work by M. What does not compile is no mutant. equivalent_c.tsv lists those that survive
and may, by file and line as they read, with the reason. The last line: N mutants, N survived.
"""
import argparse
import contextlib
import csv
import filecmp
import os
import re
import resource
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
ASLEEP = 10  # times its seconds: what takes no processor and does not end, either
EQUIVALENT = os.path.join(HERE, 'equivalent_c.tsv')

CASES = ['python3', '-B', 'fixtures/cases/check.py', '{build}/bidui']
RUN = ['cmd/run/bidui-run', 'bidui']
REFERENCE = ['python3', '-B', 'tests/property/against_reference.py', '--counties', '3', '{build}']
STAGES = ['python3', '-B', 'tests/stage/stage_cases.py', '{build}']
ACCOUNTING = ['python3', '-B', 'tests/property/accounting.py', '--files', '8', '{build}']
SHARES = ['encoding-share-stops', 'encoding-share-ten', 'invalid-share-bool', 'invalid-share-of-non-empty', 'invalid-share-twenty', 'null-share-renovated',
          'null-share-small', 'null-share-stops', 'null-share-twenty', 'invalid-values', 'duplicates', 'row-width-and-blank', 'row-encoding-text', 'id-change']
LIMITS = ['a-total-in-the-pipeline-file-is-checked-in-bytes', 'a-total-of-the-sender-that-does-not-hold-stops-the-run',
          'a-total-of-the-sender-that-holds-is-told-in-the-manifest', 'a-total-with-a-key-that-is-not-known-is-refused',
          'a-kind-that-is-gone-is-a-change-of-all-its-rows', 'a-limit-of-no-kind-or-no-share-is-refused',
          'a-limit-that-is-exceeded-and-accepted-is-told-in-the-manifest', 'fewer-rows-than-the-limit-allows-stop-the-run',
          'rejects-at-the-limit-do-not-stop-the-run', 'rejects-over-the-limit-stop-the-run']


def unit(name):
    return '{build}/tests/unit/test_' + name


def files(folder, names):
    return ['lib/%s/%s.c' % (folder, name) for name in names.split()]


# area: files; what is built anew; commands that are run, the quick ones first
AREAS = {
    'id': (files('id', 'clean id fast day hide'),
           ['tests/unit/test_id', 'tests/fuzz/replay_id', 'tests/unit/test_types', 'cmd/gen/bidui-gen', *RUN],
           [[unit('id')], ['{build}/tests/fuzz/replay_id', 'tests/fuzz/id'], [unit('types')], CASES + ['types-ids', 'types-certs'],
            REFERENCE]),
    'quoting': (files('csv', 'unquote long reader scan run write columns lines'),
                ['tests/property/reader_test', 'tests/fuzz/replay_reader', 'tests/unit/test_verdict', 'cmd/ingest/bidui-ingest', 'cmd/verify/bidui-verify', *RUN],
                [['{build}/tests/property/reader_test'], ['{build}/tests/fuzz/replay_reader', 'tests/fuzz/reader'],
                 CASES + ['formula-guard', 'quote-proper', 'quote-text-after', 'quote-unclosed', 'quote-field-64k', 'delimiters', 'line-ends'],
                 [unit('verdict')], ACCOUNTING, CASES]),
    'veto': (files('screen', 'ask') + files('dossier', 'eval attributes code homes registers'), ['tests/unit/test_dossier', 'cmd/gen/bidui-gen', *RUN],
             [[unit('dossier')], CASES + ['vetoed-by-asset', 'vetoed-by-other-house', 'vetoed-m8', 'w1-vetoed'], CASES,
              REFERENCE]),
    'ingest': (files('ingest', 'outcome row batch changes parts shares whole run'), ['cmd/ingest/bidui-ingest', *RUN], [ACCOUNTING, CASES + SHARES, CASES]),
    'join': (files('join', 'counts'), ['tests/unit/test_join', 'cmd/gen/bidui-gen', *RUN],
             [[unit('join')], CASES + ['figures-levels', 'figures-statuses', 'v1-split-surge', 'v1-collective', 'split-from-other-county'],
              REFERENCE]),
    'limits': (files('run', 'expect'), RUN, [STAGES + LIMITS]),
    'verify': (files('verify', 'totals lists refused seen prove files verify'), ['cmd/verify/bidui-verify', *RUN],
               [['python3', '-B', 'tests/stage/verify.py', '{build}'], STAGES + LIMITS[2:3] + LIMITS[6:7], CASES + ['figures-levels', 'vetoed-m8', 'duplicates']]),
}
SWAPS = [(' < ', ' <= '), (' <= ', ' < '), (' > ', ' >= '), (' >= ', ' > '), (' == ', ' != '), (' != ', ' == '), (' && ', ' || '), (' || ', ' && '),
         (' + ', ' - '), (' - ', ' + '), (' * ', ' / '), (' % ', ' / '), (' & ', ' | '), (' | ', ' & '), (' << ', ' >> '), (' += ', ' -= '), ('++', '--'),
         ('true', 'false'), ('false', 'true'), ('if (!', 'if (')]
NUMBER = re.compile(r'(?<![\w."\'\\%])(\d+)(?![\w."\'])')


def code_lines(text):
    """numbers of the lines that hold code: no comment, no preprocessor, no assertion"""
    comment = False
    for n, line in enumerate(text.split('\n')):
        bare = line.strip()
        begins = bare.startswith('/*')
        if not (comment or begins or bare.startswith('#') or 'assert(' in bare or not bare):
            yield n
        comment = (comment or begins) and '*/' not in bare


def outside_of_texts(line, at):
    return line.count('"', 0, at) % 2 == 0 and '/*' not in line[:at]


def mutants(path):
    """(line, what, the file with it)"""
    with open(path, encoding='utf-8') as f:
        text = f.read()
    lines = text.split('\n')
    for n in code_lines(text):
        line = lines[n]
        changed = [(m.start(), a, b) for a, b in SWAPS for m in re.finditer(re.escape(a), line)]
        changed += [(m.start(), m.group(), str(int(m.group()) + 1)) for m in NUMBER.finditer(line)]
        for at, a, b in sorted(changed):
            if outside_of_texts(line, at):
                new = line[:at] + b + line[at + len(a):]
                yield n + 1, line.strip(), '%s -> %s' % (a.strip(), b.strip()), '\n'.join(lines[:n] + [new] + lines[n + 1:])


class Copy:
    def __init__(self, folder, seconds, targets):
        self.folder, self.build, self.seconds = folder, os.path.join(folder, 'build'), seconds
        files = subprocess.run(['git', '-C', TOP, 'ls-files', '-z'], stdout=subprocess.PIPE, check=True).stdout.decode().split('\0')
        for name in filter(None, files):
            to = os.path.join(folder, name)
            os.makedirs(os.path.dirname(to), exist_ok=True)
            if not os.path.exists(to) or not filecmp.cmp(os.path.join(TOP, name), to, shallow=False):
                shutil.copy(os.path.join(TOP, name), to)
        if not os.path.exists(os.path.join(self.build, 'build.ninja')):
            subprocess.run(['meson', 'setup', self.build, folder, '-Dtests=enabled', '-Doptimization=1', '-Ddebug=false'], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(['ninja', '-C', self.build, '--quiet', *targets], check=True, stdout=subprocess.DEVNULL)

    def passes(self, command):
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (self.seconds, self.seconds))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        env = dict(os.environ, READER_ROUNDS='1500')
        p = subprocess.Popen([part.format(build=self.build) for part in command], cwd=self.folder, env=env, preexec_fn=limit, start_new_session=True,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return p.wait(ASLEEP * self.seconds) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(p.pid, signal.SIGKILL)
            p.wait()

    def outcome(self, name, text, targets, commands):
        """None: it does not compile. Else whether it survives."""
        path = os.path.join(self.folder, name)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        try:
            if subprocess.run(['ninja', '-C', self.build, '--quiet', *targets], stdout=subprocess.DEVNULL).returncode:
                return None
            return all(self.passes(command) for command in commands)
        finally:
            shutil.copy(os.path.join(TOP, name), path)


def known():
    with open(EQUIVALENT, newline='', encoding='utf-8') as f:
        return {(row[0], row[1], row[2]): row[3] for row in csv.reader(f, delimiter='\t', quoting=csv.QUOTE_NONE) if row and not row[0].startswith('#')}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--every', type=int, default=1)
    p.add_argument('--only', default='')
    p.add_argument('--first', type=int, default=0)
    p.add_argument('--seconds', type=int, default=60)
    p.add_argument('folder')
    options = p.parse_args()
    asked = {area: of for area, of in AREAS.items() if any(options.only in '%s %s' % (area, name) for name in of[0])}
    whole = {'limits', 'verify'} & set(asked)  # their tests want every program to be there
    targets = ['all'] if whole else sorted({t for of in asked.values() for t in of[1]})
    copy = Copy(os.path.abspath(options.folder), options.seconds, targets)
    equivalent = known()
    count = survived = number = 0
    for area, (files, targets, commands) in AREAS.items():
        if area not in asked:
            number += sum(1 for name in files for _ in mutants(os.path.join(TOP, name)))
            continue
        if not all(copy.passes(command) for command in commands):
            raise SystemExit('%s: its tests fail without any change' % area)
        for name in files:
            for line, was, what, text in mutants(os.path.join(TOP, name)):
                number += 1
                if (number - options.first) % options.every or options.only not in '%s %s' % (area, name):
                    continue
                lives = copy.outcome(name, text, targets, commands)
                if lives is None:
                    continue
                count += 1
                if lives and (name, was, what) in equivalent:
                    print('equivalent: %s:%d: %s' % (name, line, what), flush=True)
                elif lives:
                    survived += 1
                    print('survived: %s:%d: %s: %s' % (name, line, what, was), flush=True)
    print('%d mutants, %d survived' % (count, survived))
    return 1 if survived else 0


if __name__ == '__main__':
    sys.exit(main())
