#!/usr/bin/env python3
"""test_xlsx_office.py DUMP FIXTURES [KEEP]: workbooks saved by LibreOffice are read as the sheets were meant.

Each FIXTURES/NAME.fods or NAME.csv with a NAME.expect beside it is converted to .xlsx and dumped with DUMP; so is each workbook that
LibreOffice made before (FIXTURES/NAME.xlsx), which needs no LibreOffice. One .fods is saved as .xls too, and has to be refused.
Where soffice is missing it is installed with apt when that is allowed; else the conversions are skipped with a
message. KEEP: a folder to leave the new workbooks in. TAP on the standard output.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

INSTALL = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'libreoffice-calc-nogui']
CSV_IN = '--infilter=CSV:44,34,76,1,,2052,false,true'   # comma, quote, UTF-8, from line 1, Chinese, detect dates and numbers


def soffice():
    found = shutil.which('soffice')
    if not found and os.geteuid() == 0 and shutil.which('apt-get'):
        env = dict(os.environ, DEBIAN_FRONTEND='noninteractive')
        try:
            subprocess.run(INSTALL, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
        except subprocess.TimeoutExpired:
            pass
        found = shutil.which('soffice')
    return found


def convert(office, sources, to, folder, *options):
    command = [office, '-env:UserInstallation=file://' + os.path.join(folder, 'profile'), '--headless', *options,
               '--convert-to', to, '--outdir', folder, *sources]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)


def dump(program, workbook):
    p = subprocess.run([program, workbook], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def say(self, ok, what, why=''):
        self.count += 1
        self.failed += not ok
        print('%s %d - %s' % ('ok' if ok else 'not ok', self.count, what))
        for line in why.splitlines() if not ok else []:
            print('# ' + line)

    def reads(self, program, workbook, expected):
        with open(expected, encoding='utf-8') as f:
            want = f.read()
        status, got, error = dump(program, workbook)
        self.say(status == 0 and got == want, '%s is read' % os.path.basename(workbook), 'expected\n%sgot %d\n%s%s' % (want, status, got, error))


def main(program, fixtures, keep=None):
    tap = Tap()
    expected = sorted(glob.glob(os.path.join(fixtures, '*.expect')))
    for e in expected:
        saved = e[:-len('.expect')] + '.xlsx'
        if os.path.exists(saved):
            tap.reads(program, saved, e)
    office = soffice()
    if office:
        with tempfile.TemporaryDirectory() as folder:
            with_office(tap, office, program, expected, keep or folder)
    else:
        print('# soffice is not there and cannot be installed: nothing was converted by LibreOffice')
    print('1..%d' % tap.count)
    return 1 if tap.failed else 0


def with_office(tap, office, program, expected, folder):
    stems = [e[:-len('.expect')] for e in expected]
    fods = [s + '.fods' for s in stems if os.path.exists(s + '.fods')]
    sheets = [s + '.csv' for s in stems if os.path.exists(s + '.csv')]
    convert(office, fods, 'xlsx', folder)
    convert(office, sheets, 'xlsx', folder, CSV_IN)
    for stem in stems:
        if os.path.exists(stem + '.fods') or os.path.exists(stem + '.csv'):
            tap.reads(program, os.path.join(folder, os.path.basename(stem) + '.xlsx'), stem + '.expect')
    convert(office, fods[:1], 'xls', folder)
    old = os.path.join(folder, os.path.basename(fods[0])[:-len('fods')] + 'xls')
    status, _, error = dump(program, old)
    tap.say(status == 65 and 'old format (.xls)' in error, 'an old workbook of LibreOffice is refused', '%d %s' % (status, error))


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
