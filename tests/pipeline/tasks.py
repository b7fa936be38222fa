#!/usr/bin/env python3
"""The three tasks of docs/rules.md: their model answers, as they stand there, make packs that are checked and pass their examples.

tasks.py FOLDER; FOLDER holds the programs. Prints TAP.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..')
sys.path.insert(0, os.path.join(HERE, '..', 'property'))
import programs  # noqa: E402


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as f:
        return f.read()


def answers():
    """by task the YAML blocks of its answer"""
    parts = re.split(r'(?m)^### (\d)\. .*$', read('docs/rules.md').split('\n## Three tasks\n')[1])
    return {int(parts[i]): re.findall(r'(?ms)^```yaml\n(.*?)^```$', parts[i + 1]) for i in range(1, len(parts), 2)}


def put(pack, block):
    """A parameter, a term or a rule: in the place of the one of its name, or behind the heading of its sort."""
    code = re.match(r'  - code: (\w+)\n', block)
    if code:
        return pack.replace('\nfigures:\n', '\n%s\nfigures:\n' % block)
    name = re.match(r'  (\w+):', block)[1]
    old = re.search(r'(?m)^  %s:.*\n(?:   .*\n)*' % name, pack)
    if old:
        return pack.replace(old[0], block)
    return pack.replace('\nterms:\n', '\nterms:\n' + block) if ' on: ' in block or '{on:' in block else pack.replace('\nparameters:\n', '\nparameters:\n' + block)


def solve(folder, tmp, blocks):
    pack, own = read('pipelines/rules/chongqing-2017.yaml'), []
    for block in blocks:
        if block.startswith('kind: '):
            own = ['--own-schema', os.path.join(tmp, 'own.yaml')]
            with open(own[1], 'w', encoding='utf-8') as f:
                f.write(block)
        elif block.startswith('  '):
            before, pack = pack, put(pack, block)
            if pack == before:
                return 'a block changed nothing: ' + block
    path = os.path.join(tmp, 'county.yaml')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(pack)
    for command in ('check', 'test'):
        p = subprocess.run([programs.find(folder, 'rules'), command, '--quiet', *own, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if p.returncode:
            return command + ': ' + p.stdout.decode()
    return ''


def main(folder):
    failed = 0
    all_answers = answers()
    print('1..3')
    for n in (1, 2, 3):
        with tempfile.TemporaryDirectory() as tmp:
            wrong = solve(folder, tmp, all_answers.get(n, [])) if all_answers.get(n) else 'no answer'
        print('%sok %d - the model answer of task %d is checked and passes its examples' % ('not ' if wrong else '', n, n))
        if wrong:
            print(re.sub('(?m)^', '# ', wrong))
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
