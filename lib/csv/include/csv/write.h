/* write: one cell of a CSV line. RFC 4180: quoted only where needed, quotes doubled. No formula guard: what goes back to the
 * sender stays as it came. */
#ifndef BIDUI_CSV_WRITE_H
#define BIDUI_CSV_WRITE_H

#include "base/mem.h"
#include "base/str.h"

void csv_put(struct buf *out, struct str cell);

#endif
