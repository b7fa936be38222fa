#!/usr/bin/env python3
"""A copy of the lists for wider circulation names nobody, and nobody without the key can find out whom.

mask.py FOLDER
FOLDER holds the programs. The demo county is run and copied; then no file of the copy may hold a number of a person, a whole name, a
household number, or anything that is a hash of these without the key. Prints TAP.
"""
import csv
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'property'))
import programs  # noqa: E402

DEMO = os.path.join(HERE, '..', '..', 'fixtures', 'demo', 'extracts')
AS_OF = '2017-11-26'


def files(folder):
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(base, name), 'rb') as f:
                found[os.path.relpath(os.path.join(base, name), folder)] = f.read()
    return found


def lists(folder):
    rows = []
    for name in sorted(os.listdir(os.path.join(folder, 'lists'))):
        with open(os.path.join(folder, 'lists', name), encoding='utf-8', newline='') as f:
            rows += list(csv.DictReader(f))
    return rows


def people():
    """numbers and names of everybody in the household register"""
    with open(os.path.join(DEMO, '2017年7月户籍信息（全县）.csv'), encoding='gb18030', newline='') as f:
        text = f.read()
    rows = [row for row in csv.reader(text.splitlines()) if len(row) > 5]
    return {cell for row in rows for cell in row if re.fullmatch('[0-9]{17}[0-9X]', cell)}, {row[1] for row in rows[1:] if len(row[1]) > 1}


class Checks:
    def __init__(self):
        self.count = self.failed = 0

    def say(self, what, wrong):
        self.count += 1
        self.failed += bool(wrong)
        print('%sok %d - %s%s' % ('not ' if wrong else '', self.count, what, '\n#   %s' % wrong if wrong else ''), flush=True)


def held(copy, secrets):
    """how many of the secrets are in a file of the copy, and in which; never which"""
    wrong = {}
    for name, data in copy.items():
        text = data.decode('utf-8')
        n = sum(secret in text for secret in secrets)
        if n:
            wrong[name] = n
    return wrong


def main(folder):
    c = Checks()

    def call(program, *args):
        return subprocess.run([programs.find(folder, program), *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE).returncode

    with tempfile.TemporaryDirectory(prefix='bidui-mask-', dir=programs.memory_folder()) as work:
        at = lambda name: os.path.join(work, name)
        call('run', '--quiet', '--extracts', DEMO, '--as-of', AS_OF, '--out', at('OUT'))
        status = [call('mask', '--new-key', at(key)) for key in ('key', 'key', 'other')]
        c.say('a key is made once and never written over', status != [0, 73, 0] and status)
        c.say('a key is its user\'s alone', os.stat(at('key')).st_mode & 0o777 != 0o600)
        status = [call('mask', '--key', at(key), '--out', at(out), at('OUT')) for key, out in (('key', 'M'), ('key', 'M2'), ('other', 'M3'))]
        c.say('a run is copied', status != [0, 0, 0] and status)
        copy, plain, masked = files(at('M')), lists(at('OUT')), lists(at('M'))
        ids, names = people()
        c.say('the county is large enough to tell', len(ids) < 2000 or len(names) < 500 or len(plain) < 50)
        c.say('no number of the county is in any file', held(copy, ids))
        c.say('no number of 18 places is in any file', {n for n, d in copy.items() if re.search(rb'(?<![0-9a-f])[0-9]{17}[0-9X](?![0-9a-f])', d)})
        c.say('no whole name of the county is in any file', held(copy, names))
        c.say('no finding_id of the run is in any file', held(copy, {r['finding_id'] for r in plain}))
        c.say('no evidence_hash of the run is in any file', held(copy, {r['evidence_hash'] for r in plain if r['evidence_hash']}))
        c.say('no household number of the lists is in any file',
              held(copy, {r['unit_no'] for r in plain if r['unit'] in ('hukou', 'registry')}))
        c.say('no hash of an extract or of the run is in any file', held(copy, set(re.findall(
            '"(?:xxh3_128|sha256)": "([0-9a-f]+)"', files(at('OUT'))['manifest.json'].decode().split('"inputs"')[1].split('"ignored"')[0]))))
        c.say('rejects, invalid values and workbooks stay at home', {n for n in copy if n.startswith(('rejects', 'invalid', 'workbooks'))})
        c.say('every finding is there', len(plain) != len(masked) and (len(plain), len(masked)))
        c.say('names are a character and two stars', [r['rule'] for r in masked if not re.fullmatch(r'(?:\W|\w)\*\*|', r['head_name'])])
        c.say('numbers keep six places and four', [r['rule'] for r in masked if not re.fullmatch(r'(?:[0-9]{6}\*{8}[0-9]{3}[0-9X])?', r['head_id'])])
        c.say('evidence_rows stay', sorted(r['evidence_rows'] for r in plain) != sorted(r['evidence_rows'] for r in masked))
        c.say('evidence in words goes, but for counts', {r['rule'] for r in masked if r['evidence'] and not re.search('[0-9]', r['evidence'])})
        same = lambda a, b: [n for n in files(at(a)) if n.startswith('lists') and files(at(a))[n] != files(at(b))[n]]
        c.say('one key gives the same names every night', same('M', 'M2'))
        one, two = ({r['finding_id'] for r in lists(at(m))} for m in ('M', 'M3'))
        c.say('another key gives others', one & two)
        c.say('a copy can be verified', call('verify', '--quiet', at('M')))
        with open(at('M/lists/missed.csv'), 'ab') as f:
            f.write(b'x\n')
        c.say('a copy that was changed is found', call('verify', '--quiet', at('M')) != 65)
        os.chmod(at('key'), 0o644)
        c.say('a key that others can read is refused', call('mask', '--key', at('key'), '--out', at('M4'), at('OUT')) != 78)
        os.remove(at('OUT/lists/missed.csv'))
        c.say('a run that is not as it was published is not copied',
              call('mask', '--key', at('other'), '--out', at('M5'), at('OUT')) != 65 or os.path.exists(at('M5')))
    print('1..%d' % c.count)
    return 1 if c.failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
