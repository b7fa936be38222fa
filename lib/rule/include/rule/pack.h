/* pack: a rule pack: the policy as data (a YAML file in pipelines/rules/, format: docs/rules.md).
 *
 * A pack is loaded for one as-of date: parameters and D are constants from then on. Everything lives until pack_free.
 *
 *     if (pack_load(&pack, path, schema, as_of, err) < 0) ...
 */
#ifndef BIDUI_RULE_PACK_H
#define BIDUI_RULE_PACK_H

#include "rule/example.h"
#include "rule/expr.h"
#include "rule/fault.h"

/* The lists of outputs.md, in their order. */
enum list { LIST_MISSED, LIST_WRONGLY_EXITED, LIST_NON_ELIGIBLE, LIST_VETOED, LIST_LEDGER, LIST_VILLAGES, LIST_QUALITY, LIST_COUNT };
const char *list_name(enum list list);
int list_of_name(struct str name); /* or -1 */

/* Higher is more. */
enum level { LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_COUNT };
const char *level_name(enum level level);
int level_of_name(struct str name); /* or -1 */

enum unit { UNIT_REGISTER, UNIT_HOUSEHOLD, UNIT_PERSON, UNIT_VILLAGE, UNIT_COUNT };
const char *unit_name(enum unit unit); /* "registry", "hukou", "person", "village" */

/* A named expression on one sort of item. */
enum term_state { TERM_UNCHECKED, TERM_BEING_CHECKED, TERM_CHECKED, TERM_BROKEN };
struct term {
	struct str name;
	struct str title_zh, title_en; /* for people; the Chinese one may be written for the name */
	enum item item;
	int kind;           /* of rows */
	struct expr *expr;
	unsigned index;
	uint64_t own;       /* on a person: one of these kinds must have a row of theirs; see rule/own.c */
	bool asks_unit;     /* depends on the unit that is asked about (member, unit): not to be remembered */
	unsigned line, column; /* of its name */
	enum term_state checked;
};

struct parameter {
	struct str name;
	struct str title_zh, title_en;
	enum value_type type; /* VT_NUMBER or VT_DATE */
	int64_t value;        /* where it is one value: that of the as-of date */
	struct by_year {
		int year;         /* 0 when by_region */
		uint32_t county;  /* 6 digits, or 0: everywhere else */
		int64_t value;
		bool unconfirmed;
	} *years;             /* where it depends on the year or the county; a county's own come first */
	unsigned year_count;
	bool by_region;       /* on the county alone */
	bool unconfirmed;     /* the one value is */
	struct str source, unit;
	unsigned line, column; /* of its name */
};

/* The first case whose condition is true; a case without a condition is always. */
struct choice {
	struct str name;
	int value;            /* of severities: enum level */
	struct expr *when;    /* or NULL */
};

struct veto {
	struct str nature;
	struct expr *rows;    /* a set of rows: not empty = vetoed */
};

struct rule {
	unsigned index;       /* in the order of the pack */
	struct str code;
	enum list list;
	enum unit unit;
	struct expr *when;
	struct expr *evidence;      /* a set of rows, or NULL */
	struct choice *natures;
	unsigned nature_count;
	struct choice *severities;  /* the last has no condition */
	unsigned severity_count;
	struct expr *core;          /* NULL: never */
	bool core_when;             /* severity is medium at most when it is not core */
	struct veto *vetoes;
	unsigned veto_count;
	struct {
		struct str nature;
		struct expr *when;  /* or NULL */
	} doubt;                    /* weakens the finding */
	struct str facts;           /* text of the evidence of rules without rows: "all={all} split={split}" */
	struct str title_zh, title_en, basis, check, department;
	unsigned line, column;      /* of its code */
	int days;
	uint64_t needs, any_of, uses; /* kinds, a bit each */
	struct example *examples;   /* what it says of invented people; see rule/example.h */
	unsigned example_count;
	uint64_t trigger;           /* one of these kinds must have a row among the unit's people; see rule/trigger.c */
	uint64_t own;               /* the same of narrower people: the person itself, the people of the household, the members of the registry
	                             * household and those who live with them; of villages always; see rule/own.c */
	uint64_t common;            /* conditions that must be true and that other rules on such units ask too, a bit each; see rule/common.c */
};

/* Rows of a kind whose persons may be in a finding: all, or those that meet all conditions. */
#define SEED_CONDITIONS 8
struct seed {
	unsigned kind;
	const struct expr *conditions[SEED_CONDITIONS]; /* each on the row alone */
	unsigned condition_count;
};

/* How rows make people and households: predicates on rows of the kinds with these roles. */
struct people {
	struct expr *home;        /* household row: a normal one */
	struct expr *gone;        /* household row: says that the person is dead */
	struct expr *death;       /* death row (asked with the person around it): makes the person dead */
	struct expr *head;        /* household row: of the head */
	struct expr *register_head;
	struct expr *collective;  /* household row */
	struct expr *rural, *urban;
	struct expr *split;       /* household row: counted as split for the villages */
	int64_t collective_over;  /* persons */
	struct expr *active, *exited; /* registry household: for the figures */
};

struct pack {
	struct arena arena;
	_Atomic int32_t *due;             /* of pack_due */
	const struct schema *schema;
	int32_t as_of;
	struct str name, title_zh, title_en;
	struct str region;                /* as written, or empty */
	int32_t valid_from, valid_to;     /* days; INT32_MIN and INT32_MAX where it is open */
	struct {
		struct str zh, en;
	} list_titles[LIST_COUNT];
	struct unseen {
		struct str policy, clause, why, rules; /* rules: their codes, ", " between */
	} *unseen;                        /* what the policy asks, and what of it the pack can see */
	unsigned unseen_count;
	uint8_t hash[16];         /* XXH3-128 of the file */
	uint8_t sha256[32];       /* of the same */
	struct parameter *parameters;
	unsigned parameter_count;
	struct term *terms;
	unsigned term_count;
	struct rule *rules;
	unsigned rule_count;
	struct people people;
	struct example_defaults example_defaults;
	/* figures */
	const struct term *unsafe_house;  /* rows counted as unsafe_houses.OBJECT.GRADE */
	int unsafe_by[2];                 /* their columns */
	uint64_t converted_rules;         /* rules, a bit each: converted_share_points */
	unsigned common_count;            /* see rule/common.c */
	struct enumeration natures;       /* of the rule being checked */
	/* whose persons may be in a finding of a household or person rule */
	struct seed *seeds;
	unsigned seed_count;
	uint64_t seed_kinds;              /* or TRIGGER_ALWAYS */
};

#define TRIGGER_TWICE (UINT64_C(1) << 63)   /* two household rows of one person */
#define TRIGGER_ALWAYS UINT64_MAX           /* nobody may be left out */

#define PACK_COMMON 64

#define PACK_ANY_DAY 0 /* as_of of those who only read a pack: of values that change from day to day they see the first */

/* All that is wrong with a pack: *ret_faults is filled, sorted by place (release it), and *ret is the pack, or NULL when there are errors.
 * -1 when the file cannot be read at all (66) or is no YAML (78). */
int pack_check(struct pack **ret, const char *path, const struct schema *schema, int32_t as_of, struct faults *ret_faults, struct err *err)
	__attribute__((warn_unused_result));
/* The same for those who only want the pack: the first error is theirs, 78 with file:line:column; 66 when the file is not there. */
int pack_load(struct pack **ret, const char *path, const struct schema *schema, int32_t as_of, struct err *err)
	__attribute__((warn_unused_result));
void pack_free(struct pack *p);

/* Whether two packs of one file, loaded for two days, have the same values everywhere but in D. */
bool pack_same_values(const struct pack *a, const struct pack *b);

/* The day on which an answer may be another although its rows are the same: a person is a year older, or the as-of date reaches one
 * in a row. Whoever asks about rows notes it (dossier->due) and hands the earliest in; any thread. */
#define DUE_NEVER INT32_MAX
void pack_due(const struct pack *p, int32_t day);

#endif
