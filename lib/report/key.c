#include "report/list.h"

#include <stdio.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

void finding_name(struct buf *b, struct str rule, struct str unit, struct str unit_no)
{
	buf_puts(b, rule);
	buf_putc(b, 0x1F);
	buf_puts(b, unit);
	buf_putc(b, 0x1F);
	buf_puts(b, unit_no);
}

void finding_id(const struct buf *name, char ret[17])
{
	snprintf(ret, 17, "%016llx", (unsigned long long)XXH3_64bits(name->p, name->n));
}

struct row_sum finding_sum(const struct buf *name)
{
	XXH128_hash_t h = XXH3_128bits(name->p, name->n);
	return (struct row_sum){ h.low64, h.high64 };
}
