/* Many plain records at a time, column by column: what most rows are. A row that holds anything unusual is marked and taken by
 * batch_take(), as if it had come alone; so all that is said here of a value is that it has no fault. */
#include "batch.h"

#include "base/le.h"
#include "changes.h"
#include "table/row.h"
#include "text/blank.h"

/* What is known of the rows of a run. */
struct run_state {
	struct row_builder *row;
	const struct csv_run *run;
	const int *columns;
	uint8_t *fixed;          /* of the first row */
	unsigned stride;
	uint64_t empty[CSV_RUN]; /* bit i: column i is */
	bool odd[CSV_RUN];       /* to be taken alone */
	bool rare[CSV_RUN];      /* a text of it does not go in as it came, or is long */
};

static inline void note_empty(struct run_state *s, unsigned i, unsigned column, const struct row_plan *p)
{
	s->empty[i] |= UINT64_C(1) << column;
	if (p->empty_reason)
		s->odd[i] = true;
}

static void take_ids(struct run_state *s, unsigned column)
{
	static const char none[ID_TEXT];
	UNSET const char *texts[CSV_RUN];
	UNSET uint64_t ids[CSV_RUN];
	const struct csv_run run = *s->run; /* a copy: no store into a row can change it */
	const struct id_changes *changes = s->row->changes;
	unsigned field = (unsigned)s->columns[column], stride = s->stride;
	uint8_t *to = s->fixed + s->row->plan[column].offset;
	for (unsigned i = 0; i < run.rows; i++) {
		struct str text = csv_run_field(&run, i, field);
		if (text.n != ID_TEXT)
			text = text_trim(text);
		texts[i] = text.n == ID_TEXT ? text.p : none;
	}
	id_parse_each(texts, run.rows, s->row->as_of, ids);
	for (unsigned i = 0; i < run.rows; i++, to += stride) {
		le64_put(to, ids[i]);
		if (!ids[i] || (changes && id_changes_find(changes, (struct str){ texts[i], ID_TEXT }, &(uint64_t){ 0 })))
			s->odd[i] = true;
		else
			row_note_taken(s->row, ids[i]);
	}
}

/* Called with a width that the compiler knows, each is one instruction. */
static inline __attribute__((always_inline)) void put_number(uint8_t *to, uint64_t stored, unsigned width)
{
	switch (width) {
	case 1: *to = (uint8_t)stored; return;
	case 2: le16_put(to, (uint16_t)stored); return;
	case 4: le32_put(to, (uint32_t)stored); return;
	default: le64_put(to, stored);
	}
}

/* A value that no memo knows, or that is too long for one. */
static uint64_t read_anew(struct run_state *s, unsigned i, unsigned column, struct str text)
{
	const struct row_plan *p = &s->row->plan[column];
	int64_t v = p->empty_value;
	text = text_trim(text);
	if (!text.n)
		note_empty(s, i, column, p);
	else if (row_read_plain(s->row, column, text, &v))
		s->odd[i] = true;
	return row_stored(p, v);
}

/* Dates, enumerations, ...: a memo knows most of them, whatever blanks stand around them. alike: rows that are neighbours mostly have the
 * same one. */
static inline __attribute__((always_inline)) void take_plain(struct run_state *s, unsigned column, unsigned width, bool alike)
{
	static const struct memo_place none;
	const struct memo_place *last = &none;
	const struct row_plan plan = s->row->plan[column], *p = &plan; /* copies: no store into a row can change them */
	const struct csv_run run = *s->run;
	struct memo *memo = &s->row->memos[column];
	uint64_t empty = row_stored(p, p->empty_value);
	unsigned field = (unsigned)s->columns[column], stride = s->stride;
	uint8_t *to = s->fixed + p->offset;
	for (unsigned i = 0; i < run.rows; i++, to += stride) {
		struct str text = csv_run_field(&run, i, field);
		if (!text.n) {
			put_number(to, empty, width);
			note_empty(s, i, column, p);
			continue;
		}
		const struct memo_place *place = NULL;
		if (text.n <= MEMO_SHORT) {
			struct memo_key key = memo_short_key(text.p, text.n);
			place = alike && memo_holds_short(last, &key) ? last : memo_find_short(memo, &key);
		} else if (text.n <= MEMO_TEXT) {
			struct memo_key key = memo_key(text.p, text.n);
			place = memo_find(memo, &key);
		}
		if (place) {
			last = place;
			put_number(to, row_stored(p, place->value), width);
			if (place->reason)
				s->odd[i] = true;
			continue;
		}
		put_number(to, read_anew(s, i, column, text), width);
	}
}

/* A column that the extract does not have. */
static void take_nothing(struct run_state *s, unsigned column)
{
	const struct row_plan *p = &s->row->plan[column];
	uint8_t *to = s->fixed + p->offset;
	for (unsigned i = 0; i < s->run->rows; i++, to += s->stride) {
		if (p->sort > PLAN_NAME)
			put_number(to, row_stored(p, p->empty_value), p->width);
		note_empty(s, i, column, p);
	}
}

/* take_plain, with a width that the compiler knows. Of the values that are stored in 8 bytes regions are the most. */
static void take_plain_of(struct run_state *s, unsigned column, unsigned width)
{
	switch (width) {
	case 1: take_plain(s, column, 1, false); return;
	case 2: take_plain(s, column, 2, false); return;
	case 4: take_plain(s, column, 4, false); return;
	default: take_plain(s, column, 8, true);
	}
}

static void take_numbers(struct run_state *s)
{
	const struct row_builder *b = s->row;
	for (unsigned c = 0; c < b->kind->column_count; c++) {
		if (s->columns[c] < 0)
			take_nothing(s, c);
		else if (b->plan[c].sort == PLAN_ID)
			take_ids(s, c);
		else if (b->plan[c].sort > PLAN_NAME)
			take_plain_of(s, c, b->plan[c].width);
	}
}

/* name_is_normal of a name of up to 15 bytes, without a loop; false of any other. 16 bytes can be read at name.p. */
static inline bool is_short_normal_name(struct str name)
{
	typedef uint8_t bytes __attribute__((vector_size(16)));
	static const uint8_t firsts[15 + 16] = { [0] = 0xFF, [3] = 0xFF, [6] = 0xFF, [9] = 0xFF, [12] = 0xFF }; /* of characters of three bytes */
	bytes v, first;
	uint64_t halves[2];
	if (name.n > 15 || !(0x9249 >> name.n & 1)) /* 0, 3, 6, ... 15 bytes */
		return false;
	memcpy(&v, name.p, sizeof v);
	memcpy(&first, firsts + 15 - name.n, sizeof first);
	v = (bytes)(v - 0xE4 > 0xE9 - 0xE4) & first;
	memcpy(halves, &v, sizeof halves);
	return !(halves[0] | halves[1]);
}

#define PLACED_MOST (2 * CSV_ROOM) /* bytes of a text that is copied without a look at its size */

/* The texts or names of a column: each is trimmed, and its place noted among those of its row. */
static inline __attribute__((always_inline)) void place_texts(struct run_state *s, unsigned column, struct text_place *to, bool name)
{
	const struct csv_run run = *s->run;
	unsigned field = (unsigned)s->columns[column], texts = s->row->texts;
	bool needed = s->row->plan[column].empty_reason;
	for (unsigned i = 0; i < run.rows; i++, to += texts) {
		struct str text = text_trim(csv_run_field(&run, i, field));
		*to = (struct text_place){ (uint32_t)(text.p - run.p), (uint32_t)text.n };
		s->empty[i] |= (uint64_t)!text.n << column;
		s->odd[i] |= needed && !text.n;
		s->rare[i] |= name ? !is_short_normal_name(text) : text.n > PLACED_MOST;
	}
}

static void place_nothing(struct run_state *s, unsigned column, struct text_place *to)
{
	for (unsigned i = 0; i < s->run->rows; i++, to += s->row->texts) {
		*to = (struct text_place){ 0 };
		note_empty(s, i, column, &s->row->plan[column]);
	}
}

static void take_text_places(struct run_state *s)
{
	struct row_builder *b = s->row;
	for (unsigned t = 0; t < b->texts; t++) {
		unsigned column = b->order[t];
		struct text_place *to = b->places + t;
		if (s->columns[column] < 0)
			place_nothing(s, column, to);
		else if (b->plan[column].sort == PLAN_NAME)
			place_texts(s, column, to, true);
		else
			place_texts(s, column, to, false);
	}
}

/* Texts whose places are known, appended to those of a row: there is room for them. */
static inline void put_placed(const char *p, const struct text_place *places, unsigned count, struct buf *texts)
{
	char *sizes = texts->p + texts->n, *to = sizes + count;
	for (unsigned t = 0; t < count; t++) {
		const char *from = p + places[t].at;
		sizes[t] = (char)places[t].n;
		memcpy(to, from, CSV_ROOM);
		if (places[t].n > CSV_ROOM)
			memcpy(to + CSV_ROOM, from + CSV_ROOM, CSV_ROOM);
		to += places[t].n;
	}
	texts->n = (size_t)(to - texts->p);
}

/* Any texts of a row. */
static void put_rare(struct row_builder *b, const char *p, const struct text_place *places, struct buf *texts)
{
	size_t start = texts->n;
	texts->n += b->texts;
	for (unsigned t = 0; t < b->texts; t++)
		row_append_text(b, &b->plan[b->order[t]], (struct str){ p + places[t].at, places[t].n }, texts, start);
}

/* The rows from first to end - 1, none of them odd, into the batch. */
static void keep_usual(struct batch *b, const struct run_state *s, const struct reading *r, unsigned first, unsigned end)
{
	struct row_builder *row = s->row;
	struct table_rows *rows = &b->rows;
	unsigned texts = row->texts, n = end - first, stride = s->stride;
	const uint8_t *made = s->fixed + (size_t)first * stride;
	uint8_t *fixed = table_rows_next(rows); /* at or before it: rows may have been refused */
	if (fixed != made)
		memmove(fixed, made, (size_t)n * stride);
	for (unsigned i = first; i < end; i++, fixed += stride) {
		const struct text_place *places = row->places + (size_t)i * texts;
		struct row_marks marks = { .nulls = s->empty[i] & row->null_when_empty, .empty = s->empty[i] };
		buf_reserve(&rows->texts, texts * (size_t)(1 + PLACED_MOST) + PLACED_MOST);
		if (s->rare[i])
			put_rare(row, s->run->p, places, &rows->texts);
		else
			put_placed(s->run->p, places, texts, &rows->texts);
		rows->starts[rows->rows + 1 + i - first] = (uint32_t)rows->texts.n;
		le32_put(fixed, (uint32_t)s->run->line + i);
		le16_put(fixed + 4, (uint16_t)r->file);
		shares_add(&b->shares, &marks);
	}
	table_rows_keep_many(rows, n);
	b->rows_read += n;
}

/* Row i alone, as a record. */
static int take_odd(struct batch *b, const struct run_state *s, const struct reading *r, unsigned i, struct err *err)
{
	const struct csv_run *run = s->run;
	struct csv_record record = { .line = run->line + i, .next_line = run->line + i + 1, .room = true, .field_count = run->width };
	struct str *fields = mem_grow(NULL, run->width, sizeof *fields);
	for (unsigned f = 0; f < run->width; f++)
		fields[f] = csv_run_field(run, i, f);
	const struct str *last = &fields[run->width - 1];
	record.fields = fields;
	record.raw = (struct str){ fields->p, (size_t)(last->p + last->n - fields->p) };
	int rc = batch_take(b, s->row, r, &record, err);
	free(fields);
	return rc;
}

int batch_take_run(struct batch *b, struct row_builder *row, const struct reading *r, const struct csv_run *run, struct err *err)
{
	struct run_state s = { .row = row, .run = run, .columns = r->columns, .stride = row->kind->stride };
	bool usual = run->line + run->rows <= UINT32_MAX && row->texts + row->ids + row->plains == row->kind->column_count;
	s.fixed = table_rows_room(&b->rows, run->rows);
	row->room = true;
	if (usual) {
		take_numbers(&s);
		take_text_places(&s);
	}
	for (unsigned i = 0, end; i < run->rows; i = end) {
		for (end = i; usual && end < run->rows && !s.odd[end]; end++)
			;
		if (end > i)
			keep_usual(b, &s, r, i, end);
		else if (take_odd(b, &s, r, end++, err) < 0)
			return -1;
	}
	return 0;
}
