/* texts: the shared texts of a workbook by their number, in bounded memory.
 *
 * They are added once, in order, and packed into pages of 16 KiB (a longer text has a page of its own). The first 8 MiB stay in memory:
 * spreadsheets number texts as they first occur, so what is shared by many rows is there. Later pages go to an unnamed file beside
 * `spool` and come back through 128 pages of cache. Over 1 GiB of pages is refused (65).
 *
 * A page: the texts one behind the other, then for each the offset of its end, u32.
 */
#ifndef BIDUI_XLSX_TEXTS_H
#define BIDUI_XLSX_TEXTS_H

#include "base/err.h"
#include "base/mem.h"

#define TEXTS_PAGE (16u << 10)
#define TEXTS_HELD (8u << 20)
#define TEXTS_MAX (UINT64_C(1) << 30)
#define TEXTS_SLOTS 128

struct texts_page {
	uint32_t first;  /* number of its first text */
	uint32_t bytes;
	char *held;      /* in memory, or NULL */
	uint64_t at;     /* in the file */
};

struct texts {
	const char *name, *spool;      /* borrowed; name is for messages */
	struct texts_page *pages;
	size_t page_count, page_cap;
	size_t last;                   /* page of the last text got */
	uint32_t count;                /* texts */
	struct buf text, ends;         /* of the page being filled */
	uint64_t total, in_file;       /* bytes of pages: all, those in the file */
	int fd;                        /* of the file, or -1 */
	struct { size_t page; struct buf bytes; } slots[TEXTS_SLOTS + 1]; /* the last one is for long texts */
};

void texts_init(struct texts *s, const char *name, const char *spool);
int texts_add(struct texts *s, struct str text, struct err *err) __attribute__((warn_unused_result));
/* No more will be added. */
int texts_finish(struct texts *s, struct err *err) __attribute__((warn_unused_result));
/* Text i < count, which lives until the next call. -1: 74. */
int texts_get(struct texts *s, uint32_t i, struct str *ret, struct err *err) __attribute__((warn_unused_result));
void texts_release(struct texts *s);

#endif
