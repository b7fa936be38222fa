"""A kind and a rule of a user's own need YAML only: own_kind.py FOLDER-WITH-PROGRAMS [workbooks]. Prints TAP.

fixtures/own-kind is run as its pipeline file says; its expect.csv was reasoned by hand. Then the three tasks of docs/rules.md are done
on copies of the default pack and have to load."""
import csv, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BIDUI = os.path.join(sys.argv[1], 'bidui')
CASE = os.path.join(ROOT, 'fixtures', 'own-kind')
DEMO = os.path.join(ROOT, 'fixtures', 'demo', 'extracts')


def rows(path):
    with open(path, encoding='utf-8', newline='') as f:
        return list(csv.DictReader(f))


def own_kind(tmp):
    out = os.path.join(tmp, 'own')
    subprocess.run([BIDUI, 'run', '--quiet', '--out', out, os.path.join(CASE, 'pipeline.yaml')], check=True)
    want = rows(os.path.join(CASE, 'expect.csv'))
    got = [{k: r[k] for k in want[0]} for r in rows(os.path.join(out, 'lists', 'non_eligible.csv'))]
    return got == want


def returned(tmp):
    """a row of the bank's that was refused goes back to the bank, and from the folder of a run alone at least to the kind"""
    case, out, later = (os.path.join(tmp, n) for n in ('returned', 'returned-out', 'returned-later'))
    shutil.copytree(CASE, case)
    with open(os.path.join(case, 'extracts', '存款信息.csv'), 'a', encoding='utf-8') as f:
        f.write('123,云某,5\n')
    subprocess.run([BIDUI, 'run', '--quiet', '--xlsx', '--out', out, os.path.join(case, 'pipeline.yaml')], check=True)
    subprocess.run([BIDUI, 'workbooks', '--quiet', '--out', later, out], check=True)
    return '退回更正 人民银行.xlsx' in os.listdir(os.path.join(out, 'workbooks')) and '退回更正 deposit.xlsx' in os.listdir(later)


def changed_pack(tmp, name, before, after):
    with open(os.path.join(ROOT, 'pipelines', 'rules', 'chongqing-2017.yaml'), encoding='utf-8') as f:
        text = f.read()
    assert before in text, before
    pack, out = os.path.join(tmp, name + '.yaml'), os.path.join(tmp, name)
    with open(pack, 'w', encoding='utf-8') as f:
        f.write(text.replace(before, after))
    subprocess.run([BIDUI, 'run', '--quiet', '--extracts', DEMO, '--as-of', '2017-11-26', '--pack', pack, '--out', out], check=True)
    return rows(os.path.join(out, 'lists', 'non_eligible.csv'))


def later_cut_off(tmp):
    """N1 is core for a flat acquired on or after the cut-off: with one after D nothing of N1 is core."""
    before = changed_pack(tmp, 'as-it-is', 'pack: chongqing-2017', 'pack: chongqing-2017')
    after = changed_pack(tmp, 'cut-off', 'property_since: {value: 2014-01-01', 'property_since: {value: 2018-01-01')
    core = [r['unit_no'] for r in before if r['rule'] == 'N1' and r['core'] == 'yes']
    same = [r['unit_no'] for r in before if r['rule'] == 'N1'] == [r['unit_no'] for r in after if r['rule'] == 'N1']
    return bool(core) and same and all(r['core'] == 'no' and r['severity'] == 'medium' for r in after if r['rule'] == 'N1')


def exception(tmp):
    """An exception on another kind of the same person; the demo has no disability rows, so nothing changes."""
    clause = 'registered_on <= D)]"}\n  business_asset'
    before = changed_pack(tmp, 'as-it-is', 'pack: chongqing-2017', 'pack: chongqing-2017')
    after = changed_pack(tmp, 'exception', clause, clause.replace(']"}', '][none(disability)]"}'))
    return before == after


def main():
    tests = [('a kind and a rule of a user\'s own need YAML only', own_kind),
             ('a later cut-off makes the same leads less weighty', later_cut_off),
             ('an exception may ask about the person\'s rows of another kind', exception)]
    if sys.argv[2:] == ['workbooks']:
        tests.append(('what is wrong in a kind of a user\'s own goes back to its department', returned))
    failed = 0
    print('1..%d' % len(tests))
    with tempfile.TemporaryDirectory(prefix='bidui-own-') as tmp:
        for i, (name, test) in enumerate(tests):
            ok = test(tmp)
            failed += not ok
            print('%s %d - %s' % ('ok' if ok else 'not ok', i + 1, name))
    return 1 if failed else 0


sys.exit(main())
