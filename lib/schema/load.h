/* load: what the files of this module share while a schema is being read. Everything goes into schema->arena. */
#ifndef BIDUI_SCHEMA_LOAD_H
#define BIDUI_SCHEMA_LOAD_H

#include "schema/schema.h"
#include "yaml/yaml.h"

/* Bounds on what a file may ask for: far above any real schema, far below what hurts. */
enum {
	MAX_KINDS = 250,
	MAX_COLUMNS = 200,
	MAX_WORDS = 50,
	MAX_NAMES = 50,          /* spellings of one column */
	MAX_ENUMERATIONS = 500,
	MAX_VALUES = 200,        /* of an enumeration: a u8 with 255 for null */
	MAX_SPELLINGS = 2000,    /* of an enumeration */
};

/* The folded copy of a spelling: 1 to SPELLING_MAX bytes, or empty where that is allowed. */
int load_spelling(struct schema *s, const struct yaml *y, struct fy_node *node, bool may_be_empty, struct str *ret, struct err *err);
/* A name of ours: a-z, 0-9 and _, a letter first, up to 40 bytes; copied. */
int load_name(struct schema *s, const struct yaml *y, struct fy_node *node, struct str *ret, struct err *err);

/* Add the enumerations of a mapping name -> {values, other}. */
int load_enumerations(struct schema *s, const struct yaml *y, struct fy_node *map, struct err *err);
const struct enumeration *find_enumeration(const struct schema *s, struct str name);
/* The one that every schema has: A, B, C, D. */
void add_grade(struct schema *s);

/* Add the kind of a file. */
int load_kind(struct schema *s, const struct yaml *y, struct err *err);
/* That the kind has what the join needs of its role. */
int check_role(const struct yaml *y, const struct kind *k, struct err *err);

#endif
