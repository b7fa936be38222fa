/* The index as a file: docs/formats/state.md. */
#include "internal.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <unistd.h>

#define TAG_EXTRACT FRAME_TAG('E', 'X', 'T', 'R')
#define TAG_KIND FRAME_TAG('K', 'I', 'N', 'D')
#define TAG_MADE FRAME_TAG('M', 'A', 'D', 'E')
#define TAG_NEXT FRAME_TAG('N', 'E', 'X', 'T')

static char *dup_text(const char *text)
{
	return mem_dup(str_of(text));
}

void state_index_add(struct state_index *x, const struct state_extract *e)
{
	struct state_extract copy = *e;
	copy.kind = dup_text(e->kind);
	copy.name = dup_text(e->name);
	copy.encoding = dup_text(e->encoding);
	VEC_PUSH(x->extracts, x->extract_count, x->extract_cap, copy);
}

void state_index_add_kind(struct state_index *x, const struct state_kind *k)
{
	struct state_kind copy = { dup_text(k->kind), k->number, mem_alloc(((size_t)k->count + 1) * sizeof *copy.parts),
		mem_alloc(((size_t)k->count + 1) * sizeof *copy.names), k->count };
	for (unsigned i = 0; i < k->count; i++) {
		copy.parts[i] = k->parts[i];
		copy.names[i] = dup_text(k->names[i]);
	}
	VEC_PUSH(x->kinds, x->kind_count, x->kind_cap, copy);
}

static void release_kind(struct state_kind *k)
{
	for (unsigned i = 0; i < k->count; i++)
		free(k->names[i]);
	free(k->names);
	free(k->parts);
	free(k->kind);
}

void state_index_release(struct state_index *x)
{
	for (size_t i = 0; i < x->extract_count; i++) {
		free(x->extracts[i].kind);
		free(x->extracts[i].name);
		free(x->extracts[i].encoding);
	}
	for (size_t i = 0; i < x->kind_count; i++)
		release_kind(&x->kinds[i]);
	free(x->extracts);
	free(x->kinds);
	*x = (struct state_index){ 0 };
}

/* ---- writing ------------------------------------------------------------------------------------------------------------------------------ */

static void put_extract(struct buf *b, const struct state_extract *e)
{
	const struct state_stamp *s = &e->stamp;
	put_text(b, str_of(e->kind));
	put_text(b, str_of(e->name));
	put_text(b, str_of(e->encoding));
	put32(b, (unsigned char)e->delimiter);
	put64(b, e->number);
	put64(b, e->bytes);
	buf_put(b, e->hash, 16);
	buf_put(b, e->changes, 16);
	put32(b, (uint32_t)e->latest);
	put32(b, (uint32_t)e->earliest);
	put64(b, s->device);
	put64(b, s->inode);
	put64(b, s->bytes);
	put64(b, (uint64_t)s->modified);
	put64(b, (uint64_t)s->changed);
}

static void put_kind(struct buf *b, const struct state_kind *k)
{
	put_text(b, str_of(k->kind));
	put64(b, k->number);
	put32(b, k->count);
	for (unsigned i = 0; i < k->count; i++) {
		put64(b, k->parts[i]);
		put_text(b, str_of(k->names[i]));
	}
}

static void put_made(struct buf *b, const struct state_made *m)
{
	put32(b, (uint32_t)m->as_of);
	buf_put(b, m->pack, 16);
	put32(b, (uint32_t)m->due);
	put64(b, m->dossiers);
	put64(b, m->findings);
}

int state_index_write(const struct state_index *x, struct frame_writer *w, struct err *err)
{
	struct buf b = { 0 };
	put64(&b, x->next);
	int r = frame_put(w, TAG_NEXT, b.p, b.n, 0, err);
	b.n = 0;
	for (size_t i = 0; i < x->extract_count; i++)
		put_extract(&b, &x->extracts[i]);
	if (r == 0)
		r = frame_put(w, TAG_EXTRACT, buf_str(&b).p, b.n, (uint32_t)x->extract_count, err);
	b.n = 0;
	for (size_t i = 0; i < x->kind_count; i++)
		put_kind(&b, &x->kinds[i]);
	if (r == 0)
		r = frame_put(w, TAG_KIND, buf_str(&b).p, b.n, (uint32_t)x->kind_count, err);
	b.n = 0;
	put_made(&b, &x->made);
	if (r == 0)
		r = frame_put(w, TAG_MADE, b.p, b.n, 0, err);
	buf_release(&b);
	return r;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------------------ */

static char *take_name(struct reader *r)
{
	struct str s = take_text(r);
	r->failed = r->failed || (s.n && memchr(s.p, 0, s.n));
	return mem_dup(r->failed ? STR("") : s);
}

static void take_16(struct reader *r, uint8_t to[16])
{
	const uint8_t *p = take(r, 16);
	if (p)
		memcpy(to, p, 16);
}

static void take_extract(struct state_index *x, struct reader *r)
{
	struct state_extract e = { .kind = take_name(r), .name = take_name(r), .encoding = take_name(r) };
	e.delimiter = (char)take32(r);
	e.number = take64(r);
	e.bytes = take64(r);
	take_16(r, e.hash);
	take_16(r, e.changes);
	e.latest = (int32_t)take32(r);
	e.earliest = (int32_t)take32(r);
	e.stamp.device = take64(r);
	e.stamp.inode = take64(r);
	e.stamp.bytes = take64(r);
	e.stamp.modified = (int64_t)take64(r);
	e.stamp.changed = (int64_t)take64(r);
	VEC_PUSH(x->extracts, x->extract_count, x->extract_cap, e);
}

static void take_kind(struct state_index *x, struct reader *r)
{
	struct state_kind k = { .kind = take_name(r) };
	k.number = take64(r);
	uint32_t count = take32(r);
	r->failed = r->failed || count > (size_t)(r->end - r->p) / 12; /* a number and a text at least */
	if (r->failed)
		count = 0;
	k.parts = mem_alloc(((size_t)count + 1) * sizeof *k.parts);
	k.names = mem_alloc(((size_t)count + 1) * sizeof *k.names);
	for (; k.count < count; k.count++) {
		k.parts[k.count] = take64(r);
		k.names[k.count] = take_name(r);
	}
	VEC_PUSH(x->kinds, x->kind_count, x->kind_cap, k);
}

static void take_made(struct state_made *m, struct reader *r)
{
	m->as_of = (int32_t)take32(r);
	take_16(r, m->pack);
	m->due = (int32_t)take32(r);
	m->dossiers = take64(r);
	m->findings = take64(r);
}

/* Whether the block holds what its tag says. */
static bool take_block(struct state_index *x, const struct frame_block *b)
{
	struct reader r = { b->p, b->p + b->n, false };
	if (b->tag == TAG_NEXT)
		x->next = take64(&r);
	if (b->tag == TAG_MADE)
		take_made(&x->made, &r);
	for (uint32_t i = 0; b->tag == TAG_EXTRACT && i < b->rows && !r.failed; i++)
		take_extract(x, &r);
	for (uint32_t i = 0; b->tag == TAG_KIND && i < b->rows && !r.failed; i++)
		take_kind(x, &r);
	return !r.failed && r.p == r.end;
}

int state_index_read(struct state_index *x, const char *path, const struct frame_id *id, struct err *err)
{
	struct frame *f;
	struct frame_block b;
	enum iter got;
	int r = 0;
	if (access(path, F_OK) < 0)
		return 0;
	if (frame_open(&f, path, FRAME_STATE, id, err) < 0)
		return -1;
	struct frame_scan scan = { .frame = f };
	while (r == 0 && (got = frame_next(&scan, &b, err)) != ITER_END)
		r = got == ITER_ERROR ? -1 : take_block(x, &b) ? 0 : err_set(err, STATUS_DATA, "%s: a block of it is broken", path);
	frame_scan_release(&scan);
	frame_close(f);
	return r;
}
