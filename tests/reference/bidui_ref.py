#!/usr/bin/env python3
"""bidui_ref.py run --extracts DIR --as-of YYYY-MM-DD --out OUT [--fail-on LIST[:SEVERITY][,...]] [--quiet]

An independent reading of the contract, slow and plain. See README.md.
"""
import re
import sys

from extracts import read_folder
from model import RANK, Model
from outputs import write_all
from reader import Stop
from rules import LISTS, find_all
from types_ import real_day

OPTIONS = ('--extracts', '--as-of', '--out', '--fail-on')


def wrong_use(cause):
    return Stop(64, cause + '\n' + __doc__)


def read_arguments(args):
    """option -> value"""
    if args[:1] != ['run']:
        raise wrong_use('the command is run')
    given, rest = {}, [a for a in args[1:] if a != '--quiet']
    while rest:
        if rest[0] not in OPTIONS or len(rest) < 2 or rest[0] in given:
            raise wrong_use('wrong argument %s' % rest[0])
        given[rest[0]] = rest[1]
        rest = rest[2:]
    for option in OPTIONS[:3]:
        if not given.get(option):
            raise wrong_use('%s is missing' % option)
    return given


def read_as_of(text):
    m = re.fullmatch('([0-9]{4})-([0-9]{2})-([0-9]{2})', text)
    day = real_day(int(m[1]), int(m[2]), int(m[3])) if m else None
    if day is None or not 1900 <= day.year <= 2100:
        raise wrong_use('--as-of %s is no day' % text)
    return day


def read_fail_on(text):
    """(list, least severity) of every term"""
    terms = []
    for term in text.split(',') if text else []:
        name, _, severity = term.partition(':')
        if name not in LISTS or (':' in term and severity not in RANK):
            raise wrong_use('--fail-on %s' % text)
        terms.append((name, severity or 'low'))
    return terms


def met(terms, findings):
    return any(f.list == name and RANK[f.severity] >= RANK[severity] for name, severity in terms for f in findings)


def run(args):
    given = read_arguments(args)
    as_of = read_as_of(given['--as-of'])
    terms = read_fail_on(given.get('--fail-on', ''))
    m = Model(read_folder(given['--extracts'], as_of))
    findings = find_all(m)
    write_all(given['--out'], m, findings)
    return 1 if met(terms, findings) else 0


def main(args):
    try:
        return run(args)
    except Stop as stop:
        print('bidui_ref: %s' % stop, file=sys.stderr)
        return stop.status
    except OSError as e:
        print('bidui_ref: %s' % e, file=sys.stderr)
        return 74


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
