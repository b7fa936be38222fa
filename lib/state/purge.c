#include "state/state.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* An index that names nothing lets everything be swept away; it goes last, so that the next run is as the first. */
int state_purge(const char *folder, struct err *err)
{
	static const struct schema any;
	struct err forgotten = { .text = "forgotten" };
	struct state *s = NULL;
	char path[4096];
	if (state_open(&s, folder, &any, "", err) < 0)
		return -1;
	state_forget(s, &forgotten);
	int got = state_prepare(s, err);
	if (got == 0)
		got = state_commit(s, err);
	snprintf(path, sizeof path, "%s/state", folder);
	if (got == 0 && unlink(path) < 0)
		got = err_errno(err, STATUS_IOERR, "%s: cannot be removed", path);
	state_close(s);
	return got;
}
