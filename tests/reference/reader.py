"""From the bytes of a file to its records: container, encoding, header, delimiter, quoting.

The section `Files` of the page `extracts`. A byte that cannot be decoded is kept as one character
U+DC00 + byte; no valid text of any of the encodings holds such a character.
"""
import codecs
import re
import zlib

from kinds import KINDS
from types_ import ASCII_UPPER, BLANKS, ENUM
from workbook import Broken, holds_workbook, rows_of

FIELD_LIMIT = 64 * 1024
RECORD_LIMIT = 1024 * 1024
FIRST_MIB = 1024 * 1024
HEADER_LINES = 11
EXPANSION = 200
EXPANSION_FROM = 64 * 1024 * 1024
DELIMITERS = ',;\t|'

UNDECODED = re.compile('[\ud800-\udfff]')
LINE_ENDS = {False: re.compile('\n'), True: re.compile('\r\n|\r|\n')}


class Stop(Exception):
    """the run stops with an exit status"""

    def __init__(self, status, cause):
        super().__init__(cause)
        self.status = status


def unusable(file, line, cause):
    return Stop(65, '%s:%d: %s' % (file, line, cause))


# --- container -------------------------------------------------------------------------------

def unpack(file, data):
    """the bytes of the text in a file, by its first bytes"""
    if data[:8] == b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1':
        raise unusable(file, 1, 'an OLE file (.xls or an encrypted workbook)')
    if file.lower().endswith(('.xlsx', '.xls')):
        raise unusable(file, 1, 'no workbook')
    if data[:2] == b'\x1f\x8b':
        return gunzip(file, data)
    return data


def is_workbook(data):
    return data[:4] == b'PK\x03\x04' and holds_workbook(data)


def gunzip(file, data):
    out, length, rest = [], 0, data
    while rest:
        if rest[:2] != b'\x1f\x8b':
            if rest.strip(b'\0'):
                raise unusable(file, 1, 'other bytes after the end of the gzip')
            break
        member = zlib.decompressobj(31)
        while not member.eof:
            try:
                piece = member.decompress(rest, 1 << 20)
            except zlib.error as e:
                raise unusable(file, 1, 'gzip: %s' % e)
            rest = member.unconsumed_tail
            if not piece and not rest and not member.eof:
                raise unusable(file, 1, 'the gzip is cut')
            out.append(piece)
            length += len(piece)
            if length >= EXPANSION_FROM and length > EXPANSION * len(data):
                raise unusable(file, 1, 'an expansion over 200 : 1')
        rest = member.unused_data
    return b''.join(out)


# --- encoding --------------------------------------------------------------------------------

def swallow_one(error):
    """an invalid sequence swallows one byte; in UTF-16 the two bytes of a lone surrogate"""
    n = min(2, len(error.object) - error.start) if error.encoding.startswith('utf-16') else 1
    bad = error.object[error.start:error.start + n]
    return ''.join(chr(0xDC00 + b) for b in bad), error.start + n


codecs.register_error('swallow-one', swallow_one)


def decode(data, encoding):
    return data.decode(encoding, 'swallow-one')


def invalid_in_first_mib(data, encoding):
    """how many invalid sequences; a character that only the limit cuts does not count"""
    text = decode(data[:FIRST_MIB], encoding)
    n = len(UNDECODED.findall(text))
    if len(data) > FIRST_MIB:
        n -= cut_by_limit(data, encoding)
    return n


def cut_by_limit(data, encoding):
    """how many bytes at the end of the first MiB were counted as invalid only because it ends there"""
    decoder = codecs.getincrementaldecoder(encoding)('swallow-one')
    decoder.decode(data[:FIRST_MIB])
    pending = decoder.getstate()[0]
    return len(UNDECODED.findall(decode(pending, encoding)))


def first_lines(data):
    """the bytes that hold every record that starts on lines 1 to 11 and may be a header"""
    first = re.compile(b'\r\n|\r|\n').search(data)
    pattern = re.compile(b'\r\n|\r|\n' if first and first[0] == b'\r' else b'\n')
    end = 0
    for _ in range(HEADER_LINES + 1):
        m = pattern.search(data, end)
        if not m:
            return data
        end = m.end()
    return data[:end + 4 * RECORD_LIMIT]


class Source:
    """a text with its encoding, delimiter, header and the place where the rows begin"""

    def __init__(self, text, encoding, header):
        self.text = text
        self.encoding = encoding
        self.delimiter, self.columns, self.width, self.at, self.line, self.cr = header

    def rows(self):
        return records(self.text, self.at, self.line, self.delimiter, self.cr)


class Sheet:
    """the first sheet of a workbook with its header; its rows are records whose fields are cells"""

    def __init__(self, file, kind, data):
        self.encoding, self.delimiter = 'UTF-8', ','
        try:
            self.records = [sheet_record(number, cells) for number, cells in rows_of(data)]
        except Broken as e:
            raise unusable(file, 1, 'the workbook: %s' % e)
        first = [r for r in self.records if r.line <= HEADER_LINES]
        header = next((r for r in first if not missing_columns(kind, find_columns(kind, r.fields))), None)
        if header is None:
            best = max((find_columns(kind, r.fields) for r in first), key=len, default={})
            raise unusable(file, 1, 'required columns missing: %s' % ', '.join(missing_columns(kind, best)))
        self.columns, self.width, self.line = find_columns(kind, header.fields), len(header.fields), header.line

    def rows(self):
        return (r for r in self.records if r.line > self.line)


def sheet_record(number, cells):
    r = Record()
    r.line, r.fields, r.blank, r.fault = number, cells, not cells, ''
    r.raw = ','.join('"%s"' % c.replace('"', '""') if re.search('[,"\n\r]', c) else c for c in cells)
    if too_big(r.raw, cells):
        r.fields, r.fault = [], 'ROW_SIZE'
    if '\0' in r.raw:
        r.fault = 'ROW_NUL'
    return r


def open_source(file, kind, data):
    if is_workbook(data):
        return Sheet(file, kind, data)
    data = unpack(file, data)
    for bom, codec, name in ((b'\xef\xbb\xbf', 'utf-8', 'UTF-8'), (b'\xff\xfe', 'utf-16-le', 'UTF-16LE'),
                             (b'\xfe\xff', 'utf-16-be', 'UTF-16BE')):
        if data.startswith(bom):
            text = decode(data[len(bom):], codec)
            return Source(text, name, found_or_stop(file, kind, [text]))
    codec = choose_encoding(file, kind, data, first_lines(data))
    text = decode(data, codec)
    return Source(text, codec.upper(), found_or_stop(file, kind, [text]))


def choose_encoding(file, kind, data, head):
    """UTF-8 or GB18030, the one in which the header is found, UTF-8 first"""
    utf_8 = decode(head, 'utf-8')
    in_utf_8 = find_header(kind, utf_8)
    if in_utf_8 and not header_record(kind, utf_8).isascii():
        return 'utf-8'
    gb18030 = decode(head, 'gb18030')
    in_gb18030 = find_header(kind, gb18030)
    if in_utf_8 and in_gb18030:
        fewer = invalid_in_first_mib(data, 'gb18030') < invalid_in_first_mib(data, 'utf-8')
        return 'gb18030' if fewer else 'utf-8'
    if not in_utf_8 and not in_gb18030:
        raise unusable(file, 1, nearest_miss(kind, [utf_8, gb18030]))
    return 'utf-8' if in_utf_8 else 'gb18030'


def found_or_stop(file, kind, texts):
    for text in texts:
        header = find_header(kind, text)
        if header:
            return header
    raise unusable(file, 1, nearest_miss(kind, texts))


# --- records ---------------------------------------------------------------------------------

class Record:
    __slots__ = ('line', 'raw', 'fields', 'fault', 'blank', 'end', 'lines')


def utf8_length(s):
    return len(s) if s.isascii() else len(s.encode('utf-8', 'surrogatepass')) - 2 * len(UNDECODED.findall(s))


def first_line_ends_in_cr(text):
    m = re.compile('\r\n|\r|\n').search(text)
    return bool(m) and m[0] == '\r'


def end_of_line(text, at, cr):
    """(where the line that holds `at` ends, where the next one begins)"""
    if cr:
        m = LINE_ENDS[True].search(text, at)
        return (m.start(), m.end()) if m else (len(text), len(text))
    lf = text.find('\n', at)
    if lf < 0:
        return len(text), len(text)
    return (lf - 1 if lf > at and text[lf - 1] == '\r' else lf), lf + 1


def records(text, at, line, delimiter, cr):
    """every record from a place on, blank ones too"""
    while at < len(text):
        record = read_record(text, at, line, delimiter, cr)
        yield record
        at = record.end
        line += record.lines


def read_record(text, at, line, delimiter, cr):
    r = Record()
    r.line, r.fault, r.lines = line, '', 1
    end, r.end = end_of_line(text, at, cr)
    r.raw = text[at:end]
    if '"' not in r.raw:
        r.fields = r.raw.split(delimiter)       # no quote: every field is an unquoted one
        unquoted = r.fields
    else:
        parsed = read_quoted(text, at, delimiter, cr)
        if parsed is None:                      # refused to the end of its first line
            r.fields, unquoted = [], []
            r.fault = 'ROW_QUOTE'
        else:
            r.fields, unquoted, end, r.end = parsed
            r.raw = text[at:end]
            r.lines = max(1, len(LINE_ENDS[cr].findall(text[at:r.end])))
    r.blank = len(unquoted) == 1 and len(r.fields) == 1 and r.raw.strip(BLANKS) == ''
    if r.fault == '' and too_big(r.raw, unquoted):
        r.fault = 'ROW_SIZE'
    if UNDECODED.search(r.raw):
        r.fault = 'ROW_ENCODING'
    if '\0' in r.raw:
        r.fault = 'ROW_NUL'
    return r


def too_big(raw, unquoted):
    if len(raw) * 4 <= FIELD_LIMIT:
        return False
    return utf8_length(raw) > RECORD_LIMIT or any(utf8_length(f) > FIELD_LIMIT for f in unquoted)


def read_quoted(text, at, delimiter, cr):
    """(fields, unquoted fields, end, next) of the record that starts at a place, or None for ROW_QUOTE"""
    fields, unquoted = [], []
    while True:
        if text.startswith('"', at):
            close = closing_quote(text, at + 1)
            if close is None:
                return None
            fields.append(text[at + 1:close].replace('""', '"'))
            at = close + 1
        else:
            end, _ = end_of_line(text, at, cr)
            stop = text.find(delimiter, at, end)
            stop = end if stop < 0 else stop
            fields.append(text[at:stop])
            unquoted.append(fields[-1])
            at = stop
        if text.startswith(delimiter, at):
            at += 1
            continue
        end, following = end_of_line(text, at, cr)
        return (fields, unquoted, end, following) if end == at else None


def closing_quote(text, start):
    """where the field that was opened before `start` is closed, or None"""
    at = start
    while True:
        at = text.find('"', at, start + FIELD_LIMIT + 1)
        if at < 0:
            return None
        if not text.startswith('"', at + 1):
            return at if utf8_length(text[start:at]) <= FIELD_LIMIT else None
        at += 2


# --- header ----------------------------------------------------------------------------------

def header_candidates(text, delimiter, cr):
    """the records that start on lines 1 to 11"""
    for record in records(text, 0, 1, delimiter, cr):
        if record.line > HEADER_LINES:
            return
        if record.fault not in ('ROW_QUOTE', 'ROW_SIZE'):
            yield record


def find_columns(kind, fields):
    """name of a column -> its place in the row: the page's name, then the spelling named first, then the leftmost"""
    cells = [f.translate(ENUM).translate(ASCII_UPPER) for f in fields]
    found = {}
    for name, _, _, _, spellings in KINDS[kind]:
        for spelling in [name] + spellings:
            wanted = spelling.translate(ASCII_UPPER)
            if wanted in cells:
                found[name] = cells.index(wanted)
                break
    return found


def missing_columns(kind, found):
    return [c[0] for c in KINDS[kind] if c[1] and c[0] not in found]


def find_header(kind, text):
    """(delimiter, columns, width, place of the first row, its line, whether a bare CR ends a line), or None"""
    hit = search_header(kind, text)
    if hit is None:
        return None
    record, delimiter, found, cr = hit
    return delimiter, found, len(record.fields), record.end, record.line + record.lines, cr


def header_record(kind, text):
    return search_header(kind, text)[0].raw


def search_header(kind, text):
    """the first record with every required column, with the delimiter that names the most columns"""
    cr = first_line_ends_in_cr(text)
    best = None
    for order, delimiter in enumerate(DELIMITERS):
        for record in header_candidates(text, delimiter, cr):
            found = find_columns(kind, record.fields)
            if not missing_columns(kind, found):
                rank = (record.line, -len(found), order)
                if best is None or rank < best[0]:
                    best = rank, (record, delimiter, found, cr)
                break
    return best[1] if best else None


def nearest_miss(kind, texts):
    """what to say when there is no header"""
    most, missing = 0, []
    for text in texts:
        cr = first_line_ends_in_cr(text)
        for delimiter in DELIMITERS:
            for record in header_candidates(text, delimiter, cr):
                found = find_columns(kind, record.fields)
                if len(found) > most:
                    most, missing = len(found), missing_columns(kind, found)
    return 'required columns missing: %s' % ', '.join(missing) if most > 1 else 'no header'
