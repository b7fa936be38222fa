/* schema: what kinds of extracts there are, read from pipelines/schemas/: one YAML file a kind, and types.yaml with the
 * enumerations. Nothing about a kind, a column or a spelling stands in C.
 *
 *     struct schema *s;
 *     if (schema_load(&s, dir, err) < 0) ...
 *     const struct kind *k = schema_kind(s, STR("hukou"));
 *
 * Kinds are in the order of their `order`, then name: this is "the order of extracts.md" wherever one is needed.
 * A kind's rows are stored as described in table/row.h; the layout (offset, text slot) is computed here.
 */
#ifndef BIDUI_SCHEMA_SCHEMA_H
#define BIDUI_SCHEMA_SCHEMA_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "value/value.h"

#include <stdbool.h>
#include <stdint.h>

#define KIND_ROW_HEAD 6    /* bytes of a row's fixed part before the first column's number: table/row.h */
#define SPELLING_MAX 200   /* bytes of a folded spelling */

/* What the join uses a kind for. At most one kind has each. */
enum role {
	ROLE_NONE,
	ROLE_REGISTER,   /* its rows make registry households */
	ROLE_HOUSEHOLDS, /* its rows make hukou households */
	ROLE_DEATHS,     /* its rows say who has died */
	ROLE_PLACES,     /* its rows name villages */
	ROLE_ID_CHANGES, /* its rows say which old number is now which */
	ROLE_COUNT
};

struct spelling {
	struct str text;      /* folded */
	uint8_t value;        /* index in values */
};

struct enumeration {
	struct str name;
	struct str *values;       /* "poor", "exited": at most 200 */
	struct str *words;        /* by value: its first spelling, as people write it; empty where there is none; NULL for grades */
	uint8_t count;
	struct spelling *spellings; /* sorted by text */
	unsigned spelling_count;
	int other;                /* the value of any other non-empty spelling, or -1: then it is invalid */
	int empty;                /* the value of an empty field, or -1: null */
};

struct column {
	struct str name;           /* as in extracts.md */
	struct str *spellings;     /* of the header, best first; folded; without the name itself */
	unsigned spelling_count;
	enum type type;
	const struct enumeration *enumeration; /* of TYPE_ENUM and TYPE_GRADE, else NULL */
	bool required;             /* '*' */
	bool bold;                 /* must be valid and not empty */
	bool may_be_null;          /* left out of the stop on null shares */
	uint16_t offset;           /* in the fixed part of a row; of a number */
	uint16_t slot;             /* among the texts of a row; of text and name */
};

struct kind {
	unsigned index;            /* in schema->kinds */
	struct str name;
	struct str title_zh, title_en;            /* of the kind */
	struct str department_zh, department_en;
	struct str *words;         /* file words */
	unsigned word_count;
	bool yields;               /* its words count only where no other kind's word occurs */
	bool required;             /* a run without it is refused (66) */
	enum role role;
	struct column *columns;
	unsigned column_count;
	unsigned stride;           /* bytes of the fixed part of a row */
	unsigned text_count;       /* texts of a row */
	int ids[2];                /* columns of type id or cert that name persons, -1 where there are fewer; an id_change's `new`
	                              names nobody (ROLE_ID_CHANGES has none), nor has ROLE_PLACES */
	uint16_t *id_offsets;      /* of all columns of type id or cert, in a row's fixed part */
	unsigned id_offset_count;
	int name_column;           /* the column called "name" of type name, or -1 */
};

struct schema {
	struct kind *kinds;
	unsigned kind_count;
	struct enumeration *enumerations;
	unsigned enumeration_count;
	uint8_t sha256[32];        /* of the same bytes as hash */
	uint8_t hash[16];          /* XXH3-128 of the files' bytes, in the order of their names, then of extra's */
	struct arena arena;        /* holds all of the above; one lifetime, until schema_free() */
};

/* Read dir/types.yaml and every other dir/NAME.yaml, then each of extra (may be NULL, NULL-terminated): a user's own kinds.
 * Files may also bring enumerations of their own. Page: docs/formats/schema.md. Errors: 78 with file:line:column. */
int schema_load(struct schema **ret, const char *dir, char *const *extra, struct err *err) __attribute__((warn_unused_result));
void schema_free(struct schema *s);

const struct kind *schema_kind(const struct schema *s, struct str name);      /* or NULL */
const struct kind *schema_role(const struct schema *s, enum role role);       /* or NULL */
int kind_column(const struct kind *k, struct str name);                       /* index or -1 */

/* The kind of a file by its name (without folders). 0 and *ret_kind; *ret_kind is NULL for a file to pass over (see
 * extracts.md, Files). 78 for a data file whose kind is none or more than one. */
int schema_kind_of_file(const struct schema *s, const char *name, const struct kind **ret_kind, struct err *err)
	__attribute__((warn_unused_result));

/* What spellings of headers and enumerations are compared as: blanks anywhere out, full-width brackets made ASCII. Writes to
 * out, which text may not overlap, and returns the bytes; SIZE_MAX when they do not fit in size. */
size_t spelling_fold(struct str text, char *out, size_t size);

/* The value of a trimmed text: index, VALUE_NULL for an empty one without a value of its own, or -1 - REASON. */
int64_t enumeration_parse(const struct enumeration *e, struct str text);

/* Parse a trimmed text, empty or not, as the column says, into a number (not for text and name): 0 with *ret (VALUE_NULL
 * for null), or the reason; an empty text in a bold column has one too (EMPTY, or the id's own). *ret is untouched then.
 * as_of in days since 1900-01-01. Changed numbers (id_change) are the caller's: see id.h for the steps. */
int column_parse(const struct column *c, struct str text, int32_t as_of, int64_t *ret);

/* The normalised text of a number of the column (not null), as in evidence_hash. */
void column_print(const struct column *c, int64_t v, struct buf *out);

#endif
