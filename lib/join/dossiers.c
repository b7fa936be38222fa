/* The end of step 4: what was put aside for a share of the dossiers, put together. */
#include "internal.h"

#include <stdlib.h>

#define BLOCK_BYTES (1u << 20)
#define AHEAD 4 /* dossiers whose rows are fetched early */

struct one_person {
	uint64_t key;
	uint8_t flags;
};

/* The dossiers of a share, and what is needed on the way. */
struct share {
	struct buf bytes;        /* as they lie in the spool */
	uint32_t *rows, *people; /* by dossier: where its own begin in the two lists below; and behind the last */
	uint32_t cap;            /* dossiers */
	const uint8_t **row_at;
	struct one_person *persons;
	size_t row_cap, person_cap;
	struct buf out;          /* dossiers, one behind the other */
	VEC(uint32_t) sizes;     /* bytes of each */
	uint64_t row_count;
	struct row_sum sum;
};

struct assembler {
	struct join *j;
	const struct spooled *from;
	struct share *shares;
	struct doubts doubts;
	struct frame_writer *w;
	struct buf block;
	uint32_t block_dossiers;
	uint64_t rows;
	struct row_sum sum;
};

/* ---- one dossier ---------------------------------------------------------------------------------------------------------------------------- */

static const struct kind *kind_at(const struct assembler *a, const uint8_t *record)
{
	return &a->j->pack->schema->kinds[le16_get(record + RECORD)];
}

static struct row row_at(const struct assembler *a, const uint8_t *record)
{
	const uint8_t *at = record + RECORD + 6;
	return (struct row){ at, at + kind_at(a, record)->stride };
}

static int by_key(const void *pa, const void *pb)
{
	const struct one_person *a = pa, *b = pb;
	return (a->key > b->key) - (a->key < b->key);
}

static void doubt(const struct assembler *a, struct row r, struct one_person *people, size_t n)
{
	const struct kind *k = a->j->homes_table->kind;
	struct one_person probe = { row_key(k, r), 0 };
	struct one_person *p = search(&probe, people, n, sizeof probe, by_key);
	if (p && doubts_about(&a->doubts, k, r, probe.key))
		p->flags |= PERSON_MAYBE_REGISTERED;
}

static uint32_t put_notes(const struct assembler *a, struct share *s, const uint8_t *const *rows, size_t n)
{
	const struct kind *k = a->j->homes_table->kind;
	const struct home_reader *h = a->j->reader;
	uint32_t notes = 0, last = NONE;
	for (size_t i = 0; i < n; i++) {
		uint32_t note = le32_get(rows[i] + 8);
		if (note < NOTE_COLLECTIVE || note == last)
			continue;
		last = note;
		const struct collective *c = &a->j->collectives.items[note - NOTE_COLLECTIVE];
		struct row r = row_at(a, rows[i]);
		struct household_note one = { county_of(row_number(r, h->region)), row_text(k, r, h->number), c->region, true, c->registered };
		dossier_encode_note(&s->out, &one);
		notes++;
	}
	return notes;
}

static uint32_t put_refused(const struct assembler *a, struct share *s, const uint8_t *const *rows, size_t n)
{
	const struct kind *k = a->j->register_table->kind;
	const struct column *number = &k->columns[kind_column(k, STR("household_no"))];
	struct str last = { 0 };
	uint32_t refused = 0;
	for (size_t i = 0; i < n && a->doubts.note_count; i++) {
		if (kind_at(a, rows[i]) != k)
			continue;
		const struct refused_note *found = doubts_note(&a->doubts, row_text(k, row_at(a, rows[i]), number));
		if (!found || str_eq(found->number, last))
			continue;
		last = found->number;
		dossier_encode_refused(&s->out, found->number, found->count);
		refused++;
	}
	return refused;
}

static void put_dossier(const struct assembler *a, struct share *s, const uint8_t *const *rows, size_t n, struct one_person *people, size_t m)
{
	struct buf *b = &s->out;
	size_t begin = b->n;
	sort(people, m, sizeof *people, by_key);
	for (size_t i = 0; i < n && a->doubts.hash_count; i++)
		if (le32_get(rows[i] + 8) >= NOTE_HOME)
			doubt(a, row_at(a, rows[i]), people, m);
	dossier_encode_begin(b, (uint32_t)m, (uint32_t)n, 0, 0);
	for (size_t i = 0; i < m; i++)
		dossier_encode_person(b, people[i].key, people[i].flags);
	for (size_t i = 0; i < n; i++) {
		buf_put(b, rows[i] + RECORD, le32_get(rows[i] + 4));
		row_sum_add(&s->sum, row_values_hash(kind_at(a, rows[i]), row_at(a, rows[i])));
	}
	s->row_count += n;
	uint32_t notes = put_notes(a, s, rows, n), refused = put_refused(a, s, rows, n);
	le32_put(b->p + begin + 12, notes);
	le32_put(b->p + begin + 16, refused);
	dossier_encode_end(b, begin);
	VEC_PUSH(s->sizes.items, s->sizes.count, s->sizes.cap, (uint32_t)(b->n - begin));
}

/* ---- a share: any thread ---------------------------------------------------------------------------------------------------------------------- */

static const uint8_t *next_record(const uint8_t *at)
{
	return at + RECORD + le32_get(at + 4);
}

static void make_room(struct share *s, uint32_t dossiers)
{
	if (dossiers + 2 > s->cap) {
		s->cap = dossiers + 2;
		s->rows = mem_grow(s->rows, s->cap, sizeof *s->rows);
		s->people = mem_grow(s->people, s->cap, sizeof *s->people);
	}
	memset(s->rows, 0, s->cap * sizeof *s->rows);
	memset(s->people, 0, s->cap * sizeof *s->people);
	s->out.n = s->sizes.count = s->row_count = 0;
	s->sum = (struct row_sum){ 0 };
}

/* Sort the records by dossier; those of one stay in their order. */
static void sort_records(struct share *s, uint32_t first, uint32_t dossiers)
{
	const uint8_t *begin = (const uint8_t *)s->bytes.p, *end = begin + s->bytes.n;
	for (const uint8_t *at = begin; at < end; at = next_record(at)) {
		__builtin_prefetch(at + 512);
		(le32_get(at + 8) == NOTE_PERSON ? s->people : s->rows)[le32_get(at) - first + 2]++;
	}
	for (uint32_t d = 2; d <= dossiers + 1; d++) {
		s->rows[d] += s->rows[d - 1];
		s->people[d] += s->people[d - 1];
	}
	if (s->rows[dossiers + 1] > s->row_cap)
		s->row_at = mem_grow(s->row_at, s->row_cap = s->rows[dossiers + 1], sizeof *s->row_at);
	if (s->people[dossiers + 1] > s->person_cap)
		s->persons = mem_grow(s->persons, s->person_cap = s->people[dossiers + 1], sizeof *s->persons);
	for (const uint8_t *at = begin; at < end; at = next_record(at)) {
		uint32_t d = le32_get(at) - first + 1;
		if (le32_get(at + 8) == NOTE_PERSON)
			s->persons[s->people[d]++] = (struct one_person){ le64_get(at + RECORD), at[RECORD + 8] };
		else
			s->row_at[s->rows[d]++] = at;
	}
}

/* Rows of a dossier lie anywhere in the share. */
static void fetch_rows(const struct share *s, uint32_t d)
{
	for (uint32_t i = s->rows[d]; i < s->rows[d + 1]; i++) {
		__builtin_prefetch(s->row_at[i]);
		__builtin_prefetch(s->row_at[i] + 64);
	}
}

static int assemble(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct assembler *a = arg;
	struct share *s = &a->shares[lane];
	uint32_t dossiers = a->from->dossiers;
	if (spool_read(a->from->spool, (unsigned)i, &s->bytes, err) < 0)
		return -1;
	make_room(s, dossiers);
	sort_records(s, (uint32_t)i * dossiers, dossiers);
	for (uint32_t d = 0; d < dossiers; d++) {
		if (d + AHEAD < dossiers)
			fetch_rows(s, d + AHEAD);
		if (s->people[d + 1] > s->people[d])
			put_dossier(a, s, s->row_at + s->rows[d], s->rows[d + 1] - s->rows[d], s->persons + s->people[d],
			            s->people[d + 1] - s->people[d]);
	}
	return 0;
}

/* ---- shares, one after the other ---------------------------------------------------------------------------------------------------------------- */

static int flush(struct assembler *a, struct err *err)
{
	if (!a->block_dossiers)
		return 0;
	int r = frame_put(a->w, TAG_DOSSIERS, a->block.p, a->block.n, a->block_dossiers, err);
	a->block.n = 0;
	a->block_dossiers = 0;
	return r;
}

/* Blocks are cut without regard to shares: the file is the same for any number of them. */
static int take(void *arg, unsigned lane, uint64_t i, struct err *err)
{
	struct assembler *a = arg;
	const struct share *s = &a->shares[lane];
	size_t at = 0;
	(void)i;
	for (size_t n = 0; n < s->sizes.count; n++) {
		buf_put(&a->block, s->out.p + at, s->sizes.items[n]);
		at += s->sizes.items[n];
		a->block_dossiers++;
		if (a->block.n >= BLOCK_BYTES && flush(a, err) < 0)
			return -1;
	}
	a->rows += s->row_count;
	row_sum_add(&a->sum, s->sum);
	return 0;
}

static void release(struct assembler *a)
{
	for (unsigned i = 0; i < lanes_count(a->j->job->threads); i++) {
		struct share *s = &a->shares[i];
		buf_release(&s->bytes);
		buf_release(&s->out);
		free(s->rows);
		free(s->people);
		free(s->row_at);
		free(s->persons);
		free(s->sizes.items);
	}
	free(a->shares);
	doubts_release(&a->doubts);
	buf_release(&a->block);
}

int put_dossiers(struct join *j, const struct spooled *from, struct frame_writer *w, struct err *err)
{
	struct assembler a = { .j = j, .from = from, .w = w };
	a.shares = mem_alloc(lanes_count(j->job->threads) * sizeof *a.shares);
	doubts_find(&a.doubts, j->register_table);
	struct lanes lanes = { j->job->threads, from->shares, &a, assemble, take };
	int r = lanes_run(&lanes, err);
	if (r == 0)
		r = flush(&a, err);
	if (r == 0 && (a.rows != from->rows || !row_sum_equal(a.sum, from->sum)))
		r = err_set(err, STATUS_SOFTWARE, "join: the rows of the dossiers are not those of the tables; keep the extracts and report it");
	frame_rows(w, a.rows, a.sum);
	release(&a);
	return r;
}
