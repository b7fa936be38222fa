/* Registry households of a dossier, their members and their families. */
#include "build.h"

struct entry {
	struct str number;
	uint32_t row;
};

static int by_number(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	int c = str_cmp(a->number, b->number);
	return c ? c : (a->row > b->row) - (a->row < b->row);
}

static void found_register(struct dossier *d, struct registry_household *g, const struct entry *e, uint32_t n, struct eval *v)
{
	*g = (struct registry_household){ .number = e->number, .head = NONE };
	g->rows.items = arena_alloc(&d->arena, n * sizeof *g->rows.items);
	g->members.items = arena_alloc(&d->arena, n * sizeof *g->members.items);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t p = d->rows[e[i].row].persons[0];
		g->rows.items[i] = e[i].row;
		g->members.items[i] = p;
		g->principal |= (d->persons[p].flags & PERSON_PRINCIPAL) != 0;
		if (g->head == NONE && eval_row_of(v, d->pack->people.register_head, e[i].row, p) == TRI_TRUE)
			g->head = e[i].row;
	}
	g->rows.n = n;
	if (g->head == NONE)
		g->head = e->row;
	sort(g->members.items, n, sizeof *g->members.items, compare_indices);
	for (uint32_t i = 0; i < n; i++)
		if (i == 0 || g->members.items[i] != g->members.items[i - 1])
			g->members.items[g->members.n++] = g->members.items[i];
	for (uint32_t i = 0; i < d->refused_count; i++)
		if (str_eq(d->refused[i].number, g->number))
			g->refused = d->refused[i].count;
}

/* The other way round: which registers a person is a member of. */
static void give_registers(struct dossier *d)
{
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t g = 0; g < d->register_count; g++)
			for (uint32_t i = 0; i < d->registers[g].members.n; i++) {
				struct set *s = &d->persons[d->registers[g].members.items[i]].registers;
				if (pass == 1)
					s->items[s->n] = g;
				s->n++;
			}
		for (uint32_t i = 0; pass == 0 && i < d->person_count; i++) {
			struct set *s = &d->persons[i].registers;
			s->items = arena_alloc(&d->arena, s->n * sizeof *s->items);
			s->n = 0;
		}
	}
}

void settle_registers(struct dossier *d)
{
	const struct kind *k = schema_role(d->pack->schema, ROLE_REGISTER);
	if (!(d->kinds >> k->index & 1))
		return;
	struct entry *e = arena_alloc(&d->arena, d->row_count * sizeof *e);
	const struct column *number = &k->columns[kind_column(k, STR("household_no"))];
	struct eval v;
	uint32_t n = 0;
	for (uint32_t i = 0; i < d->row_count; i++)
		if (d->rows[i].kind == k->index)
			e[n++] = (struct entry){ row_text(k, d->rows[i].row, number), i };
	sort(e, n, sizeof *e, by_number);
	d->registers = arena_alloc(&d->arena, n * sizeof *d->registers);
	home_reader_lend(d->homes, &v, d);
	for (uint32_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && str_eq(e[j].number, e[i].number); j++)
			;
		found_register(d, &d->registers[d->register_count++], e + i, j - i, &v);
	}
	home_reader_return(d->homes, &v);
	give_registers(d);
}

struct set family_of(struct dossier *d, uint32_t reg)
{
	struct registry_household *g = &d->registers[reg];
	if (g->family_made)
		return g->family;
	size_t n = 0;
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < g->members.n; i++) {
			const struct person *p = &d->persons[g->members.items[i]];
			if (!p->alive)
				continue;
			const struct household *h = p->household == NONE ? NULL : &d->households[p->household];
			if (pass == 1)
				g->family.items[g->family.n++] = g->members.items[i];
			n++;
			/* A household with several members is taken with the first of them. */
			bool whole = h && !h->collective;
			for (uint32_t k = 0; k < i && whole; k++) {
				const struct person *q = &d->persons[g->members.items[k]];
				whole = !(q->alive && q->household == p->household);
			}
			for (uint32_t k = 0; whole && k < h->people.n; k++, n++)
				if (pass == 1)
					g->family.items[g->family.n++] = h->people.items[k];
		}
		if (pass == 0)
			g->family.items = arena_alloc(&d->arena, n * sizeof *g->family.items);
	}
	sort(g->family.items, g->family.n, sizeof *g->family.items, compare_indices);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < g->family.n; i++)
		if (i == 0 || g->family.items[i] != g->family.items[i - 1])
			g->family.items[kept++] = g->family.items[i];
	g->family.n = kept;
	g->family_made = true;
	return g->family;
}
