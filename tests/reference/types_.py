"""Normalising one value: the section `Types` of the page `extracts`.

`Types(as_of).normalise(type, raw)` gives (value, reason): a value (None is null) and '' when the
value is good, or None and the reason when it is invalid. Ids and certificates go through `person`
and `cert`, since they need the table of changed numbers and say whether the number is weak.
"""
import datetime
import functools
import re

from kinds import ENUMS, OTHER

BLANKS = ' \t\n\v\f\r\u00a0\u3000\u200b\u200c\u200d\ufeff'
NO_BLANKS = {ord(c): None for c in BLANKS}
BLANK_CLASS = '[' + BLANKS + ']'

FULL_WIDTH_DIGITS = {0xFF10 + i: 0x30 + i for i in range(10)}
FULL_WIDTH_LETTERS = {0xFF21 + i: 0x41 + i for i in range(26)}
FULL_WIDTH_LETTERS.update({0xFF41 + i: 0x61 + i for i in range(26)})
ASCII_UPPER = {0x61 + i: 0x41 + i for i in range(26)}

ID_STEP_0 = dict(FULL_WIDTH_DIGITS)
ID_STEP_0.update(FULL_WIDTH_LETTERS)
ID_STEP_0.update({ord('．'): '.', ord('＋'): '+', ord('－'): '-'})

ID_STEP_1 = dict(NO_BLANKS)
ID_STEP_1.update(ASCII_UPPER)
ID_STEP_1[ord('-')] = None
ID_STEP_1.update({ord(c): 'X' for c in '×Ххⅹ\u2169'})

NAME = dict(NO_BLANKS)
NAME.update({ord(c): '·' for c in '•・.．‧･'})
NAME.update({0xFF21 + i: 0x41 + i for i in range(26)})
NAME.update({0xFF41 + i: 0x41 + i for i in range(26)})
NAME.update(ASCII_UPPER)

ENUM = dict(NO_BLANKS)
ENUM.update({ord('（'): '(', ord('）'): ')'})

SCIENTIFIC = re.compile(r'[0-9]+(\.[0-9]+)?[Ee]\+?[0-9]+')
PROVINCES = {str(n) for a, b in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
             for n in range(a, b + 1)}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

TIME = '(?:(?:%s+|T)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]+)?)?)?' % BLANK_CLASS
DATES = [re.compile(r'([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})' + TIME),
         re.compile(r'([0-9]{4})(年)([0-9]{1,2})月([0-9]{1,2})日' + TIME),
         re.compile(r'([0-9]{4})()([0-9]{2})([0-9]{2})' + TIME)]
YEARS = [re.compile(p) for p in (r'([0-9]{4})', r'([0-9]{4})年', r'([0-9]{4})\.0')]
MONTHS = [re.compile(p) for p in (r'([0-9]{4})([0-9]{2})', r'([0-9]{4})年([0-9]{1,2})月')]
MONEY = re.compile(r'(-?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?%s*元?' % BLANK_CLASS)
MOST_MONEY = 10 ** 15 * 100

TRUE = {'是', '有', 'y', 'yes', 'true', '1', '已改造', '参保', '已参保'}
FALSE = {'否', '无', 'n', 'no', 'false', '0', '未改造', '未参保'}
REGION = re.compile('[0-9]{12}|[0-9]{9}|[0-9]{6}')
GRADE = re.compile('([ABCD])级?')
GRADE_LETTERS = {}
for _i, _c in enumerate('ABCD'):
    GRADE_LETTERS.update({ord(_c.lower()): _c, 0xFF21 + _i: _c, 0xFF41 + _i: _c})

SPELLINGS = {t: {s: v for v, spellings in values.items() for s in spellings} for t, values in ENUMS.items()}

# the types that the stop on invalid shares asks
CODED = set(ENUMS) | {'bool', 'grade', 'date', 'year', 'region'}
REASONS = {'date': 'DATE', 'year': 'YEAR', 'money': 'MONEY', 'bool': 'BOOL', 'region': 'REGION', 'grade': 'GRADE'}


def trim(s):
    """blanks at both ends, one leading ' of Excel, then blanks again"""
    s = s.strip(BLANKS)
    if s.startswith("'"):
        s = s[1:].strip(BLANKS)
    return s


def real_day(y, m, d):
    try:
        return datetime.date(y, m, d)
    except ValueError:
        return None


# --- ids -------------------------------------------------------------------------------------

def check_digit(first17):
    return '10X98765432'[sum(int(c) * w for c, w in zip(first17, WEIGHTS)) % 11]


def id_text(raw):
    """(text after steps 0 and 1, whether it is a number in scientific notation)"""
    s = trim(raw).translate(ID_STEP_0)
    return s.translate(ID_STEP_1), bool(SCIENTIFIC.fullmatch(s))


def complete(text15):
    """17 places of a number of 15"""
    return text15[:6] + '19' + text15[6:]


def is_digits(s):
    return s.isascii() and s.isdigit()


def plain_id(s, as_of):
    """steps 2 to 6 but for the certificate in step 2: (id, reason)"""
    if s == '':
        return None, 'ID_EMPTY'
    if s[:6] == '999999':
        return None, 'ID_PLACEHOLDER'
    if len(s) == 15 and is_digits(s):
        s = complete(s)
        s += check_digit(s)
    if len(s) != 18:
        return None, 'ID_LENGTH'
    if not is_digits(s[:17]) or not (is_digits(s[17]) or s[17] == 'X'):
        return None, 'ID_CHARSET'
    if s[:2] not in PROVINCES:
        return None, 'ID_REGION'
    day = real_day(int(s[6:10]), int(s[10:12]), int(s[12:14]))
    if day is None or not datetime.date(1900, 1, 1) <= day <= as_of:
        return None, 'ID_DATE'
    if check_digit(s[:17]) != s[17]:
        return None, 'ID_EXCEL' if s[15:] == '000' else 'ID_CHECKSUM'
    return s, ''


def is_weak(text, number):
    return (len(text) == 15 and is_digits(text)) or number.endswith('000')


def age(number, day):
    """completed years; who is born on 29 February completes one on 1 March of other years"""
    years = day.year - int(number[6:10])
    if (day.month, day.day) < (int(number[10:12]), int(number[12:14])):
        years -= 1
    return years


# --- the other types -------------------------------------------------------------------------

def read_date(s):
    for pattern in DATES:
        m = pattern.fullmatch(s)
        if m:
            day = real_day(int(m[1]), int(m[3]), int(m[4]))
            if day and 1900 <= day.year <= 2100:
                return day
    return None


def read_year(s):
    year = None
    for pattern in YEARS:
        m = pattern.fullmatch(s)
        if m:
            year = int(m[1])
    for pattern in MONTHS:
        m = pattern.fullmatch(s)
        if m and 1 <= int(m[2]) <= 12:
            year = int(m[1])
    if year is None:
        day = read_date(s)
        year = day.year if day else None
    return year if year is not None and 1900 <= year <= 2100 else None


def read_money(s):
    """in hundredths, rounded half away from zero"""
    m = MONEY.fullmatch(s)
    if not m:
        return None
    fraction = (m[3] or '') + '000'
    cents = int(m[2].replace(',', '')) * 100 + int(fraction[:2])
    if fraction[2] >= '5':
        cents += 1
    if cents > MOST_MONEY:
        return None
    return -cents if m[1] else cents


def read_bool(s):
    s = s.translate({0x41 + i: 0x61 + i for i in range(26)})
    return True if s in TRUE else False if s in FALSE else None


def read_region(s):
    return s.ljust(12, '0') if REGION.fullmatch(s) else None


def read_grade(s):
    m = GRADE.fullmatch(s.translate(GRADE_LETTERS))
    return m[1] if m else None


READERS = {'date': read_date, 'year': read_year, 'money': read_money, 'bool': read_bool,
           'region': read_region, 'grade': read_grade}


def read_enum(kind, s):
    s = s.translate(ENUM)
    if s in SPELLINGS[kind]:
        return SPELLINGS[kind][s], ''
    if s == '':
        return None, ''
    return ('other', '') if kind in OTHER else (None, 'ENUM')


@functools.lru_cache(maxsize=1 << 18)
def normalise(kind, raw):
    """(value, reason) of every type but id and cert"""
    s = trim(raw)
    if kind in SPELLINGS:
        return read_enum(kind, s)
    if kind == 'text':
        return s or None, ''
    if kind == 'name':
        return s.translate(NAME) or None, ''
    if s == '':
        return None, ''
    value = READERS[kind](s)
    return (value, '') if value is not None else (None, REASONS[kind])


def show(value):
    """a normalised value as text"""
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def show_money(cents):
    return '%s%d.%02d' % ('-' if cents < 0 else '', abs(cents) // 100, abs(cents) % 100)


class Numbers:
    """ids and certificates as of a day, through the table of changed numbers"""

    def __init__(self, as_of, changes):
        self.as_of = as_of
        self.changes = changes      # text after step 1 -> text after step 1 of the last number of the chain
        self.known = {}

    def person(self, raw):
        """(id, reason, weak)"""
        if raw not in self.known:
            self.known[raw] = self.read_person(raw)
        return self.known[raw]

    def read_person(self, raw):
        text, scientific = id_text(raw)
        if scientific:
            return None, 'ID_SCIENTIFIC', False
        text = self.changes.get(text, text)
        number, reason = plain_id(text, self.as_of)
        if reason == 'ID_LENGTH' and (len(text) == 20 or re.fullmatch('.{20}B[0-9]', text, re.S)):
            cert, cert_reason, weak = self.cert_of(text)
            if cert_reason == '':
                return cert[:18], '', weak
        return number, reason, reason == '' and is_weak(text, number)

    def cert(self, raw):
        """(certificate of 20 places, reason, weak)"""
        text, scientific = id_text(raw)
        if scientific:
            return None, 'ID_SCIENTIFIC', False
        return self.cert_of(text)

    def cert_of(self, text):
        text = re.sub('B[0-9]$', '', text)
        if len(text) != 20 or text[18] not in '1234567' or text[19] not in '1234':
            return None, 'CERT', False
        first = self.changes.get(text[:18], text[:18])
        number, reason = plain_id(first, self.as_of)
        if reason:
            return None, reason, False
        return number + text[18:], '', is_weak(first, number)
