/* One rule asked about one unit: does it fire, and if so what the finding says. */
#include "internal.h"

#include "id/id.h"

#include <stdarg.h>
#include <stdio.h>

static struct str print(struct screener *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static struct str print(struct screener *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return arena_dup(&s->eval.arena, (struct str){ text, n < (int)sizeof text ? (size_t)n : sizeof text - 1 });
}

static struct str print_id(struct screener *s, uint64_t key)
{
	struct buf b = { arena_alloc(&s->eval.arena, ID_TEXT), 0, ID_TEXT };
	put_id(s, key, &b);
	return buf_str(&b);
}

static void name_row(struct screener *s, uint32_t row, struct finding *f)
{
	const struct dossier *d = &s->dossier;
	const struct dossier_row *r = &d->rows[row];
	const struct kind *k = &d->pack->schema->kinds[r->kind];
	f->head_name = k->name_column < 0 ? (struct str){ "", 0 } : row_text(k, r->row, &k->columns[k->name_column]);
	f->head_id = print_id(s, d->persons[r->persons[0]].key);
}

static void say_register(struct screener *s, uint32_t i, struct finding *f)
{
	const struct dossier *d = &s->dossier;
	const struct column *c = s->shared->register_status;
	int64_t status = head_number(d, i, c);
	f->unit_no = d->registers[i].number;
	f->region = register_region(s, i);
	f->persons = d->registers[i].members.n;
	f->status = status == VALUE_NULL ? (struct str){ "", 0 } : c->enumeration->values[status];
	name_row(s, d->registers[i].head, f);
}

#define COUNTY_DIGITS 6

static void say_household(struct screener *s, uint32_t i, struct finding *f)
{
	const struct household *h = &s->dossier.households[i];
	struct buf b = { arena_alloc(&s->eval.arena, h->number.n + COUNTY_DIGITS + 1), 0, h->number.n + COUNTY_DIGITS + 1 };
	if (h->county != NONE)
		buf_number(&b, h->county, COUNTY_DIGITS);
	buf_putc(&b, '-');
	buf_puts(&b, h->number);
	f->unit_no = buf_str(&b);
	f->region = h->region;
	f->persons = h->people.n;
	name_row(s, h->head, f);
}

static void say_person(struct screener *s, uint32_t i, struct set rows, struct finding *f)
{
	const struct person *p = &s->dossier.persons[i];
	f->unit_no = f->head_id = print_id(s, p->key);
	f->persons = 1;
	f->head_name = p->name.n ? p->name : evidence_name(s, rows);
	f->region = person_region(s, i, false);
	if (f->region == VALUE_NULL)
		f->region = evidence_region(s, rows);
}

static void say_village(struct screener *s, struct finding *f)
{
	const struct village_facts *v = s->eval.village;
	f->region = v->region;
	f->unit_no = print(s, "%012lld", (long long)v->region);
	f->persons = (uint32_t)v->all;
}

/* The text of a rule without rows: "all={all} split={split}". */
static struct str facts(struct screener *s, const struct rule *r, uint32_t index)
{
	const struct village_facts *v = s->eval.village;
	const struct {
		const char *name;
		uint64_t value;
	} known[] = { { "{all}", v ? v->all : 0 }, { "{split}", v ? v->split : 0 },
		{ "{refused}", r->unit == UNIT_REGISTER ? s->dossier.registers[index].refused : 0 } };
	struct buf b = { 0 };
	for (size_t i = 0; i < r->facts.n;) {
		size_t step = 0;
		for (size_t k = 0; k < sizeof known / sizeof *known && !step; k++) {
			size_t n = strlen(known[k].name);
			if (r->facts.n - i < n || memcmp(r->facts.p + i, known[k].name, n) != 0)
				continue;
			buf_printf(&b, "%llu", (unsigned long long)known[k].value);
			step = n;
		}
		if (!step)
			buf_putc(&b, r->facts.p[i]);
		i += step ? step : 1;
	}
	struct str text = arena_dup(&s->eval.arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static const struct choice *choose(struct screener *s, const struct choice *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!c[i].when || eval_condition(&s->eval, c[i].when) == TRI_TRUE)
			return &c[i];
	return NULL;
}

static void weigh(struct screener *s, const struct rule *r, struct finding *f)
{
	const struct choice *nature = choose(s, r->natures, r->nature_count);
	f->nature = nature ? nature->name : (struct str){ "", 0 };
	s->eval.nature = nature ? (int)(nature - r->natures) : -1;
	const struct choice *severity = choose(s, r->severities, r->severity_count);
	f->severity = severity ? (enum level)severity->value : LEVEL_LOW;
	f->core = r->core && eval_condition(&s->eval, r->core) == TRI_TRUE;
	if (r->core_when && !f->core && f->severity > LEVEL_MEDIUM)
		f->severity = LEVEL_MEDIUM;
}

/* The first veto with a row moves the finding to its own list and adds these rows. */
static struct set veto(struct screener *s, const struct rule *r, struct set rows, struct finding *f)
{
	for (unsigned i = 0; i < r->veto_count; i++) {
		struct set against = eval_set(&s->eval, r->vetoes[i].rows);
		if (!against.n)
			continue;
		f->list = LIST_VETOED;
		f->core = false;
		f->nature = r->vetoes[i].nature;
		return eval_union(&s->eval, rows, against);
	}
	return rows;
}

static enum level confidence(const struct screener *s, const struct rule *r, struct set rows)
{
	enum level best = LEVEL_LOW;
	if (!rows.n || r->list == LIST_VILLAGES || r->list == LIST_QUALITY)
		return LEVEL_HIGH;
	for (uint32_t i = 0; i < rows.n && best < LEVEL_HIGH; i++) {
		enum level one = row_confidence(&s->dossier, &s->dossier.rows[rows.items[i]]);
		best = one > best ? one : best;
	}
	return best;
}

static void doubt(struct screener *s, const struct rule *r, struct finding *f)
{
	if (!r->doubt.when || eval_condition(&s->eval, r->doubt.when) != TRI_TRUE)
		return;
	if (f->list != LIST_VETOED)
		f->nature = r->doubt.nature;
	f->confidence = LEVEL_LOW;
	f->core = false;
	if (f->severity > LEVEL_MEDIUM)
		f->severity = LEVEL_MEDIUM;
}

bool ask(struct screener *s, const struct rule *r, enum item item, uint32_t index, struct finding *ret)
{
	if (!eval_rule(&s->eval, r))
		return false;
	struct finding f = { .list = r->list, .rule = r->index, .unit = r->unit, .status = { "", 0 } };
	struct set rows = r->evidence ? eval_set(&s->eval, r->evidence) : (struct set){ 0 };
	s->eval.evidence = rows;
	weigh(s, r, &f);
	rows = veto(s, r, rows, &f);
	f.confidence = confidence(s, r, rows);
	doubt(s, r, &f);
	switch (item) {
	case ITEM_REGISTER: say_register(s, index, &f); break;
	case ITEM_HOUSEHOLD: say_household(s, index, &f); break;
	case ITEM_PERSON: say_person(s, index, rows, &f); break;
	default: say_village(s, &f); break;
	}
	evidence_of(s, rows, &f);
	if (r->facts.n)
		f.evidence = facts(s, r, index);
	finding_encode(&s->out, &f);
	s->found++;
	*ret = f;
	return true;
}
