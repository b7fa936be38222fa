#include "internal.h"

#include "base/seed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static struct table *table_of(const struct join_job *job, enum role role)
{
	for (unsigned i = 0; i < job->table_count; i++)
		if (job->tables[i]->kind->role == role)
			return job->tables[i];
	return NULL;
}

/* Of two rows of one code the first counts: places_sort keeps it. */
static int read_places(struct join *j, struct err *err)
{
	const struct table *t = j->places_table;
	if (!t)
		return 0;
	const struct kind *k = t->kind;
	int code = kind_column(k, STR("code")), county = kind_column(k, STR("county")), township = kind_column(k, STR("township"));
	int village = kind_column(k, STR("village")), poor = kind_column(k, STR("poor"));
	if (code < 0 || county < 0 || township < 0 || village < 0)
		return err_set(err, STATUS_CONFIG, "kind %.*s: a list of places needs code, county, township, village", STR_ARG(k->name));
	struct table_scan s;
	struct row r;
	uint32_t ordinal;
	enum iter got;
	table_scan_init(&s, t);
	while ((got = table_next(&s, &r, &ordinal, err)) == ITER_ROW) {
		int64_t p = poor < 0 ? VALUE_NULL : row_number(r, &k->columns[poor]);
		struct place one = { row_number(r, &k->columns[code]), row_text(k, r, &k->columns[county]),
			row_text(k, r, &k->columns[township]), row_text(k, r, &k->columns[village]), p == VALUE_NULL ? -1 : (int8_t)p };
		places_add(&j->places, &one);
	}
	table_scan_release(&s);
	places_sort(&j->places);
	return got == ITER_END ? 0 : -1;
}

#define SPARE (UINT64_C(64) << 20) /* bytes for what can be put on disk, where nothing is said */
#define BASE (UINT64_C(50) << 20)  /* of the program itself, what its threads have at hand, and households at 34 million rows; measured */
#define LEAST (UINT64_C(4) << 20)

/* What grows with the households that are wanted. */
static uint64_t growing(const struct join *j)
{
	return groups_bytes(&j->groups) + (j->others.slots ? people_bytes(&j->others) : j->found_other_count * (sizeof(struct wanted_person) + 2));
}

static uint64_t held(const struct join *j)
{
	return BASE + people_bytes(&j->people) + bitmap_words(j) * sizeof(uint64_t) + pieces_of(j->homes_table) * SPOOL_CHUNK + growing(j);
}

uint64_t join_room(const struct join *j)
{
	uint64_t memory = j->job->memory, used = held(j);
	uint64_t room = memory > used + LEAST ? memory - used : LEAST;
	return !memory || room > SPARE ? SPARE : room;
}

int join_enough(const struct join *j, uint64_t done, uint64_t all, struct err *err)
{
	uint64_t need = held(j) + LEAST;
	if (!j->job->memory || need <= j->job->memory)
		return 0;
	need += growing(j) / done * (all - done);
	return err_set(err, STATUS_OSERR, "join: %" PRIu64 " MiB of memory are not enough for the persons that rules ask about and those who live with "
	               "them; give about %" PRIu64 " MiB", j->job->memory >> 20, (need >> 20) + 1);
}

static int prepare(struct join *j, struct err *err)
{
	const struct join_job *job = j->job;
	j->homes_table = table_of(job, ROLE_HOUSEHOLDS);
	j->register_table = table_of(job, ROLE_REGISTER);
	j->deaths_table = table_of(job, ROLE_DEATHS);
	j->places_table = table_of(job, ROLE_PLACES);
	if (!j->homes_table || !j->register_table)
		return err_set(err, STATUS_NOINPUT, "join: needs the registry's table and the household register's; give both");
	j->all = j->pack->seed_kinds == TRIGGER_ALWAYS && !job->only;
	j->only.member = j->only.home_group = NONE;
	j->seed = hash_seed();
	return 0;
}

static int run(struct join *j, struct frame_writer *w, struct err *err)
{
	if (read_places(j, err) < 0 || join_seeds(j, err) < 0 || join_enough(j, 1, 1, err) < 0 || join_survey(j, err) < 0 || join_households(j, err) < 0)
		return -1;
	if (join_relatives(j, err) < 0 || put_counts(j, w, err) < 0)
		return -1;
	return join_dossiers(j, w, err);
}

static void release(struct join *j)
{
	home_reader_free(j->reader);
	found_release(&j->found);
	people_release(&j->people);
	spool_close(j->found_others);
	spool_close(j->hard_rows);
	people_release(&j->others);
	groups_release(&j->groups);
	sieve_release(&j->sources);
	sieve_release(&j->principals);
	sieve_release(&j->scattered);
	sieve_release(&j->noticed);
	counts_release(&j->counts);
	places_release(&j->places);
	free(j->requests.items);
	free(j->hard_homes.items);
	free(j->seed_rows);
	spool_close(j->home_rows);
	free(j->relatives.items);
	free(j->waiting.items);
	free(j->kinships.items);
	free(j->links.items);
	free(j->collectives.items);
	free(j->noted.items);
}

int join_run(const struct join_job *job, struct err *err)
{
	struct join j = { .job = job, .pack = job->pack };
	struct frame_writer *w = NULL;
	j.reader = home_reader_new(job->pack);
	int r = prepare(&j, err);
	if (r == 0)
		r = frame_create(&w, job->path, FRAME_DOSSIER, &job->id, err);
	if (r == 0 && job->passing)
		frame_passing(w);
	if (r == 0)
		r = run(&j, w, err);
	if (r == 0)
		r = frame_commit(w, err);
	else
		frame_abort(w);
	release(&j);
	return r;
}
