/* header: which field of a record holds which column of a kind (extracts.md, header). */
#ifndef BIDUI_INGEST_HEADER_H
#define BIDUI_INGEST_HEADER_H

#include "schema/schema.h"

#define NO_FIELD (-1)

/* columns[i] becomes the index of the field that names kind->columns[i], or NO_FIELD. Of several the column's own name wins, then
 * the spelling that comes first, then the leftmost. Returns the number of columns found. */
unsigned header_match(const struct kind *kind, const struct str *fields, size_t count, int *columns);

/* Whether every required column has a field. */
bool header_complete(const struct kind *kind, const int *columns);

#endif
