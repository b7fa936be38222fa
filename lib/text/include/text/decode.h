/* decode: the bytes of an extract in any of its encodings -> UTF-8, block by block.
 *
 * Behind a decoder there is one encoding only, so the reader's limits ("64 KiB, as UTF-8"), blanks and delimiters mean the same
 * for every extract. (Cutting GB18030 into records first and converting the kept fields alone was refused: '|' may be the second
 * half of a character, each limit needs a second count, and a converter called for every field costs more than a table walk over
 * the whole text: the two-byte characters are asked of iconv once, into a table.)
 *
 * A byte that cannot be decoded comes out as DECODE_BAD, which is in no UTF-8 text: one for each byte of the extract, so
 * utf8_mend() gives one U+FFFD a byte. It swallows one byte, an ill-formed UTF-16 unit two. UTF-8 passes through untouched: its
 * bad bytes are bad where they stand.
 *
 *     decoder_open(&d, ENCODING_GB18030, read, arg, err);
 *     while ((n = decoder_read(d, buf, sizeof buf, err)) > 0) ...
 */
#ifndef BIDUI_TEXT_DECODE_H
#define BIDUI_TEXT_DECODE_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum encoding { ENCODING_UTF8, ENCODING_GB18030, ENCODING_UTF16LE, ENCODING_UTF16BE, ENCODING_COUNT };

#define DECODE_BAD '\xFF'
#define DECODE_ROOM 64 /* bytes that a caller of decoder_read has to have room for at least */

const char *encoding_name(enum encoding e);        /* "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE": static */
int encoding_of_name(const char *name);            /* ASCII in any case; -1 for an unknown one */
int encoding_of_mark(struct str begin);            /* by a byte order mark; -1 without one */

/* Gives up to n bytes; 0 at the end; -1 with err. */
typedef ssize_t decode_read_fn(void *arg, void *buf, size_t n, struct err *err);

struct decoder;
int decoder_open(struct decoder **ret, enum encoding e, decode_read_fn *read, void *arg, struct err *err)
	__attribute__((warn_unused_result));
/* Up to n >= DECODE_ROOM bytes of UTF-8, byte order mark included; 0 at the end; -1 with err. d is a struct decoder. */
ssize_t decoder_read(void *d, void *buf, size_t n, struct err *err) __attribute__((warn_unused_result));
/* The same of a text cut into pieces between characters (behind an LF, say), each of which may be converted by another decoder, opened
 * without read(). ENCODING_GB18030 only: UTF-8 needs none, and UTF-16 has to be cut by who reads it. Appends to out. */
void decoder_convert(struct decoder *d, struct str piece, struct buf *out);
/* How many bytes of a piece that starts with a character stand before one that its end cuts. */
size_t decoder_whole(struct decoder *d, struct str piece);
void decoder_close(struct decoder *d); /* NULL-safe */

/* Invalid sequences in the first bytes of an extract, UTF-8 or GB18030. With `cut` a character that the end cuts is none. */
int encoding_count_bad(enum encoding e, struct str bytes, bool cut, size_t *ret, struct err *err)
	__attribute__((warn_unused_result));

#endif
