/* How an expression about items becomes a SELECT over tables.
 *
 * A *place* is where an item stands in a statement: an SQL expression for its key, and the alias of the table that tells more of it,
 * joined (*bound*) only when more is asked. A set becomes one *query*: pieces of FROM and WHERE, and the place of its items. Paths and
 * filters go on in the query they begin in, quantifiers open one of their own. A union makes a query for each of its sides: the walk
 * over the tree is repeated until all choices are through (struct choices).
 *
 * Text made here lives in s->arena. The first failure is kept; everything goes on, and sql_print answers it at the end.
 */
#ifndef BIDUI_SQL_INTERNAL_H
#define BIDUI_SQL_INTERNAL_H

#include "sql/sql.h"

struct dialect {
	const char *name;
	const char *collate;   /* behind a text that is put in order: the order of bytes */
	bool indexes;          /* its planner wants indexes and ANALYZE */
	unsigned name_max;     /* bytes of an identifier */
	const char *preamble;
};

/* What is known while the script is being worked off: conditions on rows and people are asked before there are households. */
enum stage { STAGE_ROW, STAGE_PERSON, STAGE_ALL };

struct piece {
	const char *text;
	struct piece *next;
};

struct query {
	struct piece *first;
	const char *where;     /* conditions, or NULL */
};

struct place {
	enum item item;
	int kind;              /* of rows: the one whose columns may be asked, or -1 */
	uint64_t kinds;        /* of rows: those they may be of */
	const char *key;
	const char *alias;     /* NULL until bound */
	struct query *query;   /* where it is bound ... */
	struct piece *after;   /* ... behind which piece; NULL: before the first */
};

struct sql_frame {
	struct place *place;
	const struct sql_frame *up;
};

#define MAX_CHOICES 64
struct choices {
	unsigned char taken[MAX_CHOICES];
	unsigned count, at, rounds;
};

struct sql {
	const struct pack *pack;
	const struct dialect *dialect;
	struct arena arena;
	struct buf *out;
	struct err *err;
	bool failed;
	unsigned alias_count;
	enum stage stage;
	struct place *unit;         /* whom a rule is asked about */
	const struct rule *rule;
	const char *nature;         /* of the rule, as SQL */
	uint8_t *terms_done, *rules_done;
};

/* names.c: text, identifiers, failures */
const char *sql_fmt(struct sql *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *sql_name(struct sql *s, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* a quoted identifier */
const char *sql_text(struct sql *s, struct str text);     /* a quoted literal */
const char *sql_date(struct sql *s, int64_t day);
const char *sql_number(struct sql *s, int64_t hundredths);
const char *sql_column(struct sql *s, const char *alias, const struct column *c);
const char *sql_rows(struct sql *s, const struct kind *k); /* the table of its rows in order, with persons and witnesses */
const char *sql_term(struct sql *s, const struct term *t);
void sql_fail(struct sql *s, const struct expr *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void sql_say(struct sql *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));          /* to the script */
void sql_make(struct sql *s, const char *table, const char *select, const char *const *indexed);  /* a temporary table */
void sql_analyze(struct sql *s, const char *table);

/* query.c: statements in the making */
struct place *place_new(struct sql *s, enum item item, int kind, const char *key);
struct place *place_table(struct sql *s, struct query *q, enum item item, int kind); /* a new piece: all items of a sort */
const char *place_alias(struct sql *s, struct place *p);   /* binds */
const char *key_column(enum item item);
const char *item_table(struct sql *s, enum item item, int kind);
const char *alias_new(struct sql *s);
struct piece *query_from(struct sql *s, struct query *q, const char *text);
void query_where(struct sql *s, struct query *q, const char *condition);
const char *query_select(struct sql *s, const struct query *q, const char *what);
unsigned choose(struct sql *s, const struct expr *e, struct choices *c);
bool choices_next(struct choices *c);

/* set.c, value.c */
struct place *sql_set(struct sql *s, const struct expr *e, const struct sql_frame *f, struct query *q, struct choices *c);
const char *sql_value(struct sql *s, const struct expr *e, const struct sql_frame *f);
const char *sql_in_order(struct sql *s, const struct expr *e, const char *value); /* something that sorts as the value does; null stays */
const char *sql_row_attribute(struct sql *s, const struct sql_frame *f, const char *first, const char *second);
/* Everything in the set, a SELECT for each alternative, all together: `what` of the outer query and the item's key as x. */
const char *sql_members(struct sql *s, const struct expr *e, struct place *unit, const char *from, const char *what);
const struct sql_frame *sql_frame_at(const struct sql_frame *f, unsigned depth);

/* the parts of a script */
void sql_tables(struct sql *s);
void sql_row_tables(struct sql *s);
void sql_people(struct sql *s);
void sql_registers(struct sql *s);
void sql_terms(struct sql *s);
void sql_rules(struct sql *s);
bool sql_kept(const struct term *t); /* a term with a table of its own */

#endif
