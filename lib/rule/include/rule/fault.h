/* fault: what is wrong with a pack, all of it, each at its place.
 *
 * An *error* stops whoever wanted to use the pack. An *advice* does not: the pack can be run, but it holds something that cannot be meant
 * (a condition that is never true, a term that nobody uses, a number that nobody answers for).
 */
#ifndef BIDUI_RULE_FAULT_H
#define BIDUI_RULE_FAULT_H

#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>

struct fault {
	unsigned line, column; /* from 1; 0: the whole file */
	bool advice;
	struct str text;       /* in the language of then */
};

struct faults {
	struct arena arena;
	struct fault *items;
	size_t n, cap;
	size_t errors;
};

void fault_add(struct faults *f, bool advice, unsigned line, unsigned column, struct str text);
void faults_sort(struct faults *f); /* by place; the same fault twice goes */
void faults_release(struct faults *f);

/* "file:line:column: error: text", the line itself, and a caret under the place. bytes: of the file. */
void fault_print(const struct fault *f, const char *path, struct str bytes, struct buf *out);

#endif
