/* Any blocks as the index of a state: taken whole, or refused. */
#include "../../lib/state/internal.h"
#include "replay.h"
#include "world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *path = world_file("state");
	struct state_index x = { 0 };
	struct err err;
	if (refit(data, n, FRAME_STATE, path) && state_index_read(&x, path, world_id(), &err) == 0)
		for (size_t i = 0; i < x.kind_count; i++)
			for (unsigned k = 0; k < x.kinds[i].count; k++)
				if (!x.kinds[i].names[k])
					abort();
	state_index_release(&x);
	return 0;
}
