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

static int take_block(struct report *r, struct figures_csv *figures, const struct frame_block *b, struct err *err)
{
	json_error_t e;
	switch (b->tag) {
	case TAG_FINDINGS: return index_block(r, b, err);
	case TAG_FIGURES: return figures_csv_block(figures, b, err);
	case TAG_PLACES: return places_decode(&r->places, b->p, b->n) < 0 ? broken(r->frame, "a place", err) : 0;
	case TAG_META:
		json_decref(r->meta);
		r->meta = json_loadb((const char *)b->p, b->n, JSON_REJECT_DUPLICATES, &e);
		return r->meta ? 0 : broken(r->frame, "what it says of itself", err);
	default: return broken(r->frame, "a block of an unknown sort", err);
	}
}

static int take(struct report *r, struct figures_csv *figures, struct err *err)
{
	struct frame_scan scan = { .frame = r->frame };
	struct frame_block b;
	enum iter got = ITER_END;
	int ret = 0;
	index_prepare(r);
	while (ret == 0 && (got = frame_next(&scan, &b, err)) == ITER_ROW)
		ret = take_block(r, figures, &b, err);
	if (ret == 0 && got == ITER_ERROR)
		ret = -1;
	if (ret == 0 && (!r->meta || r->index.count != r->frame->rows || !row_sum_equal(r->sum, r->frame->sum)))
		ret = broken(r->frame, "the number or the sum of its findings", err);
	frame_scan_release(&scan);
	return ret;
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

/* Read everything once: the counts go straight into figures.csv, of findings is kept where they stand. */
static int read_findings(struct report *r, json_t **ret_note, struct err *err)
{
	struct figures_csv *figures = NULL;
	if (frame_open(&r->frame, r->job->findings, FRAME_FINDING, &r->job->id, err) < 0 || figures_csv_begin(&figures, r, err) < 0)
		return -1;
	if (take(r, figures, err) < 0) {
		figures_csv_abort(figures);
		return -1;
	}
	*ret_note = figures_csv_end(figures, err);
	return *ret_note ? 0 : -1;
}

static int run(struct report *r, struct err *err)
{
	json_t *figures = NULL;
	if (read_findings(r, &figures, err) < 0 || make_folder(r, "lists", err) < 0) {
		json_decref(figures);
		return -1;
	}
	find_kinds(r);
	int got = put_lists(r, err);
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
