/* The reader and the reference agree on random texts, however the text is cut into blocks. */
#include "base/cpu.h"
#include "base/mem.h"
#include "csv/reader.h"
#include "reader_reference.h"

#include <csv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka wants the above first */
#include <cmocka.h>
#include <stdio.h>

/* Of each size of limits; READER_ROUNDS in the environment asks for another number. */
static unsigned rounds_asked(void)
{
	const char *text = getenv("READER_ROUNDS");
	return text ? (unsigned)strtoul(text, NULL, 10) : 20000;
}

static uint64_t state = 0x9E3779B97F4A7C15;

static unsigned random_below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % n;
}

/* What a text is made of: what the rules look at, often; the rest, seldom. */
static const char *const pieces[] = {
	"\"", "\"", "\"\"", ",", ",", ",", "\n", "\n", "\r\n", "\r", " ", "a", "b", "\"a\"", "\"a\",", ",\"", "\"\n\"", ";", "|",
	"\t", "户", "号", "\u3000", "\u00A0", "\uFEFF", "\xE4\xBA", "\xFF", "\x81", "\xED\xA0\x80", "", "'", "longer text", "𠂇",
	"a text of forty bytes, and then some more",
};

/* Rows of one width, as most extracts are; with a piece of the above now and then. */
static void random_rows(struct buf *out)
{
	unsigned width = 2 + random_below(4), seldom = 1 + random_below(200);
	const char *line_end = random_below(2) ? "\n" : "\r\n";
	out->n = 0;
	for (unsigned row = random_below(300); row-- > 0;)
		for (unsigned f = 0; f < width; f++) {
			for (unsigned n = random_below(4); n-- > 0;)
				buf_puts(out, random_below(3) ? STR("户") : STR("12345678"));
			if (random_below(seldom) == 0)
				buf_puts(out, str_of(pieces[random_below(sizeof pieces / sizeof *pieces)]));
			buf_puts(out, f + 1 < width ? STR(",") : str_of(line_end));
		}
}

static void random_text(struct buf *out)
{
	if (random_below(40) == 0) {
		random_rows(out);
		return;
	}
	out->n = 0;
	for (unsigned n = random_below(random_below(8) ? 30 : 120); n-- > 0;) {
		unsigned i = random_below(sizeof pieces / sizeof *pieces);
		if (*pieces[i])
			buf_puts(out, str_of(pieces[i]));
		else if (random_below(4) == 0)
			buf_putc(out, 0);
	}
}

/* Gives a text in pieces of up to `most` bytes. */
struct pieces {
	struct str rest;
	unsigned most;
};

static ssize_t read_piece(void *arg, void *to, size_t n, struct err *err)
{
	struct pieces *p = arg;
	(void)err;
	size_t give = 1 + random_below(p->most);
	if (give > p->rest.n)
		give = p->rest.n;
	assert_true(give <= n);
	if (give)
		memcpy(to, p->rest.p, give);
	p->rest.p += give;
	p->rest.n -= give;
	return (ssize_t)give;
}

/* The text of a round that fails, to try it again by hand. */
static struct str tried;

static void print_tried(void)
{
	fprintf(stderr, "text: ");
	for (size_t i = 0; i < tried.n; i++) {
		unsigned char c = (unsigned char)tried.p[i];
		fprintf(stderr, c >= ' ' && c < 0x7F ? "%c" : "\\x%02X", c);
	}
	fprintf(stderr, "\n");
}

static int no_byte(unsigned char c)
{
	(void)c;
	return 0;
}

struct libcsv_fields {
	const struct csv_record *record;
	size_t count;
};

static void same_field(void *bytes, size_t n, void *arg)
{
	struct libcsv_fields *f = arg;
	assert_true(f->count < f->record->field_count);
	assert_true(str_eq(f->record->fields[f->count++], (struct str){ bytes, n }));
}

/* libcsv finds the same fields in a sound record. */
static void assert_libcsv_agrees(const struct csv_record *record, char delimiter)
{
	struct csv_parser parser;
	struct libcsv_fields fields = { record, 0 };
	assert_int_equal(csv_init(&parser, CSV_STRICT_FINI), 0);
	csv_set_delim(&parser, (unsigned char)delimiter);
	csv_set_space_func(&parser, no_byte);
	csv_set_term_func(&parser, no_byte);
	assert_int_equal(csv_parse(&parser, record->raw.p, record->raw.n, same_field, NULL, &fields), record->raw.n);
	assert_int_equal(csv_fini(&parser, same_field, NULL, &fields), 0);
	if (record->raw.n && fields.count != record->field_count)
		print_tried();
	if (record->raw.n) /* of an empty record libcsv makes nothing */
		assert_int_equal(fields.count, record->field_count);
	csv_free(&parser);
}

static bool same(const struct csv_record *a, const struct csv_record *b)
{
	bool same = a->fault == b->fault && str_eq(a->raw, b->raw) && a->line == b->line && a->next_line == b->next_line &&
		a->blank == b->blank && a->field_count == b->field_count;
	for (size_t i = 0; same && i < a->field_count; i++)
		same = str_eq(a->fields[i], b->fields[i]);
	return same;
}

static void assert_same_record(const struct csv_record *a, const struct csv_record *b)
{
	if (!same(a, b))
		print_tried();
	assert_int_equal(a->fault, b->fault);
	assert_true(str_eq(a->raw, b->raw));
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->next_line, b->next_line);
	assert_int_equal(a->blank, b->blank);
	assert_int_equal(a->field_count, b->field_count);
	for (size_t i = 0; i < a->field_count; i++)
		assert_true(str_eq(a->fields[i], b->fields[i]));
}

/* A run of the reader, if it gives one: each of its records is the next one of the reference. */
static bool run_agrees(struct csv_reader *reader, struct reference *reference, char delimiter)
{
	struct csv_run run;
	struct csv_record want;
	size_t width = 1 + random_below(5);
	if (!csv_next_run(reader, width, &run))
		return false;
	assert_true(run.rows > 0 && run.rows <= CSV_RUN && run.width == width);
	for (unsigned i = 0; i < run.rows && reference; i++) {
		struct str fields[8];
		for (unsigned f = 0; f < width; f++)
			fields[f] = csv_run_field(&run, i, f);
		struct str last = fields[width - 1];
		struct csv_record got = { .line = run.line + i, .next_line = run.line + i + 1, .fields = fields, .field_count = width,
			                  .raw = { fields[0].p, (size_t)(last.p + last.n - fields[0].p) } };
		assert_true(reference_next(reference, &want));
		assert_same_record(&got, &want);
		assert_libcsv_agrees(&got, delimiter);
	}
	return true;
}

static void assert_agree(struct str text, const struct csv_rules *rules, unsigned most)
{
	struct pieces pieces_of_text = { text, most };
	struct reference reference;
	struct csv_reader *reader;
	struct csv_record got, want;
	struct err err;
	reference_open(&reference, rules, text);
	assert_int_equal(csv_reader_open(&reader, rules, read_piece, &pieces_of_text, &err), 0);
	for (;;) {
		while (random_below(2) && run_agrees(reader, &reference, rules->delimiter))
			;
		if (!reference_next(&reference, &want))
			break;
		assert_int_equal(csv_next(reader, &got, &err), CSV_RECORD);
		assert_same_record(&got, &want);
		if (got.fault == CSV_SOUND)
			assert_libcsv_agrees(&got, rules->delimiter);
	}
	assert_int_equal(csv_next(reader, &got, &err), CSV_END);
	csv_reader_close(reader);
	reference_release(&reference);
}

/* ---- a text in parts: as lib/ingest/belt.c reads it -------------------------------------------------------------------------------- */

#define ROOM 64 /* readable bytes behind a part */

static void next_agrees(struct reference *reference, const struct csv_record *got)
{
	struct csv_record want;
	assert_true(reference_next(reference, &want));
	if (!same(got, &want))
		print_tried();
	assert_same_record(got, &want);
}

static uint64_t count_line_ends(struct str s)
{
	uint64_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* Give out what the reader has; what ended it. */
static enum csv_got drain(struct csv_reader *reader, struct reference *reference, char delimiter)
{
	struct csv_record got;
	struct err err;
	enum csv_got how = CSV_RECORD;
	while (how == CSV_RECORD) {
		while (random_below(2) && run_agrees(reader, reference, delimiter))
			;
		how = csv_next(reader, &got, &err);
		if (how == CSV_RECORD && reference)
			next_agrees(reference, &got);
	}
	return how;
}

/* The first line is no part; the rest is cut anywhere, and each part read as if it began a record: what comes of it counts when it did. */
static void assert_parts_agree(struct str text, const struct csv_rules *rules)
{
	struct reference reference;
	struct csv_record first;
	struct csv_reader *part, *rest;
	struct err err;
	reference_open(&reference, rules, text);
	assert_true(reference_next(&reference, &first));
	assert_int_equal(csv_reader_open_part(&part, rules, &err), 0);
	assert_int_equal(csv_reader_open_part(&rest, rules, &err), 0);
	text.p += 2;
	text.n -= 2;
	uint64_t line = 2;
	bool resting = false, whole = false;
	while (!whole) {
		size_t n = random_below((unsigned)text.n + 1) % (1 + random_below(40));
		const char *lf = n ? memrchr(text.p, '\n', n) : NULL;
		if (lf && random_below(4)) /* where a record most likely begins */
			n = (size_t)(lf - text.p) + 1;
		whole = n == text.n && random_below(2);
		char *copy = mem_alloc(n + ROOM);
		memcpy(copy, text.p, n);
		csv_reader_tell(part, copy, n, line, whole);
		enum csv_got how = drain(part, resting ? NULL : &reference, rules->delimiter);
		assert_int_equal(how, whole ? CSV_END : CSV_MORE);
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
			resting = drain(rest, &reference, rules->delimiter) == CSV_MORE && !csv_reader_at_start(rest);
		line += count_line_ends((struct str){ text.p, n });
		text.p += n;
		text.n -= n;
		free(copy);
	}
	assert_false(reference_next(&reference, &first));
	csv_reader_close(part);
	csv_reader_close(rest);
	reference_release(&reference);
}

static void agree_in_parts(const struct csv_limits *limits, unsigned rounds)
{
	struct buf text = { 0 }, body = { 0 };
	for (unsigned i = 0; i < rounds; i++) {
		struct csv_rules rules = { ",;\t|"[random_below(4)], *limits };
		random_text(&body);
		text.n = 0;
		buf_puts(&text, STR("h\n"));
		buf_puts(&text, buf_str(&body));
		tried = buf_str(&text);
		assert_parts_agree(tried, &rules);
	}
	buf_release(&text);
	buf_release(&body);
}

static void a_text_in_parts_gives_the_same_records(void **unused)
{
	(void)unused;
	agree_in_parts(&CSV_LIMITS, rounds_asked());
	agree_in_parts(&(struct csv_limits){ 3, 12, 1000 }, rounds_asked());
	agree_in_parts(&(struct csv_limits){ 3, 8, 12 }, rounds_asked());
	agree_in_parts(&(struct csv_limits){ 5, 6, 7 }, rounds_asked());
}

static void agree_on_random_texts(const struct csv_limits *limits, unsigned rounds)
{
	struct buf text = { 0 };
	for (unsigned i = 0; i < rounds; i++) {
		struct csv_rules rules = { ",;\t|"[random_below(4)], *limits };
		random_text(&text);
		/* A copy of its own size: a read behind the end shows. */
		char *copy = mem_dup(buf_str(&text));
		tried = (struct str){ copy, text.n };
		assert_agree(tried, &rules, 1 + random_below(40));
		free(copy);
	}
	buf_release(&text);
}

static void reader_finds_the_records_of_the_page(void **unused)
{
	(void)unused;
	agree_on_random_texts(&CSV_LIMITS, rounds_asked());
}

static void reader_keeps_small_limits(void **unused)
{
	(void)unused;
	agree_on_random_texts(&(struct csv_limits){ 3, 12, 1000 }, rounds_asked());
	agree_on_random_texts(&(struct csv_limits){ 0, 4, 1000 }, rounds_asked());
}

static void reader_reads_records_it_cannot_hold_to_their_end(void **unused)
{
	(void)unused;
	agree_on_random_texts(&(struct csv_limits){ 3, 8, 12 }, rounds_asked());
	agree_on_random_texts(&(struct csv_limits){ 5, 6, 7 }, rounds_asked());
	agree_on_random_texts(&(struct csv_limits){ 20, 20, 21 }, rounds_asked());
}

static int use_avx2(void **unused)
{
	(void)unused;
	cpu_use_avx2(true);
	return 0;
}

static int use_portable(void **unused)
{
	(void)unused;
	cpu_use_avx2(false);
	return 0;
}

#define BOTH(test) { #test, test, use_avx2, NULL, NULL }, { #test " without vectors", test, use_portable, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(reader_finds_the_records_of_the_page),
		BOTH(reader_keeps_small_limits),
		BOTH(reader_reads_records_it_cannot_hold_to_their_end),
		BOTH(a_text_in_parts_gives_the_same_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
