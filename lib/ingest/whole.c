#include "whole.h"

#include "io/output.h"

#include <stdlib.h>

void whole_init(struct whole *w, const struct kind *kind, const struct ingest_file *files, unsigned file_count)
{
	*w = (struct whole){ .kind = kind, .files = files, .file_count = file_count };
	w->counts = mem_alloc(file_count * sizeof *w->counts);
	w->first_ordinal = mem_alloc((file_count + 1) * sizeof *w->first_ordinal);
}

void whole_release(struct whole *w)
{
	tally_release(&w->tally);
	free(w->counts);
	free(w->first_ordinal);
}

int whole_check_files(const struct whole *w, struct err *err)
{
	if (w->file_count > UINT16_MAX)
		return err_set(err, STATUS_DATA, "%.*s: has more than %u files; join some", STR_ARG(w->kind->name), UINT16_MAX);
	return 0;
}

/* The file that an accepted row with this ordinal is in; asked in order. */
static struct ingest_count *count_of(struct whole_cursor *c, uint32_t ordinal)
{
	while (ordinal >= c->whole->first_ordinal[c->file + 1])
		c->file++;
	return &c->whole->counts[c->file];
}

void whole_count_invalid(void *arg, uint32_t ordinal)
{
	count_of(arg, ordinal)->invalid++;
}

void whole_duplicates(struct whole *w, const uint32_t *duplicates, size_t count)
{
	struct whole_cursor at = { w, 0 };
	for (size_t i = 0; i < count; i++) {
		struct ingest_count *c = count_of(&at, duplicates[i]);
		c->accepted--;
		c->duplicate++;
	}
}

static int test_rejected(const struct whole *w, struct err *err)
{
	uint64_t rows = 0, rejected = 0;
	for (unsigned i = 0; i < w->file_count; i++) {
		rows += w->counts[i].rows_read;
		rejected += w->counts[i].rejected;
	}
	if (rows < 1000 || rejected * 5 <= rows)
		return 0;
	return err_set(err, STATUS_DATA, "%.*s: %llu of %llu rows are refused; ask the sender for a whole extract",
	               STR_ARG(w->kind->name), (unsigned long long)rejected, (unsigned long long)rows);
}

/* A share is of a kind: its one file, or the first of them and how many more. */
static int name_files(const struct whole *w, struct err *err)
{
	if (w->file_count == 1)
		return err_in(err, "%s", w->files[0].name);
	return err_in(err, "%s and %u more", w->files[0].name, w->file_count - 1);
}

int whole_test(struct whole *w, const uint32_t *duplicates, size_t count, struct err *err)
{
	tally_drop(&w->tally, duplicates, count);
	if (tally_test(&w->tally, w->kind, w->first_ordinal[w->file_count] - count, err) < 0 || test_rejected(w, err) < 0)
		return name_files(w, err);
	return 0;
}

static json_t *meta_of_file(const char *name, const struct ingest_count *c)
{
	char hash[33], delimiter[2] = { c->delimiter, 0 };
	hex128(c->xxh3_128, hash);
	return json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "file", name, "bytes", (json_int_t)c->bytes,
	                 "xxh3_128", hash, "encoding", c->encoding, "delimiter", delimiter, "rows_read", (json_int_t)c->rows_read,
	                 "accepted", (json_int_t)c->accepted, "rejected", (json_int_t)c->rejected, "duplicate",
	                 (json_int_t)c->duplicate, "blank", (json_int_t)c->blank, "invalid",
	                 (json_int_t)c->invalid);
}

json_t *whole_meta(const struct whole *w)
{
	json_t *files = json_array();
	for (unsigned i = 0; i < w->file_count; i++)
		json_array_append_new(files, meta_of_file(w->files[i].name, &w->counts[i]));
	return json_pack("{s:s%, s:o}", "kind", w->kind->name.p, w->kind->name.n, "files", files);
}
