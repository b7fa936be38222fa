/* names: looks up the names of an expression for the checker (check.c). */
#ifndef BIDUI_RULE_NAMES_H
#define BIDUI_RULE_NAMES_H

#include "check.h"
#include "words.h"

#include "base/suggest.h"

/* Put a fault down at the place of e; returns -1. The message is said in the language of now. */
int check_fail(struct checker *c, const struct expr *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

struct static_type set_of(enum item item, int kind, bool single);
int role_kind(const struct checker *c, enum role role); /* index of the kind, or -1 */
bool is_called(struct str name, struct str title, struct str text);

/* What the item of one frame has under e's name: 1 found (e is changed into it), 0 not, -1 at fault. */
int find_in(struct checker *c, struct expr *e, unsigned depth, const struct scope *s);
/* e is a name: what does it mean here? A value of the enumeration comes first. 0 or -1. */
int check_name(struct checker *c, struct expr *e, const struct scope *scope, const struct enumeration *expected);

/* All that find_in could have found, for a name that means nothing; and the fault: what_then when something is near. */
void suggest_in(const struct checker *c, struct suggestion *s, const struct scope *scope);
void suggest_words(struct suggestion *s, const char *en, const char *zh);
int unknown(struct checker *c, const struct expr *e, const struct suggestion *s, const char *what, const char *what_then);

#endif
