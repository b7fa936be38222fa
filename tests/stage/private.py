#!/usr/bin/env python3
"""Nobody but its user can read what a program leaves: no core, files 0600, folders 0700, whatever the user's umask.

private.py FOLDER
FOLDER holds the programs. Each is caught in the middle of its --help, which nobody reads, and looked at; then killed in a way that
makes a core where cores are allowed. Then a county is run with umask 000. Prints TAP.
"""
import fcntl
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'property'))
import programs  # noqa: E402
from stage_cases import PROGRAMS  # noqa: E402


def full_pipe():
    """the end of a pipe that takes nothing more"""
    there, here = os.pipe()
    fcntl.fcntl(here, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(here, False)
    try:
        while True:
            os.write(here, b'x')
    except BlockingIOError:
        os.set_blocking(here, True)
    return there, here


def loose():
    """as loose as a careless user's shell, and with the signal that asks for a core (a shell's background jobs ignore it)"""
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    os.umask(0)
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def field(path, name):
    with open(path) as f:
        return next(line.split(name)[1].split() for line in f if line.startswith(name))


def wrong_in(program, work):
    there, here = full_pipe()
    p = subprocess.Popen([program, '--help'], stdout=here, stderr=here, cwd=work, preexec_fn=loose)
    try:
        for _ in range(1000):
            if field('/proc/%d/status' % p.pid, 'State:')[0] == 'S':
                break
            time.sleep(0.005)
        umask = field('/proc/%d/status' % p.pid, 'Umask:')[0]
        cores = field('/proc/%d/limits' % p.pid, 'Max core file size')[:2]
        p.send_signal(signal.SIGQUIT)
        status = os.waitpid(p.pid, 0)[1]
    finally:
        os.close(there)
        os.close(here)
    wrong = []
    if umask != '0077':
        wrong.append('umask %s' % umask)
    if cores != ['0', '0']:
        wrong.append('cores up to %s' % cores)
    if not os.WIFSIGNALED(status) or os.WCOREDUMP(status) or os.listdir(work):
        wrong.append('status %#x, files %s' % (status, os.listdir(work)))
    return wrong


def modes_in(folder):
    wrong = []
    for base, folders, files in os.walk(folder):
        for name, want in [(n, 0o700) for n in folders] + [(n, 0o600) for n in files]:
            mode = stat.S_IMODE(os.lstat(os.path.join(base, name)).st_mode)
            if mode != want:
                wrong.append('%s: %o' % (os.path.relpath(os.path.join(base, name), folder), mode))
    return wrong


def run_county(folder, work):
    x = os.path.join(work, 'x')
    shutil.copytree(os.path.join(HERE, 'extracts'), x)
    subprocess.run([programs.find(folder, 'run'), '--quiet', '--extracts', x, '--as-of', '2017-11-26', '--out', os.path.join(work, 'new', 'OUT')],
                   check=True, preexec_fn=loose)
    return modes_in(os.path.join(work, 'new'))


def main(folder):
    failed, names = 0, ['', *PROGRAMS]
    print('1..%d' % (len(names) + 1))

    def say(n, what, wrong):
        print('%sok %d - %s%s' % ('not ' if wrong else '', n, what, ''.join('\n#   ' + w for w in wrong)), flush=True)
        return bool(wrong)

    for n, name in enumerate(names):
        with tempfile.TemporaryDirectory(prefix='bidui-private-', dir=programs.memory_folder()) as work:
            failed += say(n + 1, '%s makes itself private' % ('bidui-' + name if name else 'bidui'), wrong_in(programs.find(folder, name), work))
    with tempfile.TemporaryDirectory(prefix='bidui-private-', dir=programs.memory_folder()) as work:
        os.mkdir(os.path.join(work, 'new'))
        failed += say(len(names) + 1, 'a run leaves files 0600 and folders 0700', run_county(folder, work))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
