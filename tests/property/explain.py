#!/usr/bin/env python3
"""What is explained is what the lists have: explain.py FOLDER-WITH-PROGRAMS. Prints TAP.

Every finding of the demo county is explained as one, with its list, weight and evidence; of units and rules drawn at random that are
in no list it is said that the rule does not fire."""
import csv
import os
import random
import subprocess
import sys
import tempfile

import programs

HERE = os.path.dirname(os.path.abspath(__file__))
DEMO = os.path.join(HERE, '..', '..', 'fixtures', 'demo', 'extracts')
GIVEN = ['--extracts', DEMO, '--as-of', '2017-11-26']
NOT_FIRING = 20


def findings(out):
    for name in sorted(os.listdir(os.path.join(out, 'lists'))):
        with open(os.path.join(out, 'lists', name), encoding='utf-8', newline='') as f:
            for row in csv.DictReader(f):
                yield dict(row, list=name[:-len('.csv')])


def explain(bidui, work, rule, unit, unit_no):
    args = [bidui, 'rules', 'explain', '--lang', 'en', '--unit', unit] + GIVEN + ['--', rule, unit_no]
    return subprocess.run(args, stdout=subprocess.PIPE, check=True, env=dict(os.environ, TMPDIR=work)).stdout.decode()


def as_found(f, text):
    nature = ', nature ' + f['nature'] if f['nature'] else ''
    want = ['  %s fires: ' % f['rule'], '    evidence: %s\n' % f['evidence'] if f['evidence'] else '',
            '    finding: list %s, core %s, severity %s, confidence %s%s\n' % (f['list'], f['core'], f['severity'], f['confidence'], nature)]
    return all(w in text for w in want) and 'does not fire' not in text and '\n    no  ' not in text and '\n    unknown  ' not in text


def main(folder):
    bidui, failed, wrong = programs.find(folder, ''), 0, []
    with tempfile.TemporaryDirectory(prefix='bidui-explain-', dir=programs.memory_folder()) as work:
        out = os.path.join(work, 'out')
        subprocess.run([bidui, 'run', '--quiet', '--out', out] + GIVEN, check=True)
        found = list(findings(out))
        there = {(f['rule'], f['unit_no']) for f in found}
        units = sorted({(f['unit'], f['unit_no']) for f in found} | {('person', f['head_id']) for f in found if f['head_id']})
        rules = sorted({(f['unit'], f['rule']) for f in found})
        pairs = [(r, u, no) for u, no in units for of, r in rules if u == of and (r, no) not in there]
        print('1..%d' % (len(found) + NOT_FIRING))
        for f in found:
            text = explain(bidui, work, f['rule'], f['unit'], f['unit_no'].lstrip("'"))
            wrong.append((as_found(f, text), 'a finding of %s in %s is explained as it is' % (f['rule'], f['list']), text))
        for rule, unit, no in random.Random(1).sample(pairs, NOT_FIRING):
            text = explain(bidui, work, rule, unit, no)
            wrong.append(('  %s does not fire: ' % rule in text and ('\n    no  ' in text or '\n    unknown  ' in text),
                          '%s is explained not to fire' % rule, text))
    for i, (good, name, text) in enumerate(wrong):
        failed += not good
        print('%sok %d - %s' % ('' if good else 'not ', i + 1, name))
        if not good:
            print(''.join('#   %s\n' % line for line in text.splitlines()), end='')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
