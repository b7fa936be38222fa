/* source: the bytes of an extract, gzip or plain by its first bytes, hashed once while they are read.
 *
 * It stands between the file and the reader and takes gzip's traps away: a gzip that is cut, fails its CRC, has other bytes
 * behind its end (zero padding is none) or expands over 200 : 1 once 64 MiB have come out is an error (65), never an early end.
 *
 * A message names no file: the caller says which, and on which line it was (err_in).
 *
 *     source_open(&s, path, err);
 *     while ((n = source_read(s, buf, sizeof buf, err)) > 0) ...
 *     if (n == 0) source_digest(s, &bytes, hash);
 */
#ifndef BIDUI_IO_SOURCE_H
#define BIDUI_IO_SOURCE_H

#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

struct source;

/* Regular files only (65 for anything else, links followed). */
int source_open(struct source **ret, const char *path, struct err *err) __attribute__((warn_unused_result));
/* Up to n bytes of the content; 0 at its proper end; -1 with err. May give fewer before the end. */
ssize_t source_read(struct source *s, void *buf, size_t n, struct err *err) __attribute__((warn_unused_result));
/* After the end: size of the file in bytes, and XXH3-128 of it (canonical, big-endian as in outputs). */
void source_digest(const struct source *s, uint64_t *ret_bytes, uint8_t ret_hash[16]);
/* The file itself, lent for reading by offset (pread); lives until source_close. */
int source_fd(const struct source *s);
/* Bytes of the file read so far (for progress). */
uint64_t source_position(const struct source *s);
void source_close(struct source *s); /* NULL-safe */

#endif
