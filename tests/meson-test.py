#!/usr/bin/env python3
"""meson-test.py FOLDER [OPTION...]: meson test, and its tests counted one by one. The last line: N passed, N failed.

A TAP program counts with each of its tests, any other with one. A program that ends badly without a failed test of
its own (a crash, a time limit) counts as one failure.
"""
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree


def main(folder, options):
    logs = os.path.join(folder, 'meson-logs')
    for name in ('testlog.json', 'testlog.junit.xml'):
        if os.path.exists(os.path.join(logs, name)):
            os.remove(os.path.join(logs, name))
    status = subprocess.call(['meson', 'test', '-C', folder, '--no-rebuild', *options])
    passed = failed = 0
    counted = {}  # by program: tests of a TAP program that passed, that failed
    for suite in ElementTree.parse(os.path.join(logs, 'testlog.junit.xml')).getroot():
        bad = sum(case.find('failure') is not None or case.find('error') is not None for case in suite)
        skipped = sum(case.find('skipped') is not None for case in suite)
        counted[suite.get('name').split('.', 1)[-1]] = (len(suite.findall('testcase')) - bad - skipped, bad)
    with open(os.path.join(logs, 'testlog.json'), encoding='utf-8') as f:
        for line in f:
            test = json.loads(line)
            ok = test['result'] in ('OK', 'EXPECTEDFAIL')
            good, bad = counted.get(test['name'], (1 if ok else 0, 0))
            if test['result'] == 'SKIP':
                continue
            passed += good
            failed += bad if ok or bad else 1
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed or status else 0


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
