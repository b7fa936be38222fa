/* An earlier screening that is carried on, and what it leaves for that. Page: docs/formats/dues.md. */
#ifndef BIDUI_SCREEN_EARLIER_H
#define BIDUI_SCREEN_EARLIER_H

#include "base/bytes.h"
#include "internal.h"

/* The payload of the next block with the tag, in *ret: 1, 0 at the end, -1. */
int block_take(struct frame_scan *scan, uint32_t tag, struct buf *ret, struct err *err);

/* Of a dossier, in the order of the dossier file, a block for each block of them. */
struct due_entry {
	uint32_t dossier;      /* bytes of it */
	int32_t due;           /* the first as-of date for which it has to be asked again */
	uint32_t findings, at; /* bytes of what was found in it, and where they begin in their block */
};
#define DUE_BYTES 16
void dues_put(struct buf *b, struct due_entry e);
void dues_set_at(struct buf *b, size_t i, uint32_t at); /* of entry i */
struct due_entry dues_take(struct reader *r);

struct earlier {
	struct shared shared;      /* that of the new screening, but for the pack */
	struct frame *findings, *dues;
	struct frame_scan findings_scan, dues_scan;
};

int earlier_open(struct earlier *ret, const struct screen_kept *kept, const struct shared *shared, const struct frame_id *id, struct err *err);
void earlier_close(struct earlier *e); /* of a zeroed one too */
/* Dues and findings of the next block of dossiers: 1, or -1. */
int earlier_next(struct earlier *e, struct buf *dues, struct buf *findings, struct err *err);
/* Add all that was counted. */
int earlier_figures(const struct earlier *e, struct figures *to, struct err *err);
int earlier_broken(const struct earlier *e, struct err *err); /* -1 */

/* How many findings stand in so many bytes; -1 when they do not fill them. */
int findings_count(const uint8_t *p, size_t n);

#endif
