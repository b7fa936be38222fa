/* Any blocks as dossiers: screened by every rule of the default pack, or refused. */
#include "replay.h"
#include "screen/screen.h"
#include "world.h"

#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *path = world_file("dossiers"), *findings = world_file("findings");
	struct screen_job job = { .pack = world_pack(), .dossiers = path, .findings = findings, .threads = 1, .id = *world_id() };
	struct err err;
	if (refit(data, n, FRAME_DOSSIER, path) && screen_run(&job, &err) == 0)
		unlink(findings);
	return 0;
}
