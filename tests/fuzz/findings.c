/* Any blocks as findings: reported as lists, figures, summary and manifest, or refused. */
#include "replay.h"
#include "report/report.h"
#include "world.h"

#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *path = world_file("findings"), *out = world_file("out");
	struct report_job job = { .pack = world_pack(), .findings = path, .folder = out, .started_at = "2017-11-26T00:00:00Z", .id = *world_id(),
		.version = "0", .threads = 1 };
	struct report_result result;
	struct err err;
	static const char *const folders[] = { "out", "out/lists", "out/rejects", "out/invalid" };
	for (unsigned i = 0; i < sizeof folders / sizeof *folders; i++)
		mkdir(world_file(folders[i]), 0700);
	if (refit(data, n, FRAME_FINDING, path) && report_run(&job, &result, &err) < 0)
		return 0;
	return 0;
}
