/* changes: old numbers and what they are read as (extracts.md, id_change). */
#ifndef BIDUI_INGEST_CHANGES_H
#define BIDUI_INGEST_CHANGES_H

#include "base/str.h"
#include "ingest/ingest.h"

#include <stdint.h>

/* Whether a text after step 1 is an old number; then *ret is the number (key and ID_WEAK) at the end of its chain. changes may be
 * NULL. */
bool id_changes_find(const struct id_changes *changes, struct str cleaned, uint64_t *ret);

#endif
