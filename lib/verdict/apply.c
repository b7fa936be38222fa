#include "verdict/verdict.h"

#include "csv/columns.h"
#include "csv/write.h"
#include "io/output.h"

#include <stdio.h>
#include <stdlib.h>

enum { MISSED, WRONGLY_EXITED, NON_ELIGIBLE, RATED }; /* the lists that rates are made of come first */
static const char *const lists[] = { "missed", "wrongly_exited", "non_eligible", "vetoed", "ledger", "villages", "quality" };
enum { LISTS = sizeof lists / sizeof *lists };

enum column { C_ID, C_RULE, C_SEVERITY, C_CONFIDENCE, C_NATURE, C_UNIT, C_UNIT_NO, C_REGION, C_PERSONS, C_STATUS, C_IDS, C_MARK, COLUMNS };
static const char *const columns[COLUMNS + 1] = { "finding_id", "rule", "severity", "confidence", "nature", "unit", "unit_no", "region", "persons",
	"status", "evidence_ids", "evidence_hash", NULL };

enum verdict { UNCHECKED, CONFIRMED, REFUTED, EXEMPTED };

/* Confirmed and checked leads of the ledger, unchecked ones of the run, by rule, confidence, ... */
enum by { BY_ALL, BY_RULE, BY_CONFIDENCE, BY_NATURE, BY_SEVERITY, BY_TOWNSHIP, BYS };
static const char *const by_names[BYS] = { "all", "rule", "confidence", "nature", "severity", "township" };
struct yield {
	enum by by;
	struct str value;
	uint64_t confirmed, checked, unchecked;
};

/* A unit that a confirmed lead is of, in one of the rated lists. */
struct unit {
	int list;
	struct str no, region;
	bool household;           /* not a person, not a member left out: counts as a household */
	bool active;
	uint64_t persons;
};

/* Leads of a rated list in a place (level by its digits: 0, 6, 9). */
struct tally {
	int list;
	struct str place;
	uint64_t checked, unchecked;
};

struct applier {
	struct ledger *ledger;
	const char *folder, *as_of;
	verdict_exempted_fn *fn;
	void *arg;
	sqlite3_stmt *verdict;
	unsigned at[COLUMNS];
	struct buf exempted;      /* lines of exempted.csv */
	struct yield *yields;
	size_t yield_count, yield_cap;
	struct unit *units;
	size_t unit_count, unit_cap;
	struct tally *tallies;
	size_t tally_count, tally_cap;
	struct arena arena;
};

/* ---- yields ---------------------------------------------------------------------------------------------------------------------------- */

static struct yield *yield_of(struct applier *a, enum by by, struct str value)
{
	for (size_t i = 0; i < a->yield_count; i++)
		if (a->yields[i].by == by && str_eq(a->yields[i].value, value))
			return &a->yields[i];
	struct yield one = { .by = by, .value = arena_dup(&a->arena, value) };
	VEC_PUSH(a->yields, a->yield_count, a->yield_cap, one);
	return &a->yields[a->yield_count - 1];
}

static int read_yields(struct applier *a, struct err *err)
{
	static const char *const sql[BYS] = { "''", "rule", "confidence", "nature", "severity", "township" };
	int got = 0;
	yield_of(a, BY_ALL, STR(""));
	for (int by = 0; got == 0 && by < BYS; by++) {
		char query[256];
		sqlite3_stmt *s = NULL;
		enum iter step = ITER_END;
		snprintf(query, sizeof query, "SELECT %s, sum(result = 'confirmed'), count(*) FROM verdict GROUP BY 1 ORDER BY 1", sql[by]);
		got = ledger_prepare(a->ledger, &s, query, err);
		while (got == 0 && (step = ledger_step(a->ledger, s, err)) == ITER_ROW) {
			struct yield *y = yield_of(a, (enum by)by, ledger_text(s, 0));
			y->confirmed = (uint64_t)sqlite3_column_int64(s, 1);
			y->checked = (uint64_t)sqlite3_column_int64(s, 2);
		}
		sqlite3_finalize(s);
		got = step == ITER_ERROR ? -1 : got;
	}
	return got;
}

static int by_yield(const void *pa, const void *pb)
{
	const struct yield *a = pa, *b = pb;
	return a->by != b->by ? (a->by > b->by) - (a->by < b->by) : str_cmp(a->value, b->value);
}

static int put(const struct applier *a, const char *name, const struct buf *b, struct err *err)
{
	char path[4096];
	struct output *o;
	snprintf(path, sizeof path, "%s/%s", a->folder, name);
	if (output_create(&o, path, err) < 0)
		return -1;
	if (output_write(o, b->p, b->n, err) < 0) {
		output_abort(o);
		return -1;
	}
	return output_commit(o, err);
}

static int put_yields(struct applier *a, struct err *err)
{
	struct buf b = { 0 };
	sort(a->yields, a->yield_count, sizeof *a->yields, by_yield);
	buf_puts(&b, STR("by,value,confirmed,checked,unchecked,share\n"));
	for (size_t i = 0; i < a->yield_count; i++) {
		const struct yield *y = &a->yields[i];
		buf_printf(&b, "%s,", by_names[y->by]);
		csv_put_guarded(&b, y->value);
		buf_printf(&b, ",%llu,%llu,%llu,", (unsigned long long)y->confirmed, (unsigned long long)y->checked, (unsigned long long)y->unchecked);
		if (y->checked)
			buf_printf(&b, "%.6f", (double)y->confirmed / (double)y->checked);
		buf_putc(&b, '\n');
	}
	int got = put(a, "yields.csv", &b, err);
	buf_release(&b);
	return got;
}

/* ---- leads ----------------------------------------------------------------------------------------------------------------------------- */

static int ask(struct applier *a, const struct csv_record *r, enum verdict *ret, struct err *err)
{
	ledger_bind(a->verdict, 1, lines_field(r, a->at[C_ID]));
	ledger_bind(a->verdict, 2, lines_field(r, a->at[C_MARK]));
	enum iter got = ledger_step(a->ledger, a->verdict, err);
	*ret = UNCHECKED;
	if (got == ITER_ROW) {
		struct str until = ledger_text(a->verdict, 1);
		if (str_eq(ledger_text(a->verdict, 0), STR("confirmed")))
			*ret = CONFIRMED;
		else /* an exemption that has ended is to be checked anew */
			*ret = until.n && str_cmp(str_of(a->as_of), until) <= 0 ? EXEMPTED : UNCHECKED;
	}
	sqlite3_reset(a->verdict);
	return got == ITER_ERROR ? -1 : 0;
}

static struct str township_of(struct str region)
{
	return (struct str){ region.p, region.n < 9 ? region.n : 9 };
}

static void count_unchecked(struct applier *a, const struct csv_record *r)
{
	yield_of(a, BY_ALL, STR(""))->unchecked++;
	yield_of(a, BY_RULE, lines_field(r, a->at[C_RULE]))->unchecked++;
	yield_of(a, BY_CONFIDENCE, lines_field(r, a->at[C_CONFIDENCE]))->unchecked++;
	yield_of(a, BY_NATURE, lines_field(r, a->at[C_NATURE]))->unchecked++;
	yield_of(a, BY_SEVERITY, lines_field(r, a->at[C_SEVERITY]))->unchecked++;
	yield_of(a, BY_TOWNSHIP, township_of(lines_field(r, a->at[C_REGION])))->unchecked++;
}

static uint64_t number_of(struct str s)
{
	uint64_t n = 0;
	for (size_t i = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		n = 10 * n + (uint64_t)(s.p[i] - '0');
	return n;
}

static uint64_t words_in(struct str s)
{
	uint64_t n = s.n > 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

static void note_unit(struct applier *a, int list, const struct csv_record *r)
{
	struct str unit = lines_field(r, a->at[C_UNIT]), status = lines_field(r, a->at[C_STATUS]);
	bool left_out = list == MISSED && str_eq(unit, STR("registry")); /* members that a registered household lacks */
	struct unit one = { .list = list, .no = arena_dup(&a->arena, lines_field(r, a->at[C_UNIT_NO])),
		.region = arena_dup(&a->arena, lines_field(r, a->at[C_REGION])), .household = !left_out && !str_eq(unit, STR("person")),
		.active = str_eq(status, STR("poor")) || str_eq(status, STR("relapsed")),
		.persons = left_out ? words_in(lines_field(r, a->at[C_IDS])) : number_of(lines_field(r, a->at[C_PERSONS])) };
	VEC_PUSH(a->units, a->unit_count, a->unit_cap, one);
}

static void tally(struct applier *a, int list, struct str region, bool checked)
{
	static const size_t digits[] = { 0, 6, 9 };
	for (int d = 0; d < 3; d++) {
		struct str place = { region.p, digits[d] };
		struct tally *t = NULL;
		if (region.n < digits[d])
			return;
		for (size_t i = a->tally_count; i-- > 0 && !t;) /* the lists are in the order of regions: it is one of the last */
			if (a->tallies[i].list == list && str_eq(a->tallies[i].place, place))
				t = &a->tallies[i];
		if (!t) {
			struct tally one = { .list = list, .place = arena_dup(&a->arena, place) };
			VEC_PUSH(a->tallies, a->tally_count, a->tally_cap, one);
			t = &a->tallies[a->tally_count - 1];
		}
		*(checked ? &t->checked : &t->unchecked) += 1;
	}
}

static void exempt(struct applier *a, int list, const struct csv_record *r)
{
	buf_puts(&a->exempted, r->raw);
	buf_printf(&a->exempted, ",%s\n", lists[list]);
	a->fn(a->arg, str_of(lists[list]), lines_field(r, a->at[C_RULE]), lines_field(r, a->at[C_SEVERITY]));
}

static int take_lead(struct applier *a, int list, const struct csv_record *r, enum verdict *ret, struct err *err)
{
	if (ask(a, r, ret, err) < 0)
		return -1;
	if (*ret == UNCHECKED)
		count_unchecked(a, r);
	if (list < RATED)
		tally(a, list, lines_field(r, a->at[C_REGION]), *ret != UNCHECKED);
	if (list < RATED && *ret == CONFIRMED)
		note_unit(a, list, r);
	if (*ret == EXEMPTED)
		exempt(a, list, r);
	return 0;
}

/* The list anew, without what is exempted; as it was when nothing is. */
static int take_list(struct applier *a, int list, struct err *err)
{
	char path[4096];
	struct lines l;
	struct output *o;
	bool changed = false;
	int got;
	snprintf(path, sizeof path, "%s/lists/%s.csv", a->folder, lists[list]);
	if (lines_open(&l, path, columns, a->at, err) < 0)
		return -1;
	if (!list) {
		buf_puts(&a->exempted, l.record.raw);
		buf_puts(&a->exempted, STR(",list\n"));
	}
	got = output_create(&o, path, err);
	if (got == 0)
		got = output_write(o, l.record.raw.p, l.record.raw.n, err) < 0 ? -1 : output_write(o, "\n", 1, err);
	else
		o = NULL;
	while (got == 0 && (got = lines_next(&l, err)) > 0) {
		enum verdict v;
		got = take_lead(a, list, &l.record, &v, err);
		changed |= v == EXEMPTED;
		if (got == 0 && v != EXEMPTED)
			got = output_write(o, l.record.raw.p, l.record.raw.n, err) < 0 ? -1 : output_write(o, "\n", 1, err);
	}
	lines_close(&l);
	if (got == 0 && changed)
		return output_commit(o, err);
	output_abort(o);
	return got;
}

/* ---- rates ----------------------------------------------------------------------------------------------------------------------------- */

/* One unit has several confirmed leads: once. A unit's leads of one list are alike but for M7, whose members differ from none. */
static int by_unit(const void *pa, const void *pb)
{
	const struct unit *a = pa, *b = pb;
	if (a->list != b->list)
		return a->list < b->list ? -1 : 1;
	int c = str_cmp(a->no, b->no);
	return c ? c : (a->household > b->household) - (a->household < b->household);
}

static void drop_doubles(struct applier *a)
{
	size_t n = 0;
	sort(a->units, a->unit_count, sizeof *a->units, by_unit);
	for (size_t i = 0; i < a->unit_count; i++)
		if (!n || by_unit(&a->units[n - 1], &a->units[i]) != 0)
			a->units[n++] = a->units[i];
	a->unit_count = n;
}

static bool lies_in(struct str region, struct str place)
{
	return region.n >= place.n && (!place.n || memcmp(region.p, place.p, place.n) == 0);
}

static uint64_t confirmed_in(const struct applier *a, int list, struct str place, bool persons)
{
	uint64_t n = 0;
	for (size_t i = 0; i < a->unit_count; i++) {
		const struct unit *u = &a->units[i];
		if (u->list == list && lies_in(u->region, place) && (list != NON_ELIGIBLE || u->active))
			n += persons ? u->persons : u->household;
	}
	return n;
}

/* The rates, each beside the one of leads whose denominator it has. */
static const struct {
	const char *of, *name;
	bool persons;
	unsigned lists;           /* a bit each: whose confirmed leads make the numerator */
	bool and_above;           /* and what stands in the other's numerator */
} rates[] = {
	{ "lead_missed_rate", "missed_rate", false, 1 << MISSED, false },
	{ "lead_missed_rate_persons", "missed_rate", true, 1 << MISSED, false },
	{ "lead_wrongly_exited_rate", "wrongly_exited_rate", false, 1 << WRONGLY_EXITED, false },
	{ "lead_wrongly_exited_rate_persons", "wrongly_exited_rate", true, 1 << WRONGLY_EXITED, false },
	{ "lead_non_eligible_rate", "non_eligible_rate", false, 1 << NON_ELIGIBLE, false },
	{ "lead_non_eligible_rate_persons", "non_eligible_rate", true, 1 << NON_ELIGIBLE, false },
	{ "poverty_incidence", "comprehensive_incidence", true, 1 << MISSED | 1 << WRONGLY_EXITED, true },
};

static void put_rate(const struct applier *a, size_t i, struct str level, struct str place, uint64_t above, uint64_t below, struct buf *b)
{
	uint64_t n = rates[i].and_above ? above : 0, checked = 0, unchecked = 0;
	for (int list = 0; list < RATED; list++) {
		if (!(rates[i].lists >> list & 1))
			continue;
		n += confirmed_in(a, list, place, rates[i].persons);
		for (size_t k = 0; k < a->tally_count; k++)
			if (a->tallies[k].list == list && str_eq(a->tallies[k].place, place)) {
				checked += a->tallies[k].checked;
				unchecked += a->tallies[k].unchecked;
			}
	}
	buf_printf(b, "%.*s,%.*s,%s,%s,%llu,%llu,", STR_ARG(level), STR_ARG(place), rates[i].name, rates[i].persons ? "persons" : "households",
	           (unsigned long long)n, (unsigned long long)below);
	if (checked && below)
		buf_printf(b, "%.6f", (double)n / (double)below);
	buf_printf(b, ",%llu,%llu\n", (unsigned long long)checked, (unsigned long long)unchecked);
}

static int put_rates(struct applier *a, struct err *err)
{
	static const char *const names[] = { "level", "region", "figure", "numerator", "denominator", NULL };
	char path[4096];
	unsigned at[5];
	struct buf b = { 0 };
	struct lines l;
	int got;
	snprintf(path, sizeof path, "%s/rates.csv", a->folder);
	if (lines_open(&l, path, names, at, err) < 0)
		return -1;
	drop_doubles(a);
	buf_puts(&b, STR("level,region,rate,unit,numerator,denominator,value,checked,unchecked\n"));
	while ((got = lines_next(&l, err)) > 0) {
		struct str level = lines_field(&l.record, at[0]), figure = lines_field(&l.record, at[2]);
		if (!str_eq(level, STR("all")) && !str_eq(level, STR("county")) && !str_eq(level, STR("township")))
			continue;
		for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
			if (str_eq(figure, str_of(rates[i].of)))
				put_rate(a, i, level, lines_field(&l.record, at[1]), number_of(lines_field(&l.record, at[3])),
				         number_of(lines_field(&l.record, at[4])), &b);
	}
	lines_close(&l);
	if (got == 0)
		got = put(a, "checked_rates.csv", &b, err);
	buf_release(&b);
	return got;
}

static int apply(struct applier *a, struct err *err)
{
	int got = ledger_prepare(a->ledger, &a->verdict, "SELECT result, exempt_until FROM verdict WHERE finding_id = ?1 AND evidence_hash = ?2", err);
	if (got == 0)
		got = read_yields(a, err);
	for (int list = 0; got == 0 && list < LISTS; list++)
		got = take_list(a, list, err);
	if (got == 0)
		got = put(a, "lists/exempted.csv", &a->exempted, err);
	if (got == 0)
		got = put_yields(a, err);
	return got == 0 ? put_rates(a, err) : -1;
}

int verdict_apply(struct ledger *l, const char *folder, const char *as_of, verdict_exempted_fn *fn, void *arg, struct err *err)
{
	struct applier a = { .ledger = l, .folder = folder, .as_of = as_of, .fn = fn, .arg = arg };
	int got = apply(&a, err);
	sqlite3_finalize(a.verdict);
	buf_release(&a.exempted);
	free(a.yields);
	free(a.units);
	free(a.tallies);
	arena_release(&a.arena);
	return got;
}
