#!/usr/bin/env python3
"""No program makes a call to the network.

no_network.py FOLDER
FOLDER holds the programs. Each command is run under strace, which writes down every call of the network family (socket, connect, bind,
sendto and so on), in all threads and children. There must be none, not even to this machine. Prints TAP.
"""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'property')]
import programs  # noqa: E402

DEMO = os.path.join(HERE, '..', '..', 'fixtures', 'demo', 'extracts')
DAY = ['--as-of', '2017-11-26']


def commands(x):
    """(what is done, program, arguments) in a folder; later ones use the files of earlier ones"""
    hukou = next(os.path.join(x, n) for n in sorted(os.listdir(x)) if 'hukou' in n or '户籍' in n)
    registry = next(os.path.join(x, n) for n in sorted(os.listdir(x)) if 'registry' in n or '建档' in n or '贫困' in n)
    yield 'run', 'run', ['--quiet', '--extracts', x, *DAY, '--out', 'OUT', '--state', 'state', '--threads', '2']
    for kind, path in (('hukou', hukou), ('registry', registry)):
        yield 'ingest ' + kind, 'ingest', ['--quiet', '--kind', kind, *DAY, '--table', kind + '.table', '--rejects', 'rejects/%s.csv' % kind,
                                        '--invalid', 'invalid/%s.csv' % kind, path]
    yield 'join', 'join', [*DAY, '--out', 'dossiers', 'hukou.table', 'registry.table']
    yield 'screen', 'screen', [*DAY, '--out', 'findings', 'dossiers']
    yield 'report', 'report', [*DAY, '--out', '.', 'findings']
    yield 'show', 'show', ['findings']
    yield 'verify', 'verify', ['--extracts', x, 'OUT']
    yield 'mask, a key', 'mask', ['--new-key', 'key']
    yield 'mask', 'mask', ['--key', 'key', '--out', 'MASKED', 'OUT']
    yield 'sign, a key', 'sign', ['--new-key', 'private.pem']
    yield 'sign', 'sign', ['--key', 'private.pem', '--extracts', x, 'OUT']
    yield 'track', 'track', ['--state', 'state', '--out', 'LEDGER', 'OUT']
    yield 'purge', 'purge', ['--help']
    yield 'explain', 'explain', ['--extracts', x, *DAY, '500901-00882']
    yield 'rules', 'rules', ['test', '--quiet']
    yield 'rules sql', 'rules', ['sql', '--dialect', 'duckdb', *DAY]
    yield 'id', 'id', DAY
    yield 'gen', 'gen', ['--persons', '100', '--seed', '1', '--out', 'gen']
    yield 'workbooks', 'workbooks', ['--out', 'BOOKS', 'OUT']
    yield 'verdicts', 'verdicts', ['--help']
    yield 'bidui', '', ['--help']


def main(folder):
    todo = list(commands(os.path.abspath(DEMO)))
    print('1..%d' % len(todo))
    failed, strace = 0, shutil.which('strace')
    with tempfile.TemporaryDirectory(prefix='bidui-network-', dir=programs.memory_folder()) as work:
        for name in ('rejects', 'invalid'):
            os.mkdir(os.path.join(work, name))
        for i, (what, program, arguments) in enumerate(todo, 1):
            log = os.path.join(work, 'log')
            p = subprocess.run([strace, '-f', '-qq', '-e', 'trace=%network,execve', '-o', log, programs.find(folder, program)] + arguments, cwd=work,
                               env=dict(os.environ, ASAN_OPTIONS='detect_leaks=0'), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            with open(log) as f:
                calls = f.readlines()
            seen = [c for c in calls if 'execve' not in c and '+++' not in c and '---' not in c]
            started = any('execve' in c for c in calls)
            wrong = bool(seen) or not started or p.returncode != 0
            failed += wrong
            print('%sok %d - %s calls no network' % ('not ' if wrong else '', i, what) + ''.join('\n#   ' + c.strip() for c in seen), flush=True)
            if p.returncode:
                print('#   ends with %d: %s' % (p.returncode, p.stderr.decode('utf-8', 'replace').strip()))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
