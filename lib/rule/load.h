/* load: what the files of this module share while a pack is being read. Everything goes into pack->arena. */
#ifndef BIDUI_RULE_LOAD_H
#define BIDUI_RULE_LOAD_H

#include "check.h"
#include "yaml/yaml.h"

/* Bounds on what a file may ask for. */
enum {
	MAX_RULES = 63,      /* a bit each, and one for the whole list */
	MAX_TERMS = 500,
	MAX_PARAMETERS = 200,
	MAX_YEARS = 200,
	MAX_CASES = 16,      /* of a nature or severity */
	MAX_VETOES = 8,
	MAX_DATED = 50,      /* values of a parameter, from day to day */
	MAX_UNSEEN = 200,
	MAX_EXAMPLES = 20,   /* of a rule */
};

struct loader {
	struct pack *pack;
	const struct yaml *yaml;
	struct err *err;          /* of the part that is being read */
	struct faults *faults;    /* of all parts */
	struct str *texts;        /* of every expression, and every other place where a term or parameter may be named */
	size_t text_count, text_cap;
};

/* Whether a part of the file is right, given what its reader returned; if not, the fault is put down, and the next part can be read. */
bool load_ok(struct loader *l, int r);
/* What is no error, but cannot be meant; at a node. */
void load_advise(struct loader *l, struct fy_node *node, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Something that names a term or parameter: who is named nowhere is of no use. */
void load_named(struct loader *l, struct str text);

#define LOAD_FAIL(l, node, ...) yaml_fail((l)->yaml, (node), (l)->err, __VA_ARGS__)

/* Copies of what the mapping has under a key; empty where it has nothing. */
int load_text(struct loader *l, struct fy_node *map, const char *key, struct str *ret);
/* A text for both languages, or {zh: ..., en: ...}. */
int load_title(struct loader *l, struct fy_node *node, struct str *ret_zh, struct str *ret_en);
/* A number with up to two decimals, in hundredths. */
int load_number(struct loader *l, struct fy_node *node, int64_t *ret);
/* A day; otherwise where the mapping has none. */
int load_day(struct loader *l, struct fy_node *map, const char *key, int64_t otherwise, int64_t *ret);
/* A list of kinds, a bit each; node may be NULL. */
int load_kinds(struct loader *l, struct fy_node *node, uint64_t *ret);
/* Parse the expression of a scalar; node may be NULL: an error at `near`. */
int load_expr(struct loader *l, struct fy_node *node, struct fy_node *near, struct expr **ret);
struct checker load_checker(struct loader *l);

/* The parts. Each puts down its faults itself and goes on. */
void load_parameters(struct loader *l, struct fy_node *map);   /* parameters.c */
void load_terms(struct loader *l, struct fy_node *map);        /* terms.c */
void load_people(struct loader *l, struct fy_node *map);
void load_rules(struct loader *l, struct fy_node *root);       /* rules.c */
/* These two are read whole or not at all, like any smaller piece. */
int load_example_defaults(struct loader *l, struct fy_node *map); /* examples.c; map may be NULL */
int load_examples(struct loader *l, struct fy_node *list, struct rule *r);

#endif
