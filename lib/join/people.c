#include "people.h"

#define BATCH 256 /* keys: so many that waiting for the first of them is little */
#define AHEAD 16 /* keys whose memory is fetched early */
#define LEAST 1024 /* places */
#define LEAST_BITS (ID_KEY_BITS - 32) /* of a bucket's number: the rest of a key has 32 */
#define BUCKET 4 /* people, about */

/* ---- keys scattered -------------------------------------------------------------------------------------------------------------------------- */

/* The number that undoes a multiplication by an odd one: each step doubles the bits that are right, of which there are 3 at first. */
static uint64_t back(uint64_t odd)
{
	uint64_t x = odd;
	for (int bits = 3; bits < 64; bits *= 2)
		x *= 2 - odd * x;
	return x;
}

void scatter_make(struct scatter *s, uint64_t seed)
{
	s->a = (UINT64_C(0x9E3779B97F4A7C15) ^ seed << 1) | 1;
	s->b = (UINT64_C(0xD6E8FEB86659FD93) ^ seed >> 7) | 1;
	s->a_back = back(s->a);
	s->b_back = back(s->b);
}

static uint64_t scatter_back(const struct scatter *s, uint64_t h)
{
	h = h * s->b_back & ID_KEY_MASK;
	return (h ^ h >> 24) * s->a_back & ID_KEY_MASK; /* 24 bits and more are over half: once is enough */
}

/* ---- collected ------------------------------------------------------------------------------------------------------------------------------- */

static uint64_t first_place(const struct people_found *f, uint64_t key)
{
	return (scatter_key(&f->scatter, key) >> (ID_KEY_BITS - 32)) * f->cap >> 32;
}

static struct found_person *place_of(const struct people_found *f, uint64_t key)
{
	uint64_t at = first_place(f, key);
	while (found_key(&f->slots[at]) && found_key(&f->slots[at]) != key)
		if (++at == f->cap)
			at = 0;
	return &f->slots[at];
}

static void resize(struct people_found *f, uint64_t cap)
{
	struct people_found old = *f;
	f->cap = cap;
	f->slots = mem_alloc(cap * sizeof *f->slots);
	for (uint64_t i = 0; i < old.cap; i++)
		if (found_key(&old.slots[i]))
			*place_of(f, found_key(&old.slots[i])) = old.slots[i];
	free(old.slots);
}

void found_reserve(struct people_found *f, uint64_t count)
{
	uint64_t cap = count + count / 2 + LEAST;
	if (cap > f->cap)
		resize(f, cap);
}

struct found_person *found_add(struct people_found *f, uint64_t key, unsigned flags)
{
	if (4 * (f->count + 1) > 3 * f->cap)
		resize(f, f->cap + f->cap / 2 + LEAST);
	struct found_person *p = place_of(f, key);
	if (!found_key(p)) {
		*p = found_person(key, 0, NONE);
		f->count++;
	}
	p->flags |= (uint16_t)flags;
	return p;
}

void found_fetch(const struct people_found *f, uint64_t key)
{
	if (f->cap)
		__builtin_prefetch(&f->slots[first_place(f, key)]);
}

void found_add_all(struct people_found *f, const uint64_t *keys, size_t n, unsigned flags)
{
	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			found_fetch(f, keys[i + AHEAD]);
		found_add(f, keys[i], flags);
	}
}

struct found_person *found_look(const struct people_found *f, uint64_t key)
{
	struct found_person *p = f->cap ? place_of(f, key) : NULL;
	return p && found_key(p) ? p : NULL;
}

void found_release(struct people_found *f)
{
	free(f->slots);
	*f = (struct people_found){ 0 };
}

/* ---- settled --------------------------------------------------------------------------------------------------------------------------------- */

static uint64_t hash_of(const struct wanted_people *p, uint64_t key)
{
	return sieve_hash(key * p->scatter.a);
}

static uint64_t bucket_of(const struct wanted_people *p, uint64_t scattered)
{
	return scattered >> (ID_KEY_BITS - p->bits);
}

static uint32_t rest_of(const struct wanted_people *p, uint64_t scattered)
{
	return (uint32_t)(scattered & ((UINT64_C(1) << (ID_KEY_BITS - p->bits)) - 1));
}

void people_begin(struct wanted_people *p, const struct scatter *s, uint64_t count, unsigned sieve_bits)
{
	*p = (struct wanted_people){ .scatter = *s, .count = count, .bits = LEAST_BITS };
	while (p->bits < 31 && count >> p->bits >= BUCKET)
		p->bits++;
	p->slots = mem_alloc((count + 1) * sizeof *p->slots);
	p->buckets = mem_alloc(((UINT64_C(1) << p->bits) + 2) * sizeof *p->buckets);
	sieve_make(&p->sieve, count, sieve_bits);
}

/* Where a bucket begins is counted up in the place of the next one, and grows as the bucket fills, to where that one begins. */
void people_take(struct wanted_people *p, const struct found_person *some, size_t n, unsigned part, unsigned part_bits)
{
	uint64_t first = (uint64_t)part << (p->bits - part_bits), end = (uint64_t)(part + 1) << (p->bits - part_bits);
	uint32_t *filling = p->buckets + 1, sum = p->buckets[first];
	for (size_t i = 0; i < n; i++)
		if (found_key(&some[i]))
			filling[bucket_of(p, scatter_key(&p->scatter, found_key(&some[i])))]++;
	for (uint64_t b = first; b < end; b++) {
		uint32_t count = filling[b];
		filling[b] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t key = found_key(&some[i]), h = scatter_key(&p->scatter, key);
		if (!key)
			continue;
		p->slots[filling[bucket_of(p, h)]++] = (struct wanted_person){ rest_of(p, h), some[i].group, (uint8_t)some[i].flags };
		sieve_add(&p->sieve, hash_of(p, key));
	}
}

static uint32_t in_bucket(const struct wanted_people *p, uint64_t scattered)
{
	uint64_t b = bucket_of(p, scattered);
	uint32_t rest = rest_of(p, scattered), end = p->buckets[b + 1];
	for (uint32_t i = p->buckets[b]; i < end; i++)
		if (p->slots[i].rest == rest)
			return i;
	return NONE;
}

uint32_t people_find(const struct wanted_people *p, uint64_t key)
{
	return sieve_has(&p->sieve, hash_of(p, key)) ? in_bucket(p, scatter_key(&p->scatter, key)) : NONE;
}

/* Each step fetches the memory of the next for all keys at once: sieve, bucket, people. */
static void find_batch(const struct wanted_people *p, const uint64_t *keys, uint32_t n, uint32_t *ret)
{
	UNSET uint64_t h[BATCH];
	UNSET uint32_t in[BATCH];
	uint32_t count = 0;
	for (uint32_t i = 0; i < n; i++) {
		h[i] = hash_of(p, keys[i]);
		sieve_fetch(&p->sieve, h[i]);
	}
	for (uint32_t i = 0; i < n; i++) {
		ret[i] = NONE;
		if (sieve_has(&p->sieve, h[i]))
			in[count++] = i;
	}
	for (uint32_t k = 0; k < count; k++) {
		h[k] = scatter_key(&p->scatter, keys[in[k]]);
		__builtin_prefetch(&p->buckets[bucket_of(p, h[k])]);
	}
	for (uint32_t k = 0; k < count; k++)
		__builtin_prefetch(&p->slots[p->buckets[bucket_of(p, h[k])]]);
	for (uint32_t k = 0; k < count; k++)
		ret[in[k]] = in_bucket(p, h[k]);
}

void people_find_all(const struct wanted_people *p, const uint64_t *keys, uint32_t n, uint32_t *ret)
{
	for (uint32_t from = 0; from < n; from += BATCH)
		if (p->count)
			find_batch(p, keys + from, n - from < BATCH ? n - from : BATCH, ret + from);
		else
			memset(ret + from, 0xFF, (n - from < BATCH ? n - from : BATCH) * sizeof *ret);
}

static uint64_t key_in(const struct wanted_people *p, uint64_t bucket, uint32_t slot)
{
	return scatter_back(&p->scatter, bucket << (ID_KEY_BITS - p->bits) | p->slots[slot].rest);
}

uint64_t people_key(const struct wanted_people *p, uint32_t slot)
{
	uint64_t low = 0, high = (UINT64_C(1) << p->bits) - 1; /* the last bucket that begins at the slot or before is the one */
	while (low < high) {
		uint64_t mid = (low + high + 1) / 2;
		if (p->buckets[mid] <= slot)
			low = mid;
		else
			high = mid - 1;
	}
	return key_in(p, low, slot);
}

struct people_walk people_walk(const struct wanted_people *p, uint32_t first, uint32_t end)
{
	return end > first ? (struct people_walk){ p->buckets[first], first, p->buckets[end] } : (struct people_walk){ 0 };
}

bool people_next(const struct wanted_people *p, struct people_walk *w, uint32_t *slot, uint64_t *key)
{
	if (w->slot == w->end)
		return false;
	while (p->buckets[w->bucket + 1] <= w->slot)
		w->bucket++;
	*key = key_in(p, w->bucket, w->slot);
	*slot = w->slot++;
	return true;
}

uint64_t people_bytes(const struct wanted_people *p)
{
	return p->slots ? (p->count + 1) * sizeof *p->slots + (sizeof *p->buckets << p->bits) + sieve_bytes(&p->sieve) : 0;
}

void people_release(struct wanted_people *p)
{
	free(p->slots);
	free(p->buckets);
	sieve_release(&p->sieve);
	*p = (struct wanted_people){ 0 };
}
