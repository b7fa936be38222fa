/* The findings put in order without holding them: a few numbers each, sorted by region, list and rule. What is left to compare (unit_no,
 * evidence_rows) is compared when a batch of them is read again to be written. */
#include "internal.h"

#include "base/bytes.h"
#include "base/lanes.h"

#include <stdlib.h>

#define HEAD 22        /* bytes of a finding before its texts: docs/formats/finding.md */
#define LEAST (HEAD + 9 * 4)

static int by_code(const void *pa, const void *pb)
{
	return str_cmp((*(const struct rule *const *)pa)->code, (*(const struct rule *const *)pb)->code);
}

static void order_rules(struct report *r)
{
	const struct rule *rules[64];
	for (unsigned i = 0; i < r->pack->rule_count; i++)
		rules[i] = &r->pack->rules[i];
	sort(rules, r->pack->rule_count, sizeof *rules, by_code);
	for (unsigned i = 0; i < r->pack->rule_count; i++)
		r->rule_order[rules[i]->index] = (uint8_t)i;
}

/* Twelve digits sort as their number does, and an unknown region before all. */
static uint64_t key_of(const struct report *r, const uint8_t *x)
{
	int64_t region = (int64_t)le64_get(x + 10);
	uint64_t place = region == VALUE_NULL ? 0 : (uint64_t)region + 1;
	return (place << LIST_BITS | x[4]) << RULE_BITS | r->rule_order[x[5]];
}

static bool whole(const struct report *r, const uint8_t *x, size_t n)
{
	if (n < LEAST || le32_get(x) > n - 4 || le32_get(x) < LEAST - 4)
		return false;
	int64_t region = (int64_t)le64_get(x + 10);
	return x[4] < LIST_COUNT && x[5] < r->pack->rule_count && x[8] < LEVEL_COUNT &&
	       (region == VALUE_NULL || (region >= 0 && region < INT64_C(1000000000000)));
}

/* One thread: the block at hand, and what all of its blocks add up to. */
struct lane {
	struct buf block, name;
	struct index found;            /* in the block */
	struct row_sum sum, list_sums[LIST_COUNT];
	struct report_result counts;
};

struct indexing {
	struct report *r;
	struct lane *lanes;
};

/* Its share in the sums: of the file, by all its bytes; of its list, by what it is called. False: its texts are broken. */
static bool add_sums(const struct report *r, struct lane *l, const uint8_t *x, uint32_t n)
{
	struct reader texts = { x + HEAD, x + n, false };
	take_text(&texts); /* nature */
	struct str unit_no = take_text(&texts);
	if (texts.failed || x[6] >= UNIT_COUNT)
		return false;
	l->name.n = 0;
	finding_name(&l->name, r->pack->rules[x[5]].code, str_of(unit_name((enum unit)x[6])), unit_no);
	row_sum_add(&l->sum, row_hash("", 0, x, n));
	row_sum_add(&l->list_sums[x[4]], finding_sum(&l->name));
	return true;
}

static int index_block(void *arg, unsigned lane, uint64_t number, struct err *err)
{
	struct indexing *w = arg;
	const struct report *r = w->r;
	struct lane *l = &w->lanes[lane];
	struct frame_block b = r->findings.items[number];
	size_t i = 0;
	l->found.count = 0;
	if (frame_payload(r->frame, &b, &l->block, err) < 0)
		return -1;
	for (uint32_t row = 0; row < b.rows; row++) {
		const uint8_t *x = b.p + i;
		uint32_t n = whole(r, x, b.n - i) ? 4 + le32_get(x) : 0;
		if (!n || !add_sums(r, l, x, n))
			return err_set(err, STATUS_DATA, "%s: a finding is broken; make it again", r->frame->path);
		struct place_of one = { key_of(r, x), b.at + FRAME_BLOCK + i, n };
		VEC_PUSH(l->found.items, l->found.count, l->found.cap, one);
		l->counts.findings[x[4]]++;
		l->counts.by_level[x[4]][x[8]]++;
		l->counts.by_rule[x[4]][x[5]]++;
		i += n;
	}
	return i == b.n ? 0 : err_set(err, STATUS_DATA, "%s: a block of findings is broken; make it again", r->frame->path);
}

static int take_block(void *arg, unsigned lane, uint64_t number, struct err *err)
{
	struct indexing *w = arg;
	struct index *x = &w->r->index;
	const struct index *found = &w->lanes[lane].found;
	(void)number;
	if (found->count > x->cap - x->count)
		return err_set(err, STATUS_DATA, "%s: a finding is broken; make it again", w->r->frame->path);
	if (found->count)
		memcpy(x->items + x->count, found->items, found->count * sizeof *found->items);
	x->count += found->count;
	return 0;
}

static void add_lane(struct report *r, const struct lane *l)
{
	struct report_result *to = r->result;
	row_sum_add(&r->sum, l->sum);
	for (int list = 0; list < LIST_COUNT; list++) {
		row_sum_add(&r->list_sums[list], l->list_sums[list]);
		to->findings[list] += l->counts.findings[list];
		for (int i = 0; i < LEVEL_COUNT; i++)
			to->by_level[list][i] += l->counts.by_level[list][i];
		for (int i = 0; i < 64; i++)
			to->by_rule[list][i] += l->counts.by_rule[list][i];
	}
}

int index_fill(struct report *r, struct err *err)
{
	unsigned count = lanes_count(r->job->threads);
	struct indexing w = { r, mem_alloc(count * sizeof *w.lanes) };
	struct lanes all = { r->job->threads, r->findings.count, &w, index_block, take_block };
	order_rules(r);
	r->index.cap = r->frame->rows < r->frame->size / LEAST ? r->frame->rows : r->frame->size / LEAST;
	r->index.items = mem_grow(NULL, r->index.cap, sizeof *r->index.items);
	int got = lanes_run(&all, err);
	for (unsigned i = 0; i < count; i++) {
		struct lane *l = &w.lanes[i];
		add_lane(r, l);
		buf_release(&l->block);
		buf_release(&l->name);
		free(l->found.items);
	}
	free(w.lanes);
	return got;
}

/* ---- by key ------------------------------------------------------------------------------------------------------------------------ */

#define FEW 32

static void insertion(struct place_of *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct place_of one = v[i];
		size_t to = i;
		for (; to && v[to - 1].key > one.key; to--)
			v[to] = v[to - 1];
		v[to] = one;
	}
}

/* By the byte at `shift` of the key, then by those below: in place, each item moved once a byte. */
static void sort_bytes(struct place_of *v, size_t n, int shift)
{
	size_t ends[256] = { 0 }, next[256], at = 0;
	if (n <= FEW) {
		insertion(v, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		ends[v[i].key >> shift & 255]++;
	for (int k = 0; k < 256; k++) {
		next[k] = at;
		at += ends[k];
		ends[k] = at;
	}
	for (int k = 0; k < 256; k++)
		while (next[k] < ends[k]) {
			struct place_of one = v[next[k]];
			unsigned to = one.key >> shift & 255;
			v[next[k]] = v[next[to]];
			v[next[to]++] = one;
		}
	for (int k = 0; shift && k < 256; k++) {
		size_t from = k ? ends[k - 1] : 0;
		if (ends[k] - from > 1)
			sort_bytes(v + from, ends[k] - from, shift - 8);
	}
}

void sort_keys(struct place_of *v, size_t n)
{
	sort_bytes(v, n, 56);
}

/* ---- many of one key ----------------------------------------------------------------------------------------------------------------- */

struct keyed {
	struct place_of place;
	struct str unit_no, evidence_rows;
};

static int by_texts(const void *pa, const void *pb)
{
	const struct keyed *a = pa, *b = pb;
	int c = str_cmp(a->unit_no, b->unit_no);
	if (!c)
		c = str_cmp(a->evidence_rows, b->evidence_rows);
	return c ? c : (a->place.at > b->place.at) - (a->place.at < b->place.at);
}

/* Only what they are compared by is in memory. */
static int sort_by_texts(struct report *r, struct place_of *v, size_t n, struct err *err)
{
	struct keyed *all = mem_alloc(n * sizeof *all);
	struct arena texts = { 0 };
	struct buf b = { 0 };
	struct finding one;
	int got = 0;
	for (size_t i = 0; got == 0 && i < n; i++) {
		b.n = 0;
		buf_reserve(&b, v[i].bytes);
		got = frame_read(r->frame, b.p, v[i].bytes, v[i].at, err);
		const uint8_t *p = (const uint8_t *)b.p;
		if (got == 0 && finding_decode(&one, r->pack, &p, p + v[i].bytes) < 0)
			got = err_set(err, STATUS_DATA, "%s: a finding is broken; make it again", r->frame->path);
		if (got < 0)
			break;
		all[i] = (struct keyed){ v[i], arena_dup(&texts, one.unit_no), arena_dup(&texts, one.evidence_rows) };
	}
	if (got == 0)
		sort(all, n, sizeof *all, by_texts);
	for (size_t i = 0; got == 0 && i < n; i++)
		v[i] = all[i].place;
	arena_release(&texts);
	buf_release(&b);
	free(all);
	return got;
}

#define BATCHES (16u << 20) /* bytes of findings on all threads */
#define BATCH (1u << 20)    /* at least, on one */

size_t batch_bytes(const struct report *r)
{
	size_t bytes = BATCHES / lanes_count(r->job->threads);
	return bytes < BATCH ? BATCH : bytes;
}

int index_sort(struct report *r, struct err *err)
{
	struct place_of *v = r->index.items;
	sort_keys(v, r->index.count);
	for (size_t i = 0, j; i < r->index.count; i = j) {
		uint64_t bytes = 0;
		for (j = i; j < r->index.count && v[j].key == v[i].key; j++)
			bytes += v[j].bytes;
		if (bytes > batch_bytes(r) && sort_by_texts(r, v + i, j - i, err) < 0)
			return -1;
	}
	return 0;
}
