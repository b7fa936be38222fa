/* What a name in an expression means: the nearest item that has it, then what holds everywhere; and what was meant by one that means nothing. */
#include "names.h"

#include "base/lang.h"
#include "base/suggest.h"

#include <stdarg.h>
#include <stdio.h>

static const struct enumeration witness = {
	.name = { "level", 5 },
	.values = (struct str[]){ { "low", 3 }, { "medium", 6 }, { "high", 4 } },
	.count = 3,
};

int check_fail(struct checker *c, const struct expr *e, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, say(fmt), ap);
	va_end(ap);
	fault_add(c->faults, false, e->line, e->column, str_of(text));
	return -1;
}

struct static_type set_of(enum item item, int kind, bool single)
{
	return (struct static_type){ .type = VT_SET, .item = item, .kind = kind, .single = single };
}

int role_kind(const struct checker *c, enum role role)
{
	const struct kind *k = schema_role(c->pack->schema, role);
	return k ? (int)k->index : -1;
}

static struct static_type type_given(const struct checker *c, enum given given)
{
	static const enum value_type simple[] = { [V_BOOL] = VT_BOOL, [V_NUMBER] = VT_NUMBER, [V_DATE] = VT_DATE, [V_TEXT] = VT_TEXT,
		[V_REGION] = VT_REGION, [V_ID] = VT_CERT, [V_LEVEL] = VT_ENUM };
	switch (given) {
	case V_PERSON: case V_PERSONS: return set_of(ITEM_PERSON, -1, given == V_PERSON);
	case V_HOUSEHOLD: case V_HOUSEHOLDS: return set_of(ITEM_HOUSEHOLD, -1, given == V_HOUSEHOLD);
	case V_REGISTERS: return set_of(ITEM_REGISTER, -1, false);
	case V_HOME: return set_of(ITEM_ROW, role_kind(c, ROLE_HOUSEHOLDS), true);
	case V_REGISTER_ROW: case V_REGISTER_ROWS: return set_of(ITEM_ROW, role_kind(c, ROLE_REGISTER), given == V_REGISTER_ROW);
	default: return (struct static_type){ .type = simple[given], .enumeration = given == V_LEVEL ? &witness : NULL };
	}
}

static struct static_type type_of_column(const struct column *col)
{
	static const enum value_type types[] = { [TYPE_TEXT] = VT_TEXT, [TYPE_NAME] = VT_TEXT, [TYPE_ID] = VT_CERT,
		[TYPE_CERT] = VT_CERT, [TYPE_DATE] = VT_DATE, [TYPE_YEAR] = VT_NUMBER, [TYPE_MONEY] = VT_NUMBER,
		[TYPE_BOOL] = VT_BOOL, [TYPE_REGION] = VT_REGION, [TYPE_GRADE] = VT_ENUM, [TYPE_ENUM] = VT_ENUM };
	return (struct static_type){ .type = types[col->type], .enumeration = col->enumeration };
}

static int place(struct expr *e, enum op op, unsigned depth, unsigned index, struct static_type type)
{
	e->op = op;
	e->depth = depth;
	e->index = index;
	e->type = type;
	return 1;
}

static int find_column(struct checker *c, struct expr *e, unsigned depth, int kind, enum op op)
{
	if (kind < 0)
		return 0;
	const struct kind *k = &c->pack->schema->kinds[kind];
	int i = column_word(k, e->text);
	return i < 0 ? 0 : place(e, op, depth, (unsigned)i, type_of_column(&k->columns[i]));
}

static int find_attribute(struct checker *c, struct expr *e, unsigned depth, enum item item)
{
	for (size_t i = 0; i < attribute_word_count; i++) {
		const struct attribute_word *w = &attribute_words[i];
		if (w->item != item || !words_have(e->text, w->en, w->zh, w->zh2))
			continue;
		if (w->attribute == A_MEMBER)
			c->asks_unit = true;
		return place(e, E_ATTRIBUTE, depth, w->attribute, type_given(c, w->given));
	}
	return 0;
}

bool is_called(struct str name, struct str title, struct str text)
{
	return str_eq(name, text) || (title.n && str_eq(title, text));
}

static int find_term(struct checker *c, struct expr *e, unsigned depth, const struct scope *s)
{
	for (unsigned i = 0; i < c->pack->term_count; i++) {
		struct term *t = &c->pack->terms[i];
		if (t->item != s->item || (t->item == ITEM_ROW && t->kind != s->kind) || !is_called(t->name, t->title_zh, e->text))
			continue;
		if (check_term(c, t) < 0)
			return -1;
		c->asks_unit |= t->asks_unit;
		e->term = t;
		return place(e, E_TERM, depth, i, t->expr->type);
	}
	return 0;
}

/* What the item of one frame has under the name: 1 found, 0 not, -1 error. */
int find_in(struct checker *c, struct expr *e, unsigned depth, const struct scope *s)
{
	int r = 0;
	if (s->item == ITEM_ROW)
		r = find_column(c, e, depth, s->kind, E_COLUMN);
	if (r == 0)
		r = find_attribute(c, e, depth, s->item);
	if (r == 0 && s->item == ITEM_REGISTER)
		r = find_column(c, e, depth, role_kind(c, ROLE_REGISTER), E_HEAD);
	if (r == 0)
		r = find_term(c, e, depth, s);
	if (r == 0 && s->item == ITEM_PERSON) {
		const struct kind *k = kind_word(c->pack->schema, e->text);
		if (k && k->ids[0] >= 0)
			r = place(e, E_KIND, depth, k->index, set_of(ITEM_ROW, (int)k->index, false));
	}
	return r;
}

static int find_parameter(struct checker *c, struct expr *e, const struct parameter *p)
{
	if (p->years)
		return check_fail(c, e, p->by_region ? N_("'%.*s' is not the same in all counties; write %.*s(region)")
		                               : N_("'%.*s' is not the same in all years; write %.*s(year, region)"),
		            STR_ARG(p->name), STR_ARG(p->name));
	e->number = p->value;
	e->parameter = p;
	return place(e, p->type == VT_DATE ? E_DATE : E_NUMBER, 0, 0, (struct static_type){ .type = p->type });
}

static int find_global(struct checker *c, struct expr *e)
{
	if (word_is(e->text, "D")) {
		e->text = STR("D");
		e->number = c->pack->as_of;
		e->moves = true;
		return place(e, E_DATE, 0, 0, (struct static_type){ .type = VT_DATE });
	}
	if (c->evidence_broken && word_is(e->text, "evidence"))
		return -1;
	if (c->evidence_known && word_is(e->text, "evidence"))
		return place(e, E_EVIDENCE, 0, 0, c->evidence_type);
	if (c->nature_known && word_is(e->text, "nature"))
		return place(e, E_NATURE, 0, 0, (struct static_type){ .type = VT_ENUM, .enumeration = &c->pack->natures });
	if (word_is(e->text, "true") || word_is(e->text, "false")) {
		e->number = word_is(e->text, "true");
		return place(e, E_BOOL, 0, 0, (struct static_type){ .type = VT_BOOL });
	}
	for (unsigned i = 0; i < c->pack->parameter_count; i++)
		if (is_called(c->pack->parameters[i].name, c->pack->parameters[i].title_zh, e->text))
			return find_parameter(c, e, &c->pack->parameters[i]);
	return 0;
}

/* ---- a name that is not known -------------------------------------------------------------------------------------------------------- */

void suggest_words(struct suggestion *s, const char *en, const char *zh)
{
	suggest(s, str_of(en));
	if (zh)
		suggest(s, str_of(zh));
}

static void suggest_columns(struct suggestion *s, const struct kind *k)
{
	for (unsigned i = 0; i < k->column_count; i++) {
		suggest(s, k->columns[i].name);
		for (unsigned w = 0; w < k->columns[i].spelling_count; w++)
			suggest(s, k->columns[i].spellings[w]);
	}
}

static void suggest_kinds(struct suggestion *s, const struct schema *schema)
{
	for (unsigned i = 0; i < schema->kind_count; i++) {
		const struct kind *k = &schema->kinds[i];
		if (k->ids[0] < 0)
			continue;
		suggest(s, k->name);
		for (unsigned w = 0; w < k->word_count; w++)
			suggest(s, k->words[w]);
	}
}

/* All that find_in could have found. */
void suggest_in(const struct checker *c, struct suggestion *s, const struct scope *scope)
{
	const struct pack *p = c->pack;
	int kind = scope->item == ITEM_ROW ? scope->kind : scope->item == ITEM_REGISTER ? role_kind(c, ROLE_REGISTER) : -1;
	if (kind >= 0)
		suggest_columns(s, &p->schema->kinds[kind]);
	for (size_t i = 0; i < attribute_word_count; i++)
		if (attribute_words[i].item == scope->item)
			suggest_words(s, attribute_words[i].en, attribute_words[i].zh);
	for (unsigned i = 0; i < p->term_count; i++)
		if (p->terms[i].item == scope->item && (scope->item != ITEM_ROW || p->terms[i].kind == scope->kind))
			suggest(s, p->terms[i].name);
	if (scope->item == ITEM_PERSON)
		suggest_kinds(s, p->schema);
	suggest(s, scope->alias);
}

int unknown(struct checker *c, const struct expr *e, const struct suggestion *s, const char *what, const char *what_then)
{
	if (s->best.n)
		return check_fail(c, e, what_then, STR_ARG(e->text), STR_ARG(s->best));
	return check_fail(c, e, what, STR_ARG(e->text));
}

static int unknown_name(struct checker *c, const struct expr *e, const struct scope *scope, const struct enumeration *expected)
{
	struct suggestion s = { .wanted = e->text };
	for (unsigned i = 0; expected && i < expected->count; i++)
		suggest(&s, expected->values[i]);
	for (unsigned i = 0; expected && i < expected->spelling_count; i++)
		suggest(&s, expected->spellings[i].text);
	for (; scope; scope = scope->up)
		suggest_in(c, &s, scope);
	for (unsigned i = 0; i < c->pack->parameter_count; i++)
		suggest(&s, c->pack->parameters[i].name);
	return unknown(c, e, &s, N_("'%.*s' is not known here"), N_("'%.*s' is not known here; did you mean '%.*s'?"));
}

/* ---- names -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_alias(struct str alias, struct str text)
{
	static const char *const own[] = { "unit", "this", "row" };
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (str_eq(alias, str_of(own[i])) && word_is(text, own[i]))
			return true;
	return alias.n && str_eq(alias, text);
}

int check_name(struct checker *c, struct expr *e, const struct scope *scope, const struct enumeration *expected)
{
	int value = expected ? enumeration_word(expected, e->text) : -1;
	if (value >= 0) {
		e->number = value;
		return place(e, E_ENUM, 0, 0, (struct static_type){ .type = VT_ENUM, .enumeration = expected }) - 1;
	}
	unsigned depth = 0;
	for (const struct scope *s = scope; s; s = s->up, depth++) {
		if (is_alias(s->alias, e->text)) {
			c->asks_unit |= str_eq(s->alias, STR("unit"));
			return place(e, E_SELF, depth, 0, set_of(s->item, s->kind, true)) - 1;
		}
		int r = find_in(c, e, depth, s);
		if (r)
			return r < 0 ? -1 : 0;
	}
	int r = find_global(c, e);
	if (r)
		return r < 0 ? -1 : 0;
	return unknown_name(c, e, scope, expected);
}
