"""The rows of the first sheet of an .xlsx, as the page `extracts` (Files) reads its cells.

The whole workbook is held in memory as trees. Any fault of the zip or its XML is one exception, Broken.
"""
import datetime
import decimal
import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib

EXPANSION = 200
EXPANSION_FROM = 64 * 1024 * 1024
NUMBER = re.compile(r'[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d+)?')
ESCAPED = re.compile('_x([0-9A-Fa-f]{4})_')
NOT_SHOWN = re.compile(r'"[^"]*"|\[[^\]]*\]|[\\_*].', re.S)     # quotes, brackets, and what \ _ * take with them
DATE_NUMBERS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


class Broken(Exception):
    pass


def rows_of(data):
    """[(row number, [text of each cell up to the last that is not empty])]"""
    try:
        return Workbook(data).rows()
    except (zipfile.BadZipFile, ET.ParseError, KeyError, ValueError, RuntimeError, NotImplementedError, EOFError, zlib.error) as e:
        raise Broken('%s: %s' % (type(e).__name__, e))


def holds_workbook(data):
    try:
        z = zipfile.ZipFile(io.BytesIO(data))
        return any(n.lower() == 'xl/workbook.xml' for n in z.namelist()) or main_part(z) is not None
    except (zipfile.BadZipFile, ET.ParseError, KeyError, RuntimeError, zlib.error):
        return False


def main_part(z):
    if '_rels/.rels' not in z.namelist():
        return None
    for e in ET.fromstring(z.read('_rels/.rels')):
        if e.get('Type', '').endswith('/officeDocument'):
            path = e.get('Target').lstrip('/')
            return path if path.endswith('.xml') and path in z.namelist() else None
    return None


def local(element):
    return element.tag.rpartition('}')[2]


def children(element, name):
    return [e for e in element if local(e) == name]


class Workbook:
    def __init__(self, data):
        self.zip = zipfile.ZipFile(io.BytesIO(data))
        self.size, self.expanded = len(data), 0
        self.names = {n.lower(): n for n in self.zip.namelist()}
        path = main_part(self.zip) or 'xl/workbook.xml'
        book = self.tree(path)
        self.since_1904 = any(e.get('date1904') in ('1', 'true') for e in children(book, 'workbookPr'))
        first = next((s for sheets in children(book, 'sheets') for s in sheets), None)
        if first is None:
            raise Broken('no sheet')
        wanted = next(v for k, v in first.attrib.items() if k.endswith('}id'))
        folder, name = posixpath.split(path)
        self.sheet = self.styles = self.strings = None
        for r in self.tree(posixpath.join(folder, '_rels', name + '.rels')):
            target = posixpath.normpath(posixpath.join('/', folder, r.get('Target')))[1:]
            if r.get('Id') == wanted:
                if not r.get('Type').endswith('/worksheet'):
                    raise Broken('the first sheet holds no cells')
                self.sheet = target
            if r.get('Type').endswith('/styles'):
                self.styles = target
            if r.get('Type').endswith('/sharedStrings'):
                self.strings = target
        if self.sheet is None:
            raise Broken('the first sheet is nowhere')
        self.dates = self.date_styles() if self.styles else []
        self.shared = [rich_text(si) for si in children(self.tree(self.strings), 'si')] if self.strings else []

    def tree(self, path):
        with self.zip.open(self.names[path.lower()]) as f:
            xml = bytearray()
            while True:
                piece = f.read(1 << 20)
                if not piece:
                    break
                xml += piece
                self.expanded += len(piece)
                if self.expanded > EXPANSION_FROM and self.expanded > EXPANSION * self.size:
                    raise Broken('an expansion over 200 : 1')
        if b'<!DOCTYPE' in xml:
            raise Broken('a document type')
        return ET.fromstring(bytes(xml))

    def date_styles(self):
        """for each style of cells whether it shows dates"""
        tree, by_number = self.tree(self.styles), {}
        for formats in children(tree, 'numFmts'):
            for f in formats:
                by_number[int(f.get('numFmtId'))] = bool(re.search('[ymdhs]', NOT_SHOWN.sub('', f.get('formatCode')), re.I))
        numbers = [int(xf.get('numFmtId', 0)) for xfs in children(tree, 'cellXfs') for xf in xfs]
        return [by_number.get(n, n in DATE_NUMBERS) for n in numbers]

    def rows(self):
        found, number = [], 0
        for data in children(self.tree(self.sheet), 'sheetData'):
            for row in children(data, 'row'):
                before, number = number, int(row.get('r', number + 1))
                if number <= before:
                    raise Broken('rows out of order')
                found.append((number, self.cells(row)))
        return found

    def cells(self, row):
        by_column, column = {}, 0
        for c in children(row, 'c'):
            column = column_number(c.get('r')) if c.get('r') else column + 1
            by_column[column] = self.text(c)
        last = max((n for n, text in by_column.items() if text != ''), default=0)
        return [by_column.get(n, '') for n in range(1, last + 1)]

    def text(self, c):
        kind = c.get('t', 'n')
        if kind == 'inlineStr':
            return ''.join(rich_text(e) for e in children(c, 'is'))
        stored = ''.join(e.text or '' for e in children(c, 'v'))
        if stored == '' or kind == 'e':
            return stored
        if kind == 's':
            return self.shared[int(stored)]
        if kind == 'b':
            return 'TRUE' if stored.strip() in ('1', 'true') else 'FALSE'
        if kind == 'd':
            return stored.partition('T')[0]
        if kind == 'str':
            return unescaped(stored)
        return self.number(stored.strip(), int(c.get('s', 0)))

    def number(self, stored, style):
        if not NUMBER.fullmatch(stored):
            return stored
        if style < len(self.dates) and self.dates[style]:
            day = self.day(float(stored))
            if day:
                return day.isoformat()
        return shortest(stored)

    def day(self, serial):
        """the day of a serial number; None where there is none"""
        if self.since_1904:
            first, days = datetime.date(1904, 1, 1), serial
        elif 1 <= serial < 60:
            first, days = datetime.date(1899, 12, 31), serial
        elif serial >= 61:
            first, days = datetime.date(1899, 12, 30), serial
        else:
            return None
        try:
            return first + datetime.timedelta(days=int(days)) if serial >= 0 else None
        except OverflowError:
            return None


def shortest(stored):
    value = float(stored)
    if value in (float('inf'), float('-inf')):
        return stored
    text = format(decimal.Decimal(repr(value)), 'f')
    if '.' in text:
        text = text.rstrip('0').rstrip('.')
    return '0' if text == '-0' else text


def column_number(reference):
    n = 0
    for letter in re.match('[A-Z]+', reference)[0]:
        n = n * 26 + ord(letter) - 64
    return n


def rich_text(element):
    """the runs of an <si> or <is> together, without what says how they are spoken"""
    runs = []
    for e in element:
        if local(e) == 't':
            runs.append(unescaped(e.text or ''))
        elif local(e) == 'r':
            runs += [unescaped(t.text or '') for t in children(e, 't')]
    return ''.join(runs)


def unescaped(text):
    """_xHHHH_ is the UTF-16 unit HHHH; half a pair is no character and stays"""
    def character(m):
        units = [int(h, 16) for h in ESCAPED.findall(m[0])]
        try:
            return b''.join(u.to_bytes(2, 'little') for u in units).decode('utf-16-le')
        except UnicodeDecodeError:
            return m[0]
    return re.sub('_x[Dd][89ABab][0-9A-Fa-f]{2}__x[Dd][C-Fc-f][0-9A-Fa-f]{2}_|_x[0-9A-Fa-f]{4}_', character, text)
