/* id: citizens' ID numbers (GB 11643-1999), read as offices write them and packed into 47 bits.
 *
 * A number is region (6 digits, 20 bits), day of birth (17 bits) and sequence (3 digits, 10 bits); the check digit follows from
 * them. Packing is exact: two texts have one key when and only when they are one number. No valid key is 0.
 * Beside the 47 bits a stored id carries ID_WEAK, and a certificate its category and level; id_key() takes them off.
 * The steps and reasons are those of extracts.md, "id" and "cert".
 */
#ifndef BIDUI_ID_ID_H
#define BIDUI_ID_ID_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define ID_KEY_BITS 47
#define ID_KEY_MASK ((UINT64_C(1) << ID_KEY_BITS) - 1)
#define ID_WEAK (UINT64_C(1) << 63)    /* the text had 15 digits, or the number ends in 000 */
#define ID_CATEGORY_SHIFT 48           /* of a certificate: 1-7, 3 bits */
#define ID_LEVEL_SHIFT 51              /* 1-4, 3 bits */
#define ID_TEXT 18                     /* places of a number */

static inline uint64_t id_key(uint64_t stored) { return stored & ID_KEY_MASK; }
static inline int id_weak(uint64_t stored) { return stored >> 63 != 0; }
static inline unsigned id_category(uint64_t stored) { return stored >> ID_CATEGORY_SHIFT & 7; }
static inline unsigned id_level(uint64_t stored) { return stored >> ID_LEVEL_SHIFT & 7; }
static inline int32_t id_birthday(uint64_t stored) { return stored >> 10 & 0x1FFFF; } /* days since 1900-01-01 */
static inline int id_male(uint64_t stored) { return (stored & 1023) & 1; }

/* Room for a cleaned text that may still be a number: 22 places of up to 4 bytes are the longest, one more is too long anyway. */
#define ID_CLEAN_SIZE 96

/* Steps 0 and 1: full-width to ASCII, scientific notation refused, blanks and '-' out, capitals, the look-alikes of X.
 * text is trimmed (text/blank.h). out holds `size` bytes, at least ID_CLEAN_SIZE; what does not fit makes the number too long
 * anyway and is cut there. Returns a reason or 0; out[0 .. *ret_n) is the cleaned text, after ID_SCIENTIFIC too. */
int id_clean(struct str text, char *out, size_t size, size_t *ret_n);

/* Places (characters) count, not bytes: a cleaned text may hold others than ASCII, and is then ID_CHARSET when it has 18.
 * The reasons are enum reason (value/reason.h). */

/* Steps 2-6 on cleaned text. as_of in days since 1900-01-01. Returns 0 and sets *ret (key and ID_WEAK), or the reason. */
int id_parse(struct str cleaned, int32_t as_of, uint64_t *ret);

/* The fast way for nearly every number: whether the 18 bytes at p are a number without a fault, as id_parse would take it, and then
 * *ret. False says nothing but that id_clean and id_parse have to be asked. */
bool id_parse_clean(const char *p, int32_t as_of, uint64_t *ret);
/* The same of n texts: ret[i] is 0 where it would be false. */
void id_parse_each(const char *const texts[], unsigned n, int32_t as_of, uint64_t ret[]);

/* Like id_parse for a certificate of disability: key, ID_WEAK, category and level. A certificate as id is read by id_parse too. */
int cert_parse(struct str cleaned, int32_t as_of, uint64_t *ret);

/* The day of birth that a cleaned text gives (id or certificate), whatever else is wrong with it; -1: none. */
int32_t id_text_day(struct str cleaned);

/* The 18 places of a key, without NUL. */
void id_print(uint64_t stored, char out[ID_TEXT]);

/* The check digit that belongs behind 17 digits. */
char id_check_digit(const char digits[17]);

/* The key of region (6 digits), day of birth (days since 1900-01-01) and sequence (0-999). */
static inline uint64_t id_pack(uint32_t region, int32_t day, uint32_t sequence)
{
	return (uint64_t)region << 27 | (uint64_t)day << 10 | sequence;
}

#endif
