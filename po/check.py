#!/usr/bin/env python3
"""check.py: every message that is marked for translation has its Chinese, with the same conversions; none is left over. Without gettext's tools: skipped."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    if not shutil.which('xgettext') or not shutil.which('msgcmp'):
        return 77
    with tempfile.TemporaryDirectory() as work:
        template = os.path.join(work, 'bidui.pot')
        subprocess.run([os.path.join(HERE, 'extract.sh'), template], check=True, stderr=subprocess.DEVNULL)
        there = subprocess.run(['msgcmp', os.path.join(HERE, 'zh_CN.po'), template], stderr=subprocess.PIPE)
        said = there.stderr.decode()
        formats = subprocess.run(['msgfmt', '--check-format', '-o', '/dev/null', os.path.join(HERE, 'zh_CN.po')])
    print(said, end='')
    return 1 if there.returncode or formats.returncode or re.search('is not used', said) else 0


if __name__ == '__main__':
    sys.exit(main())
