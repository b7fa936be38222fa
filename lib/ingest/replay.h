/* replay: the content of an extract, read again from its start while its encoding and header are being looked for. */
#ifndef BIDUI_INGEST_REPLAY_H
#define BIDUI_INGEST_REPLAY_H

#include "base/mem.h"
#include "io/source.h"

#include <stdbool.h>

/* Bytes that are remembered: the header has to end within them. Eleven records of 1 MiB do. */
#define REPLAY_MAX (16u << 20)

struct replay {
	struct source *source;
	struct buf seen;      /* the first bytes of the content */
	size_t at;            /* of seen, already given out */
	bool rehearsal;       /* what is read is remembered, and ends after REPLAY_MAX bytes */
	bool end;             /* the content ends behind seen */
	bool failed;          /* the source gave an err, which names no file yet */
};

/* Remember up to n bytes (at most REPLAY_MAX), fewer only when the content has no more. */
int replay_want(struct replay *r, size_t n, struct err *err) __attribute__((warn_unused_result));
/* Read from the start again. */
void replay_rewind(struct replay *r, bool rehearsal);
/* A decode_read_fn; replay is a struct replay. */
ssize_t replay_read(void *replay, void *buf, size_t n, struct err *err) __attribute__((warn_unused_result));

#endif
