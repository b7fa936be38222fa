/* spool: bytes put aside by partition and read again partition by partition: what fits into SPOOL_CHUNK stays in memory, all else goes to
 * disk. (The system keeps it in memory too, where there is room; and pages of a file cost less than as many of a process.)
 *
 * The file has no name: it is gone with the process, however that ends. What comes back from the disk is checked.
 *
 *     spool_open(&s, beside, partitions);
 *     spool_put(s, partition, p, n, err); ...
 *     spool_read(s, partition, &buf, err);   // each partition once: all that was put there, in its order
 *     spool_close(s);
 */
#ifndef BIDUI_FILE_SPOOL_H
#define BIDUI_FILE_SPOOL_H

#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct spool;

#define SPOOL_CHUNK (16u << 10) /* bytes of memory that a partition takes */
/* beside: a path in whose folder the file is made when it is needed. */
void spool_open(struct spool **ret, const char *beside, unsigned partitions);
int spool_put(struct spool *s, unsigned partition, const void *p, size_t n, struct err *err) __attribute__((warn_unused_result));
/* Replaces what *to holds. Safe from several threads at once, for different partitions, after the last spool_put. */
int spool_read(struct spool *s, unsigned partition, struct buf *to, struct err *err) __attribute__((warn_unused_result));
void spool_close(struct spool *s); /* NULL-safe */

#endif
