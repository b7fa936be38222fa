/* Any blocks as a table: opened and read to its end, or refused; ordinals rise, no row is given that is a duplicate.
 *
 * The texts of a row are measured only where they lie in their block: that they do is the checksum's promise (table/row.h). */
#include "replay.h"
#include "table/table.h"
#include "world.h"

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Whether the texts of the row end before `end`. */
static bool texts_inside(const struct kind *k, struct row r, const uint8_t *end)
{
	const uint8_t *p = r.texts + k->text_count;
	for (unsigned i = 0; i < k->text_count && p <= end; i++) {
		if (r.texts[i] == ROW_LONG && end - p < 4)
			return false;
		struct str text = row_text_at(p, r.texts[i]);
		p = (const uint8_t *)text.p + text.n;
	}
	return p <= end;
}

static void read_row(const struct table_scan *s, struct row r)
{
	const struct kind *k = s->table->kind;
	const uint8_t *end = (const uint8_t *)s->frame.buf.p + s->frame.buf.n;
	if (r.texts > end || (size_t)(end - r.texts) < k->text_count || !texts_inside(k, r, end))
		return;
	row_values_hash(k, r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *path = world_file("table");
	struct table *t;
	struct table_scan s;
	struct row row;
	struct err err;
	uint32_t ordinal, before = 0;
	bool first = true;
	if (!refit(data, n, FRAME_TABLE, path) || table_open(&t, path, world_schema(), world_id(), &err) < 0)
		return 0;
	table_scan_init(&s, t);
	while (table_next(&s, &row, &ordinal, &err) == ITER_ROW) {
		must(first || ordinal > before);
		first = false;
		before = ordinal;
		read_row(&s, row);
	}
	table_scan_release(&s);
	table_close(t);
	return 0;
}
