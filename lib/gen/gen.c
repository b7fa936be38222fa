#include "gen/gen.h"

#include "rows.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

/* In the order of extracts.md. The order of columns is a department's own; most follow the page. */
const struct department departments[] = {
	{ "registry", "household_no person_no name id relation category status entered_year exited_year income income_year "
	  "relocation region address", true, 2, rows_registry, NULL },
	{ "hukou", "household_no name id relation type converted_on split_on split_from state region address", true, 4, rows_hukou, NULL },
	{ "civil", "id name aid state started_on amount region", true, 1, rows_civil, NULL },
	{ "death", "id name died_on", true, 1, rows_death, NULL },
	{ "marriage", "id_a id_b event on", false, 1, rows_marriage, NULL },
	{ "disability", "cert name", false, 1, rows_disability, NULL },
	{ "housing", "id name grade renovated renovated_on object surveyed_on region", true, 2, rows_housing, NULL },
	{ "property", "id name use area acquired_on", true, 2, rows_property, NULL },
	{ "vehicle", "id name plate type registered_on state", true, 3, rows_vehicle, NULL },
	{ "business", "id name company role capital state established_on", false, 1, rows_business, NULL },
	{ "payroll", "id name employer post state", false, 1, rows_payroll, NULL },
	{ "machine", "id name type power registered_on", false, 1, rows_machine, NULL },
	{ "relocation", "id name batch_year", true, 1, rows_relocation, NULL },
	{ "education", "id name state", false, 2, rows_education, NULL },
	{ "insurance", "id name insured", false, 1, rows_insurance, NULL },
	{ "medical", "id name year self_paid", false, 1, rows_medical, NULL },
	{ "residence", "id name region since", false, 1, rows_residence, NULL },
	{ "village", "code county township village poor", true, 1, NULL, place_village },
	{ "id_change", "old new changed_on", false, 1, rows_id_change, NULL },
	{ 0 },
};

/* What departments send, in turns. */
static const struct format formats[] = {
	{ NULL, true, true, false, ',', 0, 0 },          { "GB18030", false, true, false, ',', 2, 1 },
	{ NULL, false, false, true, '\t', 0, 0 },        { "UTF-16LE", true, true, false, '\t', 1, 1 },
	{ "GB18030", false, false, true, ';', 0, 2 },    { NULL, false, false, false, '|', 3, 0 },
	{ "UTF-16BE", true, false, false, ',', 0, 2 },
};
#define FORMATS (sizeof formats / sizeof *formats)
static const struct format plain = { .delimiter = ',' };

enum { STREAM_DIRT = 50, STREAM_ROWS = 100, STREAM_ORDER = 60 };

/* One file to write. */
struct task {
	const struct gen_options *options;
	const struct world *world;
	const struct department *department;
	const struct kind *kind;
	unsigned part, parts, number;   /* number: of the department */
	const struct column *columns[CELLS_MAX];
	unsigned column_count;
};

static int find_columns(struct task *t, struct err *err)
{
	const char *at = t->department->columns;
	t->kind = schema_kind(t->options->schema, str_of(t->department->kind));
	if (!t->kind)
		return err_set(err, STATUS_CONFIG, "the schemas hold no kind %s, which gen writes", t->department->kind);
	for (size_t n; (n = strcspn(at, " ")); at += n + (at[n] == ' ')) {
		int i = kind_column(t->kind, (struct str){ at, n });
		if (i < 0)
			return err_set(err, STATUS_CONFIG, "the schema of %s has no column %.*s, which gen writes", t->department->kind,
			               (int)n, at);
		t->columns[t->column_count++] = &t->kind->columns[i];
	}
	return 0;
}

/* "hukou.csv", or with many formats "2017年户籍信息（第2批）.csv.gz" and "hukou.part3.csv". */
static void file_path(const struct task *t, const struct format *f, char *path, size_t size)
{
	const char *gz = f->gzip ? ".gz" : "", *dir = t->options->out;
	if (!t->options->mixed)
		snprintf(path, size, "%s/%s.csv", dir, t->department->kind);
	else if (t->part % 2 == 1 || t->number % 3 == 0)
		snprintf(path, size, "%s/%s.part%u.csv%s", dir, t->department->kind, t->part + 1, gz);
	else
		snprintf(path, size, "%s/2017年%.*s信息（第%u批）.csv%s", dir, STR_ARG(t->kind->words[0]), t->part + 1, gz);
}

static void block_rows(const struct task *t, struct sheet *s, uint64_t number)
{
	struct block b;
	world_block(t->world, number, &b);
	for (unsigned i = 0; i < b.house_count; i++)
		for (unsigned n = 0; n < b.houses[i].count; n++) {
			const struct person *p = &b.people[b.houses[i].first + n];
			struct view v = { t->world, &b, &b.houses[i], p,
				          rng_of(t->world->seed, STREAM_ROWS + t->number, p->seat) };
			t->department->rows(s, &v);
		}
}

/* A number without a common divisor with n, so that its multiples modulo n meet every number below n once. */
static uint64_t coprime_stride(uint64_t seed, uint64_t n)
{
	for (uint64_t stride = n > 2 ? rng_mix(seed) % n : 1;; stride++) {
		uint64_t a = n, b = stride;
		while (b) {
			uint64_t rest = a % b;
			a = b;
			b = rest;
		}
		if (a == 1)
			return stride % n ? stride : 1;
	}
}

/* The household register goes village by village; other departments have an order of their own. */
static void all_rows(const struct task *t, struct sheet *s)
{
	uint64_t things = t->department->place ? world_villages(t->world) : t->world->blocks;
	bool in_order = t->department->rows == rows_hukou || t->department->place;
	uint64_t stride = in_order ? 1 : coprime_stride(t->world->seed + STREAM_ORDER + t->number, things);
	uint64_t from = things * t->part / t->parts, to = things * (t->part + 1) / t->parts;
	for (uint64_t i = from; i < to && !s->failed; i++) {
		uint64_t number = (uint64_t)((unsigned __int128)i * stride % things);
		struct rng r = rng_of(t->world->seed, STREAM_ROWS + t->number, number);
		if (t->department->place)
			t->department->place(s, number, &r);
		else
			block_rows(t, s, number);
	}
}

static int write_file(const struct task *t, struct gen_count *count, struct err *err)
{
	const struct format *f = t->options->mixed ? &formats[(3 * t->number + t->part) % FORMATS] : &plain;
	struct dirt dirt = { rng_of(t->world->seed, STREAM_DIRT + t->number, t->part), (uint32_t)(t->options->dirty * 1e6), 10 };
	struct sheet s;
	char path[4096];
	uint64_t rows;
	file_path(t, f, path, sizeof path);
	if (sheet_open(&s, path, t->columns, t->column_count, f, dirt, err) < 0)
		return -1;
	all_rows(t, &s);
	if (sheet_close(&s, &rows, err) < 0)
		return -1;
	count->files++;
	count->rows += rows;
	return 0;
}

static int check(const struct gen_options *o, struct err *err)
{
	if (o->persons < 1 || o->persons > GEN_PERSONS_MAX)
		return err_set(err, STATUS_USAGE, "persons: from 1 to %llu", (unsigned long long)GEN_PERSONS_MAX);
	if (!(o->dirty >= 0 && o->dirty <= GEN_DIRTY_MAX))
		return err_set(err, STATUS_USAGE, "dirty: a share from 0 to %.2f; above it a run would stop at the file", GEN_DIRTY_MAX);
	return 0;
}

int gen_run(const struct gen_options *o, struct gen_count *ret, struct err *err)
{
	struct gen_count count = { 0 };
	struct world world;
	if (check(o, err) < 0)
		return -1;
	if (mkdir(o->out, 0777) < 0 && errno != EEXIST)
		return err_errno(err, STATUS_CANTCREAT, "%s: cannot be made", o->out);
	world_init(&world, o->seed, o->persons);
	for (const struct department *d = departments; d->kind; d++) {
		if (o->slice && !d->in_slice)
			continue;
		struct task t = { .options = o, .world = &world, .department = d, .number = (unsigned)(d - departments) };
		t.parts = o->mixed ? d->parts : 1;
		if (find_columns(&t, err) < 0)
			return -1;
		for (; t.part < t.parts; t.part++)
			if (write_file(&t, &count, err) < 0)
				return -1;
	}
	*ret = count;
	return 0;
}
