#!/usr/bin/env python3
"""The same extracts give the same bytes, however they are worked on.

same_bytes.py [--persons N] FOLDER
FOLDER holds the programs. Counties: one of bidui-gen with N persons (20,000), damaged and in mixed formats, and some of dense.py.
Each is run once; then in another way, which must give the same files in all bytes but the times in the manifest and what follows from them. A way that names
extracts otherwise (a kind in several files) is compared without files and lines. Prints TAP.
"""
import argparse
import csv
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile

import dense
import programs
from kinds import KINDS

AS_OF = '2017-11-26'
TIMES = ('started_at', 'finished_at', 'program', 'version', 'previous', 'xxh3_128')  # xxh3_128: of the manifest itself


def call(args, env=None):
    p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env and dict(os.environ, **env))
    if p.returncode:
        raise RuntimeError('%s: status %d: %s' % (os.path.basename(args[0]), p.returncode, p.stderr.decode('utf-8', 'replace')))
    return p.stdout


# --- what came out ---------------------------------------------------------------------------

def contents(out):
    """path -> bytes; of the manifest without times"""
    found = {}
    for folder, _, names in os.walk(out):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, 'rb') as f:
                found[os.path.relpath(path, out)] = f.read()
    manifest = json.loads(found['manifest.json'])
    found['manifest.json'] = json.dumps({k: v for k, v in manifest.items() if k not in TIMES}, sort_keys=True)
    return found


def without(data, columns):
    rows = list(csv.reader(io.StringIO(data.decode('utf-8'), newline='')))
    keep = [i for i, name in enumerate(rows[0]) if name not in columns]
    return sorted([row[i] for i in keep] for row in rows)


def by_contents(found, columns):
    """what must stay when extracts are cut or written otherwise: everything but files, lines, and the rows as they came"""
    plain = {}
    for name, data in found.items():
        if name.endswith('.csv') and name != 'figures.csv':
            plain[name] = without(data, columns)
        elif name != 'manifest.json':
            plain[name] = data
    plain['accounting'] = {}
    for entry in json.loads(found['manifest.json'])['inputs']:
        for what in ('rows_read', 'accepted', 'rejected', 'duplicate', 'blank'):
            key = entry['kind'], what
            plain['accounting'][key] = plain['accounting'].get(key, 0) + entry[what]
    return plain


def differing(a, b):
    return ' '.join(sorted(str(k) for k in set(a) | set(b) if a.get(k) != b.get(k)))


# --- ways to run -----------------------------------------------------------------------------

class Ways:
    def __init__(self, folder, work):
        self.folder, self.work, self.count = folder, work, 0

    def fresh(self, what):
        self.count += 1
        return os.path.join(self.work, '%s%d' % (what, self.count))

    def run(self, extracts, *options, env=None):
        out = self.fresh('out')
        call([programs.find(self.folder, 'run'), '--extracts', extracts, '--as-of', AS_OF, '--out', out, '--quiet', *options], env)
        found = contents(out)
        shutil.rmtree(out)
        return found

    def pipeline(self, extracts):
        """the same from a pipeline file that names every extract, backwards"""
        plan, out = self.fresh('plan') + '.yaml', self.fresh('out')
        with open(plan, 'w', encoding='utf-8') as f:
            f.write('as_of: %s\nfiles:\n' % AS_OF)
            f.writelines('  - {path: %s}\n' % json.dumps(os.path.join(extracts, name)) for name in sorted(os.listdir(extracts))[::-1])
        call([programs.find(self.folder, 'run'), '--out', out, '--quiet', plan])
        return contents(out)

    def copied(self, extracts, order):
        """the files put into another folder in another order, so that readdir gives another"""
        other = self.fresh('extracts')
        os.makedirs(other)
        for name in order(sorted(os.listdir(extracts))):
            shutil.copy(os.path.join(extracts, name), other)
        return other

    def files_by_kind(self, extracts):
        """kind -> paths in byte order, as a run without options said in its manifest"""
        inputs = json.loads(self.run(extracts)['manifest.json'])['inputs']
        files = {}
        for entry in inputs:
            files.setdefault(entry['kind'], []).append(os.path.join(extracts, entry['file']))
        return files

    def staged(self, extracts, partitions, threads):
        """each stage by its own program"""
        work, out = self.fresh('stages'), self.fresh('out')
        for path in (work, out, os.path.join(out, 'rejects'), os.path.join(out, 'invalid')):
            os.makedirs(path)
        files = self.files_by_kind(extracts)
        changes, tables = [], []
        for kind in sorted(files, key=lambda k: k != 'id_change'):
            table = os.path.join(work, kind + '.table')
            tables.append(table)
            call([programs.find(self.folder, 'ingest'), '--kind', kind, '--as-of', AS_OF, '--table', table, '--quiet',
                  '--threads', str(threads), '--rejects', os.path.join(out, 'rejects', kind + '.csv'), '--invalid', os.path.join(out, 'invalid', kind + '.csv'),
                  *changes, *files[kind]])
            if kind == 'id_change':
                changes = ['--changes', table]
        dossiers, findings = os.path.join(work, 'dossiers'), os.path.join(work, 'findings')
        call([programs.find(self.folder, 'join'), '--as-of', AS_OF, '--out', dossiers, '--partitions', str(partitions), *reversed(tables)])
        call([programs.find(self.folder, 'screen'), '--as-of', AS_OF, '--out', findings, '--threads', str(threads), dossiers])
        call([programs.find(self.folder, 'report'), '--as-of', AS_OF, '--out', out, findings])
        found = contents(out)
        shutil.rmtree(work)
        shutil.rmtree(out)
        return found

    # --- the same rows, written otherwise (dense counties) ------------------------------------

    def written(self, tables, encode):
        folder = self.fresh('extracts')
        os.makedirs(folder)
        for kind, rows in tables.items():
            for name, data in encode(kind, rows):
                with open(os.path.join(folder, name), 'wb') as f:
                    f.write(data)
        return folder


def text_of(rows, delimiter=',', end='\n'):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def in_three_files(kind, rows):
    cuts = [1, 1 + len(rows) // 3, 1 + 2 * len(rows) // 3, len(rows)]
    for i in range(3):
        part = [rows[0]] + rows[cuts[i]:cuts[i + 1]] if i < 2 or len(rows) > 1 else [rows[0]]
        yield '%s.%d.csv' % (kind, i), dense.csv_bytes(part)


def three_members(kind, rows):
    data = dense.csv_bytes(rows)
    cuts = [0, len(data) // 3, len(data) // 2, len(data)]
    yield kind + '.csv', b''.join(gzip.compress(data[a:b]) for a, b in zip(cuts, cuts[1:])) + b'\0' * 600


def columns_backwards(kind, rows):
    yield kind + '.csv', dense.csv_bytes([row[::-1] + ['x' if i else 'note'] for i, row in enumerate(rows)])


def with_spellings(kind, rows):
    """headers by the page's first spelling, under a banner, all cells quoted"""
    names = [c[4][0] for c in KINDS[kind]]
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator='\r\n').writerows([names] + rows[1:])
    yield kind + '.csv', ('附件1\r\n\r\n' + out.getvalue()).encode('utf-8-sig')


WRITTEN = {
    'in three files a kind': in_three_files,
    'as gzip of three members with padding': three_members,
    'as UTF-16LE with tabs': lambda kind, rows: [(kind + '.csv', text_of(rows, '\t').encode('utf-16'))],
    'as UTF-16BE with CRLF': lambda kind, rows: [(kind + '.csv', b'\xfe\xff' + text_of(rows, end='\r\n').encode('utf-16-be'))],
    'as GB18030 with semicolons': lambda kind, rows: [(kind + '.csv', text_of(rows, ';').encode('gb18030'))],
    'with bars and bare CR': lambda kind, rows: [(kind + '.csv', text_of(rows, '|', '\r').encode())],
    'with its columns backwards and one more': columns_backwards,
    'with a banner, other headers and quotes': with_spellings,
}


# --- TAP -------------------------------------------------------------------------------------

class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def same(self, name, want, way):
        self.count += 1
        try:
            said = differing(want, way())
        except RuntimeError as e:
            said = str(e)
        self.failed += said != ''
        print('%sok %d - %s%s' % ('not ' if said else '', self.count, name, '\n# ' + said if said else ''), flush=True)


def check_runs(tap, ways, name, extracts):
    want = ways.run(extracts, '--threads', '1')
    for threads in (2, 3, 8):
        tap.same('%s: %d threads' % (name, threads), want, lambda: ways.run(extracts, '--threads', str(threads)))
    for env in ({'TZ': 'Pacific/Kiritimati'}, {'LANG': 'zh_CN.GB18030', 'LC_ALL': 'zh_CN.GB18030'}, {'LC_ALL': 'tr_TR.UTF-8'}):
        tap.same('%s: %s' % (name, ' '.join('%s=%s' % kv for kv in env.items())), want, lambda: ways.run(extracts, env=env))
    for memory in ('64M', '1G'):
        tap.same('%s: in %s of memory' % (name, memory), want, lambda: ways.run(extracts, '--memory', memory))
    for chunk, threads in ((64, 1), (300, 3), (5000, 2)):
        tap.same('%s: chunks of %d bytes, %d threads' % (name, chunk, threads), want,
                 lambda: ways.run(extracts, '--threads', str(threads), env={'BIDUI_CHUNK': str(chunk)}))
    tap.same('%s: without vector code' % name, want, lambda: ways.run(extracts, env={'BIDUI_PORTABLE': '1'}))
    tap.same('%s: files put there backwards' % name, want, lambda: ways.run(ways.copied(extracts, lambda names: names[::-1])))
    tap.same('%s: a pipeline file' % name, want, lambda: ways.pipeline(extracts))
    for partitions, threads in ((1, 1), (2, 3), (7, 2), (64, 8)):
        tap.same('%s: stages singly, %d partitions, %d threads' % (name, partitions, threads), want,
                 lambda: ways.staged(extracts, partitions, threads))


def check_written(tap, ways, seed):
    tables = dense.county(seed)
    free = {'file', 'line', 'row', 'evidence_rows', 'evidence'}
    want = by_contents(ways.run(ways.written(tables, lambda kind, rows: [(kind + '.csv', dense.csv_bytes(rows))])), free)
    for how, encode in WRITTEN.items():
        tap.same('dense county %d %s' % (seed, how), want, lambda: by_contents(ways.run(ways.written(tables, encode)), free))
        tap.same('dense county %d %s, in small chunks' % (seed, how), want, lambda: by_contents(
            ways.run(ways.written(tables, encode), '--threads', '3', env={'BIDUI_CHUNK': '100'}), free))


def check_all(options, work):
    tap, ways = Tap(), Ways(options.folder, work)
    extracts = os.path.join(work, 'generated')
    call([programs.find(options.folder, 'gen'), '--persons', str(options.persons), '--seed', '7', '--dirty', '0.02',
          '--formats', 'mixed', '--out', extracts, '--quiet'])
    check_runs(tap, ways, 'generated county', extracts)
    for seed in options.dense:
        extracts = os.path.join(work, 'dense%d' % seed)
        dense.write(extracts, dense.county(seed))
        check_runs(tap, ways, 'dense county %d' % seed, extracts)
        check_written(tap, ways, seed)
    print('1..%d' % tap.count)
    return 1 if tap.failed else 0


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('folder')
    p.add_argument('--persons', type=int, default=20000)
    p.add_argument('--dense', type=int, nargs='*', default=[3, 7, 12])
    options = p.parse_args()
    with tempfile.TemporaryDirectory(prefix='bidui-property-', dir=programs.memory_folder()) as work:
        return check_all(options, work)


if __name__ == '__main__':
    sys.exit(main())
