"""Reading a folder of extracts: which file is of which kind, which rows are accepted, what stops the run."""
import os

from kinds import FILE_WORDS, KINDS
from reader import Stop, open_source, unusable
from types_ import BLANKS, CODED, Numbers, id_text, normalise, trim
from hashes import xxh3_128

ENDINGS = ('.csv', '.tsv', '.xlsx', '.xls', '.csv.gz', '.tsv.gz')
NUMBERS = {'id': 'person', 'cert': 'cert'}
NULL_ALLOWED = {('housing', 'renovated'), ('marriage', 'on')}


class Row:
    """an accepted row: v has every column; people are the (id, weak) it is joined by"""
    __slots__ = ('kind', 'file', 'line', 'v', 'people')

    def __init__(self, kind, file, line, v, people):
        self.kind, self.file, self.line, self.v, self.people = kind, file, line, v, people

    @property
    def person(self):
        return self.people[0][0]

    @property
    def place(self):
        return os.fsencode(self.file), self.line


class RefusedMember:
    """a registry row that was rejected for its id"""

    def __init__(self, values, raw_id):
        self.household_no = values['household_no']
        self.name = values['name']
        self.region = values['region']
        self.first15 = first_15_places(raw_id)


class Extract:
    """the accounting of one file"""

    def __init__(self, kind, file, data, source):
        self.kind, self.file, self.bytes = kind, file, len(data)
        self.hash = xxh3_128(data)
        self.encoding, self.delimiter = source.encoding, source.delimiter
        self.rows_read = self.accepted = self.rejected = self.duplicate = self.blank = 0
        self.badly_encoded = 0


class Extracts:
    """everything that a folder holds"""

    def __init__(self, as_of):
        self.as_of = as_of
        self.files = []
        self.ignored = []
        self.rows = {}          # kind -> accepted rows, in the order of files and lines; a kind that is there
        self.rejects = {}       # kind -> (file, line, column, reason, row)
        self.invalid = {}       # kind -> (file, line, column, reason, value)
        self.refused_members = []
        self.numbers = Numbers(as_of, {})


def first_15_places(raw_id):
    text, _ = id_text(raw_id)
    if len(text) == 15 and text.isascii() and text.isdigit():
        text = text[:6] + '19' + text[6:]
    return text[:15] if len(text) >= 15 else None


# --- kinds of files --------------------------------------------------------------------------

def kinds_of(name):
    first = name.split('.')[0].lower()
    if first in KINDS:
        return [first]
    named = [k for k, words in FILE_WORDS.items() if any(w in name for w in words)]
    others = [k for k in named if k != 'registry']
    return others or named


def survey(folder, extracts):
    """(file, kind) of every file to read, by the byte order of names"""
    found, wrong = [], []
    for name in sorted(os.listdir(folder), key=os.fsencode):
        if (name[0] in '.~' or not name.lower().endswith(ENDINGS)
                or not os.path.isfile(os.path.join(folder, name))):
            extracts.ignored.append(name)
            continue
        kinds = kinds_of(name)
        if len(kinds) == 1:
            found.append((name, kinds[0]))
        else:
            wrong.append('%s: %s' % (name, 'of several kinds: ' + ', '.join(kinds) if kinds else 'of unknown kind'))
    if wrong:
        raise Stop(78, '; '.join(wrong))
    for kind in ('registry', 'hukou'):
        if kind not in [k for _, k in found]:
            raise Stop(66, 'no extract of kind %s' % kind)
    return found


def read_folder(folder, as_of):
    extracts = Extracts(as_of)
    if not os.path.isdir(folder):
        raise Stop(66, 'no folder %s' % folder)
    found = survey(folder, extracts)
    for kind in ['id_change'] + [k for k in KINDS if k != 'id_change']:
        files = [f for f, k in found if k == kind]
        if files:
            read_kind(extracts, folder, kind, files)
        if files and kind == 'id_change':
            extracts.numbers = Numbers(as_of, follow_changes(extracts.rows[kind], files[0]))
    extracts.files.sort(key=lambda f: (list(KINDS).index(f.kind), os.fsencode(f.file)))
    return extracts


# --- changed numbers -------------------------------------------------------------------------

def follow_changes(rows, file):
    """text of an old number -> text of the last new one"""
    step, number = {}, {}
    for row in rows:
        old, new = id_text(row.v['old'])[0], row.people[0]
        if old == '':
            continue
        if number.setdefault(old, new[0]) != new[0]:
            raise unusable(row.file, row.line, 'two new numbers for one old')
        step.setdefault(old, new[2])
    return {old: last_of_chain(step, old, file) for old in step}


def last_of_chain(step, old, file):
    seen, text = {old}, step[old]
    while text in step:
        if text in seen:
            raise unusable(file, 1, 'the changes of %s go in a circle' % old)
        seen.add(text)
        text = step[text]
    return text


# --- rows ------------------------------------------------------------------------------------

class Kind:
    """the rows of one kind while they are read"""

    def __init__(self, extracts, kind):
        self.name = kind
        self.columns = KINDS[kind]
        self.numbers = extracts.numbers
        self.extracts = extracts
        self.seen = set()
        self.filled = {}        # column -> accepted rows with a value that is not empty
        self.rows = extracts.rows[kind] = []
        self.rejects = extracts.rejects[kind] = []
        self.invalid = extracts.invalid[kind] = []


def read_kind(extracts, folder, kind, files):
    k = Kind(extracts, kind)
    read = []
    for file in files:
        with open(os.path.join(folder, file), 'rb') as f:
            data = f.read()
        source = open_source(file, kind, data)
        extract = Extract(kind, file, data, source)
        read_rows(k, extract, source)
        if extract.badly_encoded > 10 and extract.badly_encoded * 1000 > extract.rows_read:
            raise unusable(file, first_line_of(k, file, 'ROW_ENCODING'), 'too many rows with ROW_ENCODING')
        read.append(extract)
    extracts.files += read
    check_shares(k, read)


def first_line_of(k, file, reason):
    return next(r[1] for r in k.rejects if r[0] == file and r[3] == reason)


def read_rows(k, extract, source):
    for record in source.rows():
        if record.blank:
            extract.blank += 1
            continue
        extract.rows_read += 1
        fault = record.fault or too_wide(record.fields, source.width)
        if fault:
            refuse(k, extract, record, '', fault)
            extract.badly_encoded += fault == 'ROW_ENCODING'
        else:
            take(k, extract, record, source.columns)


def too_wide(fields, width):
    extra = fields[width:]
    return 'ROW_WIDTH' if any(f.strip(BLANKS) for f in extra) else ''


def refuse(k, extract, record, column, reason):
    extract.rejected += 1
    k.rejects.append((extract.file, record.line, column, reason, record.raw))


def take(k, extract, record, columns):
    values, people, invalid, filled = {}, [], [], []
    for name, _, bold, kind, _ in k.columns:
        at = columns.get(name)
        raw = record.fields[at] if at is not None and at < len(record.fields) else ''
        if kind in NUMBERS:
            value, reason, weak = getattr(k.numbers, NUMBERS[kind])(raw)
            people.append((value and value[:18], weak, raw))
        else:
            value, reason = normalise(kind, raw)
        if bold and value is None:
            refuse(k, extract, record, name, reason or 'EMPTY')
            if k.name == 'registry' and name == 'id':
                k.extracts.refused_members.append(refused_member(record, columns, raw))
            return
        if reason:
            invalid.append((extract.file, record.line, name, reason, trim(raw)))
        if kind in CODED and (value is not None or reason) and trim(raw):
            filled.append(name)
        values[name] = value
    key = tuple(values.values())
    if key in k.seen:
        extract.duplicate += 1
        return
    k.seen.add(key)
    extract.accepted += 1
    k.invalid += invalid
    for name in filled:
        k.filled[name] = k.filled.get(name, 0) + 1
    k.rows.append(Row(k.name, extract.file, record.line, values, joined_by(k.name, people)))


def refused_member(record, columns, raw_id):
    values = {}
    for name, _, _, kind, _ in KINDS['registry']:
        if name in ('household_no', 'name', 'region'):
            at = columns[name]
            values[name] = normalise(kind, record.fields[at] if at < len(record.fields) else '')[0]
    return RefusedMember(values, raw_id)


def joined_by(kind, people):
    """(id, weak) of the persons of a row; of a change also the new number's text, in the form of 15 or 18 places"""
    if kind == 'id_change':
        return tuple((number, weak, short_text(raw, number)) for number, weak, raw in people)
    return tuple((number, weak) for number, weak, _ in people)


def short_text(raw, number):
    text, _ = id_text(raw)
    return text if len(text) == 15 else number


# --- shares ----------------------------------------------------------------------------------

def check_shares(k, read):
    rows_read = sum(e.rows_read for e in read)
    rejected = sum(e.rejected for e in read)
    file = read[0].file
    if rows_read >= 1000 and rejected * 5 > rows_read:
        raise unusable(file, k.rejects[0][1], 'over 20 %% of the rows of %s are rejected' % k.name)
    if len(k.rows) < 50:
        return
    for name, required, _, kind, _ in k.columns:
        nulls = sum(1 for r in k.rows if r.v[name] is None)
        wrong = sum(1 for i in k.invalid if i[2] == name)
        if required and (k.name, name) not in NULL_ALLOWED and nulls * 5 > len(k.rows):
            raise unusable(file, 1, 'column %s is empty or invalid in over 20 %% of the rows' % name)
        filled = k.filled.get(name, 0)
        if kind in CODED and filled >= 50 and wrong * 5 > filled:
            raise unusable(file, 1, 'over 20 %% of the values of column %s are invalid' % name)
