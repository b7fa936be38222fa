#!/usr/bin/env python3
"""A file between stages that is damaged is never taken for a whole one.

damage.py [--damages N] [--extremes N] [--seed N] [--sanitized] FOLDER
FOLDER holds the programs. A small night is run stage by stage, once with a state and once to its lists. Then N (10,000) times one file
is damaged in one way of DAMAGE, at a place drawn by the seed, and the stage that reads it is run:

  a table            join
  dossiers           screen
  findings           report
  a file of the run  verify
  a file of a state  run --state: this one may go on, but then with the right bytes (it says a line and reads the extracts again)

A damage is unnoticed when the stage ends well all the same; it is told badly when the status is none of 64 (two tables of one kind), 65, 66, 70 to 75, when more or less
than a line is said (verify: none), or when something stands where nothing may be published. A hundred more damages are made by somebody who knows
how: a row of a dossier is left out, doubled, or put in place of another, and all checksums are made right; and, --extremes times (a tenth of N), a
number is set to an end of its range, and again all checksums are right. Prints TAP.
"""
import argparse
import collections
import ctypes
import os
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

import night
import programs
from night import canary
from hashes import LIBRARY

LIBRARY.XXH3_64bits_withSeed.restype = ctypes.c_uint64
LIBRARY.XXH3_64bits_withSeed.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]


# --- damages: bytes, other bytes of the same sort, random -> bytes ----------------------------------------

def span(data, r, most=4096):
    n = r.randint(1, max(1, min(most, len(data) // 3)))
    at = r.randrange(max(1, len(data) - n))
    return at, at + n


def cut(data, stale, r):
    return data[:r.randrange(len(data))]


def flip(data, stale, r):
    at = r.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << r.randrange(8)]) + data[at + 1:]


def byte(data, stale, r):
    at = r.randrange(len(data))
    return data[:at] + bytes([r.randrange(256)]) + data[at + 1:]


def zero(data, stale, r):
    a, b = span(data, r)
    return data[:a] + bytes(b - a) + data[b:]


def lose(data, stale, r):
    a, b = span(data, r)
    return data[:a] + data[b:]


def double(data, stale, r):
    a, b = span(data, r)
    return data[:b] + data[a:]


def swap(data, stale, r):
    n = r.randint(1, max(1, len(data) // 4))
    a = r.randrange(max(1, len(data) // 2 - n + 1))
    b = r.randrange(min(a + n, len(data) - n), max(a + n, len(data) - n) + 1)
    return data[:a] + data[b:b + n] + data[a + n:b] + data[a:a + n] + data[b + n:]


def append(data, stale, r):
    return data + r.choice([b'\0', b'\n', data, data[-48:], bytes(r.randrange(256) for _ in range(r.randint(1, 100)))])


def empty(data, stale, r):
    return b''


def another(data, stale, r):
    return stale


def patchwork(data, stale, r):
    """the head of one and the tail of the other"""
    at = r.randrange(1, max(2, min(len(data), len(stale))))
    return data[:at] + stale[at:]


DAMAGE = collections.OrderedDict([
    ('cut', cut), ('a bit flipped', flip), ('a byte changed', byte), ('bytes zeroed', zero), ('bytes lost', lose), ('bytes doubled', double),
    ('two runs of bytes swapped', swap), ('bytes behind its end', append), ('nothing in it', empty), ('that of another day or kind', another),
    ('half of another day or kind', patchwork)])


# --- what is damaged ------------------------------------------------------------------------------------------

class Target:
    """a file, and the command that reads it in a folder `@`"""

    def __init__(self, sort, path, stales, command, forgiving=False):
        self.sort, self.path, self.stales, self.command, self.forgiving = sort, path, stales, command, forgiving


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def below(folder):
    return sorted(os.path.relpath(os.path.join(here, n), folder) for here, _, names in os.walk(folder) for n in names if not n.endswith('.lock'))


class Night:
    """folders `new` and `old`: the files of two days between all stages, a run and a state of each"""

    def __init__(self, folder, work):
        self.folder, self.work = folder, work
        self.extracts = os.path.join(work, 'extracts')
        night.write_extracts(self.extracts, canary.Planted())
        for place, day in (('old', night.BEFORE), ('new', night.AS_OF)):
            self.run_stages(os.path.join(work, place), day)

    def run_stages(self, place, day):
        for name in ('OUT/rejects', 'OUT/invalid'):
            os.makedirs(os.path.join(place, name))
        for _, program, arguments in night.stages(self.folder, day, self.extracts):
            subprocess.run([program] + [a.replace('@', place + '/') for a in arguments], check=True)
        for options in (['--out', place + '/RUN'], ['--out', place + '/WITH', '--state', place + '/state']):
            subprocess.run(self.run(day) + options, check=True, stdout=subprocess.DEVNULL)

    def run(self, day):
        return [programs.find(self.folder, 'run'), '--quiet', '--threads', '1', '--extracts', self.extracts, '--as-of', day]

    def targets(self):
        old, new = (lambda *p: os.path.join(self.work, 'old', *p)), (lambda *p: os.path.join(self.work, 'new', *p))
        commands = {name: [program] + arguments for name, program, arguments in night.stages(self.folder, night.AS_OF, self.extracts)}
        for kind in night.KINDS:
            stales = [read(old(kind + '.table'))] + [read(new(k + '.table')) for k in night.KINDS if k != kind]
            yield Target('table', kind + '.table', stales, commands['join'])
        yield Target('dossiers', 'dossiers', [read(old('dossiers')), read(new('findings'))], commands['screen'])
        yield Target('findings', 'findings', [read(old('findings')), read(new('dossiers'))], commands['report'])
        runs = below(new('RUN'))
        for path in runs:
            stales = [read(old('RUN', path))] + [read(new('RUN', p)) for p in runs if p != path]
            yield Target('file of a run', 'RUN/' + path, stales, [programs.find(self.folder, 'verify'), '--quiet', '@RUN'])
        states = below(new('state'))
        for path in states:
            stales = [read(new('state', p)) for p in states if p != path]
            yield Target('file of a state', 'state/' + path, stales, self.run(night.AS_OF) + ['--out', '@WITH', '--state', '@state'], True)


# --- what became of it ------------------------------------------------------------------------------------------

OUTPUTS = {'table': ['dossiers'], 'dossiers': ['findings'], 'findings': ['OUT'], 'file of a run': [], 'file of a state': ['WITH']}
STATUSES = {64, 65, 66, 70, 71, 73, 74, 75}


class Tester:
    def __init__(self, the_night, place):
        self.night, self.place = the_night, place
        self.whole = os.path.join(the_night.work, 'new')
        self.want = night.contents(os.path.join(self.whole, 'WITH'))
        shutil.copytree(self.whole, place)

    def put_back(self, target):
        for path in [target.path] + OUTPUTS[target.sort] + (['state'] if target.forgiving else []):
            a, b = os.path.join(self.whole, path), os.path.join(self.place, path)
            if os.path.isdir(a):
                shutil.rmtree(b, ignore_errors=True)
                shutil.copytree(a, b)
            else:
                shutil.copyfile(a, b)

    def strike(self, target, data):
        """what is wrong with what the stage makes of it, as text"""
        here = os.path.join(self.place, target.path)
        with open(here, 'wb') as f:
            f.write(data)
        outputs = [o for o in OUTPUTS[target.sort] if not target.forgiving and o != 'OUT']
        for o in outputs:
            os.remove(os.path.join(self.place, o))
        p = subprocess.run([a.replace('@', self.place + '/') for a in target.command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        wrong = self.judge(target, p, [o for o in outputs if os.path.exists(os.path.join(self.place, o))])
        self.put_back(target)
        return wrong

    def judge(self, target, p, there):
        said = p.stderr.decode('utf-8', 'replace')
        if target.forgiving and p.returncode == 0:
            same = night.contents(os.path.join(self.place, 'WITH')) == self.want
            return '' if same else 'unnoticed: a run with this state publishes other bytes'
        if p.returncode == 0:
            return 'unnoticed'
        if p.returncode not in STATUSES:
            return 'ends with %d: %s' % (p.returncode, said)
        if there:
            return 'ends with %d and leaves %s' % (p.returncode, ' '.join(there))
        lines = p.stdout if target.sort == 'file of a run' else p.stderr
        if not lines or (target.sort != 'file of a run' and said.count('\n') != 1):
            return 'ends with %d, says %r' % (p.returncode, said)
        return ''


# --- by somebody who knows how --------------------------------------------------------------------------------------

END = 56  # bytes


def xxh(data, seed=0):
    return LIBRARY.XXH3_64bits_withSeed(data, len(data), seed)


def blocks_of(data):
    at, found = 64, []
    while at < len(data) - END:
        tag, rows, n = data[at:at + 4], *struct.unpack('<IQ', data[at + 4:at + 16])
        found.append((tag, rows, data[at + 32:at + 32 + n]))
        at += 32 + n
    return found


def framed(head, blocks, end, lies=None):
    """lies: of a block's number, how many bytes it says it has"""
    out, chain = [head], struct.unpack('<Q', head[56:])[0]
    for number, (tag, rows, payload) in enumerate(blocks):
        start = tag + struct.pack('<IQQ', rows, (lies or {}).get(number, len(payload)), xxh(payload))
        start += struct.pack('<Q', xxh(start, number))
        out += [start, payload]
        chain = xxh(start, chain)
    end = end[:40] + struct.pack('<Q', chain)
    return b''.join(out) + end + struct.pack('<Q', xxh(end))


def take_apart(payload, strides):
    """dossiers of a block, each as [what is before its rows, its rows, what is behind]"""
    at, found = 0, []
    while at < len(payload):
        n, persons, rows = struct.unpack('<III', payload[at:at + 12])
        one, here, parts = payload[at:at + 4 + n], 20 + 9 * persons, []
        for _ in range(rows):
            kind, texts = struct.unpack('<HI', one[here:here + 6])
            parts.append(one[here:here + 6 + strides[kind] + texts])
            here += len(parts[-1])
        found.append([one[4:20 + 9 * persons], parts, one[here:]])
        at += 4 + n
    return found


def put_together(dossiers):
    out = []
    for head, rows, tail in dossiers:
        body = head[:4] + struct.pack('<I', len(rows)) + head[8:] + b''.join(rows) + tail
        out.append(struct.pack('<I', len(body)) + body)
    return b''.join(out)


WIDTHS = {'id': 8, 'cert': 8, 'date': 4, 'year': 2, 'money': 8, 'bool': 1, 'region': 8, 'text': 0, 'name': 0}


def strides():
    """of the kinds, in the order of their names"""
    return [6 + sum(WIDTHS.get(c[3], 1) for c in canary.KINDS[kind]) for kind in sorted(canary.KINDS)]


HOW = ['a row left out', 'a row doubled', 'a row in place of another']


def forged(data, r, how):
    blocks = blocks_of(data)
    at = r.choice([i for i, b in enumerate(blocks) if b[0] == b'DOSS'])
    tag, count, payload = blocks[at]
    dossiers = take_apart(payload, strides())
    of, other = (r.choice([d[1] for d in dossiers if d[1]]) for _ in range(2))
    i, row = r.randrange(len(of)), r.choice(other)
    of[i:i + 1] = {HOW[0]: [], HOW[1]: [of[i], of[i]], HOW[2]: [row]}[how]
    blocks[at] = (tag, count, put_together(dossiers))
    return framed(data[:64], blocks, data[-END:])


# --- numbers at their ends, all checksums right: whatever comes of it, nothing breaks -----------------------------------

PLACES = ['its head', 'the rows of a block', 'the bytes of a block', 'a block, anywhere', 'its end mark']
EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff, 0x7fffffffffffffff, 0x8000000000000000, 0xfffffffffffffff8, 0xffffffffffffffff]
ADDRESSES = 4 << 30  # bytes that a stage may ask for: what a number in a file asks for is not just given


def put_number(data, at, r):
    size = r.choice([1, 2, 4, 8])
    return data[:at] + (r.choice(EXTREMES) & (1 << 8 * size) - 1).to_bytes(size, 'little') + data[at + size:]


def extreme(data, r, place):
    head, blocks, end, lies = data[:64], blocks_of(data), data[-END:], {}
    number = r.randrange(len(blocks))
    tag, rows, payload = blocks[number]
    if place == PLACES[0]:
        head = put_number(head, r.randrange(8, 49, 4), r)[:56]
        head += struct.pack('<Q', xxh(head))
    elif place == PLACES[1]:
        blocks[number] = (tag, r.choice(EXTREMES) & 0xffffffff, payload)
    elif place == PLACES[2]:
        lies[number] = r.choice(EXTREMES)
    elif place == PLACES[3]:
        near = min(len(payload), 64) if r.random() < 0.5 else len(payload)
        blocks[number] = (tag, rows, put_number(payload, r.randrange(max(1, near)), r)[:len(payload)])
    else:
        end = put_number(end, r.randrange(4, 33, 4), r)[:END]
    return framed(head, blocks, end, lies)


def strike_limited(tester, target, data, sanitized):
    """as Tester.strike, but here the stage may end well: a sum is as good as another to somebody who can make checksums right"""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if not sanitized: # AddressSanitizer takes more addresses than there are bytes, for itself
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, hard))
    try:
        wrong = tester.strike(target, data)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    return '' if wrong == 'unnoticed' else wrong


# --- all of them ----------------------------------------------------------------------------------------------------

def say(number, what, count, wrong):
    print('%sok %d - %s: %d damages' % ('not ' if wrong else '', number, what, count), flush=True)
    for w in wrong[:12]:
        print('#   ' + w)
    if len(wrong) > 12:
        print('#   and %d more' % (len(wrong) - 12))
    return len(wrong)


def drawn(targets, n, r):
    """(target, damage), as many of each sort; of a sort, any file"""
    sorts = collections.OrderedDict()
    for t in targets:
        sorts.setdefault(t.sort, []).append(t)
    ways = [(sort, how) for sort in sorts for how in DAMAGE]
    return [(r.choice(sorts[sort]), how) for sort, how in (ways[i % len(ways)] for i in range(n))]


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument('--damages', type=int, default=10000)
    a.add_argument('--extremes', type=int, help='numbers at their ends (default: a tenth as many)')
    a.add_argument('--seed', type=int, default=7)
    a.add_argument('--sanitized', action='store_true', help='the programs of FOLDER are built with AddressSanitizer')
    a.add_argument('folder')
    o = a.parse_args()
    r, bad, total, done, groups = random.Random(o.seed), 0, 0, 0, collections.OrderedDict()
    with tempfile.TemporaryDirectory(prefix='bidui-damage-', dir=programs.memory_folder()) as work:
        the_night = Night(o.folder, work)
        tester, targets = Tester(the_night, os.path.join(work, 'here')), list(the_night.targets())
        for target, how in drawn(targets, o.damages, r):
            data = read(os.path.join(tester.whole, target.path))
            damaged = DAMAGE[how](data, r.choice(target.stales), r)
            while damaged == data:  # two equal bytes swapped, an empty file of another kind: no damage
                how = r.choice([h for h in DAMAGE if h != 'nothing in it'])
                damaged = DAMAGE[how](data, r.choice(target.stales), r)
            wrong = tester.strike(target, damaged)
            done += 1
            if done % 500 == 0:
                print('# %d of %d damages, %d bad' % (done, o.damages, sum(w != '' for g in groups.values() for w in g)), flush=True)
            groups.setdefault((target.sort, how), []).append(wrong and '%s: %s' % (target.path, wrong))
        dossiers = next(t for t in targets if t.sort == 'dossiers')
        for i in range(100 if o.damages >= 1000 else 6):
            how = HOW[i % len(HOW)]
            data = read(os.path.join(tester.whole, dossiers.path))
            damaged = forged(data, r, how)
            while damaged == data:
                damaged = forged(data, r, how)
            groups.setdefault(('dossiers with right checksums', how), []).append(tester.strike(dossiers, damaged))
        framed_ones = [t for t in targets if t.sort in ('table', 'dossiers', 'findings')] + [t for t in targets if t.sort == 'file of a state']
        extremes = o.damages // 10 if o.extremes is None else o.extremes
        for i in range(extremes):
            if i % 100 == 99:
                print('# %d of %d extreme numbers, %d bad' % (i + 1, extremes, sum(w != '' for g in groups.values() for w in g)), flush=True)
            target, place = r.choice(framed_ones), PLACES[i % len(PLACES)]
            data = read(os.path.join(tester.whole, target.path))
            if data[:5] == b'bidui' and blocks_of(data):
                groups.setdefault((target.sort + ' with right checksums', 'an extreme number in ' + place), []).append(
                    (lambda w: w and '%s: %s' % (target.path, w))(strike_limited(tester, target, extreme(data, r, place), o.sanitized)))
    for i, ((sort, how), results) in enumerate(groups.items(), 1):
        bad += say(i, '%s, %s' % (sort, how), len(results), [w for w in results if w])
        total += len(results)
    print('1..%d' % len(groups))
    print('# %d damages, %d of them unnoticed or told badly' % (total, bad))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
