#!/usr/bin/env python3
"""Whatever is done to the files of a run, bidui verify says so, and says where.

verify.py [--flips N] FOLDER
FOLDER holds the programs. The demo county is run once; then each damage of DAMAGE is done to a copy, which verify must refuse with 65 and
a line that holds the words given with the damage. First damage to bytes, as a disk or a careless hand does it; then damage by somebody
who also makes the manifest agree: only what files say of each other is then left to tell. Then the run
is signed, and N single bytes (300) anywhere in it are changed, one at a time. Prints TAP.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'property'), os.path.join(HERE, '..', 'reference')]
import programs  # noqa: E402
from hashes import xxh3_128  # noqa: E402

DEMO = os.path.join(HERE, '..', '..', 'fixtures', 'demo', 'extracts')
AS_OF = '2017-11-26'


class Run:
    """a copy of a run, to be damaged"""

    def __init__(self, path):
        self.path = path

    def at(self, name):
        return os.path.join(self.path, name)

    def read(self, name):
        with open(self.at(name), 'rb') as f:
            return f.read()

    def write(self, name, data):
        with open(self.at(name), 'wb') as f:
            f.write(data)

    def lines(self, name, change):
        lines = self.read(name).split(b'\n')[:-1]
        change(lines)
        self.write(name, b''.join(line + b'\n' for line in lines))

    def cell(self, name, line, column, change):
        """a cell of a list without commas in quotes before it; line from 1"""
        def edit(lines):
            cells = lines[line - 1].split(b',')
            cells[column] = change(cells[column])
            lines[line - 1] = b','.join(cells)
        self.lines(name, edit)

    def manifest(self, change):
        m = json.loads(self.read('manifest.json'))
        change(m)
        self.seal(m)

    def json(self, name, change):
        j = json.loads(self.read(name))
        change(j)
        self.write(name, json.dumps(j, indent=1, ensure_ascii=False).encode() + b'\n')

    def seal(self, m):
        m.pop('xxh3_128', None)
        text = json.dumps(m, indent=1, ensure_ascii=False).encode()[:-2]
        self.write('manifest.json', text + b',\n "xxh3_128": "' + xxh3_128(text).encode() + b'"\n}\n')

    def agree(self):
        """make the manifest say what the files are now, as somebody who knows how would"""
        m = json.loads(self.read('manifest.json'))
        for o in m['outputs']:
            data = self.read(o['file'])
            o.update(bytes=len(data), xxh3_128=xxh3_128(data), sha256=hashlib.sha256(data).hexdigest())
            if 'rows' in o:
                o['rows'] = rows(data)
        self.seal(m)


def rows(data):
    quoted, n = False, -1
    for c in data:
        quoted ^= c == 0x22
        n += c == 0x0A and not quoted
    return n


MISSED, QUALITY = 'lists/missed.csv', 'lists/quality.csv'
FINDING_ID, RULE, CORE, SEVERITY, UNIT_NO, REGION, PERSONS, IDS, ROWS, HASH = 0, 1, 2, 3, 7, 8, 14, 16, 17, 18

# Done to bytes; the manifest is as it was.
PLAIN = {
    'a list that is gone': (lambda r: os.remove(r.at(MISSED)), 'lists/missed.csv: is missing'),
    'a list that is cut': (lambda r: r.write(MISSED, r.read(MISSED)[:-20]), 'lists/missed.csv: has another size'),
    'a list with a byte more': (lambda r: r.write(MISSED, r.read(MISSED) + b'\n'), 'lists/missed.csv: has another size'),
    'an empty list': (lambda r: r.write(MISSED, b''), 'lists/missed.csv:1: its header'),
    'two lists for each other': (lambda r: (os.rename(r.at(MISSED), r.at('x')), os.rename(r.at(QUALITY), r.at(MISSED)),
                                           os.rename(r.at('x'), r.at(QUALITY))), 'lists/missed.csv: is not the file of the manifest'),
    'a link in place of a list': (lambda r: (os.remove(r.at(MISSED)), os.symlink('quality.csv', r.at(MISSED))),
                                  'lists/missed.csv: is no regular file'),
    'a pipe in place of a list': (lambda r: (os.remove(r.at(MISSED)), os.mkfifo(r.at(MISSED))), 'lists/missed.csv: is no regular file'),
    'a folder in place of a list': (lambda r: (os.remove(r.at(MISSED)), os.mkdir(r.at(MISSED))), 'lists/missed.csv: is no regular file'),
    'a file that nobody names': (lambda r: r.write('lists/more.csv', b'x\n'), 'lists/more.csv: the manifest does not name it'),
    'a folder that nobody names': (lambda r: (os.mkdir(r.at('new')), r.write('new/x', b'')), 'new/x: the manifest does not name it'),
    'a summary that is no JSON': (lambda r: r.write('summary.json', b'{'), 'summary.json:1: is no JSON'),
    'rejects with a row doubled': (lambda r: r.lines('rejects/hukou.csv', lambda x: x.append(x[-1])), 'rejects/hukou.csv: has 5 rows'),
    'a manifest that is gone': (lambda r: os.remove(r.at('manifest.json')), 'manifest.json: is missing'),
    'a manifest that is no JSON': (lambda r: r.write('manifest.json', b'[1,'), 'manifest.json:1: is no JSON'),
    'a manifest that is empty': (lambda r: r.write('manifest.json', b''), 'manifest.json:'),
    'a manifest with a key twice': (lambda r: r.write('manifest.json', r.read('manifest.json').replace(b'{', b'{"as_of": 1, ', 1)),
                                    'manifest.json:'),
    'another time in the manifest': (lambda r: r.write('manifest.json', r.read('manifest.json').replace(b'"started_at": "2', b'"started_at": "1')),
                                     'manifest.json: is not as it was written'),
}


def edit(change):
    return lambda r: r.manifest(change)


def swap(name, a, b):
    def change(lines):
        lines[a - 1], lines[b - 1] = lines[b - 1], lines[a - 1]
    return lambda r: r.lines(name, change)


def drop(name, line):
    return lambda r: r.lines(name, lambda lines: lines.pop(line - 1))


def double(name, line):
    return lambda r: r.lines(name, lambda lines: lines.insert(line, lines[line - 1]))


def put(name, line, column, text):
    return lambda r: r.cell(name, line, column, lambda cell: text)


def one_for_another(r):
    """a finding lost and another doubled: every number stays as it was"""
    r.lines(QUALITY, lambda lines: lines.__setitem__(2, lines[1]))


# The manifest is made to agree with every byte.
SEALED = {
    'a finding dropped': (drop(MISSED, 2), 'lists/missed.csv: there were more or fewer findings'),
    'a finding doubled': (double(MISSED, 2), 'findings are there twice'),
    'a finding lost and another doubled': (one_for_another, 'lists/quality.csv: its findings are not those that were found'),
    'two findings swapped': (swap(MISSED, 2, 3), 'lists/missed.csv:3: is not in its place'),
    'another finding_id': (put(MISSED, 2, FINDING_ID, b'0123456789abcdef'), 'lists/missed.csv:2: finding_id is not that of'),
    'a finding_id that is none': (put(MISSED, 2, FINDING_ID, b'0'), 'lists/missed.csv:2: finding_id is not 16 hex digits'),
    'another rule': (put(MISSED, 2, RULE, b'M0'), 'summary.json: the rules of missed are not those of its list'),
    'core told otherwise': (lambda r: r.cell(MISSED, 2, CORE, lambda c: b'no' if c == b'yes' else b'yes'), 'figures.csv:'),
    'core that is neither': (put(MISSED, 2, CORE, b'maybe'), 'lists/missed.csv:2: core is neither yes nor no'),
    'a severity that is none': (put(MISSED, 2, SEVERITY, b'grave'), 'lists/missed.csv:2: severity or confidence'),
    'another household': (put(MISSED, 2, UNIT_NO, b'500901-99999'), 'lists/missed.csv:2: finding_id is not that of'),
    'another region': (put(MISSED, 2, REGION, b'500901001999'), 'figures.csv:'),
    'a region that is none': (put(MISSED, 2, REGION, b'5009'), 'lists/missed.csv:2: its region'),
    'persons that are no number': (put(MISSED, 2, PERSONS, b'03'), 'lists/missed.csv:2: persons or days'),
    'evidence of a number that is none': (put(MISSED, 2, IDS, b'500901190001010000'), 'lists/missed.csv:2: evidence_ids'),
    'evidence of a file that was not read': (put(MISSED, 2, ROWS, b'x.csv:1'), 'lists/missed.csv:2: evidence_rows'),
    'evidence without its hash': (put(MISSED, 2, HASH, b''), 'lists/missed.csv:2: evidence_hash'),
    'quotes that are not needed': (lambda r: r.cell(MISSED, 2, RULE, lambda c: b'"' + c + b'"'), 'lists/missed.csv:2: is no line of a CSV'),
    'a quote that stays open': (put(MISSED, 2, RULE, b'"'), 'lists/missed.csv:2: is no line of a CSV'),
    'a cell too many': (lambda r: r.lines(MISSED, lambda x: x.__setitem__(1, x[1] + b',')), 'lists/missed.csv:2: has not as many cells'),
    'a header renamed': (lambda r: r.lines(MISSED, lambda x: x.__setitem__(0, x[0].replace(b'core', b'Core'))), 'lists/missed.csv:1: its header'),
    'a list without its last line end': (lambda r: r.write(MISSED, r.read(MISSED)[:-1]), 'is no line of a CSV'),
    'a list with CRLF': (lambda r: r.write(MISSED, r.read(MISSED).replace(b'\n', b'\r\n')), 'lists/missed.csv:1: its header'),
    'a figure raised': (lambda r: r.lines('figures.csv', lambda x: x.__setitem__(
        next(i for i, line in enumerate(x) if b'findings.missed,' in line), b'all,,findings.missed,99')), 'is not what the lists come to'),
    'a figure dropped': (lambda r: r.lines('figures.csv', lambda x: x.remove(next(line for line in x if b'all,,core.missed,' in line))),
                         'figures.csv: lacks figures'),
    'two figures swapped': (swap('figures.csv', 2, 3), 'figures.csv:3: is not in its place'),
    'a rate told otherwise': (lambda r: r.json('summary.json', lambda j: j['rates'].update(lead_missed_rate=0.5)),
                              'summary.json: rate lead_missed_rate'),
    'a rate left out': (lambda r: r.json('summary.json', lambda j: j['rates'].pop('lead_missed_rate')), 'summary.json: rate lead_missed_rate'),
    'a list told longer': (lambda r: r.json('summary.json', lambda j: j['lists'].update(missed=999)), 'summary.json: missed has another number'),
    'a rule not evaluated that has findings': (lambda r: r.json('summary.json', lambda j: j['not_evaluated'].append({'rule': 'M1', 'missing': []})),
                                               'summary.json: rule M1 was not evaluated'),
    'another day in the summary': (lambda r: r.json('summary.json', lambda j: j.update(as_of='2017-11-27')), 'summary.json: its day'),
    'a reject dropped': (drop('rejects/hukou.csv', 3), 'rejects/hukou.csv: has 3 rows'),
    'rejects out of order': (swap('rejects/hukou.csv', 2, 3), 'rejects/hukou.csv:3: is not in its place'),
    'a reject of another kind': (lambda r: shutil.copy(r.at('rejects/death.csv'), r.at('rejects/hukou.csv')), 'is of no extract of this kind'),
    'a reason that is none': (lambda r: r.write('rejects/hukou.csv', r.read('rejects/hukou.csv').replace(b'ID_', b'IX_')), 'or a reason that is none'),
}

# Done to the manifest alone, which then agrees with itself.
MANIFEST = {
    'rows read that do not add up': (edit(lambda m: m['inputs'][0].update(rows_read=m['inputs'][0]['rows_read'] + 1)),
                                     'rows read are not those accepted, rejected and duplicate together'),
    'a row accepted instead of rejected': (edit(lambda m: m['inputs'][0].update(accepted=m['inputs'][0]['accepted'] + 1,
                                                                               rejected=m['inputs'][0]['rejected'] - 1)),
                                           "registry: 'accepted' is not that of its files together"),
    'rows that the join lost': (edit(lambda m: m['kinds'][1].update(not_wanted=m['kinds'][1]['not_wanted'] - 1)),
                                'rows accepted are not those kept, looked at and not wanted together'),
    'an input left out': (edit(lambda m: m['inputs'].pop(0)), "registry: 'rows_read' is not that of its files together"),
    'an input twice': (edit(lambda m: m['inputs'].append(m['inputs'][0])), 'is there twice'),
    'a kind left out': (edit(lambda m: m['kinds'].pop(0)), 'its kind has no account'),
    'a number that is a text': (edit(lambda m: m['inputs'][0].update(accepted='452')), "'accepted' is missing or no number"),
    'a number below nothing': (edit(lambda m: m['inputs'][0].update(accepted=-1)), "'accepted' is missing or no number"),
    'a list that is not named': (edit(lambda m: m['outputs'].remove(next(o for o in m['outputs'] if o['file'] == MISSED))),
                                 'it names no lists/missed.csv'),
    'a file outside of the folder': (edit(lambda m: m['outputs'].append({'file': '../x', 'bytes': 0})), 'one outside of the folder'),
    'outputs that are no list': (edit(lambda m: m.update(outputs={})), "'outputs' is missing or no list"),
    'a day that is none': (edit(lambda m: m.update(as_of='2017-02-30')), "'as_of' is missing or no day"),
}


class Checks:
    def __init__(self, folder, work):
        self.verify, self.work, self.count, self.failed = programs.find(folder, 'verify'), work, 0, 0
        self.kept, self.key = os.path.join(work, 'kept'), os.path.join(work, 'key')

    def copy(self):
        path = os.path.join(self.work, 'copy')
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.kept, path)
        return Run(path)

    def said(self, *args):
        p = subprocess.run([self.verify, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return p.returncode, (p.stdout + p.stderr).decode('utf-8', 'replace')

    def say(self, what, wrong):
        self.count += 1
        self.failed += bool(wrong)
        print('%sok %d - %s%s' % ('not ' if wrong else '', self.count, what, ''.join('\n#   ' + w for w in wrong.splitlines())), flush=True)

    def found(self, what, words, *args):
        status, text = self.said(*args)
        self.say(what, '' if status == 65 and words in text else 'status %d, without "%s":\n%s' % (status, words, text))


def damage(c):
    for what, (do, words) in PLAIN.items():
        run = c.copy()
        do(run)
        c.found('%s is found' % what, words, run.path)
    for what, (do, words) in SEALED.items():
        run = c.copy()
        do(run)
        run.agree()
        c.found('%s is found, whatever the manifest says' % what, words, run.path)
    for what, (do, words) in MANIFEST.items():
        run = c.copy()
        do(run)
        c.found('%s is found' % what, words, run.path)


def signatures(c, folder):
    """who has the public key knows a signed run from any other"""
    sign, other = programs.find(folder, 'sign'), os.path.join(c.work, 'other')
    for key in (c.key, other):
        subprocess.run([sign, '--new-key', key], check=True)
    status = subprocess.run([sign, '--new-key', c.key], stderr=subprocess.PIPE).returncode
    c.say('a key that is there is not written over', '' if status == 73 else 'status %d' % status)
    os.chmod(other, 0o640)
    status = subprocess.run([sign, '--key', other, c.kept], stderr=subprocess.PIPE).returncode
    c.say('a private key that others can read is refused', '' if status == 78 else 'status %d' % status)
    c.found('a run that is not signed is found', 'manifest.sig: is missing', '--key', c.key + '.pub', c.kept)
    run = c.copy()
    os.remove(run.at(MISSED))
    status = subprocess.run([sign, '--key', c.key, run.path], stdout=subprocess.PIPE).returncode
    c.say('what is not as it was published is not signed', '' if status == 65 and not os.path.exists(run.at('manifest.sig')) else 'status %d' % status)
    subprocess.run([sign, '--quiet', '--key', c.key, '--extracts', DEMO, c.kept], check=True)
    m = json.loads(Run(c.kept).read('manifest.json'))
    for i in m['inputs']:
        with open(os.path.join(DEMO, i['file']), 'rb') as f:
            if i['sha256'] != hashlib.sha256(f.read()).hexdigest():
                c.say(i['file'], 'its SHA-256 is wrong')
    status, text = c.said('--key', c.key + '.pub', '--extracts', DEMO, c.kept)
    c.say('a signed run is known by its key', '' if status == 0 and 'signed with this key' in text else text)
    c.found('another key is refused', "is not this key's signature", '--key', other + '.pub', c.kept)
    run = c.copy()
    run.manifest(lambda m: m.update(version='0.1.1'))
    c.found('a manifest that agrees with itself and was not signed is found', "is not this key's signature", '--key', c.key + '.pub', run.path)
    run = c.copy()
    run.write('manifest.sig', run.read('manifest.sig') + b'\n')
    c.found('a signature with a byte more is found', "is not this key's signature", '--key', c.key + '.pub', run.path)


def flips(c, n):
    """single bytes changed, anywhere in a signed run"""
    rng, run, missed = random.Random(1), c.copy(), []
    names = sorted(os.path.relpath(os.path.join(b, f), run.path) for b, _, fs in os.walk(run.path) for f in fs)
    places = [(name, at) for name in names for at in (0, os.path.getsize(run.at(name)) - 1)]
    while len(places) < n:
        name = rng.choice(names)
        places.append((name, rng.randrange(os.path.getsize(run.at(name)))))
    for name, at in places[:n] if n < len(places) else places:
        data = bytearray(run.read(name))
        kept = bytes(data)
        data[at] ^= 1 << rng.randrange(8)
        run.write(name, bytes(data))
        if c.said('--quiet', '--key', c.key + '.pub', run.path)[0] != 65:
            missed.append('%s, byte %d' % (name, at))
        run.write(name, kept)
    c.say('any one of %d bytes changed is found' % len(places), '\n'.join(missed))


def extracts(c):
    x = os.path.join(c.work, 'x')
    shutil.copytree(DEMO, x)
    status, text = c.said('--extracts', x, c.kept)
    c.say('the extracts of a run are known again', '' if status == 0 and '9 extracts' in text else text)
    name = os.path.join(x, 'property.csv')
    with open(name, 'r+b') as f:
        f.seek(40)
        byte = f.read(1)
        f.seek(40)
        f.write(bytes([byte[0] ^ 1]))
    c.found('an extract of which a byte is another is found', 'property.csv: is not the extract that was read', '--extracts', x, c.kept)
    os.remove(name)
    c.found('an extract that is gone is found', 'property.csv: is not among the extracts', '--extracts', x, c.kept)


def chain(c, folder):
    runs = []
    for i in range(3):
        out = os.path.join(c.work, 'night', 'OUT')
        os.makedirs(os.path.dirname(out), exist_ok=True)
        subprocess.run([programs.find(folder, 'run'), '--quiet', '--extracts', DEMO, '--as-of', AS_OF, '--out', out], check=True)
        runs.append(os.path.join(c.work, 'night%d' % i))
        shutil.copytree(out, runs[-1])
    status, text = c.said(*runs)
    c.say('three nights are a chain', '' if status == 0 else text)
    c.found('a night left out of the chain is found', 'the run before it was another', runs[0], runs[2])
    c.found('two nights in the wrong order are found', 'the run before it was another', runs[1], runs[0])


def main(argv):
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument('--flips', type=int, default=300)
    a.add_argument('folder')
    o = a.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix='bidui-verify-', dir=programs.memory_folder()) as work:
        c = Checks(o.folder, work)
        subprocess.run([programs.find(o.folder, 'run'), '--quiet', '--extracts', DEMO, '--as-of', AS_OF, '--out', c.kept], check=True)
        status, text = c.said(c.kept)
        c.say('a run as it was published is whole', '' if status == 0 else text)
        damage(c)
        signatures(c, o.folder)
        flips(c, o.flips)
        extracts(c)
        chain(c, o.folder)
        print('1..%d' % c.count)
    return 1 if c.failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
