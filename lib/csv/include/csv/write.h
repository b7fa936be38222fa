/* write: one cell of a CSV line. RFC 4180: quoted only where needed, quotes doubled. */
#ifndef BIDUI_CSV_WRITE_H
#define BIDUI_CSV_WRITE_H

#include "base/mem.h"
#include "base/str.h"

/* As it is: what goes back to the sender stays as it came. */
void csv_put(struct buf *out, struct str cell);
/* A cell that a spreadsheet would run as a formula gets a leading quote: what people open (outputs.md, Lists). */
void csv_put_guarded(struct buf *out, struct str cell);
/* Whether it would: begins with = + - @ TAB or CR and is no number. */
bool csv_is_formula(struct str cell);

#endif
