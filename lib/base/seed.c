#include "base/seed.h"

#include <pthread.h>
#include <sys/random.h>

static uint64_t seed;

static void draw(void)
{
	if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
		seed = UINT64_C(0x9E3779B97F4A7C15); /* on no system that is up */
	seed |= 1;
}

uint64_t hash_seed(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, draw);
	return seed;
}
