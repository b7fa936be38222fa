#ifndef BIDUI_MASK_INTERNAL_H
#define BIDUI_MASK_INTERNAL_H

#include "base/mem.h"
#include "csv/lines.h"
#include "report/list.h"

#define KEY_BYTES 32

struct masker {
	uint8_t key[KEY_BYTES];
	struct buf text;     /* what a keyed hash is made of */
	struct arena arena;  /* one list */
};

int key_load(struct masker *m, const char *path, struct err *err);
/* Append the masked list (header and lines, in their order) to ret; *ret_rows lines. Cells behind those of a list stay as they are. -1 when
 * it is none. */
int mask_list(struct masker *m, struct str text, struct buf *ret, uint64_t *ret_rows);
/* 16 hex digits of the HMAC of a label and a text; in the arena. */
struct str keyed(struct masker *m, const char *label, struct str text);

#endif
