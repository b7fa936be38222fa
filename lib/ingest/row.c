#include "row.h"

#include "base/le.h"
#include "csv/reader.h"
#include "changes.h"
#include "table/row.h"
#include "text/blank.h"

#include <stdlib.h>

static void plan_column(struct row_plan *p, const struct column *c, int32_t as_of)
{
	*p = (struct row_plan){ .bold = c->bold, .empty_value = VALUE_NULL };
	if (c->type == TYPE_TEXT || c->type == TYPE_NAME) {
		p->sort = c->type == TYPE_NAME ? PLAN_NAME : PLAN_TEXT;
		p->slot = c->slot;
		p->empty_reason = c->bold ? EMPTY : REASON_NONE;
		return;
	}
	p->sort = c->type == TYPE_ID ? PLAN_ID : c->type == TYPE_CERT ? PLAN_CERT : PLAN_PLAIN;
	p->width = type_widths[c->type];
	p->offset = c->offset;
	p->null = type_nulls[c->type];
	p->empty_reason = (enum reason)column_parse(c, STR(""), as_of, &p->empty_value);
}

static unsigned put_in_order(struct row_builder *b, unsigned at, unsigned from, unsigned to)
{
	unsigned n = 0;
	for (unsigned i = 0; i < b->kind->column_count; i++)
		if (b->plan[i].sort >= from && b->plan[i].sort <= to)
			b->order[at + n++] = (uint8_t)i;
	return n;
}

static void order_columns(struct row_builder *b)
{
	b->order = mem_alloc(b->kind->column_count);
	b->texts = put_in_order(b, 0, PLAN_TEXT, PLAN_NAME);
	b->ids = put_in_order(b, b->texts, PLAN_ID, PLAN_ID);
	b->plains = put_in_order(b, b->texts + b->ids, PLAN_PLAIN, PLAN_PLAIN);
}

int row_builder_init(struct row_builder *b, const struct ingest_job *job, struct err *err)
{
	const struct kind *k = job->kind;
	if (k->column_count > ROW_COLUMNS_MAX)
		return err_set(err, STATUS_CONFIG, "kind %.*s has more than %d columns; drop some from its schema", STR_ARG(k->name),
		               ROW_COLUMNS_MAX);
	*b = (struct row_builder){ .kind = k, .as_of = job->as_of, .changes = job->changes, .days = INGEST_NO_DAYS };
	b->invalid = mem_alloc(k->column_count * sizeof *b->invalid);
	b->memos = mem_alloc(k->column_count * sizeof *b->memos);
	b->plan = mem_alloc(k->column_count * sizeof *b->plan);
	for (unsigned i = 0; i < k->column_count; i++) {
		plan_column(&b->plan[i], &k->columns[i], b->as_of);
		b->null_when_empty |= (uint64_t)(b->plan[i].empty_value == VALUE_NULL) << i;
	}
	order_columns(b);
	b->places = mem_alloc((size_t)b->texts * CSV_RUN * sizeof *b->places);
	return 0;
}

void row_builder_release(struct row_builder *b)
{
	free(b->invalid);
	free(b->memos);
	free(b->plan);
	free(b->order);
	free(b->places);
	buf_release(&b->name);
	*b = (struct row_builder){ 0 };
}

/* The text of a field that is not there. */
static const char nothing[CSV_ROOM];

static inline struct str field_at(const struct str *fields, size_t count, int f)
{
	return f >= 0 && (size_t)f < count ? text_trim(fields[f]) : (struct str){ nothing, 0 };
}

struct str row_field(const struct str *fields, size_t count, const int *columns, unsigned column)
{
	return field_at(fields, count, columns[column]);
}

/* A certificate, whose first 18 places may be an old number. *ret_weak: asked of the new one. */
static enum reason read_cert(struct row_builder *b, uint64_t *ret)
{
	uint64_t now;
	if (b->cleaned_n < ID_TEXT || !id_changes_find(b->changes, (struct str){ b->cleaned, ID_TEXT }, &now))
		return (enum reason)cert_parse((struct str){ b->cleaned, b->cleaned_n }, b->as_of, ret);
	id_print(now, b->cleaned);
	enum reason reason = (enum reason)cert_parse((struct str){ b->cleaned, b->cleaned_n }, b->as_of, ret);
	if (!reason)
		*ret |= now & ID_WEAK;
	return reason;
}

/* An id, which may be an old number or the first places of a certificate. */
static enum reason read_id(struct row_builder *b, uint64_t *ret)
{
	if (id_changes_find(b->changes, (struct str){ b->cleaned, b->cleaned_n }, ret)) {
		id_print(*ret, b->cleaned);
		b->cleaned_n = ID_TEXT;
		return REASON_NONE;
	}
	enum reason reason = (enum reason)id_parse((struct str){ b->cleaned, b->cleaned_n }, b->as_of, ret);
	if (reason != ID_LENGTH || !b->changes || (b->cleaned_n != 20 && b->cleaned_n != 22))
		return reason;
	if (read_cert(b, ret))
		return ID_LENGTH;
	*ret &= ID_KEY_MASK | ID_WEAK;
	return REASON_NONE;
}

static void note_refused(struct row_builder *b)
{
	int32_t day = id_text_day((struct str){ b->cleaned, b->cleaned_n });
	if (day <= b->as_of && day > b->days.latest)
		b->days.latest = day; /* refused for something else: for a day before this one the date would come first */
	else if (day > b->as_of && day < b->days.earliest)
		b->days.earliest = day;
}

/* A date, an enumeration, ...: whatever is read the same each time. */
enum reason row_read_plain(struct row_builder *b, unsigned column, struct str text, int64_t *ret)
{
	if (text.n > MEMO_TEXT)
		return (enum reason)column_parse(&b->kind->columns[column], text, b->as_of, ret);
	char copy[CSV_ROOM] = { 0 };
	const char *from = text.p;
	if (!b->room) {
		memcpy(copy, text.p, text.n);
		from = copy;
	}
	struct memo_key key = memo_key(from, text.n);
	struct memo_place *place = memo_find(&b->memos[column], &key), new = { key, REASON_NONE, VALUE_NULL };
	if (!place) {
		new.reason = (uint32_t)column_parse(&b->kind->columns[column], text, b->as_of, &new.value);
		memo_put(&b->memos[column], &new);
		place = &new;
	}
	*ret = place->value;
	return (enum reason)place->reason;
}

static enum reason clean_and_read(struct row_builder *b, bool cert, struct str text, int64_t *ret)
{
	uint64_t stored = 0;
	enum reason reason = (enum reason)id_clean(text, b->cleaned, sizeof b->cleaned, &b->cleaned_n);
	if (!reason)
		reason = cert ? read_cert(b, &stored) : read_id(b, &stored);
	if (reason) {
		note_refused(b);
		return reason;
	}
	row_note_taken(b, stored);
	*ret = (int64_t)stored;
	return REASON_NONE;
}

/* The number of any column, for a text that is not empty. *ret stays as it is with a reason. */
static inline enum reason read_number(struct row_builder *b, unsigned column, struct str text, int64_t *ret)
{
	uint64_t stored;
	unsigned sort = b->plan[column].sort;
	if (sort == PLAN_PLAIN)
		return row_read_plain(b, column, text, ret);
	if (sort == PLAN_ID && text.n == ID_TEXT && id_parse_clean(text.p, b->as_of, &stored) &&
	    !id_changes_find(b->changes, text, &(uint64_t){ 0 })) {
		row_note_taken(b, stored);
		*ret = (int64_t)stored;
		return REASON_NONE;
	}
	return clean_and_read(b, sort == PLAN_CERT, text, ret);
}

/* Copy n bytes where CSV_ROOM may be written: most texts are short. Where as many may be read too, no length has to be guessed. */
static inline void copy_text(char *to, struct str text, bool room)
{
	if (text.n <= CSV_ROOM && room)
		memcpy(to, text.p, CSV_ROOM);
	else if (text.n)
		memcpy(to, text.p, text.n);
}

/* Append a text or name whose row's texts begin at `start`. Whether it is empty. */
static inline bool put_text(struct row_builder *b, const struct row_plan *p, struct str text, struct buf *texts, size_t start)
{
	if (p->sort == PLAN_NAME && !name_is_normal(text)) {
		b->name.n = 0;
		name_normalise(text, &b->name);
		buf_reserve(&b->name, CSV_ROOM);
		text = buf_str(&b->name);
	}
	if (text.n >= ROW_LONG) {
		row_put_text(texts, start, p->slot, text);
		return false;
	}
	if (texts->cap - texts->n < ROW_LONG + CSV_ROOM)
		buf_reserve(texts, ROW_LONG + CSV_ROOM);
	texts->p[start + p->slot] = (char)text.n;
	copy_text(texts->p + texts->n, text, b->room);
	texts->n += text.n;
	return !text.n;
}

/* value_store, by what the plan knows. */
static inline void put_number(const struct row_plan *p, uint8_t *fixed, int64_t v)
{
	uint64_t u = row_stored(p, v);
	switch (p->width) {
	case 1: fixed[p->offset] = (uint8_t)u; return;
	case 2: le16_put(fixed + p->offset, (uint16_t)u); return;
	case 4: le32_put(fixed + p->offset, (uint32_t)u); return;
	default: le64_put(fixed + p->offset, u);
	}
}

void row_append_text(struct row_builder *b, const struct row_plan *p, struct str text, struct buf *texts, size_t start)
{
	put_text(b, p, text, texts, start);
}

enum reason row_build(struct row_builder *b, const struct str *fields, size_t count, const int *columns, uint8_t *fixed,
                      struct buf *texts, unsigned *ret_column)
{
	struct row_marks marks = { 0 };
	size_t start = texts->n, heads = b->kind->text_count;
	unsigned column_count = b->kind->column_count;
	buf_reserve(texts, heads);
	texts->n += heads;
	b->invalid_count = 0;
	for (unsigned i = 0; i < column_count; i++) {
		const struct row_plan *p = &b->plan[i];
		struct str text = field_at(fields, count, columns[i]);
		uint64_t bit = UINT64_C(1) << i;
		enum reason reason = REASON_NONE;
		bool null;
		if (p->sort <= PLAN_NAME) {
			null = put_text(b, p, text, texts, start);
			if (null)
				reason = p->empty_reason;
		} else {
			int64_t v = VALUE_NULL;
			if (text.n) {
				reason = read_number(b, i, text, &v);
			} else {
				reason = p->empty_reason;
				v = p->empty_value;
				b->cleaned_n = reason ? 0 : b->cleaned_n;
			}
			put_number(p, fixed, v);
			null = v == VALUE_NULL;
		}
		marks.nulls |= null ? bit : 0;
		marks.empty |= text.n ? 0 : bit;
		if (!reason)
			continue;
		if (p->bold) {
			*ret_column = i;
			return reason;
		}
		marks.invalid |= bit;
		b->invalid[b->invalid_count++] = (struct invalid_value){ i, reason, text };
	}
	b->marks = marks;
	return REASON_NONE;
}
