/* The reader's buffer: blocks come in at its end, records go out at its front.
 *
 *     0 ........ at ......................... n ........ cap
 *       given out   text not yet given out      room
 *                 [clean_from .. clean_to) is UTF-8 without a NUL: records in it are not looked at again
 */
#include "csv/reader.h"

#include "base/cpu.h"
#include "base/mem.h"
#include "long.h"
#include "run.h"
#include "scan.h"
#include "text/blank.h"
#include "text/utf8.h"
#include "unquote.h"

#include <stdlib.h>

#define FIRST_BLOCK (64u << 10) /* asked for until a read has filled it: most extracts are small */
#define BLOCK (256u << 10)
#define RUN_WIDTH_MAX 1000 /* fields of records that are looked at together */

struct csv_reader {
	csv_read_fn *read;   /* NULL: the reader is told */
	void *arg;
	struct scan scan;
	struct unquoter *unquoter;
	char *p;
	size_t at, n, cap;
	bool borrowed;       /* p belongs to the caller */
	size_t clean_from, clean_to;
	bool large;          /* a read gave all it was asked for */
	bool whole;          /* nothing follows p[n - 1] */
	uint64_t line;       /* of p[at] */
	uint32_t *begins;    /* of a run, for records of this width */
	unsigned width;
	/* of a record that is not held */
	struct buf kept;     /* its beginning */
	struct long_record far;
	bool in_far, nul, bad;
};

/* How many of the last bytes of p[from .. n) begin a character that more bytes may complete: 0 to 3. */
static size_t cut_bytes(const char *p, size_t from, size_t n)
{
	for (size_t k = 1; k <= 3 && k <= n - from; k++)
		if (((unsigned char)p[n - k] & 0xC0) != 0x80)
			return utf8_at(p + n - k, k) < 0 ? k : 0;
	return 0;
}

/* Look at what came in since the last time. */
static void check_block(struct csv_reader *r)
{
	const char *p = r->p + r->clean_to;
	size_t n = r->n - r->clean_to, good = utf8_check(p, n), cut = cut_bytes(r->p, r->clean_to, r->n);
	bool clean = good + cut >= n && !memchr(p, 0, n);
	r->clean_to = r->n - cut;
	if (!clean)
		r->clean_from = r->clean_to;
}

/* Move what is left to the front and make room for a block behind it. */
static void make_room(struct csv_reader *r, size_t block)
{
	size_t held = r->n - r->at;
	if (held && r->at)
		memmove(r->p, r->p + r->at, held);
	r->clean_from = r->clean_from > r->at ? r->clean_from - r->at : 0;
	r->clean_to = r->clean_to > r->at ? r->clean_to - r->at : 0;
	r->at = 0;
	r->n = held;
	if (r->cap < held + block) {
		r->cap = 2 * (held + block);
		r->p = mem_grow(r->p, r->cap + SCAN_PADDING, 1);
	}
}

/* Read a block. 1: there is nobody to ask. */
static int fill(struct csv_reader *r, struct err *err)
{
	if (!r->read)
		return 1;
	make_room(r, r->large ? BLOCK : FIRST_BLOCK);
	size_t room = r->cap - r->n;
	ssize_t got = r->read(r->arg, r->p + r->n, room, err);
	if (got < 0)
		return -1;
	r->large = r->large || (size_t)got == room;
	r->whole = got == 0;
	r->n += (size_t)got;
	check_block(r);
	return 0;
}

/* Whether the first line ends in a CR that no LF follows; a line end behind limits.hold is not looked for. */
static int find_line_end(struct csv_reader *r, struct err *err)
{
	size_t at = 0, hold = r->scan.rules.limits.hold;
	for (;;) {
		while (at < r->n && at < hold && r->p[at] != '\n' && r->p[at] != '\r')
			at++;
		bool known = at == hold || (at < r->n && r->p[at] == '\n') || at + 1 < r->n;
		if (known || r->whole)
			break;
		if (fill(r, err) < 0)
			return -1;
	}
	r->scan.bare_cr = at < hold && at < r->n && r->p[at] == '\r' && (at + 1 == r->n || r->p[at + 1] != '\n');
	return 0;
}

static int begin(struct csv_reader *r, struct err *err)
{
	while (r->n < 3 && !r->whole)
		if (fill(r, err) < 0)
			return -1;
	if (find_line_end(r, err) < 0)
		return -1;
	if (r->n >= 3 && !memcmp(r->p, "\xEF\xBB\xBF", 3))
		r->at = 3;
	return 0;
}

bool csv_reader_bare_cr(const struct csv_reader *r)
{
	return r->scan.bare_cr;
}

int csv_reader_open_part(struct csv_reader **ret, const struct csv_rules *rules, struct err *err)
{
	struct csv_reader *r = mem_alloc(sizeof *r);
	r->scan.rules = *rules;
	r->scan.avx2 = cpu_avx2();
	if (unquoter_open(&r->unquoter, rules->delimiter, err) < 0) {
		csv_reader_close(r);
		return -1;
	}
	csv_reader_restart(r, 1);
	*ret = r;
	return 0;
}

void csv_reader_tell(struct csv_reader *r, const char *p, size_t n, uint64_t line, bool whole)
{
	r->borrowed = true;
	r->p = (char *)(uintptr_t)p; /* never written to */
	r->at = r->clean_from = r->clean_to = 0;
	r->n = n;
	r->whole = whole;
	r->line = line;
	check_block(r);
}

struct str csv_reader_rest(const struct csv_reader *r, uint64_t *ret_line)
{
	*ret_line = r->line;
	return (struct str){ r->p + r->at, r->n - r->at };
}

void csv_reader_restart(struct csv_reader *r, uint64_t line)
{
	r->at = r->n = r->clean_from = r->clean_to = 0;
	r->whole = r->in_far = false;
	r->line = line;
}

void csv_reader_add(struct csv_reader *r, const char *p, size_t n, bool whole)
{
	make_room(r, n);
	if (n)
		memcpy(r->p + r->n, p, n);
	r->n += n;
	r->whole = whole;
	check_block(r);
}

bool csv_reader_at_start(const struct csv_reader *r)
{
	return r->at == r->n && !r->in_far;
}

int csv_reader_open(struct csv_reader **ret, const struct csv_rules *rules, csv_read_fn *read, void *arg, struct err *err)
{
	struct csv_reader *r = mem_alloc(sizeof *r);
	r->read = read;
	r->arg = arg;
	r->scan.rules = *rules;
	r->scan.avx2 = cpu_avx2();
	r->line = 1;
	if (unquoter_open(&r->unquoter, rules->delimiter, err) < 0 || begin(r, err) < 0) {
		csv_reader_close(r);
		return -1;
	}
	*ret = r;
	return 0;
}

void csv_reader_close(struct csv_reader *r)
{
	if (!r)
		return;
	unquoter_close(r->unquoter);
	buf_release(&r->kept);
	free(r->scan.fields);
	free(r->begins);
	if (!r->borrowed)
		free(r->p);
	free(r);
}

/* The first of NUL, encoding and what the scan found. */
static enum csv_fault fault_of(const struct csv_reader *r, struct str raw)
{
	size_t from = (size_t)(raw.p - r->p);
	if (from < r->clean_from || from + raw.n > r->clean_to) {
		if (memchr(raw.p, 0, raw.n))
			return CSV_NUL;
		if (utf8_check(raw.p, raw.n) < raw.n)
			return CSV_ENCODING;
	}
	return r->scan.fault;
}

/* Give out the record that the scan found at r->at. */
static enum csv_got give(struct csv_reader *r, struct csv_record *ret, struct err *err)
{
	const struct scan *s = &r->scan;
	struct csv_record record = { .line = r->line, .next_line = r->line + s->lines, .raw = { r->p + r->at, s->end }, .room = true };
	record.fault = fault_of(r, record.raw);
	if ((record.fault == CSV_SOUND || record.fault == CSV_SIZE) && s->field_count == 1 && !s->quoted)
		record.blank = !blank_trim(s->fields[0]).n;
	if (record.blank)
		record.fault = CSV_SOUND;
	if (s->fault == CSV_SOUND && s->quoted) {
		if (unquote(r->unquoter, record.raw, &record.fields, &record.field_count, err) < 0)
			return CSV_ERROR;
	} else if (s->fault == CSV_SOUND || record.blank) {
		record.fields = s->fields;
		record.field_count = s->field_count;
	}
	r->at += s->next;
	r->line = record.next_line;
	*ret = record;
	return CSV_RECORD;
}

bool csv_next_run(struct csv_reader *r, size_t width, struct csv_run *ret)
{
	/* A record of one field may be blank; where a bare CR ends lines, lines are something else. */
	if (width < 2 || width > RUN_WIDTH_MAX || r->scan.bare_cr || r->in_far || r->at < r->clean_from || r->at >= r->clean_to)
		return false;
	if (r->width != width) {
		r->width = (unsigned)width;
		r->begins = mem_grow(r->begins, run_begins(r->width), sizeof *r->begins);
	}
	const char *p = r->p + r->at;
	unsigned rows = run_find(p, r->clean_to - r->at, &r->scan.rules, r->scan.avx2, r->width, r->begins);
	if (!rows)
		return false;
	*ret = (struct csv_run){ p, r->width, rows, r->line, r->begins };
	r->at += r->begins[(size_t)rows * width];
	r->line += rows;
	return true;
}

/* The end of what can be looked at in pieces: a character cut by the end waits for the rest. */
static size_t piece_end(const struct csv_reader *r)
{
	return r->whole ? r->n : r->n - cut_bytes(r->p, r->at, r->n);
}

static void begin_far(struct csv_reader *r)
{
	const struct csv_rules *rules = &r->scan.rules;
	r->far = (struct long_record){ rules->delimiter, r->scan.bare_cr, rules->limits.field };
	r->in_far = true;
	r->nul = r->bad = false;
	r->kept.n = 0;
}

/* Take what there is of it. Whether it ends there. */
static bool take_far(struct csv_reader *r)
{
	const char *p = r->p + r->at;
	size_t n, room = r->scan.rules.limits.hold - r->kept.n;
	bool ended = long_record_feed(&r->far, p, piece_end(r) - r->at, &n);
	r->nul = r->nul || memchr(p, 0, n);
	r->bad = r->bad || utf8_check(p, n) < n;
	buf_put(&r->kept, p, n < room ? n : room);
	r->at += n;
	return ended;
}

/* A record that does not show its end within limits.hold: keep its beginning and go on to its end. */
static enum csv_got give_far(struct csv_reader *r, struct csv_record *ret, struct err *err)
{
	for (bool ended = false; !ended;) {
		if (r->at == piece_end(r)) {
			if (r->whole) {
				long_record_finish(&r->far);
				break;
			}
			int rc = fill(r, err);
			if (rc)
				return rc < 0 ? CSV_ERROR : CSV_MORE;
		} else {
			ended = take_far(r);
		}
	}
	struct long_record *l = &r->far;
	r->in_far = false;
	if (r->kept.n > l->size)
		r->kept.n = l->size;
	enum csv_fault fault = r->nul ? CSV_NUL : r->bad ? CSV_ENCODING : l->broken_at_once ? CSV_QUOTE : CSV_SIZE;
	*ret = (struct csv_record){ .line = r->line, .next_line = r->line + l->line_ends + 1, .raw = buf_str(&r->kept), .fault = fault };
	r->line = ret->next_line;
	return CSV_RECORD;
}

enum csv_got csv_next(struct csv_reader *r, struct csv_record *ret, struct err *err)
{
	if (r->in_far)
		return give_far(r, ret, err);
	for (;;) {
		size_t held = r->n - r->at, hold = r->scan.rules.limits.hold;
		if (!held && r->whole)
			return CSV_END;
		bool all = r->whole && held <= hold;
		if (held && scan_record(&r->scan, r->p + r->at, held < hold ? held : hold, all))
			return give(r, ret, err);
		if (held > hold && (r->whole || !r->borrowed)) { /* at hold bytes the text may end */
			begin_far(r);
			return give_far(r, ret, err);
		}
		int rc = fill(r, err);
		if (rc)
			return rc < 0 ? CSV_ERROR : CSV_MORE;
	}
}
