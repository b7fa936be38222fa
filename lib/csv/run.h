/* run: where the fields of plain records of one width stand, many records at a time. Pure: memory in, offsets out. */
#ifndef BIDUI_CSV_RUN_H
#define BIDUI_CSV_RUN_H

#include "csv/reader.h"

/* How many numbers run_find asks for. */
size_t run_begins(unsigned width);
/* The records at p[0 .. n) up to the first that is of another width, has a field that begins with a quote, is long, or has no line end;
 * at most CSV_RUN. LF ends a line and CR is a byte like any other. 64 bytes can be read behind p[n - 1]. begins: as in struct csv_run. */
unsigned run_find(const char *p, size_t n, const struct csv_rules *rules, bool avx2, unsigned width, uint32_t *begins);

#endif
