/* What the ledger has to know of the registry: docs/formats/registered.md. */
#include "internal.h"

#include "ledger/registered.h"

#include <stdlib.h>

struct registry {
	const struct column *household_no, *id, *relation, *status, *region;
	struct buf id_text, region_text;
};

static const struct column *column_of(const struct kind *k, const char *name)
{
	int c = kind_column(k, str_of(name));
	return c < 0 ? NULL : &k->columns[c];
}

static struct str number_of(struct buf *b, const struct column *c, struct row row)
{
	int64_t v = c ? row_number(row, c) : VALUE_NULL;
	b->n = 0;
	if (v != VALUE_NULL)
		column_print(c, v, b);
	return buf_str(b);
}

static struct str word_of(const struct column *c, struct row row)
{
	int64_t v = c && c->enumeration ? row_number(row, c) : VALUE_NULL;
	return v == VALUE_NULL ? STR("") : c->enumeration->values[v];
}

static int put_rows(struct registry *g, const struct table *t, struct registered_writer *w, struct err *err)
{
	struct table_scan scan;
	struct row row;
	uint32_t ordinal;
	enum iter got = ITER_ROW;
	int r = 0;
	table_scan_init(&scan, t);
	while (r == 0 && (got = table_next(&scan, &row, &ordinal, err)) == ITER_ROW) {
		struct registered_row one = { row_text(t->kind, row, g->household_no), number_of(&g->id_text, g->id, row), word_of(g->status, row),
			number_of(&g->region_text, g->region, row), str_eq(word_of(g->relation, row), STR("head")) };
		r = registered_put(w, &one, err);
	}
	table_scan_release(&scan);
	return r < 0 || got == ITER_ERROR ? -1 : 0;
}

int put_registered(struct runner *r, struct err *err)
{
	const struct kind *k = schema_role(r->schema, ROLE_REGISTER);
	struct registered_writer *w = NULL;
	struct table *t = NULL;
	char manifest[4096];
	if (!k || !r->tables[k->index])
		return 0;
	struct registry g = { column_of(k, "household_no"), column_of(k, "id"), column_of(k, "relation"), column_of(k, "status"), column_of(k, "region") };
	if (table_open(&t, r->tables[k->index], r->schema, runner_table_id(r), err) < 0)
		return -1;
	int got = registered_create(&w, r->plan->state, r->schema->hash, path_in(manifest, r->staging.path, "manifest", ".json"), err);
	if (got == 0 && (got = put_rows(&g, t, w, err)) == 0)
		got = registered_commit(w, err);
	else
		registered_abort(w);
	table_close(t);
	buf_release(&g.id_text);
	buf_release(&g.region_text);
	return got;
}
