#include "file/frame.h"

#include "base/le.h"
#include "digest/digest.h"
#include "digest/xxh3.h"
#include "io/at.h"
#include "io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static const uint8_t magic[8] = { 'b', 'i', 'd', 'u', 'i', '\r', '\n', 0x1A };

#define VERSION 3
#define HEADER 64 /* magic 8, type 4, version 4, schema 16, run 16, zero 8, checksum 8 */
#define BLOCK FRAME_BLOCK /* tag 4, rows 4, bytes 8, payload checksum 8, checksum of the 24 bytes before 8 */
#define END 56    /* tag 4, zero 4, blocks 8, rows 8, sum 16, chain 8, checksum 8 */
#define TAG_END FRAME_TAG('E', 'N', 'D', ' ')

void frame_id_make(struct frame_id *ret, const uint8_t schema[16], int32_t as_of, const char *run)
{
	XXH128_canonical_t c;
	XXH128_canonicalFromHash(&c, XXH3_128bits_withSeed(run, strlen(run), (uint64_t)as_of));
	memcpy(ret->schema, schema, sizeof ret->schema);
	memcpy(ret->run, c.digest, sizeof ret->run);
}

void row_sum_add(struct row_sum *sum, struct row_sum more)
{
	unsigned __int128 a = (unsigned __int128)sum->high << 64 | sum->low;
	a += (unsigned __int128)more.high << 64 | more.low;
	*sum = (struct row_sum){ (uint64_t)a, (uint64_t)(a >> 64) };
}

void row_sum_take(struct row_sum *sum, struct row_sum less)
{
	unsigned __int128 a = (unsigned __int128)sum->high << 64 | sum->low;
	a -= (unsigned __int128)less.high << 64 | less.low;
	*sum = (struct row_sum){ (uint64_t)a, (uint64_t)(a >> 64) };
}

void row_sum_print(struct row_sum sum, char out[ROW_SUM_HEX])
{
	snprintf(out, ROW_SUM_HEX, "%016llx%016llx", (unsigned long long)sum.high, (unsigned long long)sum.low);
}

int row_sum_parse(struct str text, struct row_sum *ret)
{
	uint8_t b[16];
	uint64_t half[2] = { 0 };
	if (hex_get(text, b, sizeof b) < 0)
		return -1;
	for (int i = 0; i < 16; i++)
		half[i / 8] = half[i / 8] << 8 | b[i];
	*ret = (struct row_sum){ half[1], half[0] };
	return 0;
}

bool row_sum_equal(struct row_sum a, struct row_sum b)
{
	return a.low == b.low && a.high == b.high;
}

struct row_sum row_hash(const void *a, size_t an, const void *b, size_t bn)
{
	/* The second part is hashed with the first one's hash as its seed: no copy, and no state to keep. */
	XXH128_hash_t h = XXH3_128bits_withSeed(b, bn, XXH3_64bits(a, an));
	return (struct row_sum){ h.low64, h.high64 };
}

struct frame_writer {
	struct output *out;
	uint64_t blocks, rows, head, chain; /* as in struct frame */
	struct row_sum sum;
};

int frame_create(struct frame_writer **ret, const char *path, enum frame_type type, const struct frame_id *id, struct err *err)
{
	struct frame_writer *w = mem_alloc(sizeof *w);
	uint8_t h[HEADER] = { 0 };
	memcpy(h, magic, 8);
	le32_put(h + 8, type);
	le32_put(h + 12, VERSION);
	memcpy(h + 16, id->schema, 16);
	memcpy(h + 32, id->run, 16);
	le64_put(h + 56, XXH3_64bits(h, 56));
	if (output_create(&w->out, path, err) < 0) {
		frame_abort(w);
		return -1;
	}
	output_unhashed(w->out); /* blocks have checksums of their own */
	if (output_write(w->out, h, sizeof h, err) < 0) {
		frame_abort(w);
		return -1;
	}
	w->head = w->chain = le64_get(h + 56);
	*ret = w;
	return 0;
}

uint64_t frame_checksum(const struct str *parts, unsigned count)
{
	return count == 1 ? xxh3_64(parts->p, parts->n) : xxh3_64_parts(parts, count);
}

int frame_put_parts(struct frame_writer *w, uint32_t tag, const struct str *parts, unsigned count, uint64_t checksum, uint32_t rows,
                    uint64_t *ret_at, struct err *err)
{
	uint8_t h[BLOCK] = { 0 };
	struct str all[OUTPUT_PARTS] = { { (const char *)h, sizeof h } };
	uint64_t n = 0;
	for (unsigned i = 0; i < count; i++) {
		all[1 + i] = parts[i];
		n += parts[i].n;
	}
	le32_put(h, tag);
	le32_put(h + 4, rows);
	le64_put(h + 8, n);
	le64_put(h + 16, checksum);
	le64_put(h + 24, XXH3_64bits_withSeed(h, 24, w->blocks));
	w->chain = XXH3_64bits_withSeed(h, sizeof h, w->chain);
	w->blocks++;
	*ret_at = output_bytes(w->out) + sizeof h;
	return output_write_parts(w->out, all, 1 + count, err);
}

int frame_put(struct frame_writer *w, uint32_t tag, const void *payload, size_t n, uint32_t rows, struct err *err)
{
	struct str all = { payload, n };
	uint64_t ignored;
	return frame_put_parts(w, tag, &all, 1, frame_checksum(&all, 1), rows, &ignored, err);
}

void frame_rows(struct frame_writer *w, uint64_t rows, struct row_sum sum)
{
	w->rows = rows;
	w->sum = sum;
}

void frame_passing(struct frame_writer *w)
{
	output_passing(w->out);
}

void frame_later(struct frame_writer *w)
{
	output_later(w->out);
}

int frame_commit(struct frame_writer *w, struct err *err)
{
	uint8_t e[END] = { 0 };
	le32_put(e, TAG_END);
	le64_put(e + 8, w->blocks);
	le64_put(e + 16, w->rows);
	le64_put(e + 24, w->sum.low);
	le64_put(e + 32, w->sum.high);
	le64_put(e + 40, w->chain);
	le64_put(e + 48, XXH3_64bits(e, 48));
	if (output_write(w->out, e, sizeof e, err) < 0) {
		frame_abort(w);
		return -1;
	}
	int r = output_commit(w->out, err);
	free(w);
	return r;
}

void frame_abort(struct frame_writer *w)
{
	if (!w)
		return;
	output_abort(w->out);
	free(w);
}

int frame_read(const struct frame *f, void *p, size_t n, uint64_t at, struct err *err)
{
	ssize_t got = get_at(f->fd, p, n, at);
	if (got < 0)
		return err_errno(err, STATUS_IOERR, "%s: reading failed; check the disk", f->path);
	return (size_t)got == n ? 0 : err_set(err, STATUS_DATA, "%s: is cut short; make it again", f->path);
}

static int check_header(struct frame *f, enum frame_type type, const struct frame_id *id, struct err *err)
{
	uint8_t h[HEADER];
	if (frame_read(f, h, sizeof h, 0, err) < 0)
		return -1;
	if (memcmp(h, magic, 8) != 0)
		return err_set(err, STATUS_DATA, "%s: is no file of bidui; give a file made by the stage before", f->path);
	if (le64_get(h + 56) != XXH3_64bits(h, 56))
		return err_set(err, STATUS_DATA, "%s: its header is damaged; make it again", f->path);
	f->head = le64_get(h + 56);
	f->type = le32_get(h + 8);
	if (type && f->type != type)
		return err_set(err, STATUS_DATA, "%s: is of another stage; give a file made by the stage before", f->path);
	if (le32_get(h + 12) != VERSION)
		return err_set(err, STATUS_DATA, "%s: is of version %u, this program reads %u; make it again", f->path,
		               le32_get(h + 12), VERSION);
	memcpy(f->id.schema, h + 16, 16);
	memcpy(f->id.run, h + 32, 16);
	if (id && memcmp(f->id.schema, id->schema, 16) != 0)
		return err_set(err, STATUS_DATA, "%s: was made with other schemas; make it again", f->path);
	if (id && memcmp(f->id.run, id->run, 16) != 0)
		return err_set(err, STATUS_DATA, "%s: belongs to another run; make it again", f->path);
	return 0;
}

static int check_end(struct frame *f, struct err *err)
{
	uint8_t e[END];
	if (f->size < HEADER + END)
		return err_set(err, STATUS_DATA, "%s: is cut short; make it again", f->path);
	f->end_at = f->size - END;
	if (frame_read(f, e, sizeof e, f->end_at, err) < 0)
		return -1;
	if (le32_get(e) != TAG_END || le64_get(e + 48) != XXH3_64bits(e, 48))
		return err_set(err, STATUS_DATA, "%s: has no end mark, it is cut or damaged; make it again", f->path);
	f->blocks = le64_get(e + 8);
	f->rows = le64_get(e + 16);
	f->sum = (struct row_sum){ le64_get(e + 24), le64_get(e + 32) };
	f->chain = le64_get(e + 40);
	return 0;
}

int frame_open(struct frame **ret, const char *path, enum frame_type type, const struct frame_id *id, struct err *err)
{
	struct frame *f = mem_alloc(sizeof *f);
	f->path = mem_dup(str_of(path));
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	if (f->fd < 0) {
		err_errno(err, errno == ENOENT ? STATUS_NOINPUT : STATUS_IOERR, "%s: cannot be opened", path);
		goto fail;
	}
	if (fstat(f->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		err_set(err, STATUS_DATA, "%s: is no regular file", path);
		goto fail;
	}
	f->size = (uint64_t)st.st_size;
	if (check_header(f, type, id, err) < 0 || check_end(f, err) < 0)
		goto fail;
	*ret = f;
	return 0;
fail:
	frame_close(f);
	return -1;
}

void frame_close(struct frame *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	free(f);
}

static int damaged(const struct frame *f, uint64_t number, const char *how, struct err *err)
{
	return err_set(err, STATUS_DATA, "%s: block %llu %s; make it again", f->path, (unsigned long long)number, how);
}

static enum iter step_failed(const struct frame_scan *s, const char *how, struct err *err)
{
	damaged(s->frame, s->number, how, err);
	return ITER_ERROR;
}

enum iter frame_step(struct frame_scan *s, struct frame_block *ret, struct err *err)
{
	const struct frame *f = s->frame;
	if (s->at == 0) {
		s->at = HEADER;
		s->whole = true;
		s->chain = f->head;
	}
	if (s->at == f->end_at && s->number == f->blocks && s->whole && s->chain != f->chain) {
		err_set(err, STATUS_DATA, "%s: is put together of two files; make it again", f->path);
		return ITER_ERROR;
	}
	if (s->at == f->end_at)
		return s->number == f->blocks ? ITER_END : step_failed(s, "is missing", err);
	uint8_t h[BLOCK];
	if (f->end_at - s->at < BLOCK)
		return step_failed(s, "is cut short", err);
	if (frame_read(f, h, sizeof h, s->at, err) < 0)
		return ITER_ERROR;
	if (le64_get(h + 24) != XXH3_64bits_withSeed(h, 24, s->number))
		return step_failed(s, "is damaged or out of its place", err);
	uint64_t n = le64_get(h + 8);
	if (n > f->end_at - s->at - BLOCK)
		return step_failed(s, "is cut short", err);
	*ret = (struct frame_block){ le32_get(h), le32_get(h + 4), NULL, n, s->number, s->at, le64_get(h + 16) };
	s->chain = XXH3_64bits_withSeed(h, sizeof h, s->chain);
	s->at += BLOCK + n;
	s->number++;
	return ITER_ROW;
}

int frame_payload(const struct frame *f, struct frame_block *b, struct buf *to, struct err *err)
{
	to->n = 0;
	buf_reserve(to, b->n + 8);
	if (frame_read(f, to->p, b->n, b->at + BLOCK, err) < 0)
		return -1;
	if (b->checksum != xxh3_64(to->p, b->n))
		return damaged(f, b->number, "is damaged", err);
	b->p = (const uint8_t *)to->p;
	return 0;
}

enum iter frame_next(struct frame_scan *s, struct frame_block *ret, struct err *err)
{
	enum iter got = frame_step(s, ret, err);
	if (got != ITER_ROW || (s->skip && ret->tag == s->skip))
		return got;
	return frame_payload(s->frame, ret, &s->buf, err) < 0 ? ITER_ERROR : ITER_ROW;
}

void frame_scan_release(struct frame_scan *s)
{
	buf_release(&s->buf);
}

int frame_view(struct frame_writer *w, struct frame *ret, struct err *err)
{
	*ret = (struct frame){ 0 };
	if (output_view(w->out, &ret->fd, &ret->path, err) < 0)
		return -1;
	ret->size = ret->end_at = output_bytes(w->out);
	ret->blocks = w->blocks;
	ret->head = w->head;
	ret->chain = w->chain;
	return 0;
}
