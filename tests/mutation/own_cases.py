#!/usr/bin/env python3
"""The cases of fixtures/pipeline pass, judged by the check of the contract's cases. own_cases.py BIDUI

They are of this project: each was added because leaving out some clause of the pack changed no case (mutate.py).
"""
import importlib.util
import os
import sys

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'fixtures')


def main(bidui):
    spec = importlib.util.spec_from_file_location('check', os.path.join(FIXTURES, 'cases', 'check.py'))
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    check.HERE = os.path.join(FIXTURES, 'pipeline')
    return check.main(['check.py', '-v', bidui])


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
