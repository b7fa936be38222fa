"""The files of a run: the page `outputs`."""
import json
import os
import re
import shutil

from figures import RATES, count_all
from hashes import xxh3_128, xxh3_64
from kinds import KINDS
from reader import UNDECODED, Stop
from rules import LISTS, RULES, confidence, missing_of
from types_ import show, show_money

COLUMNS = ('finding_id,rule,core,severity,confidence,nature,unit,unit_no,region,county,township,village,head_name,'
           'head_id,persons,status,evidence_ids,evidence_rows,evidence_hash,evidence,title,check,department,days')
NUMBER = re.compile('[+-][0-9]+(\\.[0-9]+)?')


# --- csv -------------------------------------------------------------------------------------

def quoted(cell):
    return '"%s"' % cell.replace('"', '""') if re.search('[,"\r\n]', cell) else cell


def guarded(cell):
    """a cell that a spreadsheet would run as a formula gets a leading '"""
    if cell[:1] in ('=', '+', '-', '@', '\t', '\r') and cell and not NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def write(out, name, data):
    path = os.path.join(out, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data)
    return data


def csv_bytes(header, rows):
    lines = [header] + [','.join(quoted(c) for c in row) for row in rows]
    return ''.join(line + '\n' for line in lines).encode('utf-8')


# --- lists -----------------------------------------------------------------------------------

def text_of(row):
    """a row's normalised contents for the evidence hash"""
    parts = [row.kind]
    for name, _, _, type_, _ in KINDS[row.kind]:
        value = row.v[name]
        if value is not None:
            parts.append('%s=%s' % (name, show_money(value) if type_ == 'money' else show(value)))
    return '\x1f'.join(parts).encode('utf-8')


def evidence_hash(rows):
    return xxh3_64(b'\x1e'.join(sorted(text_of(r) for r in rows))) if rows else ''


def place(m, f, rows):
    """region of a finding"""
    if f.unit in ('registry', 'hukou'):
        return f.subject.region
    return f.subject if f.unit == 'village' else m.person_region(f.subject, rows)


def unit_no(f):
    return f.subject.unit_no if f.unit in ('registry', 'hukou') else f.subject


def head_of(m, f, rows):
    """(name, id)"""
    if f.unit in ('registry', 'hukou'):
        return f.subject.head.v['name'] or '', f.subject.head.person
    if f.unit == 'village':
        return '', ''
    names = [m.reference_name(f.subject)] + [r.v.get('name') for r in rows]
    return next((n for n in names if n), ''), f.subject


def size_of(f):
    if f.unit == 'village':
        return f.size
    return {'registry': lambda: len(f.subject.members), 'hukou': lambda: len(f.subject.persons),
            'person': lambda: 1}[f.unit]()


def finding_cells(m, f):
    """the cells of a finding, before the guard"""
    rows = sorted(f.rows(), key=lambda r: r.place)
    f.region = place(m, f, rows)
    number = unit_no(f)
    village = m.villages.get(f.region)
    names = [(village.v[c] or '') if village else '' for c in ('county', 'township', 'village')]
    status = (f.subject.status or '') if f.unit == 'registry' else ''
    return [xxh3_64('\x1f'.join((f.rule, f.unit, number)).encode('utf-8')), f.rule, 'yes' if f.core else 'no',
            f.severity, confidence(m, f), f.nature, f.unit, number, f.region or ''] + names + \
        list(head_of(m, f, rows)) + \
        [str(size_of(f)), status, ' '.join(sorted({p for p, _ in f.evidence})),
         ';'.join('%s:%d' % (r.file, r.line) for r in rows), evidence_hash(rows), f.note, f.rule, '', '', '']


def encoded(text):
    return text.encode('utf-8', 'surrogateescape')


def list_order(cells):
    """region, rule, unit_no, evidence_rows"""
    return [encoded(cells[i]) for i in (8, 1, 7, 17)]


def write_lists(out, m, findings):
    by = {name: [] for name in LISTS}
    for f in findings:
        by[f.list].append(finding_cells(m, f))
    tables = {}
    for name, rows in by.items():
        rows.sort(key=list_order)
        body = [','.join(quoted(guarded(c)) for c in row) for row in rows]
        data = ''.join(line + '\n' for line in [COLUMNS] + body)
        tables['lists/%s.csv' % name] = write(out, 'lists/%s.csv' % name, encoded(data)), len(rows)
    return tables


def write_refused(out, extracts):
    tables = {}
    for kind in extracts.rows:
        for folder, rows, header in (('rejects', extracts.rejects[kind], 'file,line,column,reason,row'),
                                     ('invalid', extracts.invalid[kind], 'file,line,column,reason,value')):
            lines = [(f, str(line), column, reason, UNDECODED.sub('\ufffd', last))
                     for f, line, column, reason, last in rows]
            body = ''.join(','.join(quoted(c) for c in row) + '\n' for row in lines)
            name = '%s/%s.csv' % (folder, kind)
            tables[name] = write(out, name, encoded(header + '\n' + body)), len(lines)
    return tables


# --- json ------------------------------------------------------------------------------------

def summary(m, findings, figures):
    rules = {name: {} for name in LISTS}
    for name in LISTS:
        for rule in RULES:
            n = sum(1 for f in findings if f.list == name and f.rule == rule)
            if n:
                rules[name][rule] = n
    missing = {rule: missing_of(r, m.kinds_there) for rule, r in RULES.items()}
    return {
        'as_of': m.as_of.isoformat(),
        'lists': {name: sum(1 for f in findings if f.list == name) for name in LISTS},
        'rules': rules,
        'not_evaluated': [{'rule': r, 'missing': x[0]} for r, x in missing.items() if x[0]],
        'partial': [{'rule': r, 'missing': x[1]} for r, x in missing.items() if x[1]],
        'rates': {name: float(value) for name in RATES for level, _, figure, value in figures
                  if level == 'all' and figure == name},
    }


def manifest(m, tables):
    inputs = [{'kind': e.kind, 'file': e.file, 'bytes': e.bytes, 'xxh3_128': e.hash, 'encoding': e.encoding,
               'delimiter': e.delimiter, 'rows_read': e.rows_read, 'accepted': e.accepted, 'rejected': e.rejected,
               'duplicate': e.duplicate, 'blank': e.blank} for e in m.extracts.files]
    return {
        'program': 'bidui_ref', 'version': '0', 'as_of': m.as_of.isoformat(),
        'pack': {'name': 'chongqing-2017', 'xxh3_128': ''}, 'started_at': '', 'finished_at': '',
        'inputs': inputs, 'ignored': m.extracts.ignored,
        'outputs': [{'file': name, 'bytes': len(data), 'xxh3_128': xxh3_128(data), 'rows': rows}
                    for name, (data, rows) in tables.items()],
    }


def json_bytes(value):
    return (json.dumps(value, ensure_ascii=False, indent=1) + '\n').encode('utf-8', 'surrogateescape')


def write_all(out, m, findings):
    """everything into a folder beside OUT, then a rename"""
    part = out.rstrip('/') + '.part'
    if os.path.exists(out):
        raise Stop(73, '%s is there already' % out)
    try:
        shutil.rmtree(part, ignore_errors=True)
        os.makedirs(part)
        tables = write_lists(part, m, findings)
        tables.update(write_refused(part, m.extracts))
        figures = count_all(m, findings)
        data = csv_bytes('level,region,figure,value', figures)
        tables['figures.csv'] = write(part, 'figures.csv', data), len(figures)
        tables['summary.json'] = write(part, 'summary.json', json_bytes(summary(m, findings, figures))), 1
        write(part, 'manifest.json', json_bytes(manifest(m, tables)))
        os.rename(part, out)
    except OSError as e:
        shutil.rmtree(part, ignore_errors=True)
        raise Stop(73, str(e))
