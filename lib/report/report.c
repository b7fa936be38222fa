#include "internal.h"

#include "join/join.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int put_begin(const struct report *r, const char *name, struct output **ret, struct err *err)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", r->job->folder, name);
	if (output_create(ret, path, err) < 0)
		return -1;
	output_also_sha256(*ret);
	return 0;
}

json_t *put_end(const char *name, struct output *o, uint64_t rows, struct err *err)
{
	char hex[33], sha256_hex[SHA256_HEX];
	uint8_t hash[16], sha256[SHA256_BYTES];
	output_hash(o, hash);
	output_sha256(o, sha256);
	hex_put(hash, sizeof hash, hex);
	hex_put(sha256, sizeof sha256, sha256_hex);
	json_t *one = json_pack("{s:s, s:I, s:s, s:s}", "file", name, "bytes", (json_int_t)output_bytes(o), "xxh3_128", hex, "sha256",
		sha256_hex);
	if (rows != NO_ROWS)
		json_object_set_new(one, "rows", json_integer((json_int_t)rows));
	if (output_commit(o, err) == 0)
		return one;
	json_decref(one);
	return NULL;
}

int put_file(struct report *r, const char *name, const struct buf *b, uint64_t rows, struct err *err)
{
	struct output *o = NULL;
	if (put_begin(r, name, &o, err) < 0)
		return -1;
	if (output_write(o, b->p, b->n, err) < 0) {
		output_abort(o);
		return -1;
	}
	json_t *note = put_end(name, o, rows, err);
	if (note)
		json_array_append_new(r->outputs, note);
	return note ? 0 : -1;
}

static int broken(const struct frame *f, const char *what, struct err *err)
{
	return err_set(err, STATUS_DATA, "%s: %s is broken; make it again", f->path, what);
}

static int take_small(struct report *r, struct frame_block *b, struct err *err)
{
	struct buf bytes = { 0 };
	json_error_t e;
	int got = frame_payload(r->frame, b, &bytes, err);
	if (got == 0 && b->tag == TAG_PLACES) {
		if (places_decode(&r->places, b->p, b->n) < 0)
			got = broken(r->frame, "a place", err);
	} else if (got == 0) {
		json_decref(r->meta);
		r->meta = json_loadb((const char *)b->p, b->n, JSON_REJECT_DUPLICATES, &e);
		if (!r->meta)
			got = broken(r->frame, "what it says of itself", err);
	}
	buf_release(&bytes);
	return got;
}

static int take_block(struct report *r, struct frame_block *b, struct err *err)
{
	struct blocks *large = b->tag == TAG_FINDINGS ? &r->findings : b->tag == TAG_FIGURES ? &r->counts : NULL;
	if (large) {
		VEC_PUSH(large->items, large->count, large->cap, *b);
		return 0;
	}
	if (b->tag == TAG_PLACES || b->tag == TAG_META)
		return take_small(r, b, err);
	return broken(r->frame, "a block of an unknown sort", err);
}

/* Of findings is kept where they stand. */
static int read_findings(struct report *r, struct err *err)
{
	if (frame_open(&r->frame, r->job->findings, FRAME_FINDING, &r->job->id, err) < 0)
		return -1;
	struct frame_scan scan = { .frame = r->frame };
	struct frame_block b;
	enum iter got;
	while ((got = frame_step(&scan, &b, err)) == ITER_ROW)
		if (take_block(r, &b, err) < 0)
			return -1;
	if (got == ITER_ERROR || index_fill(r, err) < 0)
		return -1;
	if (!r->meta || r->index.count != r->frame->rows || !row_sum_equal(r->sum, r->frame->sum))
		return broken(r->frame, "the number or the sum of its findings", err);
	return 0;
}

int make_folder(const struct report *r, const char *name, struct err *err)
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
	json_t *figures = NULL;
	if (read_findings(r, err) < 0 || make_folder(r, "lists", err) < 0)
		return -1;
	find_kinds(r);
	int got = put_lists(r, &figures, err);
	json_array_extend(r->outputs, figures);
	json_decref(figures);
	if (got == 0)
		got = put_verdicts(r, err);
	if (got == 0)
		got = put_summary(r, err);
	if (got == 0) {
		begin_manifest(r);
		got = put_workbooks(r, err);
	}
	if (got == 0)
		got = put_manifest(r, err);
	return got;
}

int report_run(const struct report_job *job, struct report_result *ret, struct err *err)
{
	struct report r = { .job = job, .pack = job->pack, .result = ret, .outputs = json_array(), .rates = json_object() };
	*ret = (struct report_result){ 0 };
	int got = run(&r, err);
	free(r.findings.items);
	free(r.counts.items);
	free(r.index.items);
	places_release(&r.places);
	frame_close(r.frame);
	json_decref(r.meta);
	json_decref(r.rates);
	json_decref(r.summary);
	json_decref(r.manifest);
	json_decref(r.outputs);
	return got;
}
