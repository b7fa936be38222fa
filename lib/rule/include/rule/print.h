/* print: a checked expression as text again, in English or in Chinese. Both can be parsed again and mean the same. */
#ifndef BIDUI_RULE_PRINT_H
#define BIDUI_RULE_PRINT_H

#include "base/lang.h"
#include "rule/pack.h"

/* scope: where e stands; names in it are those of the items around. */
void expr_print(struct buf *b, const struct pack *pack, const struct expr *e, const struct scope *scope, enum lang lang);

/* The same for any part of an expression of the pack; its scope is looked for. */
void expr_print_part(struct buf *b, const struct pack *pack, const struct expr *e, enum lang lang);

/* Where the expressions of a rule, or that of a term, stand. */
struct scope rule_scope(const struct rule *r);
struct scope term_scope(const struct term *t);

/* What a term or parameter is called: its Chinese title where there is one and it can stand in an expression. */
struct str term_name(const struct term *t, enum lang lang);
struct str parameter_name(const struct parameter *p, enum lang lang);

#endif
