#!/usr/bin/env python3
"""demo-svg.py: the output of pipelines/demo.sh on standard input, as a picture on standard output.

    pipelines/demo.sh | docs/demo-svg.py >docs/demo.svg

Each line is cut into runs of narrow and of wide characters, and each run is given its place and its length, so that the
columns stand in line whatever fonts the reader has. A wide character is as broad as its size: 16 pixels are two cells.
Long lines are cut.
"""
import sys
import unicodedata
from xml.sax.saxutils import escape

CELL, LINE, PAD = 8.0, 20, 16   # width of a narrow character, height of a line, margin; pixels
COLUMNS = 128
FIRST = 'bidui run '            # what stands before it is about the build


def cells(c):
    return 2 if unicodedata.east_asian_width(c) in 'WF' else 1


def cut(line):
    width, out = 0, ''
    for c in line:
        width += cells(c)
        if width > COLUMNS - 1:
            return out + '…'
        out += c
    return out


def runs(line):
    """(column, cells, text) of each run of characters of one width; blanks at its ends are no part of it."""
    at, column = 0, 0
    while at < len(line):
        end = at
        while end < len(line) and cells(line[end]) == cells(line[at]) and not line[end:end + 2] == '  ':
            end += 1
        end = max(end, at + 1)
        text, width = line[at:end], sum(map(cells, line[at:end]))
        if text.strip():
            yield column, width, text
        at, column = end, column + width


def text(line, y, bold):
    for column, width, run in runs(line):
        lead = len(run) - len(run.lstrip(' '))
        run, column, width = run.strip(' '), column + lead, width - (len(run) - len(run.strip(' ')))
        style = ' class="%s"' % ' '.join(['b'] * bold + ['w'] * (cells(run[0]) == 2))
        yield '<text x="%g" y="%d" textLength="%g"%s>%s</text>' % (
            PAD + CELL * column, y, CELL * width, style if style != ' class=""' else '', escape(run))


def main():
    lines = [line.rstrip('\n') for line in sys.stdin]
    start = next(i for i, line in enumerate(lines) if line.startswith(FIRST))
    lines = ['$ ' + lines[start]] + [cut(line) for line in lines[start + 1:]]
    width, height = 2 * PAD + CELL * COLUMNS, 2 * PAD + LINE * len(lines)
    print('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %d" width="%g" height="%d" role="img">' % (width, height, width, height))
    print('<title>What pipelines/demo.sh prints: the accounting of each extract, the lists with their leads, lines of lists/missed.csv</title>')
    print('<style>text{font:13.3px ui-monospace,"DejaVu Sans Mono","Noto Sans Mono CJK SC",Consolas,monospace;fill:#1f2328;white-space:pre}'
          '.b{font-weight:bold}.w{font-size:16px}</style>')
    print('<rect width="100%" height="100%" rx="6" fill="#f6f8fa"/>')
    for i, line in enumerate(lines):
        bold = i == 0 or ' missed ' in line or line.startswith('疑点不等于违规')
        for element in text(line, PAD + LINE * i + 15, bold):
            print(element)
    print('</svg>')


if __name__ == '__main__':
    main()
