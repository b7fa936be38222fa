/* Any bytes as a manifest: of JSON with the right seal under it all the rest is checked; what is wrong is told, each thing a line. */
#include "replay.h"
#include "report/seal.h"
#include "verify/verify.h"
#include "world.h"

#include <sys/stat.h>

static void say(void *arg, const char *text)
{
	if (strchr(text, '\n'))
		abort();
	++*(uint64_t *)arg;
}

static void verify(const uint8_t *data, size_t n)
{
	uint64_t said = 0;
	struct verify_job job = { .folder = world_file("run"), .extracts = (const char *const[]){ world_file("run"), NULL }, .say = say, .arg = &said };
	struct verify_result result;
	struct err err;
	world_put("run/manifest.json", data, n);
	if (verify_run(&job, &result, &err) == 0 && result.problems < said)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	json_error_t e;
	struct buf sealed = { 0 };
	mkdir(world_file("run"), 0700);
	verify(data, n);
	json_t *m = json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES, &e);
	if (json_is_object(m) && json_object_size(m)) {
		manifest_print(m, &sealed);
		verify((const uint8_t *)sealed.p, sealed.n);
	}
	json_decref(m);
	buf_release(&sealed);
	return 0;
}
