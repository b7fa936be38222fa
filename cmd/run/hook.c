#include "hook.h"

#include "io/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Beside OUT, so that the note is there whoever asks; NULL without an OUT. */
static char *note_path(const struct run_plan *plan)
{
	char *path = NULL;
	if (!plan->out)
		return NULL;
	const char *slash = strrchr(plan->out, '/');
	int n = (int)(slash ? slash + 1 - plan->out : 0);
	return asprintf(&path, "%.*s.%s.failed", n, plan->out, plan->out + n) < 0 ? NULL : path;
}

static int put_note(const char *path, const struct run_plan *plan, const struct err *why)
{
	struct output *o = NULL;
	struct err err;
	char line[2048];
	int n = snprintf(line, sizeof line, "%s %d %s\n", plan->as_of ? plan->as_of : "-", (int)why->status, why->text);
	if (output_create(&o, path, &err) < 0)
		return -1;
	if (output_write(o, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1, &err) == 0)
		return output_commit(o, &err);
	output_abort(o);
	return -1;
}

static void set(const char *name, const char *value)
{
	setenv(name, value ? value : "", 1);
}

void hook_failed(const char *program, const char *command, const struct run_plan *plan, const struct err *why)
{
	char status[16];
	char *note = note_path(plan);
	bool noted = note && put_note(note, plan, why) == 0;
	snprintf(status, sizeof status, "%d", (int)why->status);
	set("BIDUI_STATUS", status);
	set("BIDUI_MESSAGE", why->text);
	set("BIDUI_AS_OF", plan->as_of);
	set("BIDUI_OUT", plan->out);
	set("BIDUI_LOG", noted ? note : NULL);
	int ended = command ? system(command) : 0;
	if (ended != 0)
		fprintf(stderr, "%s: --on-failure: the command ended with %d\n", program, WIFEXITED(ended) ? WEXITSTATUS(ended) : -1);
	free(note);
}

void hook_done(const struct run_plan *plan)
{
	char *note = note_path(plan);
	if (note)
		unlink(note);
	free(note);
}
