#!/usr/bin/env python3
"""Extracts, names and files that somebody made to do harm: no program hangs, dies, or writes where it should not.

hostile.py [--rows N] [--only WORD] FOLDER CHOSEN
FOLDER holds the programs, CHOSEN is what chosen.c was built to. The tests on size run a county of N / 4 and one of N rows (60,000; the figures in
docs/reliability.md are of --rows 1000000, which also sets every number of a zip's headers to every end): the CPU time of the larger may be at most eight times that of the smaller, half a second given;
of an algorithm that looks at each pair of rows it is sixteen times. Prints TAP.
"""
import argparse
import csv
import datetime
import gzip
import io
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'property')]
import dense  # noqa: E402
import programs  # noqa: E402
from kinds import KINDS  # noqa: E402

AS_OF = '2017-11-26'
REGION = '500901001201'
TESTS = []


def test(f):
    TESTS.append(f)
    return f


class World:
    def __init__(self, folder, chosen, rows, work):
        self.folder, self.chosen, self.rows, self.work, self.count = folder, chosen, rows, work, 0

    def place(self):
        self.count += 1
        path = os.path.join(self.work, 'w%d' % self.count)
        os.makedirs(path + '/x')
        return path

    def run(self, place, *options):
        """(status, stderr, CPU seconds) of a run over place/x; -24 when it is not done after ten minutes of CPU"""
        return self.call([programs.find(self.folder, 'run'), '--quiet', '--extracts', place + '/x', '--as-of', AS_OF, '--out', place + '/OUT', *options])

    def call(self, command):
        p = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (600, 600)))
        out, err = p.communicate(timeout=900)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used, self.used = after.ru_utime + after.ru_stime - getattr(self, 'used', 0), after.ru_utime + after.ru_stime
        return p.returncode, err.decode('utf-8', 'replace'), used


def ids(n, county=500902):
    """n different numbers"""
    day, order = datetime.date(1931, 1, 1), 0
    for i in range(n):
        yield dense.make_id('%d' % (county + i // 30000000), day + datetime.timedelta(i // 1000 % 30000), i % 1000)


def write(place, kind, rows):
    """rows: dicts by the name of a column"""
    columns = KINDS[kind]
    with open('%s/x/%s.csv' % (place, kind), 'w', encoding='utf-8', newline='') as f:
        w = csv.writer(f, lineterminator='\n')
        w.writerow([c[4][0] for c in columns])
        for row in rows:
            w.writerow([row.get(c[0], '') for c in columns])


def registered(household, id_, name='云石', relation='户主'):
    return dict(household_no=household, name=name, id=id_, relation=relation, status='未脱贫', category='一般贫困户', region=REGION, entered_year='2014')


def home(household, id_, name='云石', relation='户主', region=REGION, **more):
    return dict(household_no=household, name=name, id=id_, relation=relation, type='农业', region=region, **more)


ONE = dense.make_id('500901', datetime.date(1960, 5, 5), 1)


def small(place):
    write(place, 'registry', [registered('1', ONE)])
    write(place, 'hukou', [home('1', ONE)])


# --- as many rows as they like ---------------------------------------------------------------------------

def grows_with_the_rows(w, fill):
    used = []
    for n in (w.rows // 4, w.rows):
        place = w.place()
        small(place)
        fill(place, n)
        status, err, cpu = w.run(place)
        subprocess.run(['rm', '-rf', place])
        if status:
            return '%d rows: ends with %d: %s' % (n, status, err)
        used.append(cpu)
    print('# %s: %.2f and %.2f CPU seconds' % (w.now, *used), flush=True)
    return '' if used[1] < 8 * used[0] + 0.5 else 'not so: %.2f and %.2f CPU seconds' % tuple(used)


@test
def keys_chosen_against_the_hash_cost_no_more_than_others(w):
    def fill(place, n):
        chosen = subprocess.run([w.chosen, str(n)], stdout=subprocess.PIPE, check=True).stdout.decode().split()
        write(place, 'registry', (registered(i, c) for i, c in enumerate(chosen)))
        write(place, 'hukou', (home(i, c) for i, c in enumerate(chosen)))
    return grows_with_the_rows(w, fill)


@test
def rows_of_one_number_cost_as_much_as_of_many(w):
    return grows_with_the_rows(w, lambda place, n: write(place, 'civil', (
        dict(id=ONE, name='云石', aid='农村低保', state='在享', amount=i) for i in range(n))))


@test
def home_rows_of_one_number_cost_as_much_as_of_many(w):
    return grows_with_the_rows(w, lambda place, n: write(place, 'hukou', (home(i, ONE) for i in range(n))))


@test
def rows_of_one_household_cost_as_much_as_of_many(w):
    return grows_with_the_rows(w, lambda place, n: write(place, 'hukou', (home('1', i) for i in [ONE, *ids(n)])))


@test
def rows_of_one_registry_household_cost_as_much_as_of_many(w):
    return grows_with_the_rows(w, lambda place, n: write(place, 'registry', (registered('1', i) for i in [ONE, *ids(n)])))


@test
def cars_of_one_person_cost_as_much_as_of_many(w):
    return grows_with_the_rows(w, lambda place, n: write(place, 'vehicle', (
        dict(id=ONE, name='云石', plate=i, type='小型汽车', registered_on='2016-01-01', state='正常') for i in range(n))))


@test
def marriages_of_one_person_cost_as_much_as_of_many(w):
    return grows_with_the_rows(w, lambda place, n: write(place, 'marriage', (
        dict(id_a=ONE, id_b=i, event='结婚', on='2016-01-01') for i in ids(n))))


@test
def households_split_from_one_cost_as_much_as_from_many(w):
    return grows_with_the_rows(w, lambda place, n: write(place, 'hukou', (
        home('s%d' % k, i, split_on='2016-01-01', split_from='1') if k else home('1', ONE) for k, i in enumerate([ONE, *ids(n)]))))


@test
def regions_as_many_as_rows_cost_as_much_as_one(w):
    return grows_with_the_rows(w, lambda place, n: write(place, 'hukou', (
        home(k, i, region='%012d' % (500000000000 + 7919 * k)) for k, i in enumerate(ids(n)))))


@test
def changed_numbers_in_one_chain_cost_as_much_as_in_many(w):
    def fill(place, n):
        chain = list(ids(n + 1))
        write(place, 'id_change', (dict(old=a, new=b) for a, b in zip(chain, chain[1:])))
    return grows_with_the_rows(w, fill)


# --- bombs -------------------------------------------------------------------------------------------------

def stops(w, place, status, word, *options):
    got, err, cpu = w.run(place, *options)
    if got != status or word not in err or err.count('\n') != 1 or cpu > 60:
        return 'ends with %d after %.1f CPU seconds: %s' % (got, cpu, err)
    return 'something is published' if os.path.exists(place + '/OUT') else ''


@test
def a_gzip_bomb_stops_the_run(w):
    place = w.place()
    small(place)
    with open(place + '/x/civil.csv.gz', 'wb') as f:
        f.write(gzip.compress('身份证号,姓名,救助类别\n'.encode() + b' ' * (80 << 20)))
    return stops(w, place, 65, 'civil.csv.gz')


def workbook(path, sheet, shared=b''):
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('[Content_Types].xml', '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        z.writestr('_rels/.rels', '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas'
                   '.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        z.writestr('xl/workbook.xml', '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/'
                   'officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>')
        z.writestr('xl/_rels/workbook.xml.rels', '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
                   'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        z.writestr('xl/worksheets/sheet1.xml', sheet)


HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@test
def a_workbook_bomb_stops_the_run(w):
    place = w.place()
    small(place)
    workbook(place + '/x/civil.xlsx', HEAD + b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b'a' * (300 << 20) + b'</t></is></c></row></sheetData></worksheet>')
    return stops(w, place, 65, 'civil.xlsx')


@test
def a_workbook_with_entities_in_entities_stops_the_run(w):
    place = w.place()
    small(place)
    entities = ''.join('<!ENTITY a%d "%s">' % (i, '&a%d;' % (i - 1) * 10 if i else 'lol') for i in range(12))
    workbook(place + '/x/civil.xlsx', ('<!DOCTYPE w [%s]>' % entities).encode() + HEAD + b'<row r="1"><c t="inlineStr"><is><t>&a11;</t></is></c></row></sheetData></worksheet>')
    return stops(w, place, 65, 'civil.xlsx')


# of a zip: signature, then (offset behind it, bytes) of each number in the header
ZIP_NUMBERS = {
    b'PK\x05\x06': [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)],
    b'PK\x01\x02': [(6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (34, 2), (42, 4)],
    b'PK\x03\x04': [(6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)],
}
ENDS = [0, 1, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffe, 0xffffffff]
BIG = ['0', '-1', '4294967295', '4294967296', '9223372036854775807', '18446744073709551615', '18446744073709551616', '9' * 400]
PLACES = ['A0', 'A1048577', 'A4294967297', 'XFE1', 'ZZZZZZZ1', 'A' * 400 + '1', 'A' + '9' * 400, '1', '']


def taken_or_refused(w, place):
    """of civil.xlsx: no other end than well or 65 (71: so much memory is not given), in little time"""
    out = [x for n in ('table', 'rejects', 'invalid') for x in ('--' + n, place + '/' + n)]
    status, err, cpu = w.call([programs.find(w.folder, 'ingest'), '--quiet', '--kind', 'civil', '--as-of', AS_OF, *out, place + '/x/civil.xlsx'])
    return '' if status in (0, 65, 71) and err.count('\n') == (status != 0) and cpu < 30 else 'ends with %d after %.1f CPU seconds: %s' % (status, cpu, err)


@test
def a_number_at_its_end_in_a_header_of_a_zip_breaks_nothing(w):
    place = w.place()
    path = place + '/x/civil.xlsx'
    workbook(path, sheet_of('<row r="2"><c r="A2" t="inlineStr"><is><t>%s</t></is></c></row>' % ONE))
    with open(path, 'rb') as f:
        data = f.read()
    for signature, numbers in ZIP_NUMBERS.items():
        places = [m.start() for m in re.finditer(re.escape(signature), data)]
        for i, (at, size) in enumerate(numbers):
            ends = ENDS if w.rows >= 1000000 else ENDS[i % 4::4]
            for end in [e for e in ends if e < 1 << 8 * size]:
                spoiled = bytearray(data)
                for begin in places[-1:]:  # of the sheet, which is the last
                    spoiled[begin + at:begin + at + size] = end.to_bytes(size, 'little')
                with open(path, 'wb') as f:
                    f.write(spoiled)
                wrong = taken_or_refused(w, place)
                if wrong:
                    return '%r + %d = %d: %s' % (signature, at, end, wrong)
    return ''


def sheet_of(rows):
    title = ''.join('<c t="inlineStr"><is><t>%s</t></is></c>' % t for t in ('身份证号', '姓名', '救助类别'))
    return HEAD + ('<row r="1">%s</row>%s</sheetData></worksheet>' % (title, rows)).encode()


@test
def a_number_at_its_end_in_a_sheet_breaks_nothing(w):
    place = w.place()
    rows = ['<row r="%s"><c r="A2"><v>1</v></c></row>' % n for n in BIG] + ['<row r="2"><c r="%s"><v>1</v></c></row>' % p for p in PLACES]
    rows += ['<row r="2"><c r="A2" t="s"><v>%s</v></c></row>' % n for n in BIG] + ['<row r="2"><c r="A2" s="%s"><v>1</v></c></row>' % n for n in BIG]
    rows += ['<row r="2"><c r="A2" s="1"><v>%s</v></c></row>' % n for n in BIG + ['1e308', '1e-308', '1e999', 'nan', '-1e308', '2958466', '1e400' * 50]]
    rows += ['<row r="2" spans="%s:%s"><c r="A2"><v>1</v></c></row>' % (n, n) for n in BIG]
    for row in rows:
        workbook(place + '/x/civil.xlsx', sheet_of(row))
        wrong = taken_or_refused(w, place)
        if wrong:
            return '%s: %s' % (row[:120], wrong)
    return ''


@test
def deep_yaml_is_refused_wherever_yaml_is_read(w):
    deep = ['[' * 100000, '{a: ' * 100000, '- ' * 100000, ''.join('%sa:\n' % (' ' * i) for i in range(3000)),
            'a: &a [x]\n' + ''.join('b%d: &b%d [*%s, *%s]\n' % (i, i, *(['b%d' % (i - 1)] * 2 if i else ['a'] * 2)) for i in range(40))]
    for text in deep:
        place = w.place()
        small(place)
        with open(place + '/f.yaml', 'w') as f:
            f.write(text)
        with open(place + '/x/hukou.csv.total', 'w') as f:
            f.write(text)
        wrong = stops(w, place, 78, '')
        os.remove(place + '/x/hukou.csv.total')
        wrong = wrong or stops(w, place, 78, '', '--pack', place + '/f.yaml')
        status, err, cpu = w.call([programs.find(w.folder, 'run'), '--quiet', '--out', place + '/OUT', place + '/f.yaml'])
        if wrong or status != 78 or cpu > 60:
            return wrong or 'a pipeline: ends with %d: %s' % (status, err)
    return ''


@test
def a_deep_manifest_is_refused(w):
    place = w.place()
    small(place)
    w.run(place)
    with open(place + '/OUT/manifest.json', 'w') as f:
        f.write('{"a":' + '[' * 1000000)
    status, err, _ = w.call([programs.find(w.folder, 'verify'), place + '/OUT'])
    return '' if status == 65 else 'verify ends with %d: %s' % (status, err)


# --- names -------------------------------------------------------------------------------------------------

@test
def a_fifo_is_never_waited_for(w):
    for name in ('civil.csv', 'hukou.csv.total', 'notes.txt'):
        place = w.place()
        small(place)
        os.mkfifo(place + '/x/' + name)
        status, err, _ = w.run(place)
        if status not in ((0,) if name == 'notes.txt' else (65, 78)):
            return '%s: ends with %d: %s' % (name, status, err)
    return ''


@test
def a_device_or_socket_for_an_extract_is_refused(w):
    place = w.place()
    small(place)
    os.symlink('/dev/zero', place + '/x/civil.csv')
    return stops(w, place, 65, 'civil.csv')


@test
def a_name_with_a_line_end_or_an_escape_breaks_no_message(w):
    for name in ('civil.\n2.csv', 'civil.\x1b[31m.csv', 'civil.\r.csv', 'civil.%s%n.csv'):
        place = w.place()
        small(place)
        with open(place + '/x/' + name, 'w') as f:
            f.write('a,b\n')
        status, err, _ = w.run(place)
        if status != 65 or err.count('\n') != 1 or re.search('[\0-\x09\x0b-\x1f\x7f]', err):
            return '%r: ends with %d: %r' % (name, status, err)
    return ''


@test
def links_in_the_place_of_an_output_are_not_written_through(w):
    place = w.place()
    small(place)
    with open(place + '/mine', 'w') as f:
        f.write('mine')
    os.symlink(place + '/mine', place + '/.OUT.lock')
    status, err, _ = w.run(place)
    with open(place + '/mine') as f:
        if f.read() != 'mine' or not status:
            return 'the lock: ends with %d: %s' % (status, err)
    os.remove(place + '/.OUT.lock')
    tables = place + '/t'
    for link in (os.symlink, os.link):
        link(place + '/mine', tables)
        w.call([programs.find(w.folder, 'ingest'), '--quiet', '--kind', 'hukou', '--as-of', AS_OF, '--table', tables, '--rejects', place + '/r',
                '--invalid', place + '/i', place + '/x/hukou.csv'])
        with open(place + '/mine') as f:
            if f.read() != 'mine':
                return 'a table was written through a link'
        os.remove(tables)
    return ''


@test
def a_manifest_cannot_make_verify_read_outside_of_the_run(w):
    place = w.place()
    small(place)
    w.run(place)
    with open(place + '/OUT/manifest.json') as f:
        told = json.load(f)
    for name in ('../mine', '/etc/passwd', 'lists/../../mine', 'lists/link.csv'):
        if name.endswith('link.csv'):
            os.symlink('/etc/passwd', place + '/OUT/lists/link.csv')
        with open(place + '/OUT/manifest.json', 'w') as f:
            json.dump(dict(told, outputs=told['outputs'] + [{'file': name, 'bytes': 1, 'rows': 1}]), f)
        p = subprocess.run([programs.find(w.folder, 'verify'), place + '/OUT'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if p.returncode != 65 or b'root:' in p.stdout or not re.search(b'outside of the folder|no regular file', p.stdout):
            return '%s: ends with %d: %s' % (name, p.returncode, p.stdout.decode())
    return ''


# --- formulas ------------------------------------------------------------------------------------------------

@test
def a_formula_in_an_extract_is_text_in_lists_and_workbooks(w):
    place = w.place()
    formulas = ['=cmd|"/c calc"!A1', '+1+1', '-2+3', '@SUM(1)', '\t=1', '=HYPERLINK("http://x")']
    people = [dense.make_id('500901', datetime.date(1960, 5, 5), k + 1) for k in range(len(formulas))]
    write(place, 'registry', [dict(registered(f, i, f), address=f) for f, i in zip(formulas, people)])
    write(place, 'hukou', [dict(home(f, i, f), address=f) for f, i in zip(formulas, people)])
    write(place, 'vehicle', [dict(id=i, name=f, plate=f, type='小型汽车', registered_on='2016-01-01', state='正常') for f, i in zip(formulas, people)])
    status, err, _ = w.run(place, '--xlsx')
    if status == 64:
        status, err, _ = w.run(place)  # built without workbooks
    if status:
        return 'ends with %d: %s' % (status, err)
    found = 0
    for name in os.listdir(place + '/OUT/lists'):
        with open(place + '/OUT/lists/' + name, encoding='utf-8', newline='') as f:
            for row in csv.reader(f):
                bad = [c for c in row if c[:1] in '=+-@\t\r' and c and not re.fullmatch(r'[+-]\d+(\.\d+)?', c)]
                found += sum('cmd|' in c for c in row)
                if bad:
                    return '%s: %r' % (name, bad)
    for here, _, names in os.walk(place + '/OUT'):
        for name in names:
            if name.endswith('.xlsx'):
                with zipfile.ZipFile(os.path.join(here, name)) as z:
                    for part in z.namelist():
                        if part.startswith('xl/worksheets/') and b'cmd|' in re.sub(b'<is>.*?</is>', b'', z.read(part)):
                            return '%s: %s holds it' % (name, part)
                        if part.startswith('xl/worksheets/_rels') and b'http' in z.read(part).replace(b'http://schemas', b''):
                            return '%s: a link' % name
    return '' if found else 'no list has a formula to guard'


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument('--rows', type=int, default=60000)
    a.add_argument('--only', default='')
    a.add_argument('folder')
    a.add_argument('chosen')
    o = a.parse_args()
    tests = [t for t in TESTS if o.only in t.__name__]
    print('1..%d' % len(tests))
    failed = 0
    with tempfile.TemporaryDirectory(prefix='bidui-hostile-', dir=programs.memory_folder()) as work:
        w = World(o.folder, o.chosen, o.rows, work)
        for i, t in enumerate(tests, 1):
            w.now = t.__name__
            wrong = t(w)
            failed += bool(wrong)
            print('%sok %d - %s%s' % ('not ' if wrong else '', i, t.__name__, '\n#   ' + wrong.strip() if wrong else ''), flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
