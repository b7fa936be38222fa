/* seal: the text of a manifest, whose last key is the hash of what stands before it. Page: docs/formats/manifest.md. */
#ifndef BIDUI_REPORT_SEAL_H
#define BIDUI_REPORT_SEAL_H

#include "base/mem.h"

#include <jansson.h>

/* Append it to ret. A seal that m has already is left out and made anew. */
void manifest_print(json_t *m, struct buf *ret);

#endif
