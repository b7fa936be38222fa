#include "outcome.h"

#include "base/bytes.h"
#include "csv/write.h"
#include "io/at.h"
#include "text/utf8.h"

#include <stdlib.h>
#include <unistd.h>

#define FLUSH_AT (256u << 10)
#define SPOOL_MEMORY (4u << 20)

int outcome_open(struct outcome *o, const char *rejects_path, const char *invalid_path, struct err *err)
{
	*o = (struct outcome){ .spool_fd = -1, .spool_path = mem_dup(str_of(invalid_path)) };
	if (output_create(&o->rejects.list, rejects_path, err) < 0 || output_create(&o->invalid.list, invalid_path, err) < 0) {
		outcome_abort(o);
		return -1;
	}
	buf_puts(&o->rejects.text, STR("file,line,column,reason,row\n"));
	buf_puts(&o->invalid.text, STR("file,line,column,reason,value\n"));
	return 0;
}

void outcome_open_reading(struct outcome *o, struct frame_writer *reading, const char *reading_path, const char *name)
{
	struct buf prefix = { 0 };
	csv_put(&prefix, str_of(name));
	*o = (struct outcome){ .spool_fd = -1, .spool_path = mem_dup(str_of(reading_path)),
		.rejects = { .reading = reading, .tag = TAG_REJECTS, .skip = prefix.n },
		.invalid = { .reading = reading, .tag = TAG_INVALID, .skip = prefix.n } };
	buf_release(&prefix);
}

static int outlet_flush(struct outlet *o, struct err *err)
{
	if (!o->text.n)
		return 0;
	int rc = o->list ? output_write(o->list, o->text.p, o->text.n, err) : frame_put(o->reading, o->tag, o->text.p, o->text.n, 0, err);
	o->text.n = 0;
	return rc;
}

static int outlet_put(struct outlet *o, const struct entry *e, struct err *err)
{
	if (o->reading) {
		put32(&o->text, e->ordinal);
		put32(&o->text, (uint32_t)(e->line.n - o->skip));
	}
	buf_put(&o->text, e->line.p + o->skip, e->line.n - o->skip);
	return o->text.n < FLUSH_AT ? 0 : outlet_flush(o, err);
}

size_t entry_get(const char *p, size_t n, struct entry *ret)
{
	if (n < ENTRY_HEAD || n - ENTRY_HEAD < le32_get(p + 4))
		return 0;
	*ret = (struct entry){ le32_get(p), { p + ENTRY_HEAD, le32_get(p + 4) } };
	return ENTRY_HEAD + ret->line.n;
}

static void put_entry(struct buf *out, uint32_t ordinal, const char *file, uint64_t line, struct str column, enum reason reason,
                      struct str last)
{
	size_t at = out->n;
	put32(out, ordinal);
	put32(out, 0);
	csv_put(out, str_of(file));
	buf_printf(out, ",%llu,", (unsigned long long)line);
	csv_put(out, column);
	buf_printf(out, ",%s,", reason_name(reason));
	csv_put(out, last);
	buf_putc(out, '\n');
	le32_put(out->p + at + 4, (uint32_t)(out->n - at - ENTRY_HEAD));
}

void outcome_put_reject(struct buf *out, const char *file, uint64_t line, struct str column, enum reason reason, struct str row)
{
	struct buf mended = { 0 };
	if (reason <= ROW_SIZE && utf8_check(row.p, row.n) < row.n) {
		utf8_mend(row, &mended);
		row = buf_str(&mended);
	}
	put_entry(out, 0, file, line, column, reason, row);
	buf_release(&mended);
}

void outcome_put_invalid(struct buf *out, uint32_t ordinal, const char *file, uint64_t line, struct str column, enum reason reason,
                         struct str value)
{
	put_entry(out, ordinal, file, line, column, reason, value);
}

/* Move the spool's memory to its file. */
static int spill(struct outcome *o, struct err *err)
{
	if (o->spool_fd < 0 && (o->spool_fd = output_spool(o->spool_path, err)) < 0)
		return -1;
	if (put_at(o->spool_fd, o->spool.p, o->spool.n, o->spool_size) < 0)
		return err_errno(err, STATUS_IOERR, "%s: writing a temporary file failed; make room", o->spool_path);
	o->spool_size += o->spool.n;
	o->spool.n = 0;
	return 0;
}

int outcome_take(struct outcome *o, const struct buf *rejects, const struct buf *invalid, uint32_t ordinal, struct err *err)
{
	struct entry e;
	for (size_t at = 0, n; (n = entry_get(buf_str(rejects).p + at, rejects->n - at, &e)); at += n)
		if (outlet_put(&o->rejects, &e, err) < 0)
			return -1;
	size_t at = o->spool.n;
	buf_puts(&o->spool, buf_str(invalid));
	for (; at < o->spool.n; at += ENTRY_HEAD + le32_get(o->spool.p + at + 4))
		le32_put(o->spool.p + at, le32_get(o->spool.p + at) + ordinal);
	return o->spool.n < SPOOL_MEMORY ? 0 : spill(o, err);
}

/* Duplicates and a callback, while the spool is walked. */
struct settling {
	const uint32_t *duplicates;
	size_t count, at;
	void (*kept)(void *arg, uint32_t ordinal);
	void *arg;
};

/* Write the lines of whole entries in p[0 .. n). Returns the bytes of whole entries; SIZE_MAX on failure. */
static size_t settle_entries(struct outcome *o, struct settling *s, const char *p, size_t n, struct err *err)
{
	size_t at = 0, bytes;
	struct entry e;
	while ((bytes = entry_get(p + at, n - at, &e))) {
		while (s->at < s->count && s->duplicates[s->at] < e.ordinal)
			s->at++;
		if (s->at == s->count || s->duplicates[s->at] != e.ordinal) {
			if (outlet_put(&o->invalid, &e, err) < 0)
				return SIZE_MAX;
			s->kept(s->arg, e.ordinal);
		}
		at += bytes;
	}
	return at;
}

/* The part of the spool in its file. An entry is shorter than a record and a line around it. */
static int settle_file(struct outcome *o, struct settling *s, struct err *err)
{
	struct buf piece = { 0 };
	int rc = 0;
	for (uint64_t at = 0; at < o->spool_size && rc == 0;) {
		piece.n = 0;
		buf_reserve(&piece, 2 * SPOOL_MEMORY);
		ssize_t got = get_at(o->spool_fd, piece.p, piece.cap, at);
		size_t used = got <= 0 ? 0 : settle_entries(o, s, piece.p, (size_t)got, err);
		if (used == SIZE_MAX)
			rc = -1;
		else if (used == 0)
			rc = err_errno(err, STATUS_IOERR, "%s: reading a temporary file failed", o->spool_path);
		else
			at += used;
	}
	buf_release(&piece);
	return rc;
}

int outcome_settle(struct outcome *o, const uint32_t *duplicates, size_t count, void (*kept)(void *arg, uint32_t ordinal), void *arg,
                   struct err *err)
{
	struct settling s = { duplicates, count, 0, kept, arg };
	if (settle_file(o, &s, err) < 0 || settle_entries(o, &s, o->spool.p, o->spool.n, err) == SIZE_MAX)
		return -1;
	return outlet_flush(&o->rejects, err) < 0 ? -1 : outlet_flush(&o->invalid, err);
}

int outcome_seal(struct outcome *o, struct err *err)
{
	return output_seal(o->rejects.list, err) < 0 ? -1 : output_seal(o->invalid.list, err);
}

int outcome_commit(struct outcome *o, struct err *err)
{
	struct output *rejects = o->rejects.list, *invalid = o->invalid.list;
	o->rejects.list = NULL;
	if (output_commit(rejects, err) < 0)
		return -1;
	o->invalid.list = NULL;
	return output_commit(invalid, err);
}

void outcome_abort(struct outcome *o)
{
	output_abort(o->rejects.list);
	output_abort(o->invalid.list);
	buf_release(&o->rejects.text);
	buf_release(&o->invalid.text);
	if (o->spool_fd >= 0)
		close(o->spool_fd);
	buf_release(&o->spool);
	free(o->spool_path);
	*o = (struct outcome){ .spool_fd = -1 };
}
