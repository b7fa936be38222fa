"""LibreOffice without a window: installed where it is missing and that is allowed, workbooks converted, and filled in by a macro."""
import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
INSTALL = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'libreoffice-calc-nogui']
XLB = '''<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false">%s</library:library>
'''
LIBRARIES = '''<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
 <library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/%s.xlb/" xlink:type="simple" library:link="false"/>
</library:libraries>
'''


def find():
    """soffice, or None"""
    found = shutil.which('soffice')
    if not found and os.geteuid() == 0 and shutil.which('apt-get'):
        try:
            subprocess.run(INSTALL, env=dict(os.environ, DEBIAN_FRONTEND='noninteractive'), stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=300)
        except subprocess.TimeoutExpired:
            pass
        found = shutil.which('soffice')
    return found


def call(soffice, folder, *arguments):
    subprocess.run([soffice, '-env:UserInstallation=file://' + os.path.join(folder, 'profile'), '--headless', '--norestore', *arguments],
                   check=True, env=dict(os.environ, LC_ALL='C.UTF-8'), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=240)


def sheets(soffice, folder, out, *workbooks):
    """each sheet as OUT/NAME-SHEET.csv, cells as they are shown"""
    call(soffice, folder, '--convert-to', 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1', '--outdir', out, *workbooks)


def add_macro(folder):
    basic = os.path.join(folder, 'profile', 'user', 'basic')
    standard = os.path.join(basic, 'Standard')
    os.makedirs(standard, exist_ok=True)
    for name, kind, elements in (('script', 'script', '\n <library:element library:name="Module1"/>\n'), ('dialog', 'dialog', '')):
        with open(os.path.join(standard, name + '.xlb'), 'w') as f:
            f.write(XLB % elements)
        with open(os.path.join(basic, name + '.xlc'), 'w') as f:
            f.write(LIBRARIES % kind)
    shutil.copy(os.path.join(HERE, 'fill.xba'), os.path.join(standard, 'Module1.xba'))


def fill(soffice, folder, source, target, orders):
    """orders: [(finding_id, result, reason, who, day)]"""
    path, plain = os.path.join(folder, 'orders.tsv'), os.path.join(folder, 'to-fill.xlsx')
    shutil.copy(source, plain)   # a macro's arguments are part of a URL
    with open(path, 'w', encoding='utf-8') as f:
        f.writelines('\t'.join(o) + '\n' for o in orders)
    if not os.path.exists(os.path.join(folder, 'profile', 'user', 'basic', 'Standard', 'Module1.xba')):
        call(soffice, folder, '--terminate_after_init')   # makes the profile; a macro of a new one is not found
        add_macro(folder)
    call(soffice, folder, 'macro:///Standard.Module1.Fill("%s","%s","%s")' % (plain, path, target))
