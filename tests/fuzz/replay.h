/* replay: main() of a fuzzer that is built without libFuzzer: the files it is given, or those in a folder, once each, and cut in some
 * places. */
#ifndef BIDUI_TESTS_FUZZ_REPLAY_H
#define BIDUI_TESTS_FUZZ_REPLAY_H

#include "base/mem.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#ifdef REPLAY
static int replay_file(const char *path)
{
	struct buf b = { 0 };
	FILE *f = fopen(path, "rb");
	size_t got = 1;
	if (!f)
		return -1;
	while (got) {
		buf_reserve(&b, 1 << 16);
		b.n += got = fread(b.p + b.n, 1, 1 << 16, f);
	}
	fclose(f);
	for (size_t cut = 0, step = b.n / 13 + 1; cut <= b.n; cut += step) {
		uint8_t *copy = memcpy(mem_take(b.n - cut), b.p, b.n - cut); /* a read behind the end shows */
		LLVMFuzzerTestOneInput(copy, b.n - cut);
		free(copy);
	}
	buf_release(&b);
	return 0;
}

int main(int argc, char **argv)
{
	int count = 0, failed = 0;
	for (int i = 1; i < argc; i++) {
		struct dirent **names;
		char path[4096];
		int n = scandir(argv[i], &names, NULL, alphasort);
		if (n < 0) {
			failed |= replay_file(argv[i]);
			count++;
			continue;
		}
		for (int k = 0; k < n; free(names[k++]))
			if (names[k]->d_name[0] != '.') {
				snprintf(path, sizeof path, "%s/%s", argv[i], names[k]->d_name);
				failed |= replay_file(path);
				count++;
			}
		free(names);
	}
	printf("%d files replayed\n", count);
	return failed || !count;
}
#endif

#endif
