/* unquote: the fields of one well-formed record with quotes, by libcsv. */
#ifndef BIDUI_CSV_UNQUOTE_H
#define BIDUI_CSV_UNQUOTE_H

#include "base/err.h"
#include "base/str.h"

struct unquoter;
int unquoter_open(struct unquoter **ret, char delimiter, struct err *err) __attribute__((warn_unused_result));
void unquoter_close(struct unquoter *u); /* NULL-safe */

/* record has no line end at its end. *ret_fields live until the next call, with CSV_ROOM. */
int unquote(struct unquoter *u, struct str record, const struct str **ret_fields, size_t *ret_count, struct err *err)
	__attribute__((warn_unused_result));

#endif
