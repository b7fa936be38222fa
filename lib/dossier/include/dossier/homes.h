/* homes: what household rows say, asked of tens of millions of them.
 *
 * The pack's conditions on household rows mostly look at a few enumerated columns. Such conditions are asked once for each
 * combination of their values, and looked up from then on, several at once; any other is evaluated row by row, with the same answer.
 *
 *     struct home_reader *h = home_reader_new(pack);
 *     if (row_says(&h->home, h, row)) home_facts(h, row, home_says(h, row), &facts);
 */
#ifndef BIDUI_DOSSIER_HOMES_H
#define BIDUI_DOSSIER_HOMES_H

#include "dossier/eval.h"

#define ROW_TEST_COLUMNS 4
#define ROW_TEST_CONDITIONS 4

struct row_test {
	const struct expr *conditions[ROW_TEST_CONDITIONS];
	unsigned condition_count;
	uint8_t *table;               /* a bit a condition; NULL: ask them */
	struct {
		uint16_t offset, step; /* step 0: none */
	} columns[ROW_TEST_COLUMNS];
	unsigned column_count;
	int region;                   /* offset of a region that in_village() is asked of, or -1 */
	unsigned region_step;
};

/* Who is asked about rows of a kind outside of any dossier; of one thread. */
struct row_asker {
	const struct kind *kind;
	struct dossier nothing;
	struct eval eval;
};
void row_asker_init(struct row_asker *a, const struct pack *pack, const struct kind *kind);
void row_asker_release(struct row_asker *a);

/* conditions: up to ROW_TEST_CONDITIONS on rows of the asker's kind, which have to outlive the test. */
void row_test_init(struct row_test *t, struct row_asker *a, const struct expr *const *conditions, unsigned count);
void row_test_release(struct row_test *t);
unsigned row_test_ask(const struct row_test *t, struct row_asker *a, struct row r); /* without the table */

/* Bit i: condition i is true. */
static inline unsigned row_test_says(const struct row_test *t, struct row_asker *a, struct row r)
{
	if (!t->table)
		return row_test_ask(t, a, r);
	unsigned i = 0;
	for (unsigned c = 0; c < ROW_TEST_COLUMNS; c++)
		i += t->columns[c].step * (uint8_t)(r.fixed[t->columns[c].offset] + 1u);
	if (t->region >= 0) {
		uint64_t region = le64_get(r.fixed + t->region);
		unsigned place = (unsigned)(region % 1000);
		i += t->region_step * (region == UINT64_MAX ? 0 : place >= 200 && place <= 399 ? 2 : 1);
	}
	return t->table[i];
}

struct home_reader {
	const struct kind *kind;
	const struct column *region, *number, *split_on, *split_from;
	struct row_test home, gone, rural, urban, split;
	struct row_test says[ROW_TEST_CONDITIONS]; /* enum home_says: all of it looked up at once, or one by one */
	unsigned says_count;
	struct row_asker asker;
	struct arena spare;           /* lent to those who evaluate while a dossier is built */
};

struct home_reader *home_reader_new(const struct pack *pack);
void home_reader_free(struct home_reader *h); /* NULL-safe */

/* Of what its tests have said since the last call, when an answer may be another: added to d->due. */
void home_reader_due(struct home_reader *h, struct dossier *d);

/* An eval for d whose memory is used again and again; give it back before another is lent. */
void home_reader_lend(struct home_reader *h, struct eval *ret, struct dossier *d);
void home_reader_return(struct home_reader *h, struct eval *v);

/* Not for two threads at once when the test has no table. */
static inline bool row_says(const struct row_test *t, struct home_reader *h, struct row r)
{
	return row_test_says(t, &h->asker, r) != 0;
}

/* What a household row says of itself. */
enum home_says {
	HOME_HERE = 1,                /* it is the home row of its person, unless others speak against it */
	HOME_HEAD = 2,
	HOME_COLLECTIVE = 4,
	HOME_RURAL = 8,
};
static inline unsigned home_says(struct home_reader *h, struct row r)
{
	unsigned says = row_test_says(&h->says[0], &h->asker, r);
	for (unsigned i = 1; i < h->says_count; i++)
		says |= row_test_says(&h->says[i], &h->asker, r) << i;
	return says;
}

/* Their types are those of the role (lib/schema/role.c). */
static inline int64_t home_region(const struct home_reader *h, struct row r) { return value_load(TYPE_REGION, r.fixed + h->region->offset); }
static inline int64_t home_split_on(const struct home_reader *h, struct row r) { return value_load(TYPE_DATE, r.fixed + h->split_on->offset); }
static inline struct str home_number(const struct home_reader *h, struct row r) { return row_text(h->kind, r, h->number); }

/* What a home row says of its household. Texts borrow the row. */
struct home_facts {
	uint32_t county;
	struct str number;
	int64_t region, split_on;
	struct str split_from;
	bool head, collective, rural, split;
};
void home_facts(struct home_reader *h, struct row r, unsigned says, struct home_facts *ret);

/* Put a home row into what is known of its household; rows come in order, `row` is the caller's name for it. */
static inline void household_see(struct household_facts *h, const struct home_facts *f, uint32_t row)
{
	if (h->people == 0 || (f->head && !h->has_head)) {
		h->head = row;
		h->region = f->region;
	}
	if (h->people == 0)
		h->split_row = NONE;
	h->people++;
	h->rural += f->rural;
	h->has_head |= f->head;
	h->collective |= f->collective;
	if (h->split_row == NONE && f->split_on != VALUE_NULL) {
		h->split_row = row;
		h->split = f->split;
	}
}

#endif
