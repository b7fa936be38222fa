/* The duplicates of a table that has been written: a second look at the rows whose key may stand there twice, by their fingerprints. */
#include "writer.h"

#include "io/at.h"

#include <stdlib.h>

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

#define LEAST_AT_ONCE 4096

/* A suspected row. */
struct candidate {
	uint64_t key, fingerprint;
	struct row_sum hash; /* of its values, where another row has its fingerprint */
	uint32_t ordinal;
	bool twin;           /* there is one */
};

static int by_hash(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->fingerprint != b->fingerprint)
		return a->fingerprint < b->fingerprint ? -1 : 1;
	if (a->hash.high != b->hash.high)
		return a->hash.high < b->hash.high ? -1 : 1;
	if (a->hash.low != b->hash.low)
		return a->hash.low < b->hash.low ? -1 : 1;
	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static int by_place(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;
	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static int by_ordinal(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static bool is_known(const struct table_writer *w, uint32_t ordinal)
{
	return w->known_count && bsearch(&ordinal, w->known, w->known_count, sizeof ordinal, by_ordinal);
}

static bool is_same(const struct candidate *a, const struct candidate *b)
{
	return a->fingerprint == b->fingerprint && a->hash.high == b->hash.high && a->hash.low == b->hash.low;
}

/* The candidates, by hash. */
static void settle(struct table_writer *w, const struct candidate *c, size_t n)
{
	for (size_t i = 0, j; i < n; i = j) {
		size_t kept = 0;
		for (j = i; j < n && c[j].key == c[i].key; j++) {
			bool again = j > i && is_same(&c[j], &c[j - 1]);
			kept += !again;
			if (!again)
				continue;
			VEC_PUSH(w->duplicates, w->duplicate_count, w->duplicate_cap, c[j].ordinal);
			if (!is_known(w, c[j].ordinal))
				row_sum_take(&w->sum, c[j].hash);
		}
		if (kept > 1)
			VEC_PUSH(w->repeated, w->repeated_count, w->repeated_cap, c[i].key);
	}
}

static size_t unique(uint64_t *v, size_t n)
{
	size_t kept = 0;
	sort(v, n, sizeof *v, by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || v[i] != v[i - 1])
			v[kept++] = v[i];
	return kept;
}

#define SIEVE_LEAST 16 /* log2 of the bits of a sieve */
#define SIEVE_BITS 16  /* a suspect, or more */

/* The suspects, sorted, behind a filter, and this behind a sieve of one bit a suspect: a pass over all rows asks mostly about others. */
struct suspects {
	const uint64_t *keys;
	size_t count;
	struct filter filter;
	uint64_t *sieve;
	unsigned shift; /* of a mixed key: its place in the sieve is left */
};

static inline uint64_t sieve_place(const struct suspects *s, uint64_t key)
{
	return (key ^ key >> 23) * UINT64_C(0x9E3779B97F4A7C15) >> s->shift;
}

static void fill_sieve(struct suspects *s)
{
	unsigned bits = SIEVE_LEAST;
	while (bits < 32 && UINT64_C(1) << bits < SIEVE_BITS * (uint64_t)s->count)
		bits++;
	s->shift = 64 - bits;
	s->sieve = mem_alloc(UINT64_C(1) << (bits - 3));
	for (size_t i = 0; i < s->count; i++) {
		uint64_t at = sieve_place(s, s->keys[i]);
		s->sieve[at / 64] |= UINT64_C(1) << at % 64;
	}
}

static void suspects_init(struct suspects *s, const uint64_t *keys, size_t n)
{
	struct filter_group group;
	*s = (struct suspects){ .keys = keys, .count = n };
	filter_init(&s->filter, 2 * (uint64_t)n, 0);
	for (size_t i = 0; i < n; i += group.n) {
		filter_fetch(&s->filter, keys + i, n - i < FILTER_GROUP ? (uint32_t)(n - i) : FILTER_GROUP, UINT64_MAX, &group);
		filter_add(&s->filter, &group);
	}
	fill_sieve(s);
}

static void suspects_release(struct suspects *s)
{
	filter_release(&s->filter);
	free(s->sieve);
}

/* Which of n fingerprints the sieve keeps: where they stand, to at[]; how many. There is no branch that could be guessed wrong. */
static unsigned sift(const struct suspects *s, const uint64_t *prints, unsigned n, uint64_t mask, uint16_t *at)
{
	const uint64_t *sieve = s->sieve;
	unsigned kept = 0;
	for (unsigned i = 0; i < n; i++) {
		uint64_t place = sieve_place(s, prints[i] & mask);
		at[kept] = (uint16_t)i;
		kept += sieve[place / 64] >> place % 64 & 1;
	}
	return kept;
}

static bool suspected(const struct suspects *s, uint64_t key)
{
	return filter_has(&s->filter, key) && bsearch(&key, s->keys, s->count, sizeof key, by_number);
}

/* The payload of a block, read back. It is what this process has just written: its checksum is for those who read the file later. */
static int read_back(int fd, const struct put_block *block, struct buf *to, struct err *err)
{
	to->n = 0;
	buf_reserve(to, block->bytes);
	if (get_at(fd, to->p, block->bytes, block->at) != (ssize_t)block->bytes)
		return err_errno(err, STATUS_IOERR, "reading back a table failed; check the disk");
	to->n = block->bytes;
	return 0;
}

/* Candidates, growing. */
struct candidates {
	struct candidate *items;
	size_t n, cap;
};

#define FINGERPRINTS 4096 /* at once */

/* A pass over the fingerprints, for the rows whose key is one of these suspects. */
static int gather(struct table_writer *w, const uint64_t *keys, size_t n, struct candidates *c, struct err *err)
{
	uint64_t *prints = mem_grow(NULL, FINGERPRINTS, sizeof *prints), first = 0;
	UNSET uint16_t at[FINGERPRINTS];
	struct suspects set;
	ssize_t got;
	suspects_init(&set, keys, n);
	while ((got = fingerprints_get(&w->fingerprints, first, prints, FINGERPRINTS, err)) > 0) {
		unsigned kept = sift(&set, prints, (unsigned)got, w->key_mask, at);
		for (unsigned i = 0; i < kept; i++) {
			uint64_t print = prints[at[i]], key = print & w->key_mask;
			if (!suspected(&set, key))
				continue;
			struct candidate one = { .key = key, .fingerprint = print, .ordinal = (uint32_t)(first + at[i]) };
			VEC_PUSH(c->items, c->n, c->cap, one);
		}
		first += (uint64_t)got;
	}
	suspects_release(&set);
	free(prints);
	return got < 0 ? -1 : 0;
}

/* How many of the candidates, by hash, have a twin. */
static size_t mark_twins(struct candidate *c, size_t n)
{
	size_t twins = 0;
	for (size_t i = 1; i < n; i++)
		if (c[i].fingerprint == c[i - 1].fingerprint)
			c[i].twin = c[i - 1].twin = true;
	for (size_t i = 0; i < n; i++)
		twins += c[i].twin;
	return twins;
}

/* Hash the twins among the candidates of a block whose payload this is; its first row has that ordinal. */
static void hash_twins(const struct kind *k, const struct put_block *block, const uint8_t *payload, uint32_t first, struct candidate *c, size_t n)
{
	const uint8_t *fixed = payload + 4, *starts = fixed + (size_t)block->rows * k->stride, *texts = starts + 4 * (size_t)block->rows;
	for (; n; c++, n--) {
		uint32_t i = c->ordinal - first;
		struct row r = { fixed + (size_t)i * k->stride, texts + le32_get(starts + 4 * (size_t)i) };
		if (c->twin)
			c->hash = row_values_hash(k, r);
	}
}

/* Read the blocks with twins back; the candidates stand by their places. */
static int read_twins(struct table_writer *w, struct candidate *c, size_t n, struct err *err)
{
	struct frame view;
	struct buf payload = { 0 };
	uint32_t first = 0;
	int r = frame_view(w->frame, &view, err);
	for (size_t i = 0; r == 0 && i < w->put_count; first += w->put[i++].rows) {
		size_t here = 0, twins = 0;
		for (; here < n && c[here].ordinal - first < w->put[i].rows; here++)
			twins += c[here].twin;
		if (twins)
			r = read_back(w->put[i].fd >= 0 ? w->put[i].fd : view.fd, &w->put[i], &payload, err);
		if (twins && r == 0)
			hash_twins(w->kind, &w->put[i], (const uint8_t *)payload.p, first, c, here);
		c += here;
		n -= here;
	}
	buf_release(&payload);
	return r;
}

/* Different fingerprints are different rows; only rows with the same one have to be read. */
static int compare(struct table_writer *w, struct candidates *c, struct err *err)
{
	sort(c->items, c->n, sizeof *c->items, by_hash);
	if (!mark_twins(c->items, c->n))
		return 0;
	sort(c->items, c->n, sizeof *c->items, by_place);
	if (read_twins(w, c->items, c->n, err) < 0)
		return -1;
	sort(c->items, c->n, sizeof *c->items, by_hash);
	return 0;
}

/* One part knows its own duplicates. */
static void settle_one(struct table_writer *w, const struct table *part)
{
	for (size_t i = 0; i < part->duplicate_count; i++)
		VEC_PUSH(w->duplicates, w->duplicate_count, w->duplicate_cap, part->duplicates[i]);
	for (size_t i = 0; i < part->repeated_count; i++)
		VEC_PUSH(w->repeated, w->repeated_count, w->repeated_cap, part->repeated[i]);
	w->settled = true;
}

/* How many suspects are looked at in one pass: about two rows each, in an array that doubles. */
static size_t suspects_at_once(const struct table_writer *w)
{
	size_t most = w->memory / (8 * sizeof(struct candidate));
	return !w->memory ? SIZE_MAX : most < LEAST_AT_ONCE ? LEAST_AT_ONCE : most;
}

static int look_again(struct table_writer *w, struct err *err)
{
	size_t most = suspects_at_once(w);
	w->suspect_count = unique(w->suspects, w->suspect_count);
	for (size_t at = 0, n; at < w->suspect_count; at += n) {
		struct candidates c = { 0 };
		n = w->suspect_count - at < most ? w->suspect_count - at : most;
		int r = gather(w, w->suspects + at, n, &c, err);
		if (r == 0)
			r = compare(w, &c, err);
		if (r == 0)
			settle(w, c.items, c.n);
		free(c.items);
		if (r < 0)
			return -1;
	}
	sort(w->duplicates, w->duplicate_count, sizeof *w->duplicates, by_ordinal);
	return 0;
}

int table_duplicates(struct table_writer *w, const uint32_t **ret, size_t *ret_count, struct err *err)
{
	int r = 0;
	if (!w->settled && w->part_count == 1)
		settle_one(w, w->parts[0]);
	if (!w->settled) {
		r = w->part_count ? see_parts(w, err) : put_single_rows(w, err);
		filter_release(&w->seen);
		free(w->suspected);
		w->suspected = NULL;
		if (r == 0)
			r = look_again(w, err);
		w->settled = true;
	}
	*ret = w->duplicates;
	*ret_count = w->duplicate_count;
	return r;
}
