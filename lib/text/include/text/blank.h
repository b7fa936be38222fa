/* blank: what counts as a blank in an extract, and taking blanks off (extracts.md, Types).
 *
 * A blank is a space, TAB, LF, VT, FF, CR, U+00A0, U+3000, U+200B to U+200D or U+FEFF. Text is UTF-8; bytes that are not are no
 * blanks. Nothing here allocates or copies, but text_unblank, which writes to the caller's memory.
 */
#ifndef BIDUI_TEXT_BLANK_H
#define BIDUI_TEXT_BLANK_H

#include "base/str.h"

size_t blank_wide_at(const char *p, size_t n);     /* the rest of blank_at and blank_before: not for callers */
size_t blank_wide_before(const char *p, size_t n);

/* Bytes of the blank that p[0] begins, or 0. n > 0 bytes stand at p. */
static inline size_t blank_at(const char *p, size_t n)
{
	unsigned char c = (unsigned char)*p;
	if (c < 0x80)
		return c == ' ' || (c >= '\t' && c <= '\r');
	return c == 0xC2 || c == 0xE2 || c == 0xE3 || c == 0xEF ? blank_wide_at(p, n) : 0;
}

/* Bytes of the blank that p[n - 1] ends, or 0. n > 0. */
static inline size_t blank_before(const char *p, size_t n)
{
	unsigned char c = (unsigned char)p[n - 1];
	if (c < 0x80)
		return c == ' ' || (c >= '\t' && c <= '\r');
	/* Most Chinese characters end in other bytes than the blanks do. */
	bool may = c == 0x80 || c == 0xA0 || c == 0xBF || (c >= 0x8B && c <= 0x8D);
	return may ? blank_wide_before(p, n) : 0;
}

/* s without the blanks at both ends. */
static inline struct str blank_trim(struct str s)
{
	for (size_t k; s.n && (k = blank_at(s.p, s.n)) != 0; s.n -= k)
		s.p += k;
	for (size_t k; s.n && (k = blank_before(s.p, s.n)) != 0; s.n -= k)
		;
	return s;
}

/* By a byte: EDGE_FIRST, it may begin a blank or is the text mark; EDGE_LAST, it may end a blank. */
enum { EDGE_FIRST = 1, EDGE_LAST = 2 };
extern const unsigned char blank_edges[256];

/* What every type begins with: blanks at both ends go, then one leading ' (Excel's text mark), then blanks again. */
static inline struct str text_trim(struct str s)
{
	if (!s.n || !((blank_edges[(unsigned char)s.p[0]] & EDGE_FIRST) | (blank_edges[(unsigned char)s.p[s.n - 1]] & EDGE_LAST)))
		return s;
	s = blank_trim(s);
	if (s.n && *s.p == '\'')
		s = blank_trim((struct str){ s.p + 1, s.n - 1 });
	return s;
}

/* Copy s without any blank to out, which has room for s.n bytes and may be s.p. Returns the bytes written. */
size_t text_unblank(struct str s, char *out);

#endif
