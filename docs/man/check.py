#!/usr/bin/env python3
"""check.py BIDUI: the pages here name the options that the programs' --help names, no more and no less."""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def help_of(command):
    return subprocess.run(command + ['--help'], stdout=subprocess.PIPE, check=True).stdout.decode()


def of_help(bidui, command):
    """Of a program that has commands of its own: what all of them take."""
    text = help_of([bidui, command])
    if '\nCommands:\n' in text:
        commands = re.findall(r'(?m)^  (\w+) ', text.split('\nCommands:\n')[1])
        text = '\n'.join(help_of([bidui, command, c]) for c in commands)
    return {(letter, name, arg) for letter, name, arg in re.findall(r'(?m)^  (?:-(\w),|   ) --([\w-]+)(?: (\S+))?  *', text)}


def of_page(path):
    with open(path, encoding='utf-8') as f:
        text = f.read()
    return {(letter, name, arg) for letter, name, arg in re.findall(r'(?m)^(?:\*-(\w)\*, )?\*--([\w-]+)\*(?: _(\S+)_)?$', text)}


def main(bidui):
    wrong = 0
    for page in sorted(os.listdir(HERE)):
        m = re.fullmatch(r'bidui-(\w+)\.1\.scd', page)
        if not m:
            continue
        said, there = of_page(os.path.join(HERE, page)), of_help(bidui, m[1])
        for letter, name, arg in sorted(there ^ said):
            print('%s: -%s --%s %s: only in %s' % (page, letter, name, arg, '--help' if (letter, name, arg) in there else 'the page'))
        wrong += len(there ^ said)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
