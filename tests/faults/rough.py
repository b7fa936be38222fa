#!/usr/bin/env python3
"""Death at any moment, a gzip cut anywhere, a disk of any size: what the sweep cannot place by counting calls.

rough.py [--kills N] [--steps N] [--every N] FOLDER
FOLDER holds the programs; the night is that of sweep.py, and so is what must hold after each.

  kills  N times (500) a run, with and without a state, gets SIGKILL at a random moment; then it is run again
  cuts   a gzip extract is cut at every byte (every Nth): each time the ingest ends with 65, one line, and no file of its own
  disks  each program writes to a small tmpfs (--steps N: so many sizes, from one without a free page to one that is enough), which then grows, and it is run again.
         This needs the right to mount: of root, or in a namespace of its own; skipped without

Prints TAP.
"""
import argparse
import errno
import os
import random
import subprocess
import sys
import tempfile
import time

import night
import programs
import sweep
from night import canary

PAGE = 4096


# --- kills --------------------------------------------------------------------------------------------------

def how_long(subject, folder):
    subject.fresh(folder)
    begin = time.monotonic()
    subprocess.run(subject.command(folder), check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def killed(judge, subject, folder, seconds):
    """(what is wrong, whether it was killed before its end)"""
    subject.fresh(folder)
    p = subprocess.Popen(subject.command(folder), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        p.wait(seconds)
    except subprocess.TimeoutExpired:
        p.kill()
    err = p.communicate()[1].decode('utf-8', 'replace')
    point, found = sweep.Point(subject, 'SIGKILL', 0, '', ''), night.contents(folder)
    wrong = (judge.wrong_with_status(point, p.returncode, found) or judge.wrong_with_words(point, p.returncode, '', err, folder, found) or
             judge.wrong_with_rerun(point, folder, subject.whole(found)))
    return wrong, p.returncode < 0


def kills(judge, subjects, work, o):
    r, wrong, died = random.Random(11), [], 0
    for n in range(o.kills):
        subject, folder = subjects[n % 2], os.path.join(work, 'killed')
        if n < 2 or n % 50 < 2:
            subject.seconds = how_long(subject, folder)
        said, dead = killed(judge, subject, folder, r.uniform(0, subject.seconds))
        died += dead
        wrong += [said] if said else []
    return '%d runs killed at random, %d of them before their end, leave old or new outputs whole' % (o.kills, died), wrong


# --- cuts ---------------------------------------------------------------------------------------------------

def cuts(judge, subjects, work, o):
    whole = night.extract_path(os.path.join(work, 'extracts'), 'civil')
    with open(whole, 'rb') as f:
        data = f.read()
    here, wrong = os.path.join(work, 'cut'), []
    os.makedirs(here)
    for n in range(0, len(data), o.every):
        path = night.extract_path(here, 'civil')
        with open(path, 'wb') as f:
            f.write(data[:n])
        p = subprocess.run([programs.find(o.folder, 'ingest'), '--quiet', '--kind', 'civil', '--as-of', night.AS_OF, '--table', here + '/t', '--rejects', here + '/r',
                            '--invalid', here + '/i', path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        left = [name for name in os.listdir(here) if not name.startswith('civil') and not name.endswith('.lock')]
        if p.returncode != 65 or p.stderr.count(b'\n') != 1 or left:
            wrong.append('at byte %d: ends with %d: %s %s' % (n, p.returncode, p.stderr.decode(), left))
    return 'a gzip of %d bytes cut at %d places is never taken for a whole one' % (len(data), len(range(0, len(data), o.every))), wrong


# --- disks --------------------------------------------------------------------------------------------------

def pages(folder):
    return sum(-(-os.lstat(os.path.join(here, n)).st_size // PAGE) for here, _, names in os.walk(folder) for n in names)


def mount(disk, size, *options):
    return subprocess.run(['mount', '-t', 'tmpfs', '-o', ','.join(options + ('size=%d' % (size * PAGE),)), 'tmpfs', disk], stderr=subprocess.DEVNULL).returncode == 0


def on_a_disk(judge, subject, disk, free):
    """(what is wrong, the status) of a program with so many free pages"""
    if not mount(disk, pages(subject.template) + free):
        raise OSError(errno.EPERM, 'mount')
    folder = os.path.join(disk, 'w')
    try:
        subject.fresh(folder)
        p = subprocess.run(subject.command(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        point, found = sweep.Point(subject, 'ENOSPC from then on', 0, 'write', ''), night.contents(folder)
        mount(disk, 1 << 20, 'remount')
        words = [b.decode('utf-8', 'replace') for b in (p.stdout, p.stderr)]
        wrong = (judge.wrong_with_status(point, p.returncode, found) or judge.wrong_with_words(point, p.returncode, *words, folder, found) or
                 judge.wrong_with_rest(point, p.returncode, found) or judge.wrong_with_rerun(point, folder, subject.whole(found)))
        return wrong, p.returncode
    finally:
        subprocess.run(['umount', disk], check=True)


def disks(judge, subjects, work, o):
    disk, wrong, tried, full = os.path.join(work, 'disk'), [], 0, 0
    os.makedirs(disk)
    for subject in subjects:
        most = 2 * pages(subject.template) + 2 * sum(h is not None for h in subject.after) + 64
        for step in range(o.steps):
            free = most * step // max(1, o.steps - 1)
            said, status = on_a_disk(judge, subject, disk, free)
            tried, full = tried + 1, full + (status != 0)
            wrong += ['%s, %d free pages: %s' % (subject.name, free, said)] if said else []
    return '%d disks, %d of them too small: all outputs old or new, nothing left' % (tried, full), wrong


TESTS = [kills, cuts, disks]


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument('--kills', type=int, default=500)
    a.add_argument('--steps', type=int, default=24)
    a.add_argument('--every', type=int, default=1)
    a.add_argument('--only', default='')
    a.add_argument('folder')
    o = a.parse_args()
    if os.geteuid() and 'ROUGH_ALONE' not in os.environ:
        alone = ['unshare', '--map-root-user', '--mount']
        if not subprocess.run(alone + ['true'], stderr=subprocess.DEVNULL).returncode:
            os.execvpe(alone[0], alone + [sys.executable, '-B'] + sys.argv, dict(os.environ, ROUGH_ALONE='1'))
    planted, failed = canary.Planted(), 0
    tests = [t for t in TESTS if o.only in t.__name__]
    print('1..%d' % len(tests))
    with tempfile.TemporaryDirectory(prefix='bidui-rough-', dir=programs.memory_folder()) as work:
        subjects = [s for s in night.all_subjects(o.folder, work, planted) if s.outputs]
        runs = [s for s in subjects if s.name in ('run', 'run --state')]
        for i, t in enumerate(tests, 1):
            try:
                what, wrong = t(sweep.Judge(o, planted), runs if t is kills else subjects, work, o)
            except PermissionError:
                what, wrong = '%s # SKIP no right to mount' % t.__name__, []
            failed += bool(wrong)
            print('%sok %d - %s' % ('not ' if wrong else '', i, what), flush=True)
            for w in wrong[:12]:
                print('#   ' + w.replace('\n', ' '))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
