#include "outcome.h"

#include "base/le.h"
#include "csv/write.h"
#include "text/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define FLUSH_AT (256u << 10)
#define SPOOL_MEMORY (4u << 20)
#define SPOOL_HEAD 8 /* u32 ordinal, u32 bytes of the line that follows */

int outcome_open(struct outcome *o, const char *rejects_path, const char *invalid_path, struct err *err)
{
	*o = (struct outcome){ .spool_fd = -1, .invalid_path = mem_dup(str_of(invalid_path)) };
	struct str rejects = STR("file,line,column,reason,row\n"), invalid = STR("file,line,column,reason,value\n");
	if (output_create(&o->rejects, rejects_path, err) < 0 || output_create(&o->invalid, invalid_path, err) < 0 ||
	    output_write(o->rejects, rejects.p, rejects.n, err) < 0 || output_write(o->invalid, invalid.p, invalid.n, err) < 0) {
		outcome_abort(o);
		return -1;
	}
	return 0;
}

static void put_line(struct buf *out, const char *file, uint64_t line, struct str column, enum reason reason, struct str last)
{
	csv_put(out, str_of(file));
	buf_printf(out, ",%llu,", (unsigned long long)line);
	csv_put(out, column);
	buf_printf(out, ",%s,", reason_name(reason));
	csv_put(out, last);
	buf_putc(out, '\n');
}

static int flush_rejects(struct outcome *o, struct err *err)
{
	int rc = output_write(o->rejects, o->text.p, o->text.n, err);
	o->text.n = 0;
	return rc;
}

void outcome_put_reject(struct buf *out, const char *file, uint64_t line, struct str column, enum reason reason, struct str row)
{
	struct buf mended = { 0 };
	if (reason <= ROW_SIZE && utf8_check(row.p, row.n) < row.n) {
		utf8_mend(row, &mended);
		row = buf_str(&mended);
	}
	put_line(out, file, line, column, reason, row);
	buf_release(&mended);
}

void outcome_put_invalid(struct buf *out, uint32_t ordinal, const char *file, uint64_t line, struct str column, enum reason reason,
                         struct str value)
{
	size_t at = out->n;
	buf_reserve(out, SPOOL_HEAD);
	out->n += SPOOL_HEAD;
	put_line(out, file, line, column, reason, value);
	le32_put(out->p + at, ordinal);
	le32_put(out->p + at + 4, (uint32_t)(out->n - at - SPOOL_HEAD));
}

/* Move the spool's memory to its file. */
static int spill(struct outcome *o, struct err *err)
{
	if (o->spool_fd < 0) {
		struct buf name = { 0 };
		buf_printf(&name, "%s.XXXXXX", o->invalid_path);
		buf_putc(&name, 0);
		o->spool_fd = mkostemp(name.p, O_CLOEXEC);
		if (o->spool_fd >= 0)
			unlink(name.p);
		buf_release(&name);
		if (o->spool_fd < 0)
			return err_errno(err, STATUS_CANTCREAT, "%s: no room beside it for a temporary file", o->invalid_path);
	}
	for (size_t at = 0; at < o->spool.n;) {
		ssize_t n = pwrite(o->spool_fd, o->spool.p + at, o->spool.n - at, (off_t)(o->spool_size + at));
		if (n < 0 && errno != EINTR)
			return err_errno(err, STATUS_IOERR, "%s: writing a temporary file failed; make room", o->invalid_path);
		at += n > 0 ? (size_t)n : 0;
	}
	o->spool_size += o->spool.n;
	o->spool.n = 0;
	return 0;
}

int outcome_take(struct outcome *o, const struct buf *rejects, const struct buf *invalid, uint32_t ordinal, struct err *err)
{
	buf_puts(&o->text, buf_str(rejects));
	if (o->text.n >= FLUSH_AT && flush_rejects(o, err) < 0)
		return -1;
	size_t at = o->spool.n;
	buf_puts(&o->spool, buf_str(invalid));
	for (; at < o->spool.n; at += SPOOL_HEAD + le32_get(o->spool.p + at + 4))
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
	size_t at = 0;
	while (n - at >= SPOOL_HEAD) {
		uint32_t ordinal = le32_get(p + at), bytes = le32_get(p + at + 4);
		if (n - at - SPOOL_HEAD < bytes)
			break;
		while (s->at < s->count && s->duplicates[s->at] < ordinal)
			s->at++;
		if (s->at == s->count || s->duplicates[s->at] != ordinal) {
			if (output_write(o->invalid, p + at + SPOOL_HEAD, bytes, err) < 0)
				return SIZE_MAX;
			s->kept(s->arg, ordinal);
		}
		at += SPOOL_HEAD + bytes;
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
		ssize_t got = pread(o->spool_fd, piece.p, piece.cap, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		size_t used = got <= 0 ? 0 : settle_entries(o, s, piece.p, (size_t)got, err);
		if (used == SIZE_MAX)
			rc = -1;
		else if (used == 0)
			rc = err_errno(err, STATUS_IOERR, "%s: reading a temporary file failed", o->invalid_path);
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
	return flush_rejects(o, err);
}

int outcome_commit(struct outcome *o, struct err *err)
{
	struct output *rejects = o->rejects, *invalid = o->invalid;
	o->rejects = NULL;
	if (output_commit(rejects, err) < 0)
		return -1;
	o->invalid = NULL;
	return output_commit(invalid, err);
}

void outcome_abort(struct outcome *o)
{
	output_abort(o->rejects);
	output_abort(o->invalid);
	if (o->spool_fd >= 0)
		close(o->spool_fd);
	buf_release(&o->text);
	buf_release(&o->spool);
	free(o->invalid_path);
	*o = (struct outcome){ .spool_fd = -1 };
}
