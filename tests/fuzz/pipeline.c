/* Any bytes as a pipeline file, as a sender's total and (with a line kind:) as a schema of one's own: taken, or refused with their place. */
#include "replay.h"
#include "run/run.h"
#include "world.h"

#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct run_plan plan = { 0 };
	struct total total;
	struct schema *schema = NULL;
	struct err err;
	world_put("own.yaml", data, n);
	if (run_plan_load(&plan, world_file("own.yaml"), &err) < 0 && !err.text[0])
		abort();
	run_plan_release(&plan);
	if (memmem(data, n, "\nkind:", 6) && schema_load(&schema, SCHEMAS, (char *const[]){ (char *)world_file("own.yaml"), NULL }, &err) == 0)
		schema_free(schema);
	world_put("hukou.csv.total", data, n);
	if (total_load(world_file("hukou.csv"), &total, &err) < 0 && !err.text[0])
		abort();
	return 0;
}
