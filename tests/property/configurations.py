#!/usr/bin/env python3
"""The same extracts give the same bytes, whatever they are worked on with and how.

configurations.py [--count N] [--persons N] [--seed N] FOLDER...
Each FOLDER holds programs, of one compiler and its options. A county of bidui-gen, damaged and in mixed formats, is run once with the
first of them, one thread, as plainly as can be; then N times (200), each time with one of the folders and with all that follows drawn
anew: threads, size of chunks, vector code or none, time zone, language, the order in which the files were put there or a pipeline that
names them in any order; one in three by its single stages, with shares of the join, its memory, and tables in any order. All files must
be the same but for the times in the manifest and what follows from them. The last line: N configurations, N differ. Prints TAP.
"""
import argparse
import json
import os
import random
import shutil
import sys
import tempfile

import programs
from same_bytes import AS_OF, Ways, call, contents, differing

ZONES = [None, 'UTC', 'Pacific/Kiritimati', 'America/St_Johns', 'Asia/Chongqing', 'No/Where']
LANGUAGES = [None, 'C', 'C.UTF-8', 'zh_CN.GB18030', 'zh_CN.UTF-8', 'tr_TR.UTF-8', 'de_DE.ISO-8859-1']


def environment(draw):
    env = {'BIDUI_CHUNK': draw.choice([None, '64', '300', '5000', '70000']), 'BIDUI_PORTABLE': draw.choice([None, None, '1']),
           'TZ': draw.choice(ZONES), 'LC_ALL': draw.choice(LANGUAGES), 'LANGUAGE': draw.choice([None, 'zh_CN', 'en'])}
    return {name: value for name, value in env.items() if value}


class Drawn:
    """a way to run, drawn by its number"""

    def __init__(self, seed, folders):
        self.draw = random.Random(seed)
        self.env, self.threads = environment(self.draw), self.draw.choice([1, 2, 3, 4, 5, 7, 8, 16, 64])
        self.how = self.draw.choice(['folder', 'pipeline', 'stages'])
        self.folder = self.draw.choice(folders)
        self.partitions, self.memory = self.draw.choice([None, 1, 2, 3, 7, 64, 300]), self.draw.choice([None, '64M', '100M', '1G'])

    def __str__(self):
        said = ['%s=%s' % pair for pair in self.env.items()] + ['%d threads' % self.threads]
        if self.how == 'stages':
            said += ['%s partitions' % self.partitions, 'memory %s' % self.memory]
        return '%s by %s: %s' % (os.path.basename(self.folder), self.how, ', '.join(said))

    def shuffled(self, items):
        items = list(items)
        self.draw.shuffle(items)
        return items

    def run(self, extracts, work):
        ways = Ways(self.folder, work)
        if self.how == 'folder':
            return ways.run(ways.copied(extracts, self.shuffled), '--threads', str(self.threads), env=self.env)
        return self.pipeline(extracts, work) if self.how == 'pipeline' else self.stages(ways, extracts, work)

    def pipeline(self, extracts, work):
        plan, out = os.path.join(work, 'plan.yaml'), os.path.join(work, 'out')
        with open(plan, 'w', encoding='utf-8') as f:
            f.write('as_of: %s\nfiles:\n' % AS_OF)
            f.writelines('  - {path: %s}\n' % json.dumps(os.path.join(extracts, name)) for name in self.shuffled(sorted(os.listdir(extracts))))
        call([programs.find(self.folder, 'run'), '--out', out, '--quiet', '--threads', str(self.threads), plan], self.env)
        return contents(out)

    def stages(self, ways, extracts, work):
        files, out = ways.files_by_kind(extracts), os.path.join(work, 'out')
        path = lambda name: os.path.join(work, name)
        for name in (out, os.path.join(out, 'rejects'), os.path.join(out, 'invalid')):
            os.makedirs(name)
        changes, tables = [], []
        for kind in sorted(self.shuffled(files), key=lambda k: k != 'id_change'):
            tables.append(path(kind + '.table'))
            call([programs.find(self.folder, 'ingest'), '--kind', kind, '--as-of', AS_OF, '--table', tables[-1], '--quiet', '--threads', str(self.threads),
                  '--rejects', os.path.join(out, 'rejects', kind + '.csv'), '--invalid', os.path.join(out, 'invalid', kind + '.csv'), *changes,
                  *files[kind]], self.env)
            if kind == 'id_change':
                changes = ['--changes', tables[-1]]
        knows_memory = b'--memory' in call([programs.find(self.folder, 'join'), '--help'])
        shares = (['--partitions', str(self.partitions)] if self.partitions else []) + (['--memory', self.memory] if self.memory and knows_memory else [])
        call([programs.find(self.folder, 'join'), '--as-of', AS_OF, '--out', path('dossiers'), *shares, *self.shuffled(tables)], self.env)
        call([programs.find(self.folder, 'screen'), '--as-of', AS_OF, '--out', path('findings'), '--threads', str(self.threads), path('dossiers')], self.env)
        call([programs.find(self.folder, 'report'), '--as-of', AS_OF, '--out', out, '--threads', str(self.threads), path('findings')], self.env)
        return contents(out)


def check(options, work):
    extracts, differ = os.path.join(work, 'extracts'), 0
    call([programs.find(options.folders[0], 'gen'), '--persons', str(options.persons), '--seed', '7', '--dirty', '0.02', '--formats', 'mixed',
          '--out', extracts, '--quiet'])
    want = Ways(options.folders[0], work).run(extracts, '--threads', '1')
    print('1..%d' % options.count)
    for i in range(options.count):
        drawn, own = Drawn(options.seed + i, options.folders), os.path.join(work, 'own')
        os.mkdir(own)
        try:
            said = differing(want, drawn.run(extracts, own))
        except RuntimeError as e:
            said = str(e)
        shutil.rmtree(own)
        differ += said != ''
        print('%sok %d - %s%s' % ('not ' if said else '', i + 1, drawn, '\n# ' + said if said else ''), flush=True)
    print('# %d configurations, %d differ' % (options.count, differ))
    return 1 if differ else 0


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('folders', nargs='+')
    p.add_argument('--count', type=int, default=200)
    p.add_argument('--persons', type=int, default=3000)
    p.add_argument('--seed', type=int, default=1)
    options = p.parse_args()
    options.folders = [os.path.abspath(f) for f in options.folders]
    with tempfile.TemporaryDirectory(prefix='bidui-property-', dir=programs.memory_folder()) as work:
        return check(options, work)


if __name__ == '__main__':
    sys.exit(main())
