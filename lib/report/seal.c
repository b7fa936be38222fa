#include "report/seal.h"

#include "digest/digest.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

void manifest_print(json_t *m, struct buf *ret)
{
	static const char end[] = "\n}";
	XXH128_canonical_t h;
	char hex[33];
	size_t begin = ret->n;
	json_object_del(m, "xxh3_128");
	char *text = json_dumps(m, JSON_INDENT(1));
	buf_put(ret, text, strlen(text) - strlen(end));
	free(text);
	XXH128_canonicalFromHash(&h, XXH3_128bits(ret->p + begin, ret->n - begin));
	hex_put(h.digest, sizeof h.digest, hex);
	buf_printf(ret, ",\n \"xxh3_128\": \"%s\"\n}\n", hex);
}
