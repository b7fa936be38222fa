/* rows: rows of tables and dossiers written as text, and a dossier of them.
 *
 *     struct row r = rows_make(&arena, schema_kind(s, STR("hukou")), 3, "id=A;household_no=101;type=农业");
 *
 * An id is a letter: A-H were born on 1960-01-01, I-P on 1950-01-01, Q-Z on 2007-01-01, all of the invented county 500901. After the
 * letter '~' makes it weak; of a certificate a digit is the level. Other cells are read as an ingest reads them.
 */
#ifndef BIDUI_TEST_ROWS_H
#define BIDUI_TEST_ROWS_H

#include "id/id.h"
#include "scratch.h"
#include "table/row.h"

#define ROWS_AS_OF day_of(2017, 11, 26)

static inline uint64_t rows_key(char letter)
{
	int year = letter <= 'H' ? 1960 : letter <= 'P' ? 1950 : 2007;
	return id_pack(500901, day_of(year, 1, 1), (uint32_t)(letter - 'A') + 1);
}

/* The text of a column in "name=text;name=text"; empty when it is not there. */
static inline struct str rows_cell(const char *cells, struct str column)
{
	for (const char *p = cells; *p;) {
		const char *end = strchrnul(p, ';'), *is = memchr(p, '=', (size_t)(end - p));
		assert_non_null(is);
		if (str_eq(column, (struct str){ p, (size_t)(is - p) }))
			return (struct str){ is + 1, (size_t)(end - is - 1) };
		p = *end ? end + 1 : end;
	}
	return STR("");
}

static inline int64_t rows_number(const struct column *c, struct str text)
{
	int64_t v = VALUE_NULL;
	if (c->type == TYPE_ID || c->type == TYPE_CERT) {
		if (!text.n)
			return v;
		uint64_t id = rows_key(*text.p) | (text.p[text.n - 1] == '~' ? ID_WEAK : 0);
		if (c->type == TYPE_CERT)
			id |= UINT64_C(1) << ID_CATEGORY_SHIFT | (uint64_t)(text.p[1] - '0') << ID_LEVEL_SHIFT;
		return (int64_t)id;
	}
	int reason = column_parse(c, text, ROWS_AS_OF, &v);
	if (reason)
		fail_msg("%.*s: %s", STR_ARG(c->name), reason_name(reason));
	return v;
}

/* Lives as long as the arena. */
static inline struct row rows_make(struct arena *a, const struct kind *k, uint32_t line, const char *cells)
{
	uint8_t *fixed = arena_alloc(a, k->stride);
	struct buf texts = { 0 };
	buf_reserve(&texts, k->text_count);
	texts.n = k->text_count;
	le32_put(fixed, line);
	for (unsigned i = 0; i < k->column_count; i++) {
		const struct column *c = &k->columns[i];
		struct str text = rows_cell(cells, c->name);
		if (c->type != TYPE_TEXT && c->type != TYPE_NAME) {
			value_store(c->type, fixed + c->offset, rows_number(c, text));
			continue;
		}
		row_put_text(&texts, 0, c->slot, text);
	}
	uint8_t *all = arena_alloc(a, texts.n + 1);
	memcpy(all, buf_str(&texts).p, texts.n);
	buf_release(&texts);
	return (struct row){ fixed, all };
}

#endif
