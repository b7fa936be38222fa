/* rich: the text of an <si> or <is>: its runs together, without the phonetic ones; _xHHHH_ is the character that it stands for. */
#ifndef BIDUI_XLSX_RICH_H
#define BIDUI_XLSX_RICH_H

#include "base/mem.h"

#include <stdbool.h>

struct rich {
	struct buf text;     /* ends after XLSX_TEXT_MAX bytes */
	size_t from;         /* of the run under way */
	unsigned phonetic;   /* phonetic runs open */
	bool in_text;
};

void rich_reset(struct rich *r);
/* The events below an <si> or <is>. */
void rich_open(struct rich *r, const char *name);
void rich_close(struct rich *r, const char *name);
void rich_put(struct rich *r, const char *p, size_t n);

/* Append at most so much that b holds XLSX_TEXT_MAX bytes. */
void text_put(struct buf *b, const char *p, size_t n);
/* Replace each _xHHHH_ in p[0 .. n) (ECMA-376 part 1, 22.9.2.19); half a surrogate pair stays as it stands. Returns the new length. */
size_t text_unescape(char *p, size_t n);

#endif
