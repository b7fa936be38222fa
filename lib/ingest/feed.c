#include "feed.h"

#include <stdlib.h>

#define CHUNK (256u << 10) /* bytes read for a chunk: it stays in a cache while it is worked on */
#define CHUNK_MOST 16      /* times as many in a chunk without a line end */

/* BIDUI_CHUNK in the environment asks for other chunks: for tests, not for users. */
static size_t chunk_size(void)
{
	const char *text = getenv("BIDUI_CHUNK");
	size_t n = text ? strtoul(text, NULL, 10) : CHUNK;
	return n < DECODE_ROOM ? DECODE_ROOM : n;
}

void feed_init(struct feed *f, const struct ingest_job *job, struct ingest_count *counts)
{
	*f = (struct feed){ .job = job, .chunk = chunk_size() };
	f->readings = mem_alloc(job->file_count * sizeof *f->readings);
	for (unsigned i = 0; i < job->file_count; i++)
		f->readings[i] = (struct reading){ .name = job->files[i].name, .file = i, .count = &counts[i] };
}

static void drop_extract(struct extract *e)
{
	if (!e)
		return;
	extract_close(e);
	free(e);
}

void feed_release(struct feed *f)
{
	drop_extract(f->extract);
	for (unsigned i = 0; f->readings && i < f->job->file_count; i++)
		free(f->readings[i].columns);
	free(f->readings);
	buf_release(&f->carry);
}

void chunk_release(struct chunk *c)
{
	drop_extract(c->extract);
	buf_release(&c->raw);
	buf_release(&c->decoded);
	batch_release(&c->batch);
}

static int open_file(struct feed *f, struct err *err)
{
	struct reading *r = &f->readings[f->next_file];
	struct extract *e = mem_alloc(sizeof *e);
	if (extract_open(e, &f->job->files[f->next_file], f->job->kind, f->job->table_path, err) < 0) {
		free(e);
		return -1;
	}
	f->extract = e;
	f->next_file++;
	f->shown = 0;
	r->columns = e->columns;
	e->columns = NULL;
	r->width = e->width;
	r->rules = (struct csv_rules){ e->layout.delimiter, CSV_LIMITS };
	r->encoding = e->layout.encoding == ENCODING_GB18030 ? ENCODING_GB18030 : ENCODING_UTF8;
	r->count->encoding = encoding_name(e->layout.encoding);
	r->count->delimiter = e->layout.delimiter;
	return 0;
}

/* LFs in p[0 .. n): sums of bytes, which the compiler makes many at a time. */
static uint64_t count_lines(const char *p, size_t n)
{
	uint64_t lines = 0;
	while (n) {
		uint8_t sums[64] = { 0 };
		size_t rows = n / 64 < 255 ? n / 64 : 255;
		for (size_t i = 0; i < rows; i++)
			for (int k = 0; k < 64; k++)
				sums[k] += p[64 * i + k] == '\n';
		for (int k = 0; k < 64; k++)
			lines += sums[k];
		p += 64 * rows;
		n -= 64 * rows;
		if (n < 64) {
			for (size_t i = 0; i < n; i++)
				lines += p[i] == '\n';
			break;
		}
	}
	return lines;
}

/* Where a text without a line end may be cut: between characters. */
static int cut_line(const struct reading *r, struct str text, size_t *ret, struct err *err)
{
	struct decoder *d;
	*ret = text.n;
	if (r->encoding != ENCODING_GB18030)
		return 0;
	if (decoder_open(&d, r->encoding, NULL, NULL, err) < 0)
		return -1;
	*ret = decoder_whole(d, text);
	decoder_close(d);
	return 0;
}

/* Read text into c->raw, behind what the last chunk left, until it has a line end to be cut at; *ret_cut. */
static int fill(struct feed *f, struct chunk *c, size_t *ret_cut, struct err *err)
{
	struct buf *raw = &c->raw;
	buf_puts(raw, buf_str(&f->carry));
	f->carry.n = 0;
	for (size_t most = CHUNK_MOST * f->chunk, want = raw->n + f->chunk;; want += f->chunk) {
		ssize_t got = 1;
		while (raw->n + f->chunk / 8 < want && got > 0) /* a little less is as good: a source reads whole blocks to where they are wanted */
			got = extract_text(f->extract, raw, want - raw->n < DECODE_ROOM ? DECODE_ROOM : want - raw->n, err);
		if (got < 0)
			return -1;
		c->last = got == 0;
		*ret_cut = raw->n;
		if (c->last)
			return 0;
		const char *lf = memrchr(raw->p, '\n', raw->n);
		if (lf) {
			*ret_cut = (size_t)(lf - raw->p) + 1;
			return 0;
		}
		if (raw->n >= most)
			return cut_line(c->reading, buf_str(raw), ret_cut, err);
	}
}

static void show_bytes(struct feed *f)
{
	uint64_t bytes = source_position(f->extract->replay.source);
	if (f->job->progress)
		atomic_fetch_add_explicit(&f->job->progress->bytes, bytes - f->shown, memory_order_relaxed);
	f->shown = bytes;
}

static int next_text(struct feed *f, struct chunk *c, struct err *err)
{
	struct extract *e = f->extract;
	size_t cut;
	c->sort = CHUNK_TEXT;
	c->reading = &f->readings[f->next_file - 1];
	c->line = e->line;
	c->raw.n = 0;
	if (fill(f, c, &cut, err) < 0)
		return -1;
	buf_put(&f->carry, c->raw.p + cut, c->raw.n - cut);
	c->raw.n = cut;
	buf_reserve(&c->raw, CHUNK_ROOM);
	e->line += count_lines(c->raw.p, cut);
	show_bytes(f);
	if (c->last) {
		source_digest(e->replay.source, &c->reading->count->bytes, c->reading->count->xxh3_128);
		drop_extract(e);
		f->extract = NULL;
	}
	return 0;
}

static int next(struct feed *f, struct chunk *c, struct err *err)
{
	if (!f->extract && open_file(f, err) < 0)
		return -1;
	if (extract_is_text(f->extract))
		return next_text(f, c, err);
	c->sort = CHUNK_EXTRACT;
	c->reading = &f->readings[f->next_file - 1];
	c->extract = f->extract;
	c->last = true;
	f->extract = NULL;
	return 0;
}

bool feed_next(struct feed *f, struct chunk *c)
{
	c->failed = false;
	if (f->ended || (!f->extract && f->next_file == f->job->file_count))
		return false;
	if (next(f, c, &c->err) < 0) {
		c->sort = CHUNK_ERROR;
		f->ended = true;
	}
	return true;
}
