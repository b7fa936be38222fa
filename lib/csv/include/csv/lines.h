/* lines: the CSV that this program writes (csv/write.h), read again, and nothing else taken for it.
 *
 * LF ends a line, the last one too; a cell is in quotes when it holds a comma, a quote, an LF or a CR, and only then. Anything else was
 * not written by csv_put and is refused, so what is read here gives the same bytes when it is written again.
 *
 *     struct csv_lines s = { .text = text };
 *     while ((got = csv_line_next(&s)) == CSV_LINE) ... s.cells[0 .. s.count), s.line
 *     csv_lines_release(&s);
 *
 * A text need not be there at once: with s.more set, a line that is cut by the end of s.text is CSV_LINES_MORE, and s stands where it
 * begins. Give the text from s.at on and what follows it, with s.at = 0, and go on.
 */
#ifndef BIDUI_CSV_LINES_H
#define BIDUI_CSV_LINES_H

#include "base/mem.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define CSV_LINE_CELLS 64

enum csv_line { CSV_LINE, CSV_LINES_END, CSV_LINE_BROKEN, CSV_LINES_MORE };

struct csv_lines {
	struct str text;                  /* borrowed */
	size_t at;
	bool more;                        /* text will follow */
	uint64_t line;                    /* in which the cells begin, from 1 */
	uint64_t next_line;
	struct str cells[CSV_LINE_CELLS]; /* live until the next call */
	unsigned count;
	struct arena arena;
};

enum csv_line csv_line_next(struct csv_lines *s);
void csv_lines_release(struct csv_lines *s);

#endif
