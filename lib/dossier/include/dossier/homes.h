/* homes: what household rows say, asked of tens of millions of them.
 *
 * The pack's conditions on household rows mostly look at a few enumerated columns. Such a condition is asked once for each
 * combination of their values, and looked up from then on; any other is evaluated row by row, with the same answer.
 *
 *     struct home_reader *h = home_reader_new(pack);
 *     if (row_says(&h->home, h, row)) home_facts(h, row, &facts);
 */
#ifndef BIDUI_DOSSIER_HOMES_H
#define BIDUI_DOSSIER_HOMES_H

#include "dossier/eval.h"

#define ROW_TEST_COLUMNS 3

struct row_test {
	const struct expr *expr;
	uint8_t *table;               /* NULL: ask the expression */
	struct {
		uint16_t offset, step;
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

/* expr: a condition on rows of the asker's kind, which has to outlive the test. */
void row_test_init(struct row_test *t, struct row_asker *a, const struct expr *expr);
void row_test_release(struct row_test *t);
bool row_test_says(const struct row_test *t, struct row_asker *a, struct row r);

struct home_reader {
	const struct kind *kind;
	const struct column *region, *number, *split_on, *split_from; /* the last two may be NULL */
	struct row_test home, gone, head, collective, rural, urban, split;
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
	return row_test_says(t, &h->asker, r);
}

/* What a home row says of its household. Texts borrow the row. */
struct home_facts {
	uint32_t county;
	struct str number;
	int64_t region, split_on;
	struct str split_from;
	bool head, collective, rural, split;
};
void home_facts(struct home_reader *h, struct row r, struct home_facts *ret);

#endif
