/* Any bytes as a text: the reader by AVX2, the reader without, records one by one and in runs, whole and in parts, all give what the slow
 * reference reader gives; and of a sound record libcsv makes the same fields.
 *
 * The first byte chooses the delimiter and the limits, the second and third how the text is cut, the fourth the width of runs. */
#include "base/cpu.h"
#include "csv/reader.h"
#include "../property/reader_reference.h"
#include "replay.h"

#include <csv.h>
#include <stdlib.h>

#define ROOM 64

static const struct csv_limits limits[] = { { 64u << 10, 1u << 20, 4u << 20 }, { 3, 12, 1000 }, { 20, 20, 21 }, { 5, 6, 7 } };

/* How the input wants to be read. */
struct choice {
	struct csv_rules rules;
	unsigned block, part, width; /* bytes, bytes, fields */
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void must_be_same(const struct csv_record *a, const struct csv_record *b)
{
	must(a->fault == b->fault && str_eq(a->raw, b->raw) && a->line == b->line && a->next_line == b->next_line);
	must(a->blank == b->blank && a->field_count == b->field_count);
	for (size_t i = 0; i < a->field_count; i++)
		must(str_eq(a->fields[i], b->fields[i]));
}

/* ---- libcsv ----------------------------------------------------------------------------------------------------------------------------- */

struct fields_seen {
	const struct csv_record *record;
	size_t n;
};

static int no_byte(unsigned char c)
{
	(void)c;
	return 0;
}

static void on_field(void *bytes, size_t n, void *arg)
{
	struct fields_seen *seen = arg;
	must(seen->n < seen->record->field_count && str_eq(seen->record->fields[seen->n++], (struct str){ bytes, n }));
}

static void libcsv_must_agree(const struct csv_record *record, char delimiter)
{
	struct csv_parser parser;
	struct fields_seen seen = { record, 0 };
	if (record->fault != CSV_SOUND || !record->raw.n)
		return;
	must(csv_init(&parser, CSV_STRICT_FINI) == 0);
	csv_set_delim(&parser, (unsigned char)delimiter);
	csv_set_space_func(&parser, no_byte);
	csv_set_term_func(&parser, no_byte);
	must(csv_parse(&parser, record->raw.p, record->raw.n, on_field, NULL, &seen) == record->raw.n);
	must(csv_fini(&parser, on_field, NULL, &seen) == 0 && seen.n == record->field_count);
	csv_free(&parser);
}

/* ---- a reader beside the reference -------------------------------------------------------------------------------------------------------- */

static void next_must_be(struct reference *reference, const struct csv_record *got, char delimiter)
{
	struct csv_record want;
	must(reference_next(reference, &want));
	must_be_same(got, &want);
	libcsv_must_agree(got, delimiter);
}

static void run_must_agree(const struct csv_run *run, struct reference *reference, char delimiter)
{
	struct str fields[16];
	for (unsigned i = 0; i < run->rows; i++) {
		for (unsigned f = 0; f < run->width; f++)
			fields[f] = csv_run_field(run, i, f);
		struct str last = fields[run->width - 1];
		next_must_be(reference, &(struct csv_record){ .line = run->line + i, .next_line = run->line + i + 1, .fields = fields,
			.field_count = run->width, .raw = { fields->p, (size_t)(last.p + last.n - fields->p) } }, delimiter);
	}
}

/* Give out what the reader has, with runs or without; reference NULL: nobody compares. What ended it. */
static enum csv_got drain(struct csv_reader *reader, struct reference *reference, const struct choice *c, bool runs)
{
	struct csv_record got;
	struct csv_run run;
	struct err err;
	for (;;) {
		while (runs && csv_next_run(reader, c->width, &run))
			if (reference)
				run_must_agree(&run, reference, c->rules.delimiter);
		enum csv_got how = csv_next(reader, &got, &err);
		if (how != CSV_RECORD)
			return how;
		if (reference)
			next_must_be(reference, &got, c->rules.delimiter);
	}
}

struct pieces {
	struct str rest;
	unsigned most;
};

static ssize_t read_piece(void *arg, void *to, size_t n, struct err *err)
{
	struct pieces *p = arg;
	(void)err;
	size_t give = p->most < p->rest.n ? p->most : p->rest.n;
	must(give <= n);
	if (give)
		memcpy(to, p->rest.p, give);
	p->rest.p += give;
	p->rest.n -= give;
	return (ssize_t)give;
}

static void read_whole(struct str text, const struct choice *c, bool runs)
{
	struct pieces pieces = { text, c->block };
	struct reference reference;
	struct csv_reader *reader;
	struct csv_record none;
	struct err err;
	reference_open(&reference, &c->rules, text);
	must(csv_reader_open(&reader, &c->rules, read_piece, &pieces, &err) == 0);
	must(drain(reader, &reference, c, runs) == CSV_END);
	must(!reference_next(&reference, &none));
	csv_reader_close(reader);
	reference_release(&reference);
}

/* As lib/ingest/belt.c does it: behind the line "h" parts are read as if each began a record; where one does not, what went before is
 * read on with it. */
static void read_in_parts(struct str body, const struct choice *c, bool runs)
{
	struct buf text = { 0 };
	struct reference reference;
	struct csv_record first;
	struct csv_reader *part, *rest;
	struct err err;
	uint64_t line = 2;
	bool resting = false, whole = false;
	buf_puts(&text, STR("h\n"));
	buf_puts(&text, body);
	reference_open(&reference, &c->rules, buf_str(&text));
	must(reference_next(&reference, &first));
	must(csv_reader_open_part(&part, &c->rules, &err) == 0 && csv_reader_open_part(&rest, &c->rules, &err) == 0);
	while (!whole) {
		size_t n = c->part < body.n ? c->part : body.n;
		const char *lf = n ? memrchr(body.p, '\n', n) : NULL;
		if (lf)
			n = (size_t)(lf - body.p) + 1;
		whole = n == body.n;
		char *copy = mem_alloc(n + ROOM);
		memcpy(copy, body.p, n);
		csv_reader_tell(part, copy, n, line, whole);
		must(drain(part, resting ? NULL : &reference, c, runs) == (whole ? CSV_END : CSV_MORE));
		if (resting) {
			csv_reader_add(rest, copy, n, whole);
		} else {
			uint64_t at;
			struct str left = csv_reader_rest(part, &at);
			resting = left.n > 0;
			if (resting) {
				csv_reader_restart(rest, at);
				csv_reader_add(rest, left.p, left.n, whole);
			}
		}
		if (resting)
			resting = drain(rest, &reference, c, runs) == CSV_MORE && !csv_reader_at_start(rest);
		for (size_t i = 0; i < n; i++)
			line += body.p[i] == '\n';
		body.p += n;
		body.n -= n;
		free(copy);
	}
	must(!reference_next(&reference, &first));
	csv_reader_close(part);
	csv_reader_close(rest);
	reference_release(&reference);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 4 || n > REFERENCE_FIELDS)
		return 0;
	struct choice c = { { ",;\t|"[data[0] & 3], limits[data[0] >> 2 & 3] }, 1 + data[1], 1 + 8 * data[2], 1 + data[3] % 15 };
	struct str text = { (const char *)data + 4, n - 4 };
	for (int avx2 = 0; avx2 < 2; avx2++)
		for (int runs = 0; runs < 2; runs++) {
			cpu_use_avx2(avx2);
			read_whole(text, &c, runs);
			read_in_parts(text, &c, runs);
		}
	return 0;
}
