#include "internal.h"

#include "io/output.h"
#include "join/join.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int put_file(struct report *r, const char *name, const struct buf *b, uint64_t rows, struct err *err)
{
	char path[4096], hex[33];
	uint8_t hash[16];
	struct output *o = NULL;
	snprintf(path, sizeof path, "%s/%s", r->job->folder, name);
	if (output_create(&o, path, err) < 0)
		return -1;
	if (output_write(o, b->p, b->n, err) < 0) {
		output_abort(o);
		return -1;
	}
	output_hash(o, hash);
	hex128(hash, hex);
	json_t *one = json_pack("{s:s, s:I, s:s}", "file", name, "bytes", (json_int_t)b->n, "xxh3_128", hex);
	if (rows != UINT64_MAX)
		json_object_set_new(one, "rows", json_integer((json_int_t)rows));
	json_array_append_new(r->outputs, one);
	return output_commit(o, err);
}

static int broken(const struct frame *f, const char *what, struct err *err)
{
	return err_set(err, STATUS_DATA, "%s: %s is broken; make it again", f->path, what);
}

static int take_findings(struct report *r, const struct frame *f, const struct frame_block *b, struct err *err)
{
	struct buf copy = { 0 };
	buf_put(&copy, b->p, b->n);
	VEC_PUSH(r->blocks, r->block_count, r->block_cap, copy);
	const uint8_t *p = (const uint8_t *)copy.p, *end = p + copy.n;
	for (uint32_t i = 0; i < b->rows; i++) {
		struct finding one;
		if (finding_decode(&one, r->pack, &p, end) < 0)
			return broken(f, "a finding", err);
		VEC_PUSH(r->findings, r->count, r->cap, one);
	}
	return p == end ? 0 : broken(f, "a block of findings", err);
}

static int take_block(struct report *r, const struct frame *f, const struct frame_block *b, struct err *err)
{
	json_error_t e;
	switch (b->tag) {
	case TAG_FINDINGS: return take_findings(r, f, b, err);
	case TAG_FIGURES: return figures_decode(&r->figures, b->p, b->n) < 0 ? broken(f, "a count", err) : 0;
	case TAG_PLACES: return places_decode(&r->places, b->p, b->n) < 0 ? broken(f, "a place", err) : 0;
	case TAG_META:
		r->meta = json_loadb((const char *)b->p, b->n, JSON_REJECT_DUPLICATES, &e);
		return r->meta ? 0 : broken(f, "what it says of itself", err);
	default: return broken(f, "a block of an unknown sort", err);
	}
}

static int take(struct report *r, struct err *err)
{
	struct frame *f;
	if (frame_open(&f, r->job->findings, FRAME_FINDING, &r->job->id, err) < 0)
		return -1;
	struct frame_scan scan = { .frame = f };
	struct frame_block b;
	enum iter got = ITER_END;
	int ret = 0;
	while (ret == 0 && (got = frame_next(&scan, &b, err)) == ITER_ROW)
		ret = take_block(r, f, &b, err);
	if (ret == 0 && got == ITER_ERROR)
		ret = -1;
	if (ret == 0 && (!r->meta || r->count != f->rows))
		ret = broken(f, "the number of findings", err);
	frame_scan_release(&scan);
	frame_close(f);
	return ret;
}

static int make_folder(const struct report *r, const char *name, struct err *err)
{
	char path[4096];
	struct stat st;
	snprintf(path, sizeof path, "%s/%s", r->job->folder, name);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? 0 : output_mkdir(path, err);
}

static void find_kinds(struct report *r)
{
	const char *name;
	json_t *kind;
	json_object_foreach(json_object_get(r->meta, "kinds"), name, kind) {
		const struct kind *k = schema_kind(r->pack->schema, str_of(name));
		if (k)
			r->kinds |= UINT64_C(1) << k->index;
	}
	coverage_of(r->pack, r->kinds, &r->coverage);
}

static int run(struct report *r, struct err *err)
{
	if (take(r, err) < 0 || make_folder(r, "lists", err) < 0)
		return -1;
	find_kinds(r);
	json_t *rates = json_object();
	int got = put_lists(r, err);
	if (got == 0)
		got = put_figures(r, rates, err);
	if (got == 0)
		got = put_summary(r, rates, err);
	if (got == 0)
		got = put_manifest(r, err);
	json_decref(rates);
	return got;
}

int report_run(const struct report_job *job, struct report_result *ret, struct err *err)
{
	struct report r = { .job = job, .pack = job->pack, .outputs = json_array() };
	int got = run(&r, err);
	*ret = (struct report_result){ 0 };
	for (size_t i = 0; i < r.count; i++) {
		ret->findings[r.findings[i].list]++;
		ret->by_level[r.findings[i].list][r.findings[i].severity]++;
		ret->by_rule[r.findings[i].list][r.findings[i].rule]++;
	}
	for (size_t i = 0; i < r.block_count; i++)
		buf_release(&r.blocks[i]);
	free(r.blocks);
	free(r.findings);
	figures_release(&r.figures);
	places_release(&r.places);
	json_decref(r.meta);
	json_decref(r.outputs);
	return got;
}
