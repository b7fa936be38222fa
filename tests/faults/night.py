"""A small night with canaries: what is run, what stood there before, what must stand there after."""
import gzip
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'stage'), os.path.join(HERE, '..', 'property'), os.path.join(HERE, '..', 'field')]
import canary  # noqa: E402
import field  # noqa: E402
import programs  # noqa: E402
import xlsx_county  # noqa: E402

AS_OF, BEFORE = '2017-11-26', '2017-06-30'
CANARY_ID = '500901196503062037'  # in names of files and in headers


FORMATS = {'civil': 'csv.gz', 'vehicle': 'xlsx'}  # the others: csv; death in GB18030


def extract_path(folder, kind):
    return os.path.join(folder, '%s.%s.%s' % (kind, CANARY_ID, FORMATS.get(kind, 'csv')))


def write_extracts(folder, planted):
    """every kind, a canary in each cell, in a header that no schema knows, and in the name of each file"""
    os.makedirs(folder)
    for kind, rows in planted.tables.items():
        rows, path = [row + ['金丝雀' + CANARY_ID] for row in rows], extract_path(folder, kind)
        if kind == 'vehicle':
            xlsx_county.Book(random.Random(2)).write(path, rows)
            continue
        data = canary.csv_bytes(rows)
        with open(path, 'wb') as f:
            f.write(gzip.compress(data) if kind == 'civil' else data.decode().encode('gb18030') if kind == 'death' else data)


LEDGER = 'ledger.db'
JOURNALS = [LEDGER + end for end in ('-journal', '-wal', '-shm', '.lock')]


def ledger_hash(path):
    with tempfile.TemporaryDirectory(dir=programs.memory_folder()) as copy:
        for name in [LEDGER] + JOURNALS:
            if os.path.exists(os.path.join(os.path.dirname(path), name)):
                shutil.copy(os.path.join(os.path.dirname(path), name), copy)
        db = sqlite3.connect(os.path.join(copy, LEDGER))
        try:
            return hashlib.sha256('\n'.join(db.iterdump()).encode()).digest()
        finally:
            db.close()


def contents(folder):
    """path below folder -> hash of the file, or None for a folder; without the locks, and what a manifest may tell otherwise. Of a ledger: of what
    it holds, once SQLite has put right what a program that died has left."""
    found = {}
    for here, folders, files in os.walk(folder):
        for name in folders:
            found[os.path.relpath(os.path.join(here, name), folder)] = None
        for name in files:
            path = os.path.join(here, name)
            if (name.endswith('.lock') and name.startswith('.')) or name in JOURNALS:
                continue
            if name == LEDGER:
                found[os.path.relpath(path, folder)] = ledger_hash(path)
                continue
            with open(path, 'rb') as f:
                data = f.read()
            if name == 'manifest.json':
                data = plain_manifest(data)
            found[os.path.relpath(path, folder)] = hashlib.sha256(data).digest()
    return found


def plain_manifest(data):
    """without its times, the run before, and its own hash; a manifest that is none stays as it is"""
    try:
        told = json.loads(data)
    except ValueError:
        return data
    return json.dumps({k: v for k, v in told.items() if k not in ('started_at', 'finished_at', 'previous', 'xxh3_128')}).encode()


def leftovers(found):
    return sorted(path for path in found if os.path.basename(path).startswith('.') and path.endswith('.tmp'))


def seen_by_people(found):
    return {p: h for p, h in found.items() if not any(part.startswith('.') for part in p.split('/'))}


class Subject:
    """a program of the night: its command in a folder, its outputs before and after, all in order.
    own: only calls on files with this in their path are asked for (of a run: where it differs from a plain one). free: the outputs of which any
    state is right that the next run can work with. memory: whether calls for memory are asked for."""

    def __init__(self, name, program, arguments, outputs, own='', free=None, memory=False):
        self.name, self.program, self.arguments, self.outputs = name, program, arguments, outputs
        self.own, self.free, self.memory = own, free, memory
        self.template = self.before = self.after = self.again = None

    def command(self, folder):
        return [self.program] + [a.replace('@', folder + '/') for a in self.arguments]

    def prepare(self, work, old):
        """template: a folder with the inputs and the outputs of another day"""
        self.template = old
        self.before = contents(old)
        done = os.path.join(work, self.name + '.after')
        shutil.copytree(old, done)
        p = subprocess.run(self.command(done), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if p.returncode:
            raise SystemExit('%s: ended with %d: %s' % (self.name, p.returncode, p.stderr.decode()))
        self.after = contents(done)
        if self.outputs and self.after == self.before:
            raise SystemExit('%s: the outputs of two days do not differ' % self.name)
        subprocess.run(self.command(done), check=True, stdout=subprocess.DEVNULL)
        self.again = contents(done)

    def of_its_own(self, calls):
        """those from the first on a file that is its own on"""
        first = next((i for i, (_, _, about) in enumerate(calls) if self.own in about), 0)
        return calls[max(0, first - 3):] if self.own.startswith('.') else [c for c in calls if self.own in c[2]]

    def bound(self, found):
        """what may not be just anything"""
        return {p: h for p, h in found.items() if not self.free or p.split('/')[0] != self.free}

    def fresh(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.template, folder)

    def whole(self, found):
        """'before' or 'after' when that is what stands there; for a program with several outputs each may be either. Else None."""
        if any(p.startswith('.OUT.') and p.endswith('.old') for p in found):
            # killed between the publishing and the last step: what is kept has its name from the next run
            if seen_by_people(found) == {p: h for p, h in self.after.items() if not p.startswith('OUT.run-')}:
                return 'after'
        found, before, after = (self.bound(seen_by_people(f)) for f in (found, self.before, self.after))
        if found == after:
            return 'after' if self.outputs else 'same'
        if found == before:
            return 'before'
        mixed = self.outputs > 1 and set(found) == set(before) and all(h in (before[p], after[p]) for p, h in found.items())
        return 'mixed' if mixed else None


def run_subject(folder, work, extracts, name, options, **more):
    old = os.path.join(work, name + '.before')
    os.makedirs(old)
    run = programs.find(folder, 'run')
    plain = ['--extracts', extracts, '--threads', '1', '--quiet', '--out', '@OUT'] + options
    subprocess.run([run] + [a.replace('@', old + '/') for a in plain + ['--as-of', BEFORE]], check=True)
    s = Subject(name, run, plain + ['--as-of', AS_OF], 1, **more)
    s.prepare(work, old)
    return s


KINDS = list(canary.KINDS)


def stages(folder, as_of, extracts):
    """the commands of the single stages on `@`, in order: (name, program, arguments)"""
    day = ['--as-of', as_of]
    for kind in KINDS:
        yield kind, programs.find(folder, 'ingest'), [
            '--kind', kind, *day, '--quiet', '--threads', '1', '--table', '@%s.table' % kind, '--rejects', '@OUT/rejects/%s.csv' % kind,
            '--invalid', '@OUT/invalid/%s.csv' % kind, extract_path(extracts, kind)]
    yield 'join', programs.find(folder, 'join'), [*day, '--out', '@dossiers', *('@%s.table' % kind for kind in KINDS)]
    yield 'screen', programs.find(folder, 'screen'), [*day, '--threads', '1', '--out', '@findings', '@dossiers']
    yield 'report', programs.find(folder, 'report'), [*day, '--out', '@OUT', '@findings']


# name: (what it reads of the stages before, its outputs)
STAGES = {
    'vehicle': ([], ['vehicle.table', 'OUT/rejects/vehicle.csv', 'OUT/invalid/vehicle.csv']),
    'join': ([kind + '.table' for kind in KINDS], ['dossiers']),
    'screen': (['dossiers'], ['findings']),
    'report': (['findings', 'OUT/rejects', 'OUT/invalid'], ['OUT/lists', 'OUT/figures.csv', 'OUT/rates.csv', 'OUT/summary.json', 'OUT/manifest.json']),
}


def put(source, target, paths):
    for path in paths:
        os.makedirs(os.path.dirname(os.path.join(target, path)), exist_ok=True)
        one = os.path.join(source, path)
        (shutil.copytree if os.path.isdir(one) else shutil.copy)(one, os.path.join(target, path))


def stage_subjects(folder, work, extracts):
    """each stage alone: its inputs are of the day, its outputs still of the day before"""
    new, old = os.path.join(work, 'new'), os.path.join(work, 'old')
    for place, day in ((new, AS_OF), (old, BEFORE)):
        os.makedirs(place + '/OUT/rejects')
        os.makedirs(place + '/OUT/invalid')
        for _, program, arguments in stages(folder, day, extracts):
            subprocess.run([program] + [a.replace('@', place + '/') for a in arguments], check=True)
    for name, program, arguments in stages(folder, AS_OF, extracts):
        if name not in STAGES:
            continue
        template = os.path.join(work, name + '.before')
        put(new, template, STAGES[name][0])
        put(old, template, STAGES[name][1])
        s = Subject('ingest' if name == 'vehicle' else name, program, arguments, len(STAGES[name][1]))
        s.prepare(work, template)
        yield s


def fill(workbook, target):
    """a verdict on each of its leads: every second word of a rule and a unit is that it is true"""
    field.fill_workbook(workbook, target, lambda rule, unit: zlib.crc32((rule + unit).encode()) % 2 == 0 if rule and unit else None)


class Office:
    """what comes behind a run: two days that were published, a ledger that knows the first, or both, and a workbook that was filled in"""

    def __init__(self, folder, work, extracts):
        self.folder, self.here = folder, os.path.join(work, 'office')
        for place in ('old', 'new'):
            os.makedirs(os.path.join(self.here, place))
        for place, day in (('old', BEFORE), ('new', AS_OF)):
            self.do('run', '--quiet', '--threads', '1', '--xlsx', '--extracts', extracts, '--as-of', day, '--out', '@%s/RUN' % place)
            self.do('track', '--quiet', '--state', '@tracked', '--out', '@%s/sheets' % place, '@%s/RUN' % place)
            shutil.copytree(self.here + '/tracked', self.here + '/%s/state' % place)
            self.do('workbooks', '--quiet', '--out', '@%s/BOOKS' % place, '@%s/RUN' % place)
        self.do('mask', '--new-key', '@key')
        for place in ('old', 'new'):
            self.do('mask', '--quiet', '--key', '@key', '--out', '@%s/MASKED' % place, '@%s/RUN' % place)
            shutil.copy(self.here + '/key', self.here + '/%s/key' % place)
        books = sorted(os.listdir(self.here + '/new/RUN/workbooks'))
        fill(self.here + '/new/RUN/workbooks/' + books[0], self.here + '/new/filled.xlsx')

    def do(self, name, *arguments):
        subprocess.run([programs.find(self.folder, name)] + [a.replace('@', self.here + '/') for a in arguments], check=True, stdout=subprocess.DEVNULL)

    def subject(self, name, of_the_day, of_the_day_before, arguments, outputs):
        template = os.path.join(self.here, name + '.before')
        put(self.here + '/new', template, of_the_day)
        put(self.here + '/old', template, of_the_day_before)
        s = Subject(name, programs.find(self.folder, name), arguments, outputs, memory=True)
        s.prepare(self.here, template)
        return s

    def subjects(self):
        yield self.subject('track', ['RUN'], ['state', 'sheets'], ['--quiet', '--state', '@state', '--out', '@sheets', '@RUN'], 2)
        yield self.subject('workbooks', ['RUN'], ['BOOKS'], ['--quiet', '--out', '@BOOKS', '@RUN'], 1)
        yield self.subject('verdicts', ['state', 'filled.xlsx'], [], ['import', '--quiet', '--state', '@state', '@filled.xlsx'], 1)
        yield self.subject('verify', ['RUN'], [], ['--quiet', '@RUN'], 0)
        yield self.subject('mask', ['RUN', 'key'], ['MASKED'], ['--quiet', '--key', '@key', '--out', '@MASKED', '@RUN'], 1)


def all_subjects(folder, work, planted):
    extracts = os.path.join(work, 'extracts')
    write_extracts(extracts, planted)
    yield run_subject(folder, work, extracts, 'run', [], memory=True)  # has the code of all stages
    yield run_subject(folder, work, extracts, 'run --keep 2', ['--keep', '2'], own='.old')
    yield run_subject(folder, work, extracts, 'run --state', ['--state', '@state'], own='/state', free='state')
    yield from stage_subjects(folder, work, extracts)
    yield from Office(folder, work, extracts).subjects()
