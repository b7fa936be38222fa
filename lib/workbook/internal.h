#ifndef BIDUI_WORKBOOK_INTERNAL_H
#define BIDUI_WORKBOOK_INTERNAL_H

#include "csv/columns.h"
#include "workbook/workbook.h"

#include <stdbool.h>
#include <stdio.h>
#include <xlsxwriter.h>

/* The sheets, in the order of a workbook: missed first. The last is there when the run knew verdicts. */
enum { SHEET_EXEMPTED = 7, SHEET_LISTS = 8 };
extern const struct sheet_kind {
	const char *file, *title, *what; /* in lists/, Chinese; what: for the cover */
} sheet_kinds[SHEET_LISTS];

/* words.c: the codes of lists in Chinese; a code without a word stays as it is. */
enum word_kind { WORDS_LEVEL, WORDS_CORE, WORDS_NATURE, WORDS_STATUS, WORDS_UNIT, WORDS_REASON, WORDS_RATE, WORDS_RATE_UNIT, WORDS_STATE, WORDS_LIST, WORDS_PLACE, WORDS_MOVEMENT,
	WORDS_KINDS };
struct str word(enum word_kind kind, struct str code);

/* text.c: a slice as the NUL-terminated UTF-8 that a cell takes: no NUL, nothing that XML has no sign for, at most 32,767 characters
 * (a longer one ends in "…"). Lives in b until the next call with it. */
const char *cell_text(struct buf *b, struct str s);
/* The same without the quote that guards a list's cell against spreadsheets; a workbook's cell is a text and needs none. */
struct str unguarded(struct str s);

/* Lines that a text of 10 points takes in a column so many digits of 11 points wide, a Chinese character being two digits; and the height of as many, in points: programs
 * do not agree on when they would work that out themselves. */
unsigned cell_lines(struct str s, double width);
double cell_height(unsigned lines);

/* index.c: where each lead of the lists is, in the order of the sheets. */
struct lead {
	uint64_t part;      /* the region's first 6 or 9 digits + 1; 0: unknown, or no split */
	uint64_t at;        /* of its line in the list, bytes */
	uint32_t bytes;     /* without the line end */
	uint32_t yield;     /* of its rule: see yields_rank */
	uint32_t number;    /* in its list */
	uint8_t list, severity, rule_index;
};

struct rule_words {     /* what the leads of a rule say of it, the first lead's words */
	struct str code, title, department;
	uint64_t confirmed, checked;
};

enum column_of_list { COL_ID, COL_RULE, COL_CORE, COL_SEVERITY, COL_CONFIDENCE, COL_NATURE, COL_UNIT, COL_UNIT_NO, COL_REGION, COL_COUNTY,
	COL_TOWNSHIP, COL_VILLAGE, COL_HEAD_NAME, COL_HEAD_ID, COL_PERSONS, COL_STATUS, COL_ROWS, COL_MARK, COL_EVIDENCE, COL_TITLE, COL_CHECK,
	COL_DEPARTMENT, COL_DAYS, COL_COUNT };
extern const char *const list_columns[COL_COUNT + 1];

struct index {
	struct lead *leads;
	size_t count, cap;
	struct rule_words *rules;
	unsigned rule_count, rule_cap;
	struct part {
		uint64_t number;
		struct str place;   /* "云岭县龙塘镇", or empty */
	} *parts;                   /* in order */
	unsigned part_count, part_cap;
	unsigned places[SHEET_LISTS][COL_COUNT]; /* of columns, by list */
	bool exempted, verdicts;    /* the run has lists/exempted.csv, yields.csv */
	struct arena arena;
};
int index_make(struct index *x, const struct workbook_job *job, struct err *err);
void index_release(struct index *x);

/* trouble.c: what libxlsxwriter does not tell: from begin to end, of one workbook a thread. */
struct trouble {
	int why;             /* an errno of its temporary files; 0: none */
	bool said;           /* it printed an error */
	FILE *was, *ear;     /* stderr */
};
int trouble_begin(struct trouble *ret); /* -1: no memory */
void trouble_end(struct trouble *t);    /* why and said are what came of it */

/* book.c: a workbook being written, with the formats that all its sheets share. */
struct book {
	lxw_workbook *w;
	char *path;
	struct {
		lxw_format *title, *warning, *section, *header, *entry_header, *text, *number, *plain_number, *share, *points, *entry, *entry_date, *entry_look, *note, *grey;
		lxw_format *severity[3]; /* low, medium, high */
	} f;
	struct buf scratch;
	lxw_error error;            /* the first */
	struct trouble trouble;
};
int book_open(struct book *b, const struct workbook_job *job, const char *name, const char *title, struct err *err);
/* Close and make durable; the file is whole or, on failure, gone. Releases b. */
int book_close(struct book *b, struct err *err);
void book_drop(struct book *b);  /* without a file */
lxw_worksheet *book_sheet(struct book *b, const char *title, unsigned further); /* further: 2, 3 ... for "TITLE (2)" */
void put(struct book *b, lxw_worksheet *s, lxw_row_t row, lxw_col_t col, struct str text, lxw_format *f);
void put_z(struct book *b, lxw_worksheet *s, lxw_row_t row, lxw_col_t col, const char *text, lxw_format *f);
void put_number(struct book *b, lxw_worksheet *s, lxw_row_t row, lxw_col_t col, double n, lxw_format *f);
void note(struct book *b, lxw_error e);

/* sheet.c: the leads of one part and list, from leads[0]; adds to counts[rule]. */
int put_list(struct book *b, const struct workbook_job *job, const struct index *x, unsigned list, const struct lead *leads, size_t count,
             int fd, struct err *err);

/* cover.c */
struct cover {
	const struct part *part;
	const struct lead *leads;   /* of the part, in the order of sheets */
	size_t count;
	size_t from, to;            /* those of this workbook */
	unsigned volume, volumes;   /* 1 of 1 */
};
int put_cover(struct book *b, lxw_worksheet *s, const struct workbook_job *job, const struct index *x, const struct cover *c, struct err *err);

/* returns.c: the workbooks of departments. */
struct names {
	char **items;
	size_t count, cap;
};
void names_add(struct names *n, const char *name);
void put_safe(struct buf *b, struct str s); /* a name for the file system: no separators, no controls, nothing hidden */
int put_returns(const struct workbook_job *job, struct names *names, struct err *err);

#endif
