/* Dossiers and findings of the last run, carried on as far as they are what this run would make again. */
#include "internal.h"

#include "screen/screen.h"

#include <stdlib.h>

struct carrying {
	struct runner *r;
	struct state_made made;        /* what this run leaves */
	const struct state_made *last; /* or NULL */
	struct pack *then;             /* the pack as of the last run, when its findings are carried on */
};

/* Whether the tables, the pack and all that the join made of them for that day are what they were. */
static bool same_dossiers(const struct carrying *c)
{
	const struct runner *r = c->r;
	const struct state_kind *old, *new;
	return c->last && !memcmp(c->last->pack, r->pack->hash, sizeof r->pack->hash) && c->last->as_of <= r->as_of && r->as_of < c->last->due &&
	       state_changes(r->state, &old, &new) == 0;
}

/* The pack of that day; false when it is not there any more or says something else. */
static bool load_then(struct carrying *c)
{
	struct runner *r = c->r;
	struct err err;
	return pack_load(&c->then, r->pack_path, r->schema, c->last->as_of, &err) == 0 && !memcmp(c->then->hash, r->pack->hash, sizeof r->pack->hash) &&
	       pack_same_values(c->then, r->pack);
}

static int join(struct carrying *c, struct err *err)
{
	c->made.dossiers = state_next(c->r->state);
	char *path = state_path(c->r->state, c->made.dossiers, ".dossiers");
	int got = runner_join(c->r, path, NULL, err);
	c->made.due = *c->r->pack->due;
	free(path);
	return got;
}

/* kept: the findings of the last run are carried on. */
static int screen(struct carrying *c, bool kept, struct err *err)
{
	struct runner *r = c->r;
	c->made.findings = state_next(r->state);
	char *dossiers = state_path(r->state, c->made.dossiers, ".dossiers"), *findings = state_path(r->state, c->made.findings, ".findings");
	char *dues = state_path(r->state, c->made.findings, ".dues"), *old_findings = NULL, *old_dues = NULL;
	struct screen_job job = { .pack = r->pack, .dossiers = dossiers, .findings = findings, .threads = r->plan->threads, .id = *state_id(r->state),
		.later = true, .dues = dues };
	struct screen_kept last = { .pack = c->then };
	if (kept) {
		last.findings = old_findings = state_path(r->state, c->last->findings, ".findings");
		last.dues = old_dues = state_path(r->state, c->last->findings, ".dues");
		job.kept = &last;
	}
	int got = screen_run(&job, err);
	if (got < 0)
		note_damage(r, err);
	if (got == 0) {
		durable_add(&r->durable, findings);
		durable_add(&r->durable, dues);
		durable_begin(&r->durable);
	}
	free(dossiers);
	free(findings);
	free(dues);
	free(old_findings);
	free(old_dues);
	return got;
}

static int carry(struct carrying *c, struct err *err)
{
	struct runner *r = c->r;
	if (!same_dossiers(c)) {
		if (join(c, err) < 0)
			return -1;
		r->progress->step = STEP_SCREEN;
		return screen(c, false, err);
	}
	c->made.dossiers = c->last->dossiers;
	c->made.due = c->last->due;
	r->progress->step = STEP_SCREEN;
	if (c->last->as_of != r->as_of)
		return screen(c, load_then(c), err);
	c->made.findings = c->last->findings;
	return 0;
}

int carry_findings(struct runner *r, char **ret_findings, struct err *err)
{
	struct carrying c = { .r = r, .made = { .as_of = r->as_of }, .last = state_made(r->state) };
	memcpy(c.made.pack, r->pack->hash, sizeof c.made.pack);
	int got = carry(&c, err);
	pack_free(c.then);
	if (got < 0)
		return -1;
	state_keep_made(r->state, &c.made);
	*ret_findings = state_path(r->state, c.made.findings, ".findings");
	return 0;
}
