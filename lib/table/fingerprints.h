/* fingerprints: of each row of a table that is being written eight bytes, so that the test for duplicates need not read the rows back.
 *
 * Of a kind with an id: its key, and above it the highest bits of the hash of the row's values. Of any other kind: the low half of the hash.
 * Two rows with one key and different fingerprints are certainly different. They stand in the order of the rows: the last ones in memory,
 * what was before in an unnamed file beside the table.
 */
#ifndef BIDUI_TABLE_FINGERPRINTS_H
#define BIDUI_TABLE_FINGERPRINTS_H

#include "base/err.h"
#include "base/mem.h"

#include <stdint.h>

struct fingerprints {
	char *path;        /* of the table; owned */
	int fd;            /* -1: all are in memory */
	uint64_t spooled;  /* how many are in the file */
	uint64_t *ahead;   /* those behind them */
	uint32_t ahead_count;
};

void fingerprints_init(struct fingerprints *f, const char *path);
int fingerprints_put(struct fingerprints *f, const uint64_t *v, uint32_t n, struct err *err) __attribute__((warn_unused_result));
/* Up to n of them from that of row `first` on: how many, 0 behind the last, -1. */
ssize_t fingerprints_get(const struct fingerprints *f, uint64_t first, uint64_t *to, uint32_t n, struct err *err)
	__attribute__((warn_unused_result));
void fingerprints_release(struct fingerprints *f);

#endif
