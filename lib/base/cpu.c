#include "base/cpu.h"

#include <stdlib.h>

static bool avx2;

static bool have_avx2(void)
{
#ifdef __x86_64__
	__builtin_cpu_init();
	return __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

/* Before main(): no thread ever sees it change. */
__attribute__((constructor)) static void ask(void)
{
	avx2 = have_avx2() && !getenv("BIDUI_PORTABLE");
}

bool cpu_avx2(void)
{
	return avx2;
}

const char *cpu_name(void)
{
	return avx2 ? "avx2" : "portable";
}

void cpu_use_avx2(bool use)
{
	avx2 = use && have_avx2();
}
