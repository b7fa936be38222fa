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
	MAX_EXAMPLES = 20,   /* of a rule */
};

struct loader {
	struct pack *pack;
	const struct yaml *yaml;
	struct err *err;
};

#define LOAD_FAIL(l, node, ...) yaml_fail((l)->yaml, (node), (l)->err, __VA_ARGS__)

/* Copies of what the mapping has under a key; empty where it has nothing. */
int load_text(struct loader *l, struct fy_node *map, const char *key, struct str *ret);
/* A text for both languages, or {zh: ..., en: ...}. */
int load_title(struct loader *l, struct fy_node *node, struct str *ret_zh, struct str *ret_en);
/* A number with up to two decimals, in hundredths. */
int load_number(struct loader *l, struct fy_node *node, int64_t *ret);
/* A list of kinds, a bit each; node may be NULL. */
int load_kinds(struct loader *l, struct fy_node *node, uint64_t *ret);
/* Parse the expression of a scalar; node may be NULL: an error at `near`. */
int load_expr(struct loader *l, struct fy_node *node, struct fy_node *near, struct expr **ret);
struct checker load_checker(struct loader *l);

int load_parameters(struct loader *l, struct fy_node *map);    /* terms.c */
int load_terms(struct loader *l, struct fy_node *map);
int load_people(struct loader *l, struct fy_node *map);
int load_rules(struct loader *l, struct fy_node *root);        /* rules.c */
int load_example_defaults(struct loader *l, struct fy_node *map); /* examples.c; map may be NULL */
int load_examples(struct loader *l, struct fy_node *list, struct rule *r);

#endif
