#!/usr/bin/env python3
"""Workbooks are read as the reference reads them, on small random counties.

xlsx_county.py [--counties N] [--first SEED] [--persons N] [--keep DIR] FOLDER
FOLDER holds the programs, as built or as installed.

Most extracts of a county become workbooks, zipped here by hand so that every freedom of the format is taken by chance: shared, inline
and rich texts, numbers with and without exponents, dates of both systems, booleans, errors, formulas, gaps, missing references, banner
and empty rows, prefixes, another first sheet, any file name. Then everything that the contract fixes is compared with ../reference.
"""
import argparse
import csv
import datetime
import glob
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from xml.sax.saxutils import escape, quoteattr

import dense
import programs
from against_reference import difference

RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
BAD = re.compile('[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\r]|_(?=x[0-9A-Fa-f]{4}_)')
PLAIN_NUMBER = re.compile(r'-?(0|[1-9]\d{0,14})(\.\d{1,4})?')
FORMATS = ['yyyy"年"m"月"d"日";@', '[$-804]e-mm-dd', 'yyyy/m/d\\ h:mm', '[Red]0.00"days"', '#,##0_);[Blue](0)', 'General', '0.00E+00', '[h]']
STYLES = [0, 14, 176, 177, 178, 179, 180, 181, 182, 183, 31, 2]       # the first two: a number, a date
csv.field_size_limit(1 << 30)


class Book:
    """one workbook, written part by part"""

    def __init__(self, rng):
        self.rng = rng
        self.shared, self.numbers = [], {}
        self.since_1904 = rng.random() < 0.3
        self.prefix = rng.choice(['', '', '', 'x:'])
        self.own_text = rng.choice([0, 0, 0.3, 1])       # share of texts that are not shared

    def tag(self, name, inside='', /, **attributes):
        given = ''.join(' %s=%s' % (k, quoteattr(str(v))) for k, v in attributes.items())
        if inside == '' and self.rng.random() < 0.5:
            return '<%s%s%s/>' % (self.prefix, name, given)
        return '<%s%s%s>%s</%s%s>' % (self.prefix, name, given, inside, self.prefix, name)

    def rich(self, text):
        rng = self.rng
        spoken = self.tag('rPh', self.tag('t', 'yun'), sb=0, eb=1) if rng.random() < 0.1 else ''
        if rng.random() < 0.8 or len(text) < 2:
            return self.tag('t', written(text)) + spoken
        at = rng.randrange(1, len(text))
        return ''.join(self.tag('r', self.tag('rPr', self.tag('b')) + self.tag('t', written(t))) for t in (text[:at], text[at:])) + spoken

    def text(self, text, place):
        if self.rng.random() < self.own_text:
            if self.rng.random() < 0.2:
                return self.tag('c', self.tag('f', 'A1&amp;""') + self.tag('v', written(text)), t='str', **place)
            return self.tag('c', self.tag('is', self.rich(text)), t='inlineStr', **place)
        if text not in self.numbers or self.rng.random() < 0.01:
            self.numbers[text] = len(self.shared)
            self.shared.append(self.tag('si', self.rich(text)))
        return self.tag('c', self.tag('v', self.numbers[text]), t='s', **place)

    def number(self, text):
        """one of the ways to store a number"""
        value = float(text)
        return self.rng.choice([text, text, repr(value), '%.16E' % value, '%.15g' % value, text + '.0' if '.' not in text else text + '0'])

    def serial(self, day):
        if self.since_1904:
            return (day - datetime.date(1904, 1, 1)).days
        days = (day - datetime.date(1899, 12, 30)).days
        return days if days > 60 else days - 1

    def cell(self, text, place):
        rng = self.rng
        if rng.random() < 0.02:
            return self.tag('c', self.tag('v', rng.choice(['#N/A', '#REF!'])), t='e', **place)
        if rng.random() < 0.01:
            return self.tag('c', self.tag('v', rng.choice([0, 1])), t='b', **place)
        if rng.random() < 0.01:
            odd = rng.choice(['5.00901196001011E+17', '41640.7', '60', '0.5', '-3', '1E-7', '0.30000000000000004', '5E+300', '1E999', '12a'])
            return self.tag('c', self.tag('v', odd), s=rng.randrange(len(STYLES)), **place)
        if PLAIN_NUMBER.fullmatch(text) and rng.random() < 0.6:
            return self.tag('c', self.tag('v', self.number(text)), s=rng.choice([0, 0, 5, 6, 8]), **place)
        day = a_day(text)
        if day and rng.random() < 0.6 and day.year >= 1904:
            return self.tag('c', self.tag('v', str(self.serial(day)) + rng.choice(['', '', '.75'])), s=rng.choice([1, 2, 3, 4, 10]), **place)
        return self.text(text, place)

    def sheet(self, table):
        rng, row, rows = self.rng, 0, []
        self.unplaced = rng.random() < 0.3      # no cell says where it is
        for banner in range(rng.choice([0, 0, 1, 3])):
            row += 1
            rows.append(self.tag('row', self.text('附件 %d' % banner, {'r': 'A%d' % row}), r=row))
        for number, fields in enumerate(table):
            row += 1
            if rng.random() < 0.02 and row > 12:
                rows.append(self.tag('row', self.tag('c', s=1), r=row))
                row += rng.choice([1, 1, 3])
            cells = ''
            for column, text in enumerate(fields):
                if text == '' and not self.unplaced and rng.random() < 0.7:
                    continue
                place = {} if self.unplaced else {'r': letters(column) + str(row)}
                if text == '':
                    cells += self.tag('c', s=1, **place)
                else:
                    cells += self.text(text, place) if number == 0 else self.cell(text, place)
            rows.append(self.tag('row', cells, r=row))
        return self.tag('sheetData', ''.join(rows)) + self.tag('mergeCells', self.tag('mergeCell', ref='A1:C1'), count=1)

    def write(self, path, table):
        rng, decoy = self.rng, self.rng.random() < 0.5
        sheet = self.sheet(table)
        space = {'xmlns' + (':' + self.prefix[:-1] if self.prefix else ''): MAIN, 'xmlns:r': RELATIONS}
        relations = [('a', 'worksheet', rng.choice(['worksheets/sheet2.xml', '/xl/worksheets/sheet2.xml'])), ('b', 'worksheet', 'worksheets/sheet1.xml'),
                     ('c', 'styles', 'styles.xml'), ('d', 'sharedStrings', 'sharedStrings.xml')]
        rng.shuffle(relations)
        sheets = [self.tag('sheet', name='名单', sheetId=7, **{'r:id': 'a'})] + ([self.tag('sheet', name='说明', sheetId=1, **{'r:id': 'b'})] if decoy else [])
        with zipfile.ZipFile(path, 'w', rng.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])) as z:
            z.writestr('_rels/.rels', related([('r', 'officeDocument', 'xl/workbook.xml')]))
            z.writestr('xl/workbook.xml', self.tag('workbook', (self.tag('workbookPr', date1904=1) if self.since_1904 else '') +
                                                   self.tag('sheets', ''.join(sheets)), **space))
            z.writestr('xl/_rels/workbook.xml.rels', related(relations))
            z.writestr('xl/styles.xml', self.tag('styleSheet', self.tag('numFmts', ''.join(
                self.tag('numFmt', numFmtId=176 + i, formatCode=f) for i, f in enumerate(FORMATS))) + self.tag('cellXfs', ''.join(
                    self.tag('xf', numFmtId=n) for n in STYLES)), **space))
            z.writestr('xl/sharedStrings.xml', self.tag('sst', ''.join(self.shared), **space))
            z.writestr('xl/worksheets/sheet1.xml', self.tag('worksheet', self.tag('sheetData'), **space))
            z.writestr('xl/worksheets/sheet2.xml', self.tag('worksheet', sheet, **space))


def a_day(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def related(relations):
    return '<Relationships>%s</Relationships>' % ''.join(
        '<Relationship Id="%s" Type="%s/%s" Target="%s"/>' % (i, RELATIONS, kind, target) for i, kind, target in relations)


def written(text):
    return escape(BAD.sub(lambda m: '_x%04X_' % ord(m[0]), text))


def letters(column):
    return letters(column // 26 - 1) + chr(65 + column % 26) if column > 25 else chr(65 + column)


def make(options, seed, extracts):
    rng = random.Random(seed)
    if seed % 2:
        subprocess.run([programs.find(options.program, 'gen'), '--persons', str(options.persons), '--seed', str(seed), '--out', extracts, '--quiet',
                        '--dirty', '0.03', '--formats', 'plain'], check=True)
    else:
        dense.write(extracts, dense.county(seed))
    made = 0
    for path in sorted(glob.glob(os.path.join(extracts, '*.csv'))):
        # An error cell for two old numbers would stop the run: in a large county the changes stay text.
        if rng.random() < 0.3 or (seed % 2 and os.path.basename(path).startswith('id_change')):
            continue
        with open(path, newline='', encoding='utf-8-sig', errors='replace') as f:
            table = [row for row in csv.reader(f, delimiter=delimiter_of(path))]
        os.remove(path)
        Book(rng).write(path[:-3] + rng.choice(['xlsx', 'xlsx', 'XLSX', 'csv', 'xls']), table)
        made += 1
    return made


def delimiter_of(path):
    with open(path, 'rb') as f:
        line = f.readline()
    return max(',;\t|', key=lambda d: line.count(d.encode()))


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--counties', type=int, default=40)
    p.add_argument('--first', type=int, default=1)
    p.add_argument('--persons', type=int, default=300)
    p.add_argument('--keep', help='leave the first county that differs in this folder')
    p.add_argument('program')
    options = p.parse_args()
    books = failed = stopped = 0
    with tempfile.TemporaryDirectory(dir=programs.memory_folder()) as work:
        for seed in range(options.first, options.first + options.counties):
            extracts = os.path.join(work, 'extracts')
            shutil.rmtree(extracts, ignore_errors=True)
            books += make(options, seed, extracts)
            told = difference(options.program, extracts, work)
            stopped += not os.path.isdir(os.path.join(work, 'program'))
            if not told:
                continue
            failed += 1
            print('county %d differs\n%s' % (seed, told))
            if options.keep and not os.path.exists(options.keep):
                shutil.copytree(work, options.keep)
    print('%d counties with %d workbooks compared, %d stopped by both, %d differ' % (options.counties, books, stopped, failed))
    return 1 if failed or 2 * stopped > options.counties else 0


if __name__ == '__main__':
    sys.exit(main())
