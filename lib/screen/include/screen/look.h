/* look: a dossier file opened to ask about single units what a screen asks about all.
 *
 *     look_open(&l, pack, path, &id, err);
 *     while ((got = look_next(l, err)) == ITER_ROW)
 *             if (look_ask(l, rule, ITEM_REGISTER, 0, &finding)) ...
 *     look_free(l);
 *
 * Answers are those of the screen: the same code gives them.
 */
#ifndef BIDUI_SCREEN_LOOK_H
#define BIDUI_SCREEN_LOOK_H

#include "dossier/eval.h"
#include "screen/finding.h"
#include "screen/screen.h"

struct look;

int look_open(struct look **ret, const struct pack *pack, const char *dossiers, const struct frame_id *id, struct err *err)
	__attribute__((warn_unused_result));
void look_free(struct look *l); /* NULL-safe */

/* The next dossier; what the one before it gave is gone. */
enum iter look_next(struct look *l, struct err *err);
struct dossier *look_dossier(struct look *l);
struct eval *look_eval(struct look *l);
const struct coverage *look_coverage(const struct look *l);

/* Whether there is an extract of the kind. */
bool look_kind(const struct look *l, unsigned kind);

/* Be asked about this village from now on; false when nobody lives there. Of a village the index is nothing. */
bool look_village(struct look *l, int64_t region);

/* Whether the rule fires on the unit, as the lists have it; *ret lives until the next question. False for a rule that is not evaluated. */
bool look_ask(struct look *l, const struct rule *r, enum item item, uint32_t index, struct finding *ret);

/* A row as the evidence of the lists has it, and its place alone; a value of a column as an office writes it. */
void look_row(struct look *l, uint32_t row, struct buf *b);
void look_place(struct look *l, uint32_t row, struct buf *b);
void value_in_words(const struct column *c, int64_t n, struct buf *b);

#endif
