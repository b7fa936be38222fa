/* reader: UTF-8 text of an extract -> records and fields, as extracts.md (Files) cuts them.
 *
 * What it takes away: one stray quote that swallows the rest of a file, a line that never ends, a record that a block of the
 * input cuts in two. A record that is wrong is data (enum csv_fault), and reading goes on with the next line; only what gives the
 * text can fail.
 *
 *   - Fields of a record without an opening quote are slices of the reader's buffer. A record with one is first found to be
 *     well-formed, then libcsv unquotes it; a malformed one never reaches libcsv.
 *   - Memory is bounded: a buffer of limits.hold bytes and a block. A record that is not decided within its first limits.hold
 *     bytes is CSV_SIZE (CSV_QUOTE when its first line shows a broken quote); it is read to its end by the rules of quoting, or,
 *     when a quote breaks behind its first line, to the end of the line where it breaks. Of such a record `raw` holds the first
 *     limits.hold bytes.
 *   - The same records for the same text, however read() cuts it.
 *
 *     csv_reader_open(&r, rules, decoder_read, decoder, err);
 *     while ((got = csv_next(r, &record, err)) == CSV_RECORD) ...
 */
#ifndef BIDUI_CSV_READER_H
#define BIDUI_CSV_READER_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* In the order in which they win: a record has one. */
enum csv_fault {
	CSV_SOUND,
	CSV_NUL,      /* a NUL */
	CSV_ENCODING, /* a byte that is no UTF-8 (text/decode.h writes one for each it could not decode) */
	CSV_QUOTE,    /* text behind a closing quote, or no closing quote within limits.field: the record is its first line */
	CSV_SIZE,     /* an unquoted field over limits.field, or a record over limits.record */
};

/* In bytes of UTF-8. */
struct csv_limits {
	size_t field;  /* of an unquoted field; between the quotes of a quoted one, a doubled quote being two */
	size_t record; /* without its line end */
	size_t hold;   /* of a record kept in memory; over record and field */
};
#define CSV_LIMITS ((struct csv_limits){ 64u << 10, 1u << 20, 4u << 20 })

struct csv_rules {
	char delimiter;
	struct csv_limits limits;
};

#define CSV_ROOM 32

struct csv_record {
	uint64_t line;            /* of its first byte; the first is 1 */
	uint64_t next_line;       /* of the byte behind it */
	struct str raw;           /* as it came, without its line end */
	enum csv_fault fault;
	bool blank;               /* one unquoted field that is empty or all blanks, whatever its length: no row */
	bool room;                /* CSV_ROOM bytes can be read from any byte of a field and from its end, whatever stands there */
	const struct str *fields; /* at least one; none with CSV_QUOTE, CSV_SIZE, or when NUL and ENCODING hide those */
	size_t field_count;
};

/* Gives up to n bytes of UTF-8; 0 at the end; -1 with err. n is at least 64 KiB. */
typedef ssize_t csv_read_fn(void *arg, void *buf, size_t n, struct err *err);

enum csv_got { CSV_RECORD, CSV_END, CSV_ERROR, CSV_MORE };

struct csv_reader;
/* A byte order mark at the start of the text is taken off. A bare CR ends lines when the first line ends in one (within
 * limits.hold bytes). */
int csv_reader_open(struct csv_reader **ret, const struct csv_rules *rules, csv_read_fn *read, void *arg, struct err *err)
	__attribute__((warn_unused_result));
/* The next record, which lives until the next call. */
enum csv_got csv_next(struct csv_reader *r, struct csv_record *ret, struct err *err) __attribute__((warn_unused_result));
/* Whether a bare CR ends lines. */
bool csv_reader_bare_cr(const struct csv_reader *r);
void csv_reader_close(struct csv_reader *r); /* NULL-safe */

/* Plain records, one behind the other and each of `width` fields: without an opening quote, well-formed, no longer than any limit. */
#define CSV_RUN 128 /* records at most */
struct csv_run {
	const char *p;          /* the first byte; CSV_ROOM bytes can be read from any byte of a field and from its end */
	unsigned width, rows;
	uint64_t line;          /* of the first; each is one line */
	const uint32_t *begins; /* rows * width + 1: of each field, from p on; a field ends a byte before the next one begins */
};

/* Field f of record i. The CR of a CRLF is none of its bytes. */
static inline struct str csv_run_field(const struct csv_run *r, unsigned i, unsigned f)
{
	const uint32_t *at = r->begins + (size_t)i * r->width + f;
	struct str s = { r->p + at[0], at[1] - at[0] - 1 };
	if (f + 1 == r->width && s.n && s.p[s.n - 1] == '\r')
		s.n--;
	return s;
}

/* The run of records of this width that come next, at least one; it lives until the next call. False: ask csv_next. It gives what
 * csv_next would have given. */
bool csv_next_run(struct csv_reader *r, size_t width, struct csv_run *ret);

/* A part of a text that starts where a record does, behind the first line of a text in which no bare CR ends lines. The reader is told
 * what the text is, instead of asking; csv_next then says CSV_MORE where a record goes on behind it, and CSV_END only when the text was
 * said to be whole. Either kind of telling may follow itself, not the other. */
int csv_reader_open_part(struct csv_reader **ret, const struct csv_rules *rules, struct err *err) __attribute__((warn_unused_result));
/* The text is p[0 .. n), borrowed, with 64 readable bytes behind it; its first line is `line`. What was told before is forgotten. A record
 * that limits.hold does not show to its end is CSV_MORE too unless the text is whole. */
void csv_reader_tell(struct csv_reader *r, const char *p, size_t n, uint64_t line, bool whole);
/* What csv_next has not given out of it, and its first line. */
struct str csv_reader_rest(const struct csv_reader *r, uint64_t *ret_line);
/* Start anew at a line, with nothing; then add what follows (copied), which may be cut anywhere. */
void csv_reader_restart(struct csv_reader *r, uint64_t line);
void csv_reader_add(struct csv_reader *r, const char *p, size_t n, bool whole);
/* Whether all that was added has been given out, and the text goes on with a new record. */
bool csv_reader_at_start(const struct csv_reader *r);

#endif
