#!/usr/bin/env python3
"""Each program as its user meets it: what it prints, where, and its exit status.

stage_cases.py [--rewrite] FOLDER [CASE...]
FOLDER holds the programs. A case is a folder under cases/, named after the sentence it proves:

  cmd      shell commands, run with sh -u in an empty folder; $STAGE is the folder of this script; the programs are in PATH
  stdout, stderr   what they print; without the file: nothing
  exit     their exit status; without the file: 0

In what is printed the version stands as VERSION (avx2, on any processor, where the processor is named) and the folder of the case as HERE. --rewrite makes what is printed the expectation:
read the difference before it is kept. Prints TAP.
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'property'))
import programs  # noqa: E402

PROGRAMS = ['run', 'ingest', 'join', 'screen', 'report', 'workbooks', 'verdicts', 'track', 'purge', 'show', 'explain', 'rules', 'id', 'gen', 'verify', 'sign', 'mask']


def link_programs(folder, bin_folder):
    os.mkdir(bin_folder)
    os.symlink(programs.find(folder, ''), os.path.join(bin_folder, 'bidui'))
    for name in PROGRAMS:
        os.symlink(programs.find(folder, name), os.path.join(bin_folder, 'bidui-' + name))


def environment(work):
    kept = {k: v for k, v in os.environ.items() if k.startswith(('ASAN', 'UBSAN', 'LSAN', 'BIDUI_DATA'))}
    return dict(kept, PATH='%s:%s' % (os.path.join(work, 'bin'), os.environ['PATH']), STAGE=HERE, LC_ALL='C.UTF-8', TZ='UTC', HOME=work)


def run(case, work, version):
    """(stdout, stderr, exit) of a case, each as text"""
    with tempfile.TemporaryDirectory(dir=work) as here:
        p = subprocess.run(['sh', '-u', os.path.join(HERE, 'cases', case, 'cmd')], cwd=here, env=environment(work),
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        plain = [t.decode('utf-8', 'backslashreplace').replace(here, 'HERE').replace(version, 'VERSION')
                 .replace('VERSION (portable)', 'VERSION (avx2)') for t in (p.stdout, p.stderr)]
    return {'stdout': plain[0], 'stderr': plain[1], 'exit': '%d\n' % p.returncode if p.returncode else ''}


def expected(case):
    want = {}
    for name in ('stdout', 'stderr', 'exit'):
        path = os.path.join(HERE, 'cases', case, name)
        want[name] = open(path, encoding='utf-8').read() if os.path.exists(path) else ''
    return want


def rewrite(case, got):
    for name, text in got.items():
        path = os.path.join(HERE, 'cases', case, name)
        if text:
            with open(path, 'w', encoding='utf-8') as f:
                f.write(text)
        elif os.path.exists(path):
            os.remove(path)


def differences(want, got):
    lines = []
    for name in want:
        if want[name] != got[name]:
            lines += ['%s, expected:' % name] + want[name].splitlines() + ['%s, got:' % name] + got[name].splitlines()
    return ''.join('#   %s\n' % line for line in lines)


def main(args):
    rewriting = '--rewrite' in args
    args = [a for a in args if a != '--rewrite']
    if not args:
        sys.exit(__doc__)
    cases = args[1:] or sorted(os.listdir(os.path.join(HERE, 'cases')))
    failed = 0
    with tempfile.TemporaryDirectory(prefix='bidui-stage-', dir=programs.memory_folder()) as work:
        link_programs(args[0], os.path.join(work, 'bin'))
        said = subprocess.run([os.path.join(work, 'bin', 'bidui'), '--version'], stdout=subprocess.PIPE, check=True).stdout
        print('1..%d' % len(cases))
        for i, case in enumerate(cases):
            got = run(case, work, said.decode().split()[1])
            if rewriting:
                rewrite(case, got)
            wrong = differences(expected(case), got)
            failed += wrong != ''
            print('%sok %d - %s\n%s' % ('not ' if wrong else '', i + 1, case, wrong), end='', flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
