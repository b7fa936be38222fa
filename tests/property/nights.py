#!/usr/bin/env python3
"""A run that keeps a state gives what a run without one gives, night after night.

nights.py [--series N] [--nights N] [--first SEED] [--keep DIR] FOLDER
FOLDER holds the programs.

A series begins with a small county of dense.py. Each night some of what can happen to it happens: rows are added, taken out, changed,
moved, doubled within and across extracts; extracts are renamed, split, joined, packed, written in other encodings, as workbooks, again
as they were, or are missing; the as-of date goes forward or back, over days on which somebody was born; the pack, the schemas and the old
numbers change; an extract is one that stops a run; a run is killed; the state is damaged in a file, replaced, lost. Then a run with the
state and a run into an empty folder have to end with one status and one message, and to publish the same bytes but for the times.
The series are played side by side, a night of each in turn, so that extracts grow old enough for their times to be relied on.
"""
import argparse
import datetime
import gzip
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile

import dense
import programs
from same_bytes import contents, differing
from xlsx_county import Book

FORWARD = [0, 1, 1, 1, 2, 3, 30, 365, 400]  # of a night in which nothing else happens
DAYS = [0, 0, 0, 1, 1, 2, 30, 400, -1, -2, -400, -6000, -20000]
PACKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'pipelines', 'rules')
SCHEMAS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'pipelines', 'schemas')


class Extract:
    """rows, header first, and how they are written; `content` goes on disk when it differs from what is there"""

    def __init__(self, kind, rows, form='csv'):
        self.kind, self.rows, self.form, self.content = kind, rows, form, None

    def changed(self):
        self.content = None

    def bytes(self, rng, work):
        if self.content is None:
            data = dense.csv_bytes(self.rows)
            if self.form == 'xlsx':
                path = os.path.join(work, 'book')
                Book(rng).write(path, self.rows)
                with open(path, 'rb') as f:
                    data = f.read()
            elif self.form == 'gb':
                data = data.decode().encode('gb18030')
            elif self.form == 'gz':
                data = gzip.compress(data, mtime=rng.randrange(1 << 30))
            self.content = data
        return self.content


ENDINGS = {'csv': '.csv', 'gb': '.csv', 'gz': '.csv.gz', 'xlsx': '.xlsx'}


class Series:
    def __init__(self, seed, folder, programs_folder):
        self.rng = random.Random(seed)
        self.folder, self.programs = folder, programs_folder
        self.extracts = {}                      # name -> Extract
        self.day = dense.AS_OF
        self.options = []
        self.happened = []
        self.state = os.path.join(folder, 'state')
        self.lost, self.out_of_sight = [], []   # rows and extracts that may come back
        self.number = 0
        os.makedirs(self.path('extracts'))
        for kind, rows in dense.county(seed).items():
            self.extracts[kind + '.csv'] = Extract(kind, rows)
        for _ in range(4):
            self.somebody_is_born()
        for _ in range(8):
            self.something_comes_due()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    # --- what can happen -----------------------------------------------------------------------

    def some(self, least_rows=2):
        names = [n for n in sorted(self.extracts) if len(self.extracts[n].rows) >= least_rows]
        return self.rng.choice(names) if names else None

    def somebody_is_born(self):
        """an id with a birthday around the as-of date in place of another one; now and then its check digit is wrong"""
        name = self.some()
        if not name:
            return
        e = self.extracts[name]
        columns = [i for i, c in enumerate(dense.KINDS[e.kind]) if c[3] in ('id', 'cert')]
        if not columns:
            return
        text = dense.make_id('500901', self.day + datetime.timedelta(self.rng.choice([-400, -2, -1, 0, 1, 2, 3, 400])), self.rng.randrange(4))
        if self.rng.random() < 0.2:
            text = text[:17] + self.rng.choice('0123456789')
        column = self.rng.choice(columns)
        if dense.KINDS[e.kind][column][3] == 'cert' or self.rng.random() < 0.1:
            text += '22'
        self.rng.choice(e.rows[1:])[column] = text
        e.changed()

    def something_comes_due(self):
        """a day of a row around the as-of date"""
        name = self.some()
        columns = [i for i, c in enumerate(dense.KINDS[self.extracts[name].kind]) if c[3] == 'date'] if name else []
        if columns:
            row = self.rng.choice(self.extracts[name].rows[1:])
            row[self.rng.choice(columns)] = (self.day + datetime.timedelta(self.rng.choice([-1, 0, 1, 1, 2, 3, 30]))).isoformat()
            self.extracts[name].changed()

    def rows_come(self):
        e = self.extracts[self.some(1)]
        pool = [r for kind, r in self.lost if kind == e.kind] or e.rows[1:]
        for _ in range(self.rng.randrange(1, 4)):
            if pool:
                e.rows.insert(self.rng.randrange(1, len(e.rows) + 1), list(self.rng.choice(pool)))
        e.changed()

    def rows_go(self):
        name = self.some()
        for _ in range(self.rng.randrange(1, 5)):
            if name and len(self.extracts[name].rows) > 2:
                self.lost.append((self.extracts[name].kind, self.extracts[name].rows.pop(self.rng.randrange(1, len(self.extracts[name].rows)))))
        if name:
            self.extracts[name].changed()

    def cells_change(self):
        name = self.some()
        for _ in range(self.rng.randrange(1, 6)):
            if name:
                e = self.extracts[name]
                row, other = self.rng.choice(e.rows[1:]), self.rng.choice(e.rows[1:])
                column = self.rng.randrange(len(row))
                row[column] = self.rng.choice([other[column], other[column], '', '??', '2017-13-01'])
                e.changed()

    def rows_move(self):
        name = self.some(3)
        if name:
            body = self.extracts[name].rows[1:]
            self.rng.choice([self.rng.shuffle, list.reverse])(body)
            self.extracts[name].rows[1:] = body
            self.extracts[name].changed()

    def rows_are_in_two_extracts(self):
        name = self.some()
        others = [n for n in self.extracts if name and n != name and self.extracts[n].kind == self.extracts[name].kind]
        if not others:
            return self.is_split()
        to = self.extracts[self.rng.choice(others)]
        to.rows.insert(self.rng.randrange(1, len(to.rows) + 1), list(self.rng.choice(self.extracts[name].rows[1:])))
        to.changed()

    def new_name(self, e):
        self.number += 1
        return '%s.%s%d%s' % (e.kind, self.rng.choice('abmz'), self.number, ENDINGS[e.form])

    def is_renamed(self):
        """the bytes stay"""
        name = self.some(1)
        e = self.extracts.pop(name)
        self.extracts[self.new_name(e)] = e

    def is_split(self):
        name = self.some(3)
        if name:
            e = self.extracts[name]
            at = self.rng.randrange(2, len(e.rows))
            part = Extract(e.kind, [list(e.rows[0])] + e.rows[at:], e.form)
            e.rows[at:] = []
            e.changed()
            self.extracts[self.new_name(part)] = part

    def are_joined(self):
        name = self.some(1)
        for other in sorted(self.extracts):
            if other != name and self.extracts[other].kind == self.extracts[name].kind:
                self.extracts[name].rows += self.extracts.pop(other).rows[1:]
                self.extracts[name].changed()
                return

    def is_written_otherwise(self):
        name = self.some(1)
        e = self.extracts.pop(name)
        e.form = self.rng.choice(sorted(ENDINGS))
        e.changed()
        self.extracts[self.new_name(e)] = e

    def is_delivered_again(self):
        """the same bytes in a new file"""
        path = self.path('extracts', self.some(1))
        if os.path.exists(path):
            os.unlink(path)

    def is_missing(self):
        name = self.some(1)
        e = self.extracts[name]
        if self.out_of_sight and self.rng.random() < 0.6:
            back, e = self.out_of_sight.pop()
            self.extracts[back] = e
        elif e.kind not in ('registry', 'hukou'):
            self.out_of_sight.append((name, self.extracts.pop(name)))

    def numbers_change(self):
        changes = [e for e in self.extracts.values() if e.kind == 'id_change']
        if not changes:
            self.extracts['id_change.csv'] = Extract('id_change', [['old', 'new', 'changed_on']])
            changes = [self.extracts['id_change.csv']]
        rows = changes[0].rows
        ids = [r[i] for e in self.extracts.values() if e.kind != 'id_change' for r in e.rows[1:] for i, c in enumerate(dense.KINDS[e.kind]) if c[3] == 'id']
        if ids and self.rng.random() < 0.7:
            rows.append([self.rng.choice(ids), self.rng.choice(ids), ''])
        elif len(rows) > 1:
            rows.pop()
        changes[0].changed()

    def day_changes(self):
        self.day += datetime.timedelta(self.rng.choice(DAYS))
        self.day = min(max(self.day, datetime.date(1950, 1, 1)), datetime.date(2030, 1, 1))

    def pack_changes(self):
        with open(os.path.join(PACKS, 'chongqing-2017.yaml'), encoding='utf-8') as f:
            text = f.read()
        path = self.path('pack%d.yaml' % self.rng.randrange(3))
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text.replace('2952', self.rng.choice(['2952', '2800', '8000'])).replace('{value: 50,', self.rng.choice(['{value: 50,', '{value: 20,'])))
        self.options = ['--pack', path]

    def schemas_change(self):
        if self.rng.random() < 0.3:
            schemas = self.path('schemas%d' % self.rng.randrange(2))
            if not os.path.isdir(schemas):
                shutil.copytree(SCHEMAS, schemas)
                with open(os.path.join(schemas, 'civil.yaml'), 'a', encoding='utf-8') as f:
                    f.write('\n# changed\n')
            self.options += ['--schemas', schemas]

    def state_is_damaged(self):
        files = [os.path.join(d, n) for d, _, names in os.walk(self.state) for n in names if not n.endswith('.lock')]
        if not files:
            return
        path = self.rng.choice(sorted(files))
        how = self.rng.randrange(5)
        with open(path, 'r+b') as f:
            data = bytearray(f.read())
            if how == 0:
                data[self.rng.randrange(len(data))] ^= 1 << self.rng.randrange(8)
            elif how == 1:
                del data[self.rng.randrange(len(data)):]
            elif how == 2:
                data += b'more'
            elif how == 3:
                with open(self.rng.choice(sorted(files)), 'rb') as other:
                    data = other.read()
            f.seek(0)
            f.truncate()
            f.write(data)
        if how == 4:
            os.unlink(path)

    def state_is_lost(self):
        shutil.rmtree(self.state, ignore_errors=True)

    def run_is_killed(self):
        process = subprocess.Popen(self.command(self.path('killed'), self.state), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(self.rng.random() * 0.15)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()

    def extract_stops_the_run(self):
        """for one night"""
        e = self.extracts[self.some(1)]
        e.content = self.rng.choice([b'name,nothing\n1,2\n', b'', b'\x1f\x8b\x08broken', e.bytes(self.rng, self.folder)[:-1] + b'\x00\n' * 30])
        self.stopped = e

    EVENTS = [somebody_is_born, somebody_is_born, something_comes_due, something_comes_due, rows_come, rows_come, rows_go, cells_change, cells_change, rows_move, rows_are_in_two_extracts,
              rows_are_in_two_extracts, is_renamed, is_renamed, is_split, is_split, are_joined, is_written_otherwise, is_delivered_again, is_missing,
              numbers_change, day_changes, day_changes, day_changes, pack_changes, schemas_change, state_is_damaged, state_is_damaged,
              state_is_lost, run_is_killed, extract_stops_the_run]

    # --- a night ---------------------------------------------------------------------------------

    def write(self):
        folder = self.path('extracts')
        for name in os.listdir(folder):
            if name not in self.extracts:
                e = next((n for n, e in self.extracts.items() if e.content is not None and e.content == open(os.path.join(folder, name), 'rb').read()
                          and not os.path.exists(os.path.join(folder, n))), None)
                if e:
                    os.rename(os.path.join(folder, name), os.path.join(folder, e))
                else:
                    os.unlink(os.path.join(folder, name))
        for name, e in self.extracts.items():
            path, data = os.path.join(folder, name), e.bytes(self.rng, self.folder)
            if os.path.exists(path) and open(path, 'rb').read() == data:
                continue
            with open(path, 'wb') as f:
                f.write(data)

    def command(self, out, state=None):
        args = [programs.find(self.programs, 'run'), '--extracts', self.path('extracts'), '--as-of', self.day.isoformat(), '--out', out,
                '--threads', str(self.rng.randrange(1, 4))] + self.options
        if state:
            args += ['--state', state] + self.rng.choice([[], [], ['--check', 'content']])
        return args

    def run(self, out, state=None):
        p = subprocess.run(self.command(out, state), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        lines = p.stderr.decode('utf-8', 'replace').splitlines()
        notices = [line for line in lines if line.endswith('every extract is read anew')]
        shown = p.stdout.decode().splitlines()
        kept = sum(line.endswith(' as before') for line in shown)
        return (p.returncode, [line for line in lines if line not in notices], [line.replace(' as before', '').replace(out, '') for line in shown]), notices, kept

    def night(self, number, tally):
        self.stopped = None
        events = self.rng.sample(self.EVENTS, 0 if number == 0 else self.rng.choice([0, 0, 1, 1, 2, 3, 4]))
        if number and not events:
            self.day += datetime.timedelta(self.rng.choice(FORWARD))
        before = self.dossiers()
        for event in events:
            self.happened.append('%d %s' % (number, event.__name__))
            event(self)
        self.write()
        self.happened.append('%d run for %s' % (number, self.day))
        fresh, kept_out = self.path('fresh'), self.path('kept')
        shutil.rmtree(fresh, ignore_errors=True)
        want, _, _ = self.run(fresh)
        got, notices, kept = self.run(kept_out, self.state)
        self.options = self.options[:2] if self.options[:1] == ['--pack'] else []
        tally['runs'] += 1
        tally['kept'] += kept
        tally['carried'] += bool(before) and before == self.dossiers()
        tally['extracts'] += len(self.extracts)
        tally['stopped'] += want[0] != 0
        tally['notices'] += len(notices)
        if self.stopped:
            self.stopped.changed()
        if want != got:
            return 'a full run ends with %r, one with a state with %r' % (want, got)
        if len(notices) > 1:
            return 'more than a line is said of the state: %r' % notices
        if want[0] == 0:
            differ = differing(contents(fresh), contents(kept_out))
            if differ:
                return 'other bytes in ' + differ
        return self.check_folder()

    def dossiers(self):
        """the number under which the state keeps what the join made"""
        return [n for _, _, names in os.walk(self.state) for n in names if n.endswith('.dossiers')]

    def check_folder(self):
        """for its owner only, and nothing in it that the index does not need"""
        for folder, folders, names in os.walk(self.state):
            for name in folders + names:
                mode = os.stat(os.path.join(folder, name)).st_mode & 0o777
                if mode != (0o700 if name in folders else 0o600):
                    return '%s has mode %o' % (name, mode)
        return None


def play(options, work):
    tally = {'runs': 0, 'kept': 0, 'carried': 0, 'extracts': 0, 'stopped': 0, 'notices': 0}
    series = {seed: Series(seed, os.path.join(work, str(seed)), options.program) for seed in range(options.first, options.first + options.series)}
    failed = 0
    for number in range(options.nights):
        for seed in list(series):
            told = series[seed].night(number, tally)
            if told:
                failed += 1
                print('series %d, night %d: %s\n  %s' % (seed, number, told, '\n  '.join(series[seed].happened)), flush=True)
                if options.keep:
                    shutil.copytree(series[seed].folder, os.path.join(options.keep, str(seed)))
                del series[seed]
    print('%(runs)d nights compared: %(kept)d of %(extracts)d extracts as before, the join carried on in %(carried)d, %(stopped)d nights stopped, the state said to be unusable in '
          '%(notices)d' % tally)
    print('%d passed, %d failed' % (options.series - failed, failed))
    return 1 if failed or not tally['kept'] or not tally['carried'] or 2 * tally['stopped'] > tally['runs'] else 0


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--series', type=int, default=300)
    p.add_argument('--nights', type=int, default=5)
    p.add_argument('--first', type=int, default=1)
    p.add_argument('--keep', help='leave the series that differ in this folder')
    p.add_argument('program')
    options = p.parse_args()
    with tempfile.TemporaryDirectory(dir=programs.memory_folder()) as work:
        return play(options, work)


if __name__ == '__main__':
    sys.exit(main())
