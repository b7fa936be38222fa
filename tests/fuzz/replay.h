/* replay: main() of a fuzzer that is built without libFuzzer: the files it is given, once each, and cut in some places. */
#ifndef BIDUI_TESTS_FUZZ_REPLAY_H
#define BIDUI_TESTS_FUZZ_REPLAY_H

#include "base/mem.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#ifdef REPLAY
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct buf b = { 0 };
		FILE *f = fopen(argv[i], "rb");
		size_t got = 1;
		if (!f)
			return 1;
		while (got) {
			buf_reserve(&b, 1 << 16);
			b.n += got = fread(b.p + b.n, 1, 1 << 16, f);
		}
		fclose(f);
		for (size_t cut = 0, step = b.n / 13 + 1; cut <= b.n; cut += step)
			LLVMFuzzerTestOneInput((const uint8_t *)b.p, b.n - cut);
		buf_release(&b);
	}
	printf("%d files replayed\n", argc - 1);
	return 0;
}
#endif

#endif
