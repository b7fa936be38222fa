/* yaml: a YAML file that somebody wrote by hand, read so that every complaint names file, line and column.
 *
 * The file is not trusted: its size, its depth (64, by libfyaml) and its scalars are bounded; aliases, anchors, tags, several
 * documents in one file, NUL bytes, duplicate keys, keys that are no scalars and keys without a value are refused when it is
 * loaded. What is left are mappings, sequences and scalars, so the readers below need no cases for the rest. A scalar is always
 * text here: `no` is two letters until somebody asks for a bool.
 *
 *     yaml_load(&y, path, err);
 *     yaml_keys(y, yaml_root(y), (const char *const[]){ "kind", "order", NULL }, err);
 *     struct fy_node *n = yaml_get(yaml_root(y), "kind");
 *     if (n && yaml_str(y, n, &kind, err) < 0) ...
 *
 * Errors are 78, but 66 for a file that is not there. Nodes and slices live until yaml_free().
 */
#ifndef BIDUI_YAML_YAML_H
#define BIDUI_YAML_YAML_H

#include "base/err.h"
#include "base/str.h"

#include <libfyaml.h>
#include <stdbool.h>

#define YAML_FILE_MAX (4u << 20) /* bytes of a file */
#define YAML_SCALAR_MAX 4096     /* bytes of a scalar */

struct yaml;

int yaml_load(struct yaml **ret, const char *path, struct err *err) __attribute__((warn_unused_result));
void yaml_free(struct yaml *y); /* NULL-safe */

/* Where a node stands: line and column from 1. */
void yaml_place(const struct yaml *y, struct fy_node *node, unsigned *ret_line, unsigned *ret_column);
const char *yaml_path(const struct yaml *y);

/* Where each byte of a scalar stands in the file, and behind its last one: ret has room for its bytes and one more. Quotes, escapes and
 * folded lines are followed. */
struct yaml_mark {
	unsigned line, column; /* from 1; columns are characters */
};
void yaml_marks(const struct yaml *y, struct fy_node *node, struct yaml_mark *ret);

struct str yaml_bytes(const struct yaml *y);      /* of the whole file */
struct fy_node *yaml_root(const struct yaml *y);

/* "path:line:column: message" in the language of now (base/lang.h), with the place of node; returns -1. node may be NULL: the whole
 * file. */
int yaml_fail(const struct yaml *y, struct fy_node *node, struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* That node is a mapping without keys outside known (NULL-terminated); a wrong one is answered with the known ones. */
int yaml_keys(const struct yaml *y, struct fy_node *node, const char *const *known, struct err *err)
	__attribute__((warn_unused_result));
/* The value of a key, or NULL where the mapping lacks it. */
struct fy_node *yaml_get(struct fy_node *mapping, const char *key);
/* The same, and an error where it is missing. */
int yaml_need(const struct yaml *y, struct fy_node *mapping, const char *key, struct fy_node **ret, struct err *err)
	__attribute__((warn_unused_result));

int yaml_str(const struct yaml *y, struct fy_node *node, struct str *ret, struct err *err) __attribute__((warn_unused_result));
int yaml_int(const struct yaml *y, struct fy_node *node, long low, long high, long *ret, struct err *err)
	__attribute__((warn_unused_result));
/* true or false. */
int yaml_bool(const struct yaml *y, struct fy_node *node, bool *ret, struct err *err) __attribute__((warn_unused_result));
/* That node is a sequence of 1 to max items; *ret_n is how many. Walk it with fy_node_sequence_iterate(). */
int yaml_list(const struct yaml *y, struct fy_node *node, unsigned max, unsigned *ret_n, struct err *err)
	__attribute__((warn_unused_result));
/* That node is a mapping of 1 to max keys; *ret_n is how many. Walk it with yaml_next(). */
int yaml_map(const struct yaml *y, struct fy_node *node, unsigned max, unsigned *ret_n, struct err *err)
	__attribute__((warn_unused_result));
/* The next key and value of a mapping, in the order of the file; false at its end. *iter starts as NULL. */
bool yaml_next(struct fy_node *mapping, void **iter, struct fy_node **ret_key, struct str *ret_text, struct fy_node **ret_value);

#endif
