/* gb18030: GB18030 (hence GBK, GB2312) to UTF-8, as glibc's iconv maps it, at the speed of a table.
 *
 * One- and two-byte characters stand in a table that iconv fills when it is opened; four-byte ones, which are rare, are asked of
 * iconv each.
 */
#ifndef BIDUI_TEXT_GB18030_H
#define BIDUI_TEXT_GB18030_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GB18030_GROWS 2 /* bytes of output for one of input, at most */

struct gb18030;

int gb18030_open(struct gb18030 **ret, struct err *err) __attribute__((warn_unused_result));
void gb18030_close(struct gb18030 *g); /* NULL-safe */

/* Convert n bytes to out (room for GB18030_GROWS * n). A character cut by the end is left unless `last`, then its bytes are bad.
 * Returns the bytes written; *ret_used are the bytes read. */
size_t gb18030_decode(struct gb18030 *g, const uint8_t *in, size_t n, bool last, char *out, size_t *ret_used);

#endif
