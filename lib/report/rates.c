/* figures.csv: the counts, and the rates that are made of them. Counts come place after place (docs/formats/figure.md), so one place is
 * all that is held. */
#include "internal.h"

#include <stdlib.h>

/* A rate: up to two counts above (the second is taken away) and two below. Names that begin with '.' are parts, not figures. */
static const struct rate {
	const char *name, *above, *below, *below_less;
	int times;
} rates[] = {
	{ "lead_missed_rate", ".missed", "rural_households", NULL, 1 },
	{ "lead_missed_rate_persons", ".missed_persons", "rural_population", ".registered_rural", 1 },
	{ "lead_wrongly_exited_rate", ".exited_core", ".exited", NULL, 1 },
	{ "lead_wrongly_exited_rate_persons", ".exited_core_persons", ".exited_persons", NULL, 1 },
	{ "lead_wrongly_exited_share", ".exited_core", "rural_households", NULL, 1 },
	{ "lead_non_eligible_rate", ".active_core", ".active", NULL, 1 },
	{ "lead_non_eligible_rate_persons", ".active_core_persons", ".active_persons", NULL, 1 },
	{ "poverty_incidence", ".active_persons", "rural_population", NULL, 1 },
	{ "lead_comprehensive_incidence", ".comprehensive", "rural_population", NULL, 1 },
	{ "lead_comprehensive_incidence_net", ".comprehensive_net", "rural_population", NULL, 1 },
	{ "converted_share_points", ".converted", "rural_population", NULL, 100 },
};

#define RATES (sizeof rates / sizeof *rates)
#define PARTS 3 /* above, below, below_less */

static const char *const level_names[] = { "all", "county", "township", "village", "village_class" };

struct figures_csv {
	struct report *r;
	struct output *out;
	struct buf lines;
	uint64_t rows;
	struct buf rates;                   /* rates.csv: what each rate is made of; small, for a county has some hundred places */
	uint64_t rate_rows;
	const struct rate *sorted[RATES];   /* by name */
	/* of the block at hand: which part of a rate a name is, by its number there; a bit for rate * PARTS + part */
	uint64_t *parts;
	struct str *names;
	/* of the place at hand */
	bool any;
	enum figure_level level;
	uint64_t region;
	struct buf place;                   /* "village,500901001201," */
	struct figure_count *counts;
	size_t count, cap;
};

static int broken(const struct figures_csv *c, struct err *err)
{
	return err_set(err, STATUS_DATA, "%s: a count is broken; make it again", c->r->frame->path);
}

static int by_rate(const void *pa, const void *pb)
{
	return strcmp((*(const struct rate *const *)pa)->name, (*(const struct rate *const *)pb)->name);
}

static void figures_csv_abort(struct figures_csv *c)
{
	if (!c)
		return;
	output_abort(c->out);
	buf_release(&c->lines);
	buf_release(&c->rates);
	buf_release(&c->place);
	free(c->counts);
	free(c);
}

static int figures_csv_begin(struct figures_csv **ret, struct report *r, struct err *err)
{
	struct figures_csv *c = mem_alloc(sizeof *c);
	c->r = r;
	for (size_t i = 0; i < RATES; i++)
		c->sorted[i] = &rates[i];
	sort(c->sorted, RATES, sizeof *c->sorted, by_rate);
	buf_puts(&c->lines, STR("level,region,figure,value\n"));
	buf_puts(&c->rates, STR("level,region,figure,numerator,denominator,value\n"));
	if (put_begin(r, "figures.csv", &c->out, err) < 0) {
		figures_csv_abort(c);
		return -1;
	}
	*ret = c;
	return 0;
}

/* ---- lines ------------------------------------------------------------------------------------------------------------------------- */

static void set_place(struct figures_csv *c)
{
	static const unsigned digits[] = { 0, 6, 9, 12 };
	struct buf *b = &c->place;
	b->n = 0;
	buf_puts(b, str_of(level_names[c->level]));
	buf_putc(b, ',');
	if (c->level == FIGURE_CLASS)
		buf_puts(b, c->region == CLASS_POOR ? STR("poor") : STR("other"));
	else if (c->level != FIGURE_ALL)
		buf_number(b, c->region, digits[c->level]);
	buf_putc(b, ',');
}

static void put_count(struct figures_csv *c, const struct figure_count *one)
{
	struct buf *b = &c->lines;
	if (!one->count || c->names[one->name].p[0] == '.')
		return;
	buf_puts(b, buf_str(&c->place));
	buf_puts(b, c->names[one->name]);
	buf_putc(b, ',');
	if (one->count < 0)
		buf_putc(b, '-');
	buf_number(b, one->count < 0 ? -(uint64_t)one->count : (uint64_t)one->count, 1);
	buf_putc(b, '\n');
	c->rows++;
}

/* Six decimals, halves away from zero; all counts are non-negative. */
static void put_fraction(struct buf *b, int64_t above, int64_t below, int times)
{
	unsigned __int128 scaled = (unsigned __int128)above * (unsigned)times * 1000000;
	uint64_t rounded = (uint64_t)((2 * scaled + (uint64_t)below) / (2 * (uint64_t)below));
	buf_number(b, rounded / 1000000, 1);
	buf_putc(b, '.');
	buf_number(b, rounded % 1000000, 6);
}

/* The begin of a line of rates.csv, up to its value. Counts are non-negative. */
static void put_parts(struct figures_csv *c, const struct rate *rate, int64_t above, int64_t below)
{
	struct buf *b = &c->rates;
	buf_puts(b, buf_str(&c->place));
	buf_puts(b, str_of(rate->name));
	buf_putc(b, ',');
	buf_number(b, (uint64_t)above, 1);
	buf_putc(b, ',');
	buf_number(b, (uint64_t)below, 1);
	buf_putc(b, ',');
}

static void put_rate(struct figures_csv *c, const struct rate *rate, const int64_t parts[PARTS])
{
	struct buf *b = &c->lines;
	int64_t below = parts[1] - parts[2];
	if (below <= 0)
		return;
	buf_puts(b, buf_str(&c->place));
	buf_puts(b, str_of(rate->name));
	buf_putc(b, ',');
	size_t value = b->n;
	put_fraction(b, parts[0], below, rate->times);
	if (c->level == FIGURE_ALL) {
		buf_putc(b, 0);
		json_object_set_new(c->r->rates, rate->name, json_real(strtod(b->p + value, NULL)));
		b->n--;
	}
	buf_putc(b, '\n');
	c->rows++;
	put_parts(c, rate, parts[0], below);
	buf_put(&c->rates, b->p + value, b->n - value);
	c->rate_rows++;
}

/* The lines of a place: its counts and the rates made of them, by name. */
static void put_group(struct figures_csv *c)
{
	int64_t parts[RATES][PARTS] = { 0 };
	set_place(c);
	for (size_t i = 0; i < c->count; i++)
		for (uint64_t bits = c->parts[c->counts[i].name]; bits; bits &= bits - 1)
			parts[__builtin_ctzll(bits) / PARTS][__builtin_ctzll(bits) % PARTS] = c->counts[i].count;
	size_t i = 0;
	for (size_t k = 0; k < RATES; k++) {
		for (; i < c->count && str_cmp(c->names[c->counts[i].name], str_of(c->sorted[k]->name)) < 0; i++)
			put_count(c, &c->counts[i]);
		put_rate(c, c->sorted[k], parts[c->sorted[k] - rates]);
	}
	for (; i < c->count; i++)
		put_count(c, &c->counts[i]);
	c->count = 0;
}

/* ---- blocks ------------------------------------------------------------------------------------------------------------------------ */

static uint64_t parts_of(struct str name)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < RATES; i++) {
		const char *const all[PARTS] = { rates[i].above, rates[i].below, rates[i].below_less };
		for (size_t k = 0; k < PARTS; k++)
			if (all[k] && str_eq(name, str_of(all[k])))
				bits |= UINT64_C(1) << (i * PARTS + k);
	}
	return bits;
}

/* Names have to stand in their order. */
static int take_names(struct figures_csv *c, const struct figure_block *b)
{
	c->names = b->names;
	c->parts = mem_alloc((b->name_count + 1) * sizeof *c->parts);
	for (uint32_t i = 0; i < b->name_count; i++) {
		if (!b->names[i].n || (i && str_cmp(b->names[i - 1], b->names[i]) >= 0))
			return -1;
		c->parts[i] = parts_of(b->names[i]);
	}
	return 0;
}

/* Places ascend over all blocks, the names of a place within it. */
static int take_count(struct figures_csv *c, const struct figure_count *one)
{
	bool same = c->count && one->level == c->level && one->region == c->region;
	bool later = !c->any || one->level > c->level || (one->level == c->level && one->region > c->region);
	if (same ? one->name <= c->counts[c->count - 1].name : !later)
		return -1;
	if (!same && c->count)
		put_group(c);
	c->any = true;
	c->level = one->level;
	c->region = one->region;
	VEC_PUSH(c->counts, c->count, c->cap, *one);
	return 0;
}

static int figures_csv_block(struct figures_csv *c, const struct frame_block *block, struct err *err)
{
	struct figure_block b;
	struct figure_count one;
	bool good = figure_block_open(&b, block->p, block->n) == 0 && take_names(c, &b) == 0;
	while (good && figure_block_next(&b, &one))
		good = take_count(c, &one) == 0;
	if (good && c->count)
		put_group(c);
	free(c->parts);
	c->parts = NULL;
	if (figure_block_close(&b) < 0 || !good)
		return broken(c, err);
	int r = output_write(c->out, c->lines.p, c->lines.n, err);
	c->lines.n = 0;
	return r;
}

/* The notes for the manifest, or NULL; c is gone. */
static json_t *figures_csv_end(struct figures_csv *c, struct err *err)
{
	json_t *notes = json_array();
	struct output *out = c->out, *rates_out = NULL;
	int r = output_write(out, c->lines.p, c->lines.n, err);
	if (r == 0) {
		c->out = NULL;
		r = json_array_append_new(notes, put_end("figures.csv", out, c->rows, err));
	}
	if (r == 0)
		r = put_begin(c->r, "rates.csv", &rates_out, err);
	if (r == 0 && (r = output_write(rates_out, c->rates.p, c->rates.n, err)) < 0)
		output_abort(rates_out);
	if (r == 0)
		r = json_array_append_new(notes, put_end("rates.csv", rates_out, c->rate_rows, err));
	figures_csv_abort(c);
	if (r == 0)
		return notes;
	json_decref(notes);
	return NULL;
}

json_t *put_figures(struct report *r, struct err *err)
{
	struct figures_csv *c = NULL;
	struct buf bytes = { 0 };
	int got = figures_csv_begin(&c, r, err);
	for (size_t i = 0; got == 0 && i < r->counts.count; i++) {
		struct frame_block b = r->counts.items[i];
		got = frame_payload(r->frame, &b, &bytes, err);
		if (got == 0)
			got = figures_csv_block(c, &b, err);
	}
	buf_release(&bytes);
	if (got == 0)
		return figures_csv_end(c, err);
	figures_csv_abort(c);
	return NULL;
}
