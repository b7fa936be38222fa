/* A whole dossier: who, where, what the departments say, and every rule. */
#include "internal.h"

#include "id/id.h"

static void heading(struct explain *x, enum phrase p)
{
	buf_printf(&x->out, "\n%s\n", in_words(x, p));
}

static void tell_more(struct explain *x, uint32_t n)
{
	if (n <= MAX_TOLD)
		return;
	buf_puts(&x->out, STR("  "));
	buf_printf(&x->out, in_words(x, SAY_MORE), n - MAX_TOLD);
	buf_putc(&x->out, '\n');
}

static void tell_person(struct explain *x, uint32_t i)
{
	const struct dossier *d = look_dossier(x->look);
	const struct person *p = &d->persons[i];
	struct buf *b = &x->out;
	buf_puts(b, STR("  "));
	put_item(x, ITEM_PERSON, i, false);
	buf_printf(b, ", %s, ", in_words(x, id_male(p->key) ? SAY_MALE : SAY_FEMALE));
	buf_printf(b, in_words(x, SAY_YEARS), age_at(id_birthday(p->key), d->pack->as_of));
	buf_printf(b, ", %s, ", in_words(x, p->alive ? SAY_ALIVE : SAY_DEAD));
	if (p->household != NONE)
		put_unit(x, (struct explain_unit){ UNIT_HOUSEHOLD, p->household });
	else if (p->home != NONE)
		put_item(x, ITEM_ROW, p->home, false);
	else
		buf_puts(b, str_of(in_words(x, SAY_NO_HOME)));
	for (uint32_t r = 0; r < p->registers.n; r++)
		buf_printf(b, ", %s %.*s", in_words(x, SAY_REGISTERED), STR_ARG(d->registers[p->registers.items[r]].number));
	if (!(p->flags & PERSON_PRINCIPAL))
		buf_printf(b, " (%s)", in_words(x, SAY_OTHERS));
	buf_putc(b, '\n');
}

static void tell_people(struct explain *x)
{
	const struct dossier *d = look_dossier(x->look);
	heading(x, SAY_PEOPLE);
	for (uint32_t i = 0; i < d->person_count && i < MAX_TOLD; i++)
		tell_person(x, i);
	tell_more(x, d->person_count);
}

static void tell_households(struct explain *x)
{
	const struct dossier *d = look_dossier(x->look);
	struct buf *b = &x->out;
	int year, month, day;
	if (d->household_count)
		heading(x, SAY_HOUSEHOLDS);
	for (uint32_t i = 0; i < d->household_count && i < MAX_TOLD; i++) {
		const struct household *h = &d->households[i];
		buf_puts(b, STR("  "));
		put_item(x, ITEM_HOUSEHOLD, i, false);
		buf_puts(b, STR(", "));
		buf_printf(b, in_words(x, SAY_PERSONS), h->people.n);
		if (h->region != VALUE_NULL)
			buf_printf(b, ", %012lld", (long long)h->region);
		if (h->collective)
			buf_printf(b, ", %s", in_words(x, SAY_COLLECTIVE));
		if (h->split_on != VALUE_NULL) {
			day_split((int32_t)h->split_on, &year, &month, &day);
			buf_printf(b, ", %s %04d-%02d-%02d", in_words(x, SAY_SPLIT), year, month, day);
		}
		buf_printf(b, "%s%s%s\n", h->principal ? "" : " (", h->principal ? "" : in_words(x, SAY_OTHERS), h->principal ? "" : ")");
	}
}

static void tell_registers(struct explain *x)
{
	const struct dossier *d = look_dossier(x->look);
	struct buf *b = &x->out;
	if (d->register_count)
		heading(x, SAY_REGISTERS);
	for (uint32_t i = 0; i < d->register_count && i < MAX_TOLD; i++) {
		buf_printf(b, "  %.*s, ", STR_ARG(d->registers[i].number));
		buf_printf(b, in_words(x, SAY_PERSONS), d->registers[i].members.n);
		buf_printf(b, "%s%s%s\n", d->registers[i].principal ? "" : " (", d->registers[i].principal ? "" : in_words(x, SAY_OTHERS), d->registers[i].principal ? "" : ")");
	}
}

static void tell_rows(struct explain *x)
{
	const struct dossier *d = look_dossier(x->look);
	heading(x, SAY_ROWS);
	for (uint32_t i = 0; i < d->row_count && i < MAX_TOLD; i++) {
		buf_puts(&x->out, STR("  "));
		look_row(x->look, i, &x->out);
		buf_putc(&x->out, '\n');
	}
	tell_more(x, d->row_count);
}

static void tell_unit(struct explain *x, struct explain_unit u)
{
	for (unsigned i = 0; i < x->pack->rule_count; i++)
		if (x->pack->rules[i].unit == u.unit)
			tell_rule(x, &x->pack->rules[i], u, true);
}

void tell_dossier(struct explain *x)
{
	struct explain_unit units[MAX_UNITS];
	put_unit(x, x->target);
	buf_putc(&x->out, '\n');
	if (x->target.unit != UNIT_VILLAGE) {
		tell_people(x);
		tell_households(x);
		tell_registers(x);
		tell_rows(x);
	}
	heading(x, SAY_RULES);
	for (int unit = 0; unit < UNIT_COUNT; unit++) {
		unsigned n = units_of(x, (enum unit)unit, units);
		for (unsigned i = 0; i < n; i++)
			tell_unit(x, units[i]);
	}
}
