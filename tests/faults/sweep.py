#!/usr/bin/env python3
"""What happens when a call fails, memory runs out, or the program dies: at each call of a small night.

sweep.py [--sample N | --every] [--kept FILE] [--jobs N] [--only WORD] FOLDER FAULT SHIM
FOLDER holds the programs; FAULT and SHIM are what fault.c and shim.c were built to. The night has every kind of extract, with canaries
(ids, names) in every cell, in a header and in the names of files; it is run whole and stage by stage. A fault point is: one program, one
call of it (the Nth), one thing that goes wrong there (ACTIONS, and memory that is not given, once or from then on). After each:

  the exit status is of the contract, or the signal's; 0 only with the right outputs
  one line says what is wrong, and no canary is seen in it, in a manifest or in a name of a file
  the outputs are whole: those of before or, where the point lies behind the publishing, the new ones
  no temporary file is left; after SIGKILL, and where removing itself failed, the next run takes it away
  a rerun gives the right bytes

What repeats itself is tried three times, the first, the second and the last (--every: always): of the calls for memory, those with the same
callers, return address by return address (there the first and the last); of the system calls, those of the same name on the same sort of file (its path without numbers and
kinds) with the same two before and the same two behind them.

--sample N: so many points, spread over all by a fixed seed; else all of them. --kept FILE: what was judged is written there, line by line, and
what stands there, of the same programs, is not judged again. --seconds N: begin no point after that; the last line tells how many were judged.
Points are taken in an order drawn by a fixed seed, so that a part is a part of each. Prints TAP, a test for each program and action.
"""
import argparse
import array
import collections
import concurrent.futures
import errno
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

import night
import programs
from night import canary

STATUSES = {65, 66, 71, 73, 74, 75, 78}
WRITING = 'write pwrite64 writev mkdir mkdirat rename renameat renameat2 ftruncate fallocate fsync fdatasync'.split()
CHANGING = WRITING + 'openat open unlink unlinkat rmdir link linkat symlink'.split()
READING = 'read pread64 readv getdents64'.split()
REMOVING = 'unlink unlinkat rmdir'.split()
OPENING = ['open', 'openat']
SYNCING = ['fsync', 'fdatasync']
ANY = None

# name: (what fault.c does, to which calls, from then on to which; ANY: all of them, '': no others)
ACTIONS = {
    'EIO': (errno.EIO, ANY, ''),
    'ENOSPC': (errno.ENOSPC, WRITING + OPENING, ''),
    'EINTR': (errno.EINTR, READING + ['write', 'pwrite64', 'openat', 'fsync', 'close', 'flock'], ''),
    'EMFILE': (errno.EMFILE, OPENING + ['dup', 'fcntl', 'memfd_create'], ''),
    'ENOMEM': (errno.ENOMEM, ['mmap', 'openat', 'clone', 'clone3'], ''),
    'EAGAIN': (errno.EAGAIN, ['clone', 'clone3', 'flock'], ''),
    'EINVAL': (errno.EINVAL, ['renameat2'], ''),
    'half of the bytes': ('short', ['read', 'pread64', 'write', 'pwrite64'], ''),
    'half of the bytes from then on': ('short', ['read', 'pread64', 'write', 'pwrite64'], ['read', 'pread64', 'write', 'pwrite64']),
    'ENOSPC from then on': (errno.ENOSPC, WRITING, WRITING),
    'EIO from then on': (errno.EIO, CHANGING + READING, CHANGING + READING),
    'EMFILE from then on': (errno.EMFILE, OPENING, OPENING),
    'SIGKILL': ('KILL', CHANGING, ''),
    'SIGTERM': ('TERM', CHANGING, ''),
    'SIGINT': ('INT', CHANGING, ''),
}
KINDS = '|'.join(sorted(night.KINDS, key=len, reverse=True))
MEMORY = {'no memory once': '', 'no memory from then on': '+'}
SIGNALS = {'SIGKILL': signal.SIGKILL, 'SIGTERM': signal.SIGTERM, 'SIGINT': signal.SIGINT}

Point = collections.namedtuple('Point', 'subject action n call about')


def fault_command(tools, point, command):
    what, _, then = ACTIONS[point.action]
    return [tools.fault, '-o', tools.shim, '-n', str(point.n), '-c', point.call, '-a', str(what)] + (['-f', '-k', ','.join(then)] if then else []) + ['--'] + command


def calls_of(tools, subject, folder):
    """(number, call, what it is about) of an undisturbed night"""
    subject.fresh(folder)
    log = os.path.join(folder + '.log')
    subprocess.run([tools.fault, '-o', tools.shim, '-l', log, '--'] + subject.command(folder), check=True, stdout=subprocess.DEVNULL)
    with open(log, encoding='utf-8') as f:
        rows = [line.rstrip('\n').split('\t') for line in f]
    return [(int(n), call, about) for n, call, about, _ in rows]


def stacks_of(tools, subject, folder):
    """for each call for memory of an undisturbed night, a number that tells its callers"""
    subject.fresh(folder)
    path = folder + '.stacks'
    subprocess.run(subject.command(folder), env=dict(os.environ, LD_PRELOAD=tools.shim, FAULT_STACKS=path), check=True, stdout=subprocess.DEVNULL)
    with open(path, 'rb') as f:
        return array.array('Q', f.read())


def surroundings(calls, folder):
    """for each call, what it and its neighbours are: name, and path without what differs from kind to kind"""
    plain = [(call, re.sub(KINDS, 'K', re.sub('[0-9]+', '0', about.replace(folder, '@')))) for _, call, about in calls]
    return [tuple(plain[max(0, i - 2):i + 3]) for i in range(len(plain))]


def few_of_each(sites, first=2):
    """the numbers, from 1, of those that are the first ones or the last of the same site"""
    places = collections.defaultdict(list)
    for n, site in enumerate(sites, 1):
        places[site].append(n)
    return {n for of in places.values() for n in of[:first] + of[-1:]}


def points_of(tools, subject, folder):
    calls = calls_of(tools, subject, folder)
    chosen = {n for n, _, _ in calls} if tools.every else few_of_each(surroundings(calls, folder))
    asked = [c for c in calls if c[0] in chosen and c[1] != 'getrandom']  # fails on no system that is up
    for n, call, about in subject.of_its_own(asked):
        for action, (_, names, _) in ACTIONS.items():
            if names is ANY or call in names:
                yield Point(subject, action, n, call, about.replace(folder, '@'))
    if subject.memory:
        stacks = stacks_of(tools, subject, folder)
        for n in range(1, len(stacks) + 1) if tools.every else sorted(few_of_each(stacks, 1)):
            for action in MEMORY:
                yield Point(subject, action, n, 'memory', '')


class Judge:
    def __init__(self, tools, planted):
        self.tools, self.planted = tools, planted

    def strike(self, point, folder):
        """run it with the fault: (status, stdout, stderr)"""
        command, env = point.subject.command(folder), dict(os.environ)
        if point.action in MEMORY:
            env.update(LD_PRELOAD=self.tools.shim, FAULT_MEMORY='%d%s' % (point.n, MEMORY[point.action]))
        else:
            command = fault_command(self.tools, point, command)
        p = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        return p.returncode, p.stdout.decode('utf-8', 'replace'), p.stderr.decode('utf-8', 'replace')

    def wrong_with_words(self, point, status, out, err, folder, found):
        named = canary.seen(point.subject.after, self.planted)  # workbooks are named after counties: no person's name
        texts = [out, err] + list(found)
        for path in found:
            if os.path.basename(path) == 'manifest.json':
                with open(os.path.join(folder, path), encoding='utf-8', errors='replace') as f:
                    texts.append(f.read())
        leaks = canary.seen(texts, self.planted) - named
        if leaks:
            return 'seen: ' + ' '.join(sorted(leaks))
        if status > 0 and (err.count('\n') != 1 or not err.startswith('bidui')):
            return 'status %d, and says: %r' % (status, err)
        return ''

    def wrong_with_status(self, point, status, found):
        state = point.subject.whole(found)
        if state is None:
            return 'the outputs are not whole (status %d)' % status
        if point.action in SIGNALS and status == -SIGNALS[point.action]:
            return ''
        if status == 0:
            if state == 'same':
                return ''
            again = point.action == 'EINTR' or (point.call, point.about) == ('fdatasync', '@/state')  # SQLite's: the ledger has done it itself before
            if point.call in SYNCING and point.action not in SIGNALS and not again:
                return 'a file was not made durable, and the status is 0'
            return '' if state == 'after' else 'status 0 with old outputs'
        broken = status == 70 and point.action in MEMORY  # libfyaml 0.7 reads through NULL when it gets none
        if status not in STATUSES and not broken:
            return 'status %d' % status
        # A file is renamed, then its folder is made durable: when that fails it stands there whole. A run is undone, unless that fails too.
        # A state is written behind the publishing: without it the next night only takes longer.
        late = status in (73, 74) and (not point.subject.name.startswith('run') or point.subject.free or point.action.endswith('from then on'))
        return 'status %d, and the outputs are new' % status if state == 'after' and not late else ''

    def wrong_with_rest(self, point, status, found):
        """temporaries stay only after SIGKILL, and where removing was what failed"""
        removing = point.call in REMOVING or (point.call in OPENING + ['getdents64'] and status == 0)
        may = point.action == 'SIGKILL' or removing or point.action in ('EIO from then on', 'EMFILE from then on')
        left = night.leftovers(found)
        return '' if may or not left else 'status %d, left there: %s' % (status, ' '.join(left))

    def wrong_with_rerun(self, point, folder, state):
        p = subprocess.run(point.subject.command(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        found = night.contents(folder)
        if p.returncode:
            return 'a rerun ends with %d: %s' % (p.returncode, p.stderr.decode('utf-8', 'replace'))
        want = point.subject.again if state == 'after' else point.subject.after
        if night.leftovers(found) or point.subject.bound(found) != point.subject.bound(want):
            return 'a rerun gives other bytes, or leaves something: %s' % ' '.join(night.leftovers(found))
        return ''

    def judge(self, point, folder):
        """what is wrong after the fault, as text. Where nothing has changed, a rerun is the run that prepare() saw."""
        status, out, err = self.strike(point, folder)
        found = night.contents(folder)
        wrong = (self.wrong_with_status(point, status, found) or self.wrong_with_words(point, status, out, err, folder, found) or
                 self.wrong_with_rest(point, status, found))
        if not wrong and found != point.subject.before:
            wrong = self.wrong_with_rerun(point, folder, point.subject.whole(found))
        if wrong or found != point.subject.before:
            point.subject.fresh(folder)
        return wrong


# program, action, call, what it is about: something was wrong here once, so a sample has it too
ONCE_BAD = [('workbooks', 'EIO', 'write', '(deleted)'), ('workbooks', 'EIO', 'write', '.xlsx'), ('workbooks', 'EIO', 'access', '.csv')]


def sample(points, n):
    """n of them: one of each program and action, two where something was once wrong, the rest anywhere"""
    r, groups = random.Random(5), collections.defaultdict(list)
    if not n or n >= len(points):
        return r.sample(points, len(points))
    for p in points:
        groups[p.subject.name, p.action].append(p)
    chosen = [p for g in groups.values() for p in r.sample(g, 1)]
    for name, action, call, about in ONCE_BAD:
        chosen += r.sample([p for p in groups[name, action] if p.call == call and about in p.about], 2)
    rest = [p for p in points if p.call != 'memory']
    return chosen + r.sample(rest, max(0, min(len(rest), n - len(chosen))))


class Kept:
    """what was judged before, by the same programs: a file with a line for each point"""

    def __init__(self, path, tools):
        self.known, self.file, self.lock = {}, None, threading.Lock()
        if not path:
            return
        programs_ = [tools.fault, tools.shim] + [os.path.join(here, n) for here, _, names in sorted(os.walk(tools.folder + '/cmd')) for n in names if n.startswith('bidui-') and '.' not in n]
        self.by = hashlib.sha256(b''.join(open(p, 'rb').read() for p in programs_)).hexdigest()[:16]
        if os.path.exists(path):
            with open(path, encoding='utf-8') as f:
                lines = [json.loads(line) for line in f if line.endswith('\n')]
            self.known = {tuple(point): wrong for by, point, wrong in lines if by == self.by}
        self.file = open(path, 'a', encoding='utf-8')

    @staticmethod
    def key(point):
        return (point.subject.name,) + tuple(point[1:])

    def get(self, point):
        return self.known.get(self.key(point))

    def put(self, point, wrong):
        if self.file:
            with self.lock:
                self.file.write(json.dumps([self.by, self.key(point), wrong], ensure_ascii=False) + '\n')
                self.file.flush()


def sweep(judge, points, kept, work, jobs, seconds):
    """(point, what is wrong) of all for which there is time"""
    place, end = threading.local(), time.monotonic() + seconds

    def one(point):
        before = kept.get(point)
        if before is not None:
            return point, before
        if time.monotonic() > end:
            return point, None
        result = anew(point)
        kept.put(*result)
        return result

    def anew(point):
        if not hasattr(place, 'root'):
            place.root = tempfile.mkdtemp(prefix='w', dir=work)
        folder = os.path.join(place.root, point.subject.name.replace(' ', ''))
        if not os.path.exists(folder):
            point.subject.fresh(folder)
        try:
            return point, judge.judge(point, folder)
        except subprocess.TimeoutExpired:
            return point, 'it hangs'
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for done, result in enumerate(pool.map(one, points), 1):
            if done % 500 == 0:
                print('# %d of %d points' % (done, len(points)), flush=True)
            if result[1] is not None:
                yield result


def report(results):
    groups = collections.OrderedDict()
    for point, wrong in results:
        groups.setdefault((point.subject.name, point.action), []).append((point, wrong))
    bad = 0
    for i, ((name, action), of) in enumerate(sorted(groups.items()), 1):
        faults = [(p, w) for p, w in of if w]
        bad += len(faults)
        print('%sok %d - bidui-%s, %s: %d points' % ('not ' if faults else '', i, name, action, len(of)))
        for p, w in faults[:12]:
            print('#   call %d, %s %s: %s' % (p.n, p.call, p.about, w))
        if len(faults) > 12:
            print('#   and %d more' % (len(faults) - 12))
    print('1..%d' % len(groups))
    print('# %d points, %d bad outcomes' % (sum(map(len, groups.values())), bad))
    return 1 if bad else 0


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--sample', type=int, default=0)
    p.add_argument('--every', action='store_true', help='also what repeats itself')
    p.add_argument('--kept', help='a file with what was judged before')
    p.add_argument('--seconds', type=float, default=1e9)
    p.add_argument('--jobs', type=int, default=2)
    p.add_argument('--only', default='', help='only points with this in "PROGRAM, ACTION, CALL"')
    for name in ('folder', 'fault', 'shim'):
        p.add_argument(name)
    tools = p.parse_args()
    planted = canary.Planted()
    with tempfile.TemporaryDirectory(prefix='bidui-faults-', dir=programs.memory_folder()) as work:
        subjects = night.all_subjects(tools.folder, work, planted)
        points = [q for s in subjects for q in points_of(tools, s, os.path.join(work, 'calls'))
                  if tools.only in '%s, %s, %s' % (s.name, q.action, q.call)]
        print('# %d points' % len(points), flush=True)
        return report(sweep(Judge(tools, planted), sample(points, tools.sample), Kept(tools.kept, tools), work, tools.jobs, tools.seconds))


if __name__ == '__main__':
    sys.exit(main())
