#!/usr/bin/env python3
"""Every program is hardened: the linker's part and the compiler's are looked for in the binary itself.

hardened.py [--fortified] FOLDER
FOLDER holds the programs. --fortified: the build has an optimizer and no sanitizer, so calls of the C library are fortified. Prints TAP.
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'property'))
import programs  # noqa: E402
from stage_cases import PROGRAMS  # noqa: E402

ENDBR64 = b'\xf3\x0f\x1e\xfa'


def readelf(program, *options):
    return subprocess.run(['readelf', '--wide', *options, program], stdout=subprocess.PIPE, check=True, env=dict(os.environ, LC_ALL='C')).stdout.decode()


def lacking(program, fortified):
    """what of it is not there"""
    header, segments, dynamic = readelf(program, '--file-header'), readelf(program, '--segments'), readelf(program, '--dynamic')
    symbols = readelf(program, '--dyn-syms')
    with open(program, 'rb') as f:
        code = f.read()
    there = {
        'a position of its own (PIE)': re.search(r'Type:\s+DYN', header) and re.search(r'FLAGS_1.*\bPIE\b', dynamic),
        'relocations that become read-only': 'GNU_RELRO' in segments,
        'all bound at the start': re.search(r'FLAGS_1.*\bNOW\b', dynamic),
        'a stack without code': re.search(r'GNU_STACK.*\sRW\s', segments),
        'no segment that can be written and executed': not re.search(r'LOAD.*\sRWE\s', segments),
        'a guard on the stack': '__stack_chk_fail' in symbols,
        # The note that says so of a whole program is not there: Debian's crt1.o lacks it. So their instruction is looked for.
        'marks for indirect branches (x86)': 'X86-64' not in header or code.count(ENDBR64) > 5,
        'fortified calls': not fortified or re.search(r'__\w+_chk\b(?<!__stack_chk)', symbols),
    }
    return [what for what, found in there.items() if not found]


def main(folder, fortified):
    names, failed = ['', *PROGRAMS], 0
    print('1..%d' % len(names))
    for n, name in enumerate(names):
        lacks = lacking(programs.find(folder, name), fortified)
        failed += bool(lacks)
        print('%sok %d - %s is hardened%s' % ('not ' if lacks else '', n + 1, 'bidui-' + name if name else 'bidui',
                                              ''.join('\n#   it lacks ' + what for what in lacks)), flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[-1], '--fortified' in sys.argv[1:-1]) if len(sys.argv) > 1 else __doc__)
