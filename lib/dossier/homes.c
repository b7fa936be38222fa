#include "dossier/homes.h"

#include <stdlib.h>

#define MAX_TABLE 4096
#define VILLAGE INT64_C(500901001201)
#define NO_VILLAGE INT64_C(500901001001)

/* ---- tables of conditions ------------------------------------------------------------------------------------------------------------- */

static bool note_column(struct row_test *t, const struct column *c)
{
	for (unsigned i = 0; i < t->column_count; i++)
		if (t->columns[i].offset == c->offset)
			return true;
	if (t->column_count == ROW_TEST_COLUMNS)
		return false;
	t->columns[t->column_count++].offset = c->offset;
	return true;
}

/* Whether the expression looks at nothing but byte-sized columns of the row and whether its region is a village. */
static bool survey(struct row_test *t, const struct kind *k, const struct expr *e)
{
	if (!e)
		return true;
	switch (e->op) {
	case E_ENUM: case E_BOOL: return true;
	case E_COLUMN:
		return e->depth == 0 && type_width(k->columns[e->index].type) == 1 && note_column(t, &k->columns[e->index]);
	case E_FUNCTION:
		if (e->index != F_IN_VILLAGE || e->a->op != E_COLUMN || e->a->depth != 0)
			return false;
		t->region = k->columns[e->a->index].offset;
		return true;
	case E_TERM: return e->depth == 0 && survey(t, k, e->term->expr);
	case E_IN:
		for (unsigned i = 0; i < e->arg_count; i++)
			if (!survey(t, k, e->args[i]))
				return false;
		return survey(t, k, e->a);
	case E_AND: case E_OR: case E_NOT: case E_EQ: case E_NE: case E_IS_NULL: case E_IS_TRUE: case E_IS_FALSE:
		return survey(t, k, e->a) && survey(t, k, e->b);
	default: return false;
	}
}

static unsigned values_at(const struct kind *k, unsigned offset)
{
	for (unsigned i = 0; i < k->column_count; i++)
		if (k->columns[i].offset == offset && k->columns[i].enumeration)
			return k->columns[i].enumeration->count + 1u; /* and null */
	return 3; /* bool */
}

unsigned row_test_ask(const struct row_test *t, struct row_asker *a, struct row r)
{
	unsigned says = 0;
	for (unsigned i = 0; i < t->condition_count; i++) {
		arena_reset(&a->eval.arena);
		says |= (unsigned)(eval_row(&a->eval, t->conditions[i], a->kind, r) == TRI_TRUE) << i;
	}
	return says;
}

/* Ask about a row made for each combination. */
static void tabulate(struct row_test *t, struct row_asker *h, unsigned size)
{
	uint8_t *fixed = mem_alloc(h->kind->stride);
	uint8_t *texts = mem_alloc((size_t)h->kind->text_count + 1);
	uint8_t *table = mem_alloc(size);
	for (unsigned i = 0; i < size; i++) {
		for (unsigned c = 0; c < t->column_count; c++) {
			unsigned v = i / t->columns[c].step % values_at(h->kind, t->columns[c].offset);
			fixed[t->columns[c].offset] = (uint8_t)(v - 1); /* 255 is null */
		}
		static const int64_t regions[] = { VALUE_NULL, NO_VILLAGE, VILLAGE };
		if (t->region >= 0)
			value_store(TYPE_REGION, fixed + t->region, regions[i / t->region_step % 3]);
		table[i] = (uint8_t)row_test_ask(t, h, (struct row){ fixed, texts });
	}
	free(fixed);
	free(texts);
	t->table = table;
}

void row_test_init(struct row_test *t, struct row_asker *h, const struct expr *const *conditions, unsigned count)
{
	*t = (struct row_test){ .condition_count = count, .region = -1 };
	bool few = true;
	for (unsigned i = 0; i < count; i++) {
		t->conditions[i] = conditions[i];
		few &= survey(t, h->kind, conditions[i]);
	}
	if (!few)
		return;
	unsigned size = 1;
	for (unsigned c = 0; c < t->column_count; c++) {
		t->columns[c].step = (uint16_t)size;
		size *= values_at(h->kind, t->columns[c].offset);
		if (size > MAX_TABLE)
			return;
	}
	t->region_step = size;
	if (t->region >= 0)
		size *= 3;
	tabulate(t, h, size);
}

void row_test_release(struct row_test *t)
{
	free(t->table);
	t->table = NULL;
}

void row_asker_init(struct row_asker *a, const struct pack *pack, const struct kind *kind)
{
	*a = (struct row_asker){ .kind = kind, .nothing = { .pack = pack, .due = DUE_NEVER } };
	eval_init(&a->eval, &a->nothing);
}

void row_asker_release(struct row_asker *a)
{
	eval_release(&a->eval);
	if (a->nothing.pack)
		pack_due(a->nothing.pack, a->nothing.due);
}

/* ---- household rows ------------------------------------------------------------------------------------------------------------------- */

static const struct column *column_named(const struct kind *k, const char *name)
{
	int c = kind_column(k, str_of(name));
	return c < 0 ? NULL : &k->columns[c];
}

static void init_says(struct home_reader *h, const struct expr *const *conditions, unsigned count)
{
	h->says_count = 1;
	row_test_init(&h->says[0], &h->asker, conditions, count);
	if (h->says[0].table)
		return;
	h->says_count = count;
	for (unsigned i = 0; i < count; i++)
		row_test_init(&h->says[i], &h->asker, conditions + i, 1);
}

struct home_reader *home_reader_new(const struct pack *pack)
{
	struct home_reader *h = mem_alloc(sizeof *h);
	const struct people *p = &pack->people;
	h->kind = schema_role(pack->schema, ROLE_HOUSEHOLDS);
	h->region = column_named(h->kind, "region");
	h->number = column_named(h->kind, "household_no");
	h->split_on = column_named(h->kind, "split_on");
	h->split_from = column_named(h->kind, "split_from");
	row_asker_init(&h->asker, pack, h->kind);
	const struct expr *says[] = { p->home, p->head, p->collective, p->rural }; /* enum home_says */
	init_says(h, says, sizeof says / sizeof *says);
	const struct expr *single[] = { p->home, p->gone, p->rural, p->urban, p->split };
	struct row_test *tests[] = { &h->home, &h->gone, &h->rural, &h->urban, &h->split };
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		row_test_init(tests[i], &h->asker, single + i, 1);
	return h;
}

void home_reader_free(struct home_reader *h)
{
	if (!h)
		return;
	struct row_test *tests[] = { &h->home, &h->gone, &h->rural, &h->urban, &h->split };
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		row_test_release(tests[i]);
	for (unsigned i = 0; i < h->says_count; i++)
		row_test_release(&h->says[i]);
	row_asker_release(&h->asker);
	arena_release(&h->spare);
	free(h);
}

void home_reader_due(struct home_reader *h, struct dossier *d)
{
	if (h->asker.nothing.due < d->due)
		d->due = h->asker.nothing.due;
	h->asker.nothing.due = DUE_NEVER;
}

void home_reader_lend(struct home_reader *h, struct eval *ret, struct dossier *d)
{
	eval_init(ret, d);
	ret->arena = h->spare;
	h->spare = (struct arena){ 0 };
}

void home_reader_return(struct home_reader *h, struct eval *v)
{
	h->spare = v->arena;
	arena_reset(&h->spare);
}

void home_facts(struct home_reader *h, struct row r, unsigned says, struct home_facts *ret)
{
	ret->region = home_region(h, r);
	ret->county = county_of(ret->region);
	ret->number = home_number(h, r);
	ret->split_on = home_split_on(h, r);
	ret->split_from = row_text(h->kind, r, h->split_from);
	ret->head = (says & HOME_HEAD) != 0;
	ret->collective = (says & HOME_COLLECTIVE) != 0;
	ret->rural = (says & HOME_RURAL) != 0;
	ret->split = ret->split_on != VALUE_NULL && row_says(&h->split, h, r);
}
