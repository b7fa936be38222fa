/* Step 4: the rows of the wanted, put aside by share of the dossiers. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

#define BYTES_A_PERSON 300       /* rows and what is known of them, on average */
#define AHEAD 16                 /* rows whose person is fetched early */
#define PIECE_BUCKETS 4096       /* of people, that are one piece of work */
#define SHARE (UINT64_C(2) << 20) /* bytes: where it stays in the cache, a share is put together in half the time */

struct row_piece {
	struct table_scan scan;
	struct who who, second;
	struct buf home_rows;    /* struct home_row, of the piece */
	uint32_t *homes, home_cap; /* of each row of the piece, as struct home_row, or NONE */
	struct home_reader *reader;
	struct places_of places;
	struct buf out;
	uint64_t kept, looked_at, left;
	uint64_t put;            /* rows put aside: one that is of two dossiers twice */
	struct row_sum put_sum;  /* of their hashes */
	struct row_sum blocks;   /* of those that were read: their places */
};

struct gatherer {
	struct join *j;
	struct row_piece *pieces;
	const struct table *table; /* at hand */
	bool homes, others;        /* it is the household table; those who are looked at are at hand, of people */
	struct spooled to;
	struct {
		uint64_t kept, looked_at, left; /* rows: of somebody principal, of others only, of nobody here */
		struct row_sum blocks;
	} kinds[64];
};

static void put_record(struct buf *b, uint32_t dossier, uint32_t note, const void *p, size_t n)
{
	uint8_t x[RECORD];
	le32_put(x, dossier);
	le32_put(x + 4, (uint32_t)n);
	le32_put(x + 8, note);
	buf_put(b, x, sizeof x);
	buf_put(b, p, n);
}

static void put_row_record(struct buf *b, uint32_t dossier, uint32_t note, const struct kind *k, struct row r)
{
	size_t begin = b->n;
	put_record(b, dossier, note, "", 0);
	dossier_encode_row(b, k, r);
	le32_put(b->p + begin + 4, (uint32_t)(b->n - begin - RECORD));
}

/* ---- a piece of a table: any thread ------------------------------------------------------------------------------------------------------------ */

static int by_ordinal(const void *pa, const void *pb)
{
	const struct noted_row *a = pa, *b = pb;
	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

/* What a row of the household table is to its dossier. */
static uint32_t note_of(const struct gatherer *g, const struct row_piece *p, struct row r, uint32_t ordinal, uint32_t who)
{
	const struct join *j = g->j;
	if (who & LOOK)
		return NOTE_HOME;
	unsigned flags = people_flags(&j->people, who);
	if (!is_home(j, home_says(p->reader, r), ordinal, flags))
		return NOTE_ROW;
	struct noted_row probe = { ordinal, 0 };
	const struct noted_row *noted = search(&probe, j->noted.items, j->noted.count, sizeof probe, by_ordinal);
	return noted ? NOTE_COLLECTIVE + noted->collective : NOTE_HOME;
}

/* who: a slot in people; or, with LOOK, one of others, or of the household table a group of them. */
static void see_person(const struct gatherer *g, struct row_piece *p, uint32_t who)
{
	const struct join *j = g->j;
	if (who == NONE)
		return;
	if (g->homes && who & LOOK) {
		places_of_group(j, who & ~LOOK, &p->places);
		return;
	}
	if (j->job->only && !(who & LOOK) && people_key(&j->people, who) == j->only.person)
		only_found(j, UNIT_PERSON);
	places_of_person(j, who, &p->places);
}

/* Whether it is of anybody here. */
static bool put_row(const struct gatherer *g, struct row_piece *p, struct row r, uint32_t ordinal, uint32_t first, uint32_t second)
{
	bool own = false;
	p->places.count = 0;
	see_person(g, p, first);
	if (second != first)
		see_person(g, p, second);
	if (!p->places.count)
		return false;
	uint32_t note = g->homes ? note_of(g, p, r, ordinal, first) : NOTE_ROW;
	struct row_sum hash = row_values_hash(g->table->kind, r);
	for (size_t i = 0; i < p->places.count; i++) {
		own |= p->places.items[i].flags & PERSON_PRINCIPAL;
		if (!only_wants(g->j, p->places.items[i].dossier))
			continue;
		put_row_record(&p->out, p->places.items[i].dossier, note, g->table->kind, r);
		row_sum_add(&p->put_sum, hash);
		p->put++;
	}
	*(own ? &p->kept : &p->looked_at) += 1;
	return true;
}

/* Of the row `AHEAD` places on. */
static void fetch_person(const struct gatherer *g, const uint32_t *who, uint32_t at, uint32_t rows)
{
	const struct join *j = g->j;
	uint32_t slot = at + AHEAD < rows ? who[at + AHEAD] : NONE;
	if (slot != NONE && !(g->homes && slot & LOOK))
		__builtin_prefetch(&(slot & LOOK ? &j->others : &j->people)->slots[slot & ~LOOK]);
}

/* A number of rows alone would not show that a block was read twice and one as long not at all. */
static void see_block(struct row_sum *sum, uint32_t first, uint32_t rows)
{
	uint8_t place[8];
	le32_put(place, first);
	le32_put(place + 4, rows);
	row_sum_add(sum, row_hash(place, sizeof place, "", 0));
}

/* The rows of the block in which the scan stands, each with the one or two whose it is. */
static void gather_block(const struct gatherer *g, struct row_piece *p, const uint32_t *who, const uint32_t *partner)
{
	const struct table_scan *s = &p->scan;
	const uint32_t *duplicates;
	see_block(&p->blocks, s->ordinal, s->rows);
	p->left += s->rows - table_duplicates_here(s, &duplicates);
	for (uint32_t i = 0; i < s->rows; i++) {
		uint32_t first = who[i], second = partner ? partner[i] : NONE;
		fetch_person(g, who, i, s->rows);
		if (first != NONE || second != NONE)
			p->left -= put_row(g, p, table_row(s, i), s->ordinal + i, first, second);
	}
}

/* Who was found while households were put together. A seed's row that is no home row is not among them. */
static int read_homes(const struct gatherer *g, struct row_piece *p, uint64_t i, struct err *err)
{
	const struct table *t = g->table;
	size_t end = (i + 1) * PIECE_BLOCKS < t->block_count ? (i + 1) * PIECE_BLOCKS : t->block_count;
	uint32_t first = t->blocks[i * PIECE_BLOCKS].first, rows = t->blocks[end - 1].first + t->blocks[end - 1].rows - first;
	if (rows > p->home_cap)
		p->homes = mem_grow(p->homes, p->home_cap = rows, sizeof *p->homes);
	memset(p->homes, 0xFF, rows * sizeof *p->homes);
	if (spool_read(g->j->home_rows, (unsigned)i, &p->home_rows, err) < 0)
		return -1;
	const struct home_row *r = (const struct home_row *)p->home_rows.p;
	for (size_t n = p->home_rows.n / sizeof *r; n; n--, r++)
		p->homes[r->ordinal - first] = r->who;
	return 0;
}

static void gather_homes(const struct gatherer *g, struct row_piece *p, uint64_t piece)
{
	const struct table_scan *s = &p->scan;
	uint32_t *who = p->homes + (s->ordinal - g->table->blocks[piece * PIECE_BLOCKS].first);
	who_find_rows(&p->who, g->j, s, g->table->kind->ids[0], g->j->seed_rows, who);
	gather_block(g, p, who, NULL);
}

static void gather_others(const struct gatherer *g, struct row_piece *p)
{
	const struct kind *k = g->table->kind;
	bool two = k->ids[1] >= 0;
	who_find(&p->who, g->j, &p->scan, k->ids[0], true);
	if (two)
		who_find(&p->second, g->j, &p->scan, k->ids[1], true);
	gather_block(g, p, p->who.slots, two ? p->second.slots : NULL);
}

static int gather(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct gatherer *g = arg;
	struct row_piece *p = &g->pieces[lane];
	enum iter got;
	p->out.n = 0;
	p->kept = p->looked_at = p->left = p->put = 0;
	p->put_sum = p->blocks = (struct row_sum){ 0 };
	scan_piece(&p->scan, g->table, i);
	if (g->homes && read_homes(g, p, i, err) < 0)
		return -1;
	while ((got = table_next_block(&p->scan, err)) == ITER_ROW) {
		if (g->homes)
			gather_homes(g, p, i);
		else
			gather_others(g, p);
	}
	return got == ITER_END ? 0 : -1;
}

/* ---- all tables ------------------------------------------------------------------------------------------------------------------------------ */

static int put_aside(struct gatherer *g, const struct buf *records, struct err *err)
{
	for (size_t at = 0; at < records->n;) {
		size_t n = RECORD + le32_get(records->p + at + 4);
		uint32_t share = le32_get(records->p + at) / g->to.dossiers;
		if (spool_put(g->to.spool, share, records->p + at, n, err) < 0)
			return -1;
		at += n;
	}
	return 0;
}

static int take(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct gatherer *g = arg;
	struct row_piece *p = &g->pieces[lane];
	unsigned k = g->table->kind->index;
	(void)i;
	g->kinds[k].kept += p->kept;
	g->kinds[k].looked_at += p->looked_at;
	g->kinds[k].left += p->left;
	g->to.rows += p->put;
	row_sum_add(&g->kinds[k].blocks, p->blocks);
	row_sum_add(&g->to.sum, p->put_sum);
	return put_aside(g, &p->out, err);
}

static const struct wanted_people *people_of(const struct gatherer *g)
{
	return g->others ? &g->j->others : &g->j->people;
}

static int gather_some(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct gatherer *g = arg;
	struct row_piece *p = &g->pieces[lane];
	const struct wanted_people *people = people_of(g);
	uint32_t first = (uint32_t)i * PIECE_BUCKETS, end = first + PIECE_BUCKETS, all = people_buckets(people), slot;
	struct people_walk walk = people_walk(people, first, end < all ? end : all);
	uint64_t key;
	(void)err;
	p->out.n = 0;
	while (people_next(people, &walk, &slot, &key)) {
		uint8_t x[9];
		p->places.count = 0;
		places_of_person(g->j, slot | (g->others ? LOOK : 0), &p->places);
		le64_put(x, key);
		for (size_t k = 0; k < p->places.count; k++) {
			x[8] = p->places.items[k].flags;
			if (only_wants(g->j, p->places.items[k].dossier))
				put_record(&p->out, p->places.items[k].dossier, NOTE_PERSON, x, sizeof x);
		}
	}
	return 0;
}

static int take_some(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct gatherer *g = arg;
	(void)i;
	return put_aside(g, &g->pieces[lane].out, err);
}

static int gather_people(struct gatherer *g, bool others, struct err *err)
{
	g->others = others;
	uint64_t pieces = ((uint64_t)people_buckets(people_of(g)) + PIECE_BUCKETS - 1) / PIECE_BUCKETS;
	struct lanes lanes = { g->j->job->threads, pieces, g, gather_some, take_some };
	return lanes_run(&lanes, err);
}

static int by_kind(const void *pa, const void *pb)
{
	const struct table *const *a = pa, *const *b = pb;
	return ((*a)->kind->index > (*b)->kind->index) - ((*a)->kind->index < (*b)->kind->index);
}

/* A table that names nobody is joined with nothing; that it is whole is seen all the same. */
static int read_through(const struct table *t, struct err *err)
{
	struct table_scan s;
	struct row r;
	uint32_t ordinal;
	enum iter got;
	table_scan_init(&s, t);
	while ((got = table_next(&s, &r, &ordinal, err)) == ITER_ROW)
		;
	table_scan_release(&s);
	return got == ITER_END ? 0 : -1;
}

static int gather_tables(struct gatherer *g, struct err *err)
{
	const struct join_job *job = g->j->job;
	const struct table *tables[64];
	memcpy(tables, job->tables, job->table_count * sizeof *tables);
	sort(tables, job->table_count, sizeof *tables, by_kind); /* rows of a dossier stand in this order */
	for (unsigned i = 0; i < job->table_count; i++) {
		g->table = tables[i];
		g->homes = tables[i] == g->j->homes_table;
		struct lanes lanes = { job->threads, pieces_of(tables[i]), g, gather, take };
		if ((tables[i]->kind->ids[0] >= 0 ? lanes_run(&lanes, err) : read_through(tables[i], err)) < 0)
			return -1;
	}
	if (gather_people(g, false, err) < 0)
		return -1;
	return gather_people(g, true, err);
}

static bool all_blocks_seen(const struct table *t, struct row_sum seen)
{
	struct row_sum all = { 0 };
	for (size_t i = 0; i < t->block_count; i++)
		see_block(&all, t->blocks[i].first, t->blocks[i].rows);
	return row_sum_equal(all, seen);
}

/* Every row of a table was taken along, looked at, or counted as not wanted, and each block was read once. */
static int check_accounts(const struct gatherer *g, struct err *err)
{
	const struct join_job *job = g->j->job;
	for (unsigned i = 0; i < job->table_count; i++) {
		const struct table *t = job->tables[i];
		unsigned k = t->kind->index;
		if (t->kind->ids[0] < 0)
			continue;
		if (g->kinds[k].kept + g->kinds[k].looked_at + g->kinds[k].left != t->rows || !all_blocks_seen(t, g->kinds[k].blocks))
			return err_set(err, STATUS_SOFTWARE, "join: the rows of kind %.*s do not add up; keep the extracts and report it",
			               STR_ARG(t->kind->name));
	}
	return 0;
}

static int put_meta(const struct gatherer *g, struct frame_writer *w, struct err *err)
{
	const struct join_job *job = g->j->job;
	json_t *kinds = json_object();
	for (unsigned i = 0; i < job->table_count; i++) {
		const struct table *t = job->tables[i];
		unsigned k = t->kind->index;
		char name[128];
		char sum[ROW_SUM_HEX];
		snprintf(name, sizeof name, "%.*s", STR_ARG(t->kind->name));
		row_sum_print(t->frame->sum, sum);
		json_object_set_new(kinds, name, json_pack("{sO sI sI sI ss}", "files", json_object_get(t->meta, "files"), "kept",
			(json_int_t)g->kinds[k].kept, "looked_at", (json_int_t)g->kinds[k].looked_at, "not_wanted", (json_int_t)g->kinds[k].left,
			"sum", sum));
	}
	int year, month, day;
	day_split(job->pack->as_of, &year, &month, &day);
	char as_of[32];
	snprintf(as_of, sizeof as_of, "%04d-%02d-%02d", year, month, day);
	json_t *meta = json_pack("{ss so}", "as_of", as_of, "kinds", kinds);
	char *text = json_dumps(meta, JSON_COMPACT | JSON_SORT_KEYS);
	int r = frame_put(w, TAG_META, text, strlen(text), 0, err);
	free(text);
	json_decref(meta);
	return r;
}

/* Each takes SPOOL_CHUNK of the room that is left. */
static unsigned shares_for(const struct join *j)
{
	uint64_t shares = 1 + (j->people.count + j->others.count) * BYTES_A_PERSON / SHARE, most = join_room(j) / SPOOL_CHUNK;
	if (j->job->partitions)
		return j->job->partitions;
	return (unsigned)(shares < most ? shares : most);
}

static int prepare(struct gatherer *g, struct err *err)
{
	struct join *j = g->j;
	unsigned count = lanes_count(j->job->threads);
	if (number_dossiers(j, err) < 0 || join_enough(j, 1, 1, err) < 0)
		return -1;
	if (j->job->only)
		only_dossiers(j);
	place_people(j);
	sort(j->noted.items, j->noted.count, sizeof *j->noted.items, by_ordinal);
	g->pieces = mem_alloc(count * sizeof *g->pieces);
	for (unsigned i = 0; i < count; i++)
		g->pieces[i].reader = home_reader_new(j->pack);
	g->to.shares = shares_for(j);
	g->to.dossiers = j->groups.dossiers / g->to.shares + 1;
	spool_open(&g->to.spool, j->job->path, g->to.shares);
	return 0;
}

/* What is not needed to put dossiers together. */
static void release_search(struct gatherer *g)
{
	for (unsigned i = 0; g->pieces && i < lanes_count(g->j->job->threads); i++) {
		struct row_piece *p = &g->pieces[i];
		table_scan_release(&p->scan);
		who_release(&p->who);
		who_release(&p->second);
		buf_release(&p->home_rows);
		free(p->homes);
		home_reader_free(p->reader);
		free(p->places.items);
		buf_release(&p->out);
	}
	free(g->pieces);
	g->pieces = NULL;
	people_release(&g->j->people);
	people_release(&g->j->others);
	groups_release(&g->j->groups);
}

int join_dossiers(struct join *j, struct frame_writer *w, struct err *err)
{
	struct gatherer *g = mem_alloc(sizeof *g);
	g->j = j;
	int r = prepare(g, err);
	if (r == 0)
		r = gather_tables(g, err);
	if (r == 0)
		r = check_accounts(g, err);
	release_search(g);
	if (r == 0)
		r = put_dossiers(j, &g->to, w, err);
	if (r == 0)
		r = put_meta(g, w, err);
	spool_close(g->to.spool);
	free(g);
	return r;
}
