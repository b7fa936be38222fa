#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

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

/* Everybody with a home is counted here, wanted or not. */
static void count_households(struct join *j)
{
	unsigned households = figure_name(&j->figures, STR("hukou_households"));
	unsigned rural = figure_name(&j->figures, STR("rural_households"));
	unsigned population = figure_name(&j->figures, STR("rural_population"));
	for (uint32_t i = 0; i < j->homes.count; i++) {
		const struct household_facts *f = &j->homes.items[i].facts;
		struct figure_at at[FIGURE_LEVELS];
		unsigned n = figure_levels(&j->places, f->region, at);
		for (unsigned k = 0; k < n; k++) {
			figure_add(&j->figures, households, at[k].level, at[k].region, 1);
			if (f->rural && !household_collective(f, j->pack))
				figure_add(&j->figures, rural, at[k].level, at[k].region, 1);
			if (f->rural)
				figure_add(&j->figures, population, at[k].level, at[k].region, f->rural);
		}
	}
}

static int by_region(const void *pa, const void *pb)
{
	const struct village_facts *a = pa, *b = pb;
	return (a->region > b->region) - (a->region < b->region);
}

static void only_villages(const struct join *j, const struct village_facts *v, size_t n)
{
	const struct join_only *only = j->job->only;
	int64_t region;
	if (!only || !(only->units >> UNIT_VILLAGE & 1) || only->unit_no.n != 12 || region_parse(only->unit_no, &region) != 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (v[i].region == region)
			only_found(j, UNIT_VILLAGE);
}

static int put_villages(struct join *j, struct frame_writer *w, struct err *err)
{
	struct village_facts *v = mem_alloc(((size_t)j->homes.count + 1) * sizeof *v);
	size_t n = 0, kept = 0;
	for (uint32_t i = 0; i < j->homes.count; i++) {
		const struct household_facts *f = &j->homes.items[i].facts;
		if (f->region != VALUE_NULL && f->region % 1000 && !household_collective(f, j->pack))
			v[n++] = (struct village_facts){ f->region, 1, f->split };
	}
	sort(v, n, sizeof *v, by_region);
	for (size_t i = 0; i < n; i++) {
		if (kept && v[kept - 1].region == v[i].region) {
			v[kept - 1].all++;
			v[kept - 1].split += v[i].split;
		} else {
			v[kept++] = v[i];
		}
	}
	only_villages(j, v, kept);
	struct buf b = { 0 };
	for (size_t i = 0; i < kept; i++) {
		uint8_t x[24];
		le64_put(x, (uint64_t)v[i].region);
		le64_put(x + 8, v[i].all);
		le64_put(x + 16, v[i].split);
		buf_put(&b, x, sizeof x);
	}
	free(v);
	int r = frame_put(w, TAG_VILLAGES, b.p, b.n, (uint32_t)kept, err);
	buf_release(&b);
	return r;
}

static int put_counts(struct join *j, struct frame_writer *w, struct err *err)
{
	struct buf b = { 0 };
	figures_encode(&j->figures, &b);
	int r = frame_put(w, TAG_FIGURES, b.p, b.n, 0, err);
	b.n = 0;
	places_encode(&j->places, &b);
	if (r == 0)
		r = frame_put(w, TAG_PLACES, b.p, b.n, (uint32_t)j->places.count, err);
	buf_release(&b);
	return r == 0 ? put_villages(j, w, err) : -1;
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
	j->all = j->pack->seeds == TRIGGER_ALWAYS && !job->only;
	j->only.person = j->only.member = j->only.home = NONE;
	if (getrandom(&j->homes.seed, sizeof j->homes.seed, 0) != sizeof j->homes.seed)
		j->homes.seed = 0;
	return 0;
}

static int run(struct join *j, struct frame_writer *w, struct err *err)
{
	if (read_places(j, err) < 0 || join_seeds(j, err) < 0 || join_homes(j, err) < 0)
		return -1;
	count_households(j);
	if (j->job->only)
		only_household(j);
	if (put_counts(j, w, err) < 0 || join_persons(j, err) < 0)
		return -1;
	return join_dossiers(j, w, err);
}

int join_run(const struct join_job *job, struct err *err)
{
	struct join j = { .job = job, .pack = job->pack, .scratch = { .pack = job->pack } };
	struct frame_writer *w = NULL;
	j.reader = home_reader_new(job->pack);
	int r = prepare(&j, err);
	if (r == 0)
		r = frame_create(&w, job->path, FRAME_DOSSIER, &job->id, err);
	if (r == 0)
		r = run(&j, w, err);
	if (r == 0)
		r = frame_commit(w, err);
	else
		frame_abort(w);
	home_reader_free(j.reader);
	dossier_release(&j.scratch);
	people_release(&j.people);
	homes_release(&j.homes);
	free(j.requests);
	figures_release(&j.figures);
	places_release(&j.places);
	return r;
}
