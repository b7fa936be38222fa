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
};

static inline void note_empty(struct run_state *s, unsigned i, unsigned column, const struct row_plan *p)
{
	s->empty[i] |= UINT64_C(1) << column;
	if (p->empty_reason)
		s->odd[i] = true;
}

static void take_ids(struct run_state *s, unsigned column)
{
	const struct csv_run run = *s->run; /* a copy: no store into a row can change it */
	const struct id_changes *changes = s->row->changes;
	unsigned field = (unsigned)s->columns[column], stride = s->stride;
	uint8_t *to = s->fixed + s->row->plan[column].offset;
	for (unsigned i = 0; i < run.rows; i++, to += stride) {
		struct str text = csv_run_field(&run, i, field);
		uint64_t stored = 0, ignored;
		if (text.n != ID_TEXT)
			text = text_trim(text);
		if (text.n != ID_TEXT || !id_parse_clean(text.p, s->row->as_of, &stored) ||
		    (changes && id_changes_find(changes, text, &ignored)))
			s->odd[i] = true;
		else
			row_note_taken(s->row, stored);
		le64_put(to, stored);
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

/* Dates, enumerations, ...: a memo knows most of them, whatever blanks stand around them. */
static inline __attribute__((always_inline)) void take_plain(struct run_state *s, unsigned column, unsigned width)
{
	static const struct memo_place none;
	const struct memo_place *last = &none; /* neighbours are often alike */
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
		if (text.n <= MEMO_TEXT) {
			struct memo_key key = memo_key(text.p, text.n);
			const struct memo_place *place = memo_holds(last, &key) ? last : memo_find(memo, &key);
			if (place) {
				last = place;
				put_number(to, row_stored(p, place->value), width);
				if (place->reason)
					s->odd[i] = true;
				continue;
			}
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

static void take_numbers(struct run_state *s)
{
	const struct row_builder *b = s->row;
	for (unsigned c = 0; c < b->kind->column_count; c++) {
		if (s->columns[c] < 0)
			take_nothing(s, c);
		else if (b->plan[c].sort == PLAN_ID)
			take_ids(s, c);
		else if (b->plan[c].sort > PLAN_NAME && b->plan[c].width == 1)
			take_plain(s, c, 1);
		else if (b->plan[c].sort > PLAN_NAME && b->plan[c].width == 4)
			take_plain(s, c, 4);
		else if (b->plan[c].sort > PLAN_NAME)
			take_plain(s, c, b->plan[c].width);
	}
}

/* The texts of row i, appended: there is room for those that are short and as they came. */
static inline void take_texts(struct run_state *s, const struct csv_run *run, unsigned i, struct buf *texts)
{
	struct row_builder *b = s->row;
	size_t start = texts->n, heads = b->kind->text_count;
	char *sizes = texts->p + start, *to = sizes + heads;
	for (unsigned t = 0, n = b->texts; t < n; t++) {
		unsigned column = b->order[t];
		const struct row_plan *p = &b->plan[column];
		struct str text = { NULL, 0 };
		if (s->columns[column] >= 0)
			text = text_trim(csv_run_field(run, i, (unsigned)s->columns[column]));
		sizes[t] = (char)text.n;
		if (!text.n) {
			note_empty(s, i, column, p);
		} else if (text.n <= CSV_ROOM && (p->sort == PLAN_TEXT || name_is_normal(text))) {
			memcpy(to, text.p, CSV_ROOM);
			to += text.n;
		} else {
			texts->n = (size_t)(to - texts->p);
			row_append_text(b, p, text, texts, start);
			sizes = texts->p + start;
			to = texts->p + texts->n;
		}
	}
	texts->n = (size_t)(to - texts->p);
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
	const struct csv_run copy = *run; /* no store into a row can change it */
	struct run_state s = { .row = row, .run = run, .columns = r->columns, .stride = row->kind->stride };
	bool usual = run->line + run->rows <= UINT32_MAX && row->texts + row->ids + row->plains == row->kind->column_count;
	s.fixed = table_rows_room(&b->rows, run->rows);
	row->room = true;
	if (usual)
		take_numbers(&s);
	for (unsigned i = 0; i < run->rows; i++) {
		buf_reserve(&b->rows.texts, row->kind->text_count * (size_t)(1 + CSV_ROOM) + CSV_ROOM);
		const uint8_t *made = s.fixed + (size_t)i * s.stride;
		uint8_t *fixed = table_rows_next(&b->rows); /* at or before it: rows may have been refused */
		if (usual && !s.odd[i])
			take_texts(&s, &copy, i, &b->rows.texts);
		if (!usual || s.odd[i]) {
			table_rows_drop(&b->rows);
			if (take_odd(b, &s, r, i, err) < 0)
				return -1;
			continue;
		}
		b->rows_read++;
		if (fixed != made)
			memcpy(fixed, made, s.stride);
		batch_keep(b, row, r, (uint32_t)run->line + i, s.empty[i]);
	}
	return 0;
}
