/* Step 4: the rows of the wanted, grouped into dossiers and written. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define BUDGET (UINT64_C(192) << 20)  /* bytes of rows held at once */
#define BYTES_A_PERSON 400            /* rows and their index, on average */
#define BLOCK_BYTES (1u << 20)

/* A person's place in a dossier; somebody only looked at may be in several. */
struct place_in {
	uint32_t person, dossier; /* dossier: root person */
	uint8_t flags;
};

struct entry {
	uint32_t dossier;
	uint16_t kind;
	uint32_t ordinal;
	uint32_t home;   /* household of which this is a living person's home row, or NONE */
	size_t at;
};

/* What the rows refused for their id say of others: registry numbers, and names with a region or a number's beginning. */
struct doubts {
	struct refused_note *notes;   /* by number */
	uint32_t note_count;
	uint64_t *hashes;             /* sorted */
	size_t hash_count, hash_cap;
};

struct gatherer {
	struct join *j;
	struct place_in *places;      /* by person, then dossier */
	size_t place_count, place_cap;
	uint32_t *first_place;        /* by person */
	struct doubts doubts;
	uint64_t kept[64], looked_at[64], left[64]; /* rows by kind: of somebody principal, of others only, of nobody here */
	struct frame_writer *w;
	struct buf block;
	uint32_t block_dossiers;
	uint64_t rows;
	struct row_sum sum;
};

/* ---- who is where ---------------------------------------------------------------------------------------------------------------- */

static int by_place(const void *pa, const void *pb)
{
	const struct place_in *a = pa, *b = pb;
	if (a->person != b->person)
		return a->person < b->person ? -1 : 1;
	if (a->dossier != b->dossier)
		return a->dossier < b->dossier ? -1 : 1;
	return (b->flags > a->flags) - (b->flags < a->flags);
}

struct link {
	uint32_t household, dossier;
};

static int by_link(const void *pa, const void *pb)
{
	const struct link *a = pa, *b = pb;
	if (a->household != b->household)
		return a->household < b->household ? -1 : 1;
	return (a->dossier > b->dossier) - (a->dossier < b->dossier);
}

struct links {
	struct link *items;
	size_t count, cap;
};

static void add_link(struct links *l, uint32_t household, uint32_t dossier)
{
	struct link one = { household, dossier };
	VEC_PUSH(l->items, l->count, l->cap, one);
}

/* The dossier of a principal household; NONE when it is none. */
static uint32_t dossier_of(struct join *j, const struct home *h)
{
	return h->principal && h->first != NONE ? people_root(&j->people, h->first) : NONE;
}

/* Which households are looked at from which dossiers. */
static void find_links(struct join *j, struct links *l)
{
	struct homes *h = &j->homes;
	for (uint32_t i = 0; i < h->count; i++) {
		struct home *a = &h->items[i];
		uint32_t from = a->from.a | a->from.b ? homes_find(h, a->from) : NONE;
		if (from == NONE || from == i)
			continue;
		struct home *b = &h->items[from];
		uint32_t da = dossier_of(j, a), db = dossier_of(j, b);
		if (da != NONE && da != db && is_family(j, b))
			add_link(l, from, da);
		if (db != NONE && da != db && is_family(j, a))
			add_link(l, i, db);
	}
	for (size_t i = 0; i < j->request_count; i++) {
		uint32_t home = j->people.items[j->requests[i].what].household;
		if (home != NONE && is_family(j, &j->homes.items[home]))
			add_link(l, home, people_root(&j->people, j->requests[i].by));
	}
	sort(l->items, l->count, sizeof *l->items, by_link);
}

static void put_place(struct gatherer *g, uint32_t person, uint32_t dossier, uint8_t flags)
{
	struct place_in p = { person, dossier, flags };
	VEC_PUSH(g->places, g->place_count, g->place_cap, p);
}

static void place_people(struct gatherer *g)
{
	struct join *j = g->j;
	struct links l = { 0 };
	find_links(j, &l);
	for (uint32_t i = 0; i < j->people.count; i++) {
		const struct wanted_person *p = &j->people.items[i];
		uint32_t own = p->flags & WANTED_PRINCIPAL ? people_root(&j->people, i) : NONE;
		if (own != NONE)
			put_place(g, i, own, PERSON_PRINCIPAL);
		if (p->household == NONE)
			continue;
		struct link probe = { p->household, 0 };
		size_t low = 0, high = l.count;
		while (low < high) {
			size_t mid = low + (high - low) / 2;
			if (by_link(&l.items[mid], &probe) < 0)
				low = mid + 1;
			else
				high = mid;
		}
		for (; low < l.count && l.items[low].household == p->household; low++)
			if (l.items[low].dossier != own && (low == 0 || by_link(&l.items[low], &l.items[low - 1]) != 0 || l.items[low - 1].household != p->household))
				put_place(g, i, l.items[low].dossier, 0);
	}
	for (size_t i = 0; i < j->request_count; i++)
		put_place(g, j->requests[i].what, people_root(&j->people, j->requests[i].by), 0);
	free(l.items);
	sort(g->places, g->place_count, sizeof *g->places, by_place);
	size_t kept = 0;
	for (size_t i = 0; i < g->place_count; i++)
		if (!kept || g->places[kept - 1].person != g->places[i].person || g->places[kept - 1].dossier != g->places[i].dossier)
			g->places[kept++] = g->places[i];
	g->place_count = kept;
	g->first_place = mem_alloc(((size_t)j->people.count + 1) * sizeof *g->first_place);
	for (uint32_t i = 0, at = 0; i <= j->people.count; i++) {
		while (at < kept && g->places[at].person < i)
			at++;
		g->first_place[i] = at;
	}
}

/* ---- rows refused for their id ---------------------------------------------------------------------------------------------------- */

static uint64_t doubt(struct str name, const void *more, size_t n)
{
	return XXH3_64bits_withSeed(name.p, name.n, XXH3_64bits(more, n));
}

static int by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static int by_number(const void *pa, const void *pb)
{
	const struct refused_note *a = pa, *b = pb;
	return str_cmp(a->number, b->number);
}

static void find_doubts(struct doubts *d, const struct table *t)
{
	d->notes = mem_alloc((t->refused_count + 1) * sizeof *d->notes);
	for (size_t i = 0; i < t->refused_count; i++) {
		const struct refused_row *r = &t->refused[i];
		d->notes[i] = (struct refused_note){ r->household_no, 1 };
		if (!r->name.n)
			continue;
		if (r->region != VALUE_NULL)
			VEC_PUSH(d->hashes, d->hash_count, d->hash_cap, doubt(r->name, &r->region, sizeof r->region));
		if (r->cleaned_id.n >= 15)
			VEC_PUSH(d->hashes, d->hash_count, d->hash_cap, doubt(r->name, r->cleaned_id.p, 15));
	}
	sort(d->notes, t->refused_count, sizeof *d->notes, by_number);
	for (size_t i = 0; i < t->refused_count; i++) {
		struct refused_note *last = d->note_count ? &d->notes[d->note_count - 1] : NULL;
		if (last && str_eq(last->number, d->notes[i].number))
			last->count++;
		else
			d->notes[d->note_count++] = d->notes[i];
	}
	sort(d->hashes, d->hash_count, sizeof *d->hashes, by_hash);
}

static bool is_doubted(const struct doubts *d, const struct kind *k, struct row home, uint64_t key)
{
	char id[ID_TEXT];
	if (!d->hash_count || k->name_column < 0)
		return false;
	struct str name = row_text(k, home, &k->columns[k->name_column]);
	int c = kind_column(k, STR("region"));
	int64_t region = c < 0 ? VALUE_NULL : row_number(home, &k->columns[c]);
	if (!name.n)
		return false;
	uint64_t h = doubt(name, &region, sizeof region);
	if (region != VALUE_NULL && bsearch(&h, d->hashes, d->hash_count, sizeof h, by_hash))
		return true;
	id_print(key, id);
	h = doubt(name, id, 15);
	return bsearch(&h, d->hashes, d->hash_count, sizeof h, by_hash) != NULL;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------------ */

struct rows {
	struct entry *items;
	size_t count, cap;
	struct buf bytes;
};

static int gather_table(struct gatherer *g, const struct table *t, unsigned part, unsigned parts, struct rows *rows, struct err *err)
{
	struct join *j = g->j;
	struct table_scan s;
	struct row r;
	uint32_t ordinal;
	uint64_t keys[2];
	enum iter got;
	bool homes = t == j->homes_table;
	table_scan_init(&s, t);
	while ((got = table_next(&s, &r, &ordinal, err)) == ITER_ROW) {
		size_t before = rows->count;
		bool own = false, wanted = false;
		fetch_ahead(j, &s);
		for (int i = 0, n = row_keys(t->kind, r, keys); i < n; i++) {
			uint32_t p = people_find(&j->people, keys[i]);
			if (p == NONE || (i == 1 && keys[1] == keys[0]))
				continue;
			if (p == j->only.person && j->job->only)
				only_found(j, UNIT_PERSON);
			for (uint32_t at = g->first_place[p]; at < g->first_place[p + 1]; at++) {
				const struct place_in *in = &g->places[at];
				wanted = true;
				own |= in->flags & PERSON_PRINCIPAL;
				if (in->dossier % parts != part || !only_wants(j, in->dossier))
					continue;
				struct entry e = { in->dossier, (uint16_t)t->kind->index, ordinal, homes ? j->homes.of_row[ordinal] : NONE, rows->bytes.n };
				bool there = false;
				for (size_t k = before; k < rows->count; k++)
					there |= rows->items[k].dossier == e.dossier;
				if (!there)
					VEC_PUSH(rows->items, rows->count, rows->cap, e);
			}
		}
		if (rows->count > before)
			dossier_encode_row(&rows->bytes, t->kind, r);
		if (part == 0)
			(*(own ? &g->kept : wanted ? &g->looked_at : &g->left))[t->kind->index]++;
	}
	table_scan_release(&s);
	return got == ITER_END ? 0 : -1;
}

static int by_dossier(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	if (a->dossier != b->dossier)
		return a->dossier < b->dossier ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static struct row row_at(const struct gatherer *g, const struct rows *rows, const struct entry *e)
{
	const uint8_t *at = (const uint8_t *)rows->bytes.p + e->at + 6;
	return (struct row){ at, at + g->j->pack->schema->kinds[e->kind].stride };
}

/* Where a person stands among the people of a dossier, who are in the order of their index. */
static size_t place_of(const struct place_in *in, size_t people, uint32_t person)
{
	size_t low = 0, high = people;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (in[mid].person < person)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The people of one dossier, with what their home rows say; the refused rows of its registers; its collective households. */
static void put_dossier(struct gatherer *g, const struct rows *rows, const struct entry *e, size_t n, const struct place_in *in, size_t people)
{
	struct join *j = g->j;
	struct buf *b = &g->block;
	size_t begin = b->n;
	uint32_t notes = 0, refused = 0;
	const struct kind *hk = j->homes_table->kind, *rk = j->register_table->kind;
	dossier_encode_begin(b, (uint32_t)people, (uint32_t)n, 0, 0);
	size_t persons_at = b->n;
	for (size_t i = 0; i < people; i++)
		dossier_encode_person(b, j->people.items[in[i].person].key, in[i].flags);
	for (size_t i = 0; i < n; i++) {
		struct row r = row_at(g, rows, &e[i]);
		dossier_encode_row(b, &j->pack->schema->kinds[e[i].kind], r);
		g->rows++;
		row_sum_add(&g->sum, row_values_hash(&j->pack->schema->kinds[e[i].kind], r));
	}
	uint32_t noted = NONE;
	for (size_t i = 0; i < n; i++) {
		uint64_t keys[2];
		if (e[i].kind != hk->index || e[i].home == NONE)
			continue;
		struct row r = row_at(g, rows, &e[i]);
		const struct home *h = &j->homes.items[e[i].home];
		row_keys(hk, r, keys);
		uint32_t p = people_find(&j->people, keys[0]);
		if (is_doubted(&g->doubts, hk, r, keys[0]))
			b->p[persons_at + 9 * place_of(in, people, p) + 8] |= PERSON_MAYBE_REGISTERED;
		if (is_family(j, h) || e[i].home == noted)
			continue;
		noted = e[i].home;
		notes++;
		struct home_facts f;
		home_facts(j->reader, r, &f);
		dossier_encode_note(b, &(struct household_note){ f.county, f.number, h->facts.region, true, h->registered });
	}
	struct str last = { 0 };
	for (size_t i = 0; i < n && g->doubts.note_count; i++) {
		if (e[i].kind != rk->index)
			continue;
		struct refused_note probe = { row_text(rk, row_at(g, rows, &e[i]), &rk->columns[kind_column(rk, STR("household_no"))]), 0 };
		const struct refused_note *found = bsearch(&probe, g->doubts.notes, g->doubts.note_count, sizeof probe, by_number);
		if (!found || str_eq(found->number, last))
			continue;
		last = found->number;
		refused++;
		dossier_encode_refused(b, found->number, found->count);
	}
	le32_put(b->p + begin + 12, notes);
	le32_put(b->p + begin + 16, refused);
	dossier_encode_end(b, begin);
	g->block_dossiers++;
}

static int flush(struct gatherer *g, struct err *err)
{
	if (!g->block_dossiers)
		return 0;
	int r = frame_put(g->w, TAG_DOSSIERS, g->block.p, g->block.n, g->block_dossiers, err);
	g->block.n = 0;
	g->block_dossiers = 0;
	return r;
}

static int by_dossier_then_key(const void *pa, const void *pb)
{
	const struct place_in *a = pa, *b = pb;
	if (a->dossier != b->dossier)
		return a->dossier < b->dossier ? -1 : 1;
	return (a->person > b->person) - (a->person < b->person);
}

static int put_part(struct gatherer *g, unsigned part, unsigned parts, struct rows *rows, struct err *err)
{
	struct place_in *in = NULL;
	size_t people = 0, cap = 0, at = 0;
	for (size_t i = 0; i < g->place_count; i++)
		if (g->places[i].dossier % parts == part && only_wants(g->j, g->places[i].dossier))
			VEC_PUSH(in, people, cap, g->places[i]);
	sort(in, people, sizeof *in, by_dossier_then_key);
	sort(rows->items, rows->count, sizeof *rows->items, by_dossier);
	int r = 0;
	for (size_t i = 0, k; r == 0 && i < people; i = k) {
		size_t from = at;
		for (k = i + 1; k < people && in[k].dossier == in[i].dossier; k++)
			;
		while (at < rows->count && rows->items[at].dossier == in[i].dossier)
			at++;
		put_dossier(g, rows, rows->items + from, at - from, in + i, k - i);
		if (g->block.n >= BLOCK_BYTES)
			r = flush(g, err);
	}
	free(in);
	return r;
}

/* Every row of a table was taken along, looked at, or counted as not wanted. */
static int check_accounts(const struct gatherer *g, struct err *err)
{
	const struct join_job *job = g->j->job;
	for (unsigned i = 0; i < job->table_count; i++) {
		const struct table *t = job->tables[i];
		unsigned k = t->kind->index;
		if (t->kind->ids[0] >= 0 && g->kept[k] + g->looked_at[k] + g->left[k] != t->rows)
			return err_set(err, STATUS_SOFTWARE, "join: the rows of kind %.*s do not add up; keep the extracts and report it",
			               STR_ARG(t->kind->name));
	}
	return 0;
}

static int put_meta(struct gatherer *g, struct err *err)
{
	const struct join_job *job = g->j->job;
	json_t *kinds = json_object();
	for (unsigned i = 0; i < job->table_count; i++) {
		const struct table *t = job->tables[i];
		unsigned k = t->kind->index;
		char name[128];
		snprintf(name, sizeof name, "%.*s", STR_ARG(t->kind->name));
		json_object_set_new(kinds, name, json_pack("{sO sI sI sI}", "files", json_object_get(t->meta, "files"), "kept",
			(json_int_t)g->kept[k], "looked_at", (json_int_t)g->looked_at[k], "not_wanted", (json_int_t)g->left[k]));
	}
	int year, month, day;
	day_split(job->pack->as_of, &year, &month, &day);
	char as_of[32];
	snprintf(as_of, sizeof as_of, "%04d-%02d-%02d", year, month, day);
	json_t *meta = json_pack("{ss so}", "as_of", as_of, "kinds", kinds);
	char *text = json_dumps(meta, JSON_COMPACT | JSON_SORT_KEYS);
	int r = frame_put(g->w, TAG_META, text, strlen(text), 0, err);
	free(text);
	json_decref(meta);
	return r;
}

int join_dossiers(struct join *j, struct frame_writer *w, struct err *err)
{
	struct gatherer g = { .j = j, .w = w };
	const struct join_job *job = j->job;
	if (job->only)
		only_dossiers(j);
	place_people(&g);
	find_doubts(&g.doubts, j->register_table);
	unsigned parts = job->partitions ? job->partitions : (unsigned)(1 + g.place_count * BYTES_A_PERSON / BUDGET);
	int r = 0;
	for (unsigned part = 0; r == 0 && part < parts; part++) {
		struct rows rows = { 0 };
		for (unsigned i = 0; r == 0 && i < job->table_count; i++)
			if (job->tables[i]->kind->ids[0] >= 0)
				r = gather_table(&g, job->tables[i], part, parts, &rows, err);
		if (r == 0)
			r = put_part(&g, part, parts, &rows, err);
		free(rows.items);
		buf_release(&rows.bytes);
	}
	if (r == 0)
		r = flush(&g, err);
	if (r == 0)
		r = check_accounts(&g, err);
	if (r == 0)
		r = put_meta(&g, err);
	frame_rows(w, g.rows, g.sum);
	free(g.places);
	free(g.first_place);
	free(g.doubts.notes);
	free(g.doubts.hashes);
	buf_release(&g.block);
	return r;
}
