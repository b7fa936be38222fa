#include "ingest/parts.h"

#include "csv/write.h"
#include "io/output.h"
#include "reading.h"
#include "table/table.h"
#include "text/decode.h"
#include "whole.h"

#include <stdlib.h>

/* ---- what a table says of a file ------------------------------------------------------------------------------------------------------ */

static uint64_t number(json_t *file, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(file, key));
}

static void take_hash(json_t *file, uint8_t hash[16])
{
	const char *hex = json_string_value(json_object_get(file, "xxh3_128"));
	unsigned byte = 0;
	for (int i = 0; hex && i < 16 && sscanf(hex + 2 * i, "%2x", &byte) == 1; i++)
		hash[i] = (uint8_t)byte;
}

static int take_count(const struct table *t, unsigned i, struct ingest_count *c, struct err *err)
{
	json_t *file = json_array_get(json_object_get(t->meta, "files"), i);
	const char *encoding = json_string_value(json_object_get(file, "encoding"));
	const char *delimiter = json_string_value(json_object_get(file, "delimiter"));
	int e = encoding ? encoding_of_name(encoding) : -1;
	if (e < 0 || !delimiter)
		return err_set(err, STATUS_DATA, "%s: what it says of its files is broken; make it again", t->frame->path);
	*c = (struct ingest_count){ .bytes = number(file, "bytes"), .encoding = encoding_name((enum encoding)e), .delimiter = *delimiter,
		.rows_read = number(file, "rows_read"), .accepted = number(file, "accepted"), .rejected = number(file, "rejected"),
		.duplicate = number(file, "duplicate"), .blank = number(file, "blank") };
	take_hash(file, c->xxh3_128);
	return 0;
}

/* ---- making the table ------------------------------------------------------------------------------------------------------------------- */

struct settling {
	const struct parts_job *job;
	struct whole whole;
	struct table **tables;
	struct table_writer *writer;
	struct whole_cursor invalid;
	uint32_t first;            /* ordinal of the first row of the part that is being taken */
	const uint32_t *duplicates;
	size_t duplicate_count, next_duplicate;
};

/* All rows of a part count until the whole has told its duplicates. */
static int open_part(struct settling *s, unsigned i, struct err *err)
{
	const struct parts_job *job = s->job;
	struct ingest_count *c = &s->whole.counts[i];
	if (table_open(&s->tables[i], job->parts[i].table_path, job->schema, &job->id, err) < 0 || take_count(s->tables[i], 0, c, err) < 0)
		return -1;
	if (s->tables[i]->kind != job->kind)
		return err_set(err, STATUS_DATA, "%s: is of another kind; make it again", job->parts[i].table_path);
	c->accepted += c->duplicate;
	c->duplicate = 0;
	s->whole.first_ordinal[i + 1] = s->whole.first_ordinal[i] + (uint32_t)c->accepted;
	return table_put_part(s->writer, s->tables[i], err);
}

static int open_parts(struct settling *s, struct err *err)
{
	for (unsigned i = 0; i < s->job->count; i++)
		if (open_part(s, i, err) < 0)
			return -1;
	return table_duplicates(s->writer, &s->duplicates, &s->duplicate_count, err);
}

/* Whether a row is a duplicate; asked in order. */
static bool is_duplicate(struct settling *s, uint32_t ordinal)
{
	while (s->next_duplicate < s->duplicate_count && s->duplicates[s->next_duplicate] < ordinal)
		s->next_duplicate++;
	return s->next_duplicate < s->duplicate_count && s->duplicates[s->next_duplicate] == ordinal;
}

/* An entry_fn. */
static int count_invalid(void *arg, const struct entry *e, struct err *err)
{
	struct settling *s = arg;
	(void)err;
	if (!is_duplicate(s, s->first + e->ordinal))
		whole_count_invalid(&s->invalid, s->first + e->ordinal);
	return 0;
}

/* A marks_fn. */
static int take_marks(void *arg, const struct frame_block *b)
{
	struct settling *s = arg;
	return shares_take(&s->whole.tally, b, s->duplicates, s->duplicate_count);
}

static int take_readings(struct settling *s, struct err *err)
{
	s->invalid = (struct whole_cursor){ &s->whole, 0 };
	for (unsigned i = 0; i < s->job->count; i++) {
		s->first = s->whole.first_ordinal[i];
		if (reading_take(s->job->parts[i].reading_path, &s->job->id, s->tables[i]->meta, take_marks, NULL, count_invalid, s, err) < 0)
			return -1;
	}
	return 0;
}

static int settle(struct settling *s, bool *damaged, struct err *err)
{
	const struct parts_job *job = s->job;
	if (whole_check_files(&s->whole, err) < 0 || table_create(&s->writer, job->table_path, job->kind, &job->id, err) < 0)
		return -1;
	table_expect(s->writer, 0, job->memory);
	*damaged = true;
	if (open_parts(s, err) < 0)
		return -1;
	whole_duplicates(&s->whole, s->duplicates, s->duplicate_count);
	if (take_readings(s, err) < 0)
		return -1;
	*damaged = false;
	if (whole_test(&s->whole, s->duplicates, s->duplicate_count, err) < 0)
		return -1;
	json_t *meta = whole_meta(&s->whole);
	struct table_writer *w = s->writer;
	s->writer = NULL;
	int r = table_commit(w, meta, err);
	json_decref(meta);
	return r;
}

int parts_settle(const struct parts_job *job, bool *ret_damaged, struct err *err)
{
	struct settling s = { .job = job };
	whole_init(&s.whole, job->kind, job->files, job->count);
	s.tables = mem_alloc(job->count * sizeof *s.tables);
	*ret_damaged = false;
	int r = settle(&s, ret_damaged, err);
	table_abort(s.writer);
	for (unsigned i = 0; i < job->count; i++)
		table_close(s.tables[i]);
	free(s.tables);
	whole_release(&s.whole);
	return r;
}

/* ---- making the lists ------------------------------------------------------------------------------------------------------------------- */

struct listing {
	const struct table *table;
	struct output *rejects, *invalid;
	struct buf name;           /* of the extract, as a line begins with it */
	uint32_t first;            /* ordinal of its first row */
	size_t next_duplicate;
	uint64_t invalid_count;
};

static int write_line(struct listing *l, struct output *o, const struct entry *e, struct err *err)
{
	return output_write(o, l->name.p, l->name.n, err) < 0 ? -1 : output_write(o, e->line.p, e->line.n, err);
}

/* An entry_fn. */
static int list_reject(void *arg, const struct entry *e, struct err *err)
{
	struct listing *l = arg;
	return write_line(l, l->rejects, e, err);
}

/* An entry_fn. */
static int list_invalid(void *arg, const struct entry *e, struct err *err)
{
	struct listing *l = arg;
	const struct table *t = l->table;
	uint32_t ordinal = l->first + e->ordinal;
	while (l->next_duplicate < t->duplicate_count && t->duplicates[l->next_duplicate] < ordinal)
		l->next_duplicate++;
	if (l->next_duplicate < t->duplicate_count && t->duplicates[l->next_duplicate] == ordinal)
		return 0;
	l->invalid_count++;
	return write_line(l, l->invalid, e, err);
}

static int list_part(struct listing *l, const struct parts_job *job, unsigned i, struct ingest_count *c, struct err *err)
{
	const struct table *part = l->table->parts[i];
	l->name.n = 0;
	csv_put(&l->name, str_of(job->files[i].name));
	l->invalid_count = 0;
	if (take_count(l->table, i, c, err) < 0 ||
	    reading_take(job->parts[i].reading_path, &job->id, part->meta, NULL, list_reject, list_invalid, l, err) < 0)
		return -1;
	c->invalid = l->invalid_count;
	l->first += (uint32_t)(part->rows + part->duplicate_count);
	return 0;
}

static int list_parts(struct listing *l, const struct parts_job *job, struct ingest_count *counts, struct err *err)
{
	struct str rejects = STR("file,line,column,reason,row\n"), invalid = STR("file,line,column,reason,value\n");
	if (l->table->part_count != job->count)
		return err_set(err, STATUS_DATA, "%s: is made of other extracts; make it again", job->table_path);
	if (output_create(&l->rejects, job->rejects_path, err) < 0 || output_create(&l->invalid, job->invalid_path, err) < 0 ||
	    output_write(l->rejects, rejects.p, rejects.n, err) < 0 || output_write(l->invalid, invalid.p, invalid.n, err) < 0)
		return -1;
	for (unsigned i = 0; i < job->count; i++)
		if (list_part(l, job, i, &counts[i], err) < 0)
			return -1;
	struct output *o = l->rejects;
	l->rejects = NULL;
	if (output_commit(o, err) < 0)
		return -1;
	o = l->invalid;
	l->invalid = NULL;
	return output_commit(o, err);
}

int parts_list(const struct parts_job *job, struct ingest_count *counts, struct err *err)
{
	struct table *t;
	if (table_open(&t, job->table_path, job->schema, &job->id, err) < 0)
		return -1;
	struct listing l = { .table = t };
	int r = list_parts(&l, job, counts, err);
	output_abort(l.rejects);
	output_abort(l.invalid);
	buf_release(&l.name);
	table_close(t);
	return r;
}
