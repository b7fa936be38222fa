#include "digest/xxh3.h"

#include "base/cpu.h"

#define XXH_STATIC_LINKING_ONLY /* its state on the stack */
#include <xxhash.h>
#ifdef HAVE_XXH_DISPATCH
#define XXH_DISPATCH_DISABLE_REPLACE
#include <xxh_x86dispatch.h>
#else
#define XXH3_64bits_dispatch XXH3_64bits
#define XXH3_64bits_update_dispatch XXH3_64bits_update
#define XXH3_128bits_update_dispatch XXH3_128bits_update
#endif

struct xxh3 *xxh3_new(void)
{
	XXH3_state_t *s = XXH3_createState();
	if (s)
		XXH3_128bits_reset(s);
	return (struct xxh3 *)s;
}

void xxh3_add(struct xxh3 *x, const void *p, size_t n)
{
	if (cpu_avx2())
		XXH3_128bits_update_dispatch((XXH3_state_t *)x, p, n);
	else
		XXH3_128bits_update((XXH3_state_t *)x, p, n);
}

void xxh3_128(const struct xxh3 *x, uint8_t ret[16])
{
	XXH128_canonical_t c;
	XXH128_canonicalFromHash(&c, XXH3_128bits_digest((const XXH3_state_t *)x));
	memcpy(ret, c.digest, sizeof c.digest);
}

void xxh3_free(struct xxh3 *x)
{
	XXH3_freeState((XXH3_state_t *)x);
}

uint64_t xxh3_64(const void *p, size_t n)
{
	return cpu_avx2() ? XXH3_64bits_dispatch(p, n) : XXH3_64bits(p, n);
}

uint64_t xxh3_64_parts(const struct str *parts, unsigned count)
{
	XXH3_state_t state;
	XXH3_INITSTATE(&state);
	XXH3_64bits_reset(&state);
	for (unsigned i = 0; i < count; i++) {
		if (cpu_avx2())
			XXH3_64bits_update_dispatch(&state, parts[i].p, parts[i].n);
		else
			XXH3_64bits_update(&state, parts[i].p, parts[i].n);
	}
	return XXH3_64bits_digest(&state);
}
