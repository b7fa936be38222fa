/* Names and types of an expression, one node at a time. Over 500 lines because the tables of what there is (attributes, functions,
 * quantifiers) stand beside the code that looks them up: what a pack may say is all here. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>

#define MAX_NEST 100

static const struct enumeration witness = {
	.name = { "level", 5 },
	.values = (struct str[]){ { "low", 3 }, { "medium", 6 }, { "high", 4 } },
	.count = 3,
};

enum given { V_BOOL, V_NUMBER, V_DATE, V_TEXT, V_REGION, V_ID, V_LEVEL, V_PERSON, V_PERSONS, V_HOUSEHOLD, V_HOUSEHOLDS,
	V_REGISTERS, V_HOME, V_REGISTER_ROW, V_REGISTER_ROWS };

/* What each sort of item has beside columns, terms and kinds. */
static const struct {
	enum item item;
	const char *name;
	enum attribute attribute;
	enum given given;
} attributes[] = {
	{ ITEM_PERSON, "id", A_ID, V_ID },
	{ ITEM_PERSON, "age", A_AGE, V_NUMBER },
	{ ITEM_PERSON, "male", A_MALE, V_BOOL },
	{ ITEM_PERSON, "alive", A_ALIVE, V_BOOL },
	{ ITEM_PERSON, "registered", A_REGISTERED, V_BOOL },
	{ ITEM_PERSON, "member", A_MEMBER, V_BOOL },
	{ ITEM_PERSON, "maybe_registered", A_MAYBE_REGISTERED, V_BOOL },
	{ ITEM_PERSON, "name", A_NAME, V_TEXT },
	{ ITEM_PERSON, "home", A_HOME, V_HOME },
	{ ITEM_PERSON, "household", A_HOUSEHOLD, V_HOUSEHOLD },
	{ ITEM_PERSON, "registers", A_REGISTERS, V_REGISTERS },
	{ ITEM_HOUSEHOLD, "people", A_PEOPLE, V_PERSONS },
	{ ITEM_HOUSEHOLD, "region", A_REGION, V_REGION },
	{ ITEM_HOUSEHOLD, "household_no", A_NUMBER, V_TEXT },
	{ ITEM_HOUSEHOLD, "split_on", A_SPLIT_ON, V_DATE },
	{ ITEM_HOUSEHOLD, "split_from", A_SPLIT_FROM, V_TEXT },
	{ ITEM_HOUSEHOLD, "collective", A_COLLECTIVE, V_BOOL },
	{ ITEM_HOUSEHOLD, "registered", A_REGISTERED, V_BOOL },
	{ ITEM_HOUSEHOLD, "maybe_registered", A_MAYBE_REGISTERED, V_BOOL },
	{ ITEM_HOUSEHOLD, "source", A_SOURCE, V_HOUSEHOLD },
	{ ITEM_HOUSEHOLD, "branches", A_BRANCHES, V_HOUSEHOLDS },
	{ ITEM_REGISTER, "members", A_MEMBERS, V_PERSONS },
	{ ITEM_REGISTER, "family", A_FAMILY, V_PERSONS },
	{ ITEM_REGISTER, "head", A_HEAD, V_REGISTER_ROW },
	{ ITEM_REGISTER, "rows", A_ROWS, V_REGISTER_ROWS },
	{ ITEM_REGISTER, "refused", A_REFUSED, V_NUMBER },
	{ ITEM_VILLAGE, "all", A_ALL, V_NUMBER },
	{ ITEM_VILLAGE, "split", A_SPLIT, V_NUMBER },
	{ ITEM_VILLAGE, "region", A_REGION, V_REGION },
	{ ITEM_ROW, "witness", A_WITNESS, V_LEVEL },
	{ ITEM_ROW, "weak", A_WEAK, V_BOOL },
	{ ITEM_ROW, "persons", A_PERSONS, V_PERSONS },
	{ ITEM_ROW, "person", A_PERSONS, V_PERSON },
	{ ITEM_ROW, "partner", A_PARTNER, V_PERSON },
};

static const struct {
	const char *name;
	enum function function;
	enum value_type of, to;
} functions[] = {
	{ "year", F_YEAR, VT_DATE, VT_NUMBER },        { "county", F_COUNTY, VT_REGION, VT_REGION },
	{ "township", F_TOWNSHIP, VT_REGION, VT_REGION }, { "in_village", F_IN_VILLAGE, VT_REGION, VT_BOOL },
	{ "squeeze", F_SQUEEZE, VT_TEXT, VT_TEXT },    { "level", F_LEVEL, VT_CERT, VT_NUMBER },
	{ "category", F_CATEGORY, VT_CERT, VT_NUMBER }, { "contains", F_CONTAINS, VT_TEXT, VT_BOOL },
};

static const struct {
	const char *name;
	enum op op;
	bool value; /* the second argument is a value, not a condition, and must be there */
} quantifiers[] = {
	{ "any", E_ANY, false }, { "all", E_ALL, false }, { "none", E_NOT_ANY, false }, { "count", E_COUNT, false },
	{ "sum", E_SUM, true },  { "min", E_MIN, true },  { "max", E_MAX, true },       { "latest", E_LATEST, true },
};

static int check(struct checker *c, struct expr *e, const struct scope *scope, const struct enumeration *expected);

static int fail(struct checker *c, const struct expr *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int fail(struct checker *c, const struct expr *e, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return err_set(c->err, STATUS_CONFIG, "%s:%u:%u: %s", c->file, e->line, e->column, text);
}

static struct static_type set_of(enum item item, int kind, bool single)
{
	return (struct static_type){ VT_SET, NULL, item, kind, single };
}

static int role_kind(const struct checker *c, enum role role)
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
	int i = kind_column(k, e->text);
	return i < 0 ? 0 : place(e, op, depth, (unsigned)i, type_of_column(&k->columns[i]));
}

static int find_attribute(struct checker *c, struct expr *e, unsigned depth, enum item item)
{
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
		if (attributes[i].item != item || !str_eq(e->text, str_of(attributes[i].name)))
			continue;
		if (attributes[i].attribute == A_MEMBER)
			c->asks_unit = true;
		return place(e, E_ATTRIBUTE, depth, attributes[i].attribute, type_given(c, attributes[i].given));
	}
	return 0;
}

static int find_term(struct checker *c, struct expr *e, unsigned depth, const struct scope *s)
{
	for (unsigned i = 0; i < c->pack->term_count; i++) {
		struct term *t = &c->pack->terms[i];
		if (t->item != s->item || (t->item == ITEM_ROW && t->kind != s->kind) || !str_eq(t->name, e->text))
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
static int find_in(struct checker *c, struct expr *e, unsigned depth, const struct scope *s)
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
		const struct kind *k = schema_kind(c->pack->schema, e->text);
		if (k && k->ids[0] >= 0)
			r = place(e, E_KIND, depth, k->index, set_of(ITEM_ROW, (int)k->index, false));
	}
	return r;
}

static int find_global(struct checker *c, struct expr *e)
{
	if (str_eq(e->text, STR("D"))) {
		e->number = c->pack->as_of;
		return place(e, E_DATE, 0, 0, (struct static_type){ .type = VT_DATE });
	}
	if (c->evidence_known && str_eq(e->text, STR("evidence")))
		return place(e, E_EVIDENCE, 0, 0, c->evidence_type);
	if (c->nature_known && str_eq(e->text, STR("nature")))
		return place(e, E_NATURE, 0, 0, (struct static_type){ .type = VT_ENUM, .enumeration = &c->pack->natures });
	if (str_eq(e->text, STR("true")) || str_eq(e->text, STR("false"))) {
		e->number = e->text.p[0] == 't';
		return place(e, E_BOOL, 0, 0, (struct static_type){ .type = VT_BOOL });
	}
	for (unsigned i = 0; i < c->pack->parameter_count; i++) {
		const struct parameter *p = &c->pack->parameters[i];
		if (!str_eq(p->name, e->text) || p->years)
			continue;
		e->number = p->value;
		return place(e, p->type == VT_DATE ? E_DATE : E_NUMBER, 0, 0, (struct static_type){ .type = p->type });
	}
	return 0;
}

static int check_name(struct checker *c, struct expr *e, const struct scope *scope, const struct enumeration *expected)
{
	for (unsigned i = 0; expected && i < expected->count; i++)
		if (str_eq(expected->values[i], e->text)) {
			e->number = i;
			return place(e, E_ENUM, 0, 0, (struct static_type){ .type = VT_ENUM, .enumeration = expected }) - 1;
		}
	unsigned depth = 0;
	for (const struct scope *s = scope; s; s = s->up, depth++) {
		if (s->alias.n && str_eq(s->alias, e->text)) {
			c->asks_unit |= str_eq(s->alias, STR("unit"));
			return place(e, E_SELF, depth, 0, set_of(s->item, s->kind, true)) - 1;
		}
		int r = find_in(c, e, depth, s);
		if (r)
			return r < 0 ? -1 : 0;
	}
	if (find_global(c, e))
		return 0;
	return fail(c, e, "'%.*s' is not known here", STR_ARG(e->text));
}

/* An alias ("set as x") gives the frame of each item a name. */
static struct expr *without_alias(struct expr *e, struct str *ret_alias)
{
	*ret_alias = (struct str){ 0 };
	if (e->op != E_AS)
		return e;
	*ret_alias = e->text;
	return e->a;
}

static int check_set(struct checker *c, struct expr **e, const struct scope *scope, struct scope *ret_inner)
{
	struct str alias;
	*e = without_alias(*e, &alias);
	if (check(c, *e, scope, NULL) < 0)
		return -1;
	if ((*e)->type.type != VT_SET)
		return fail(c, *e, "a set of people, households or rows is needed here");
	*ret_inner = (struct scope){ (*e)->type.item, (*e)->type.kind, alias, scope };
	return 0;
}

static int check_dot(struct checker *c, struct expr *e, const struct scope *scope)
{
	struct scope inner;
	if (check_set(c, &e->a, scope, &inner) < 0)
		return -1;
	struct expr *b = arena_alloc(&c->pack->arena, sizeof *b);
	*b = (struct expr){ .op = E_NAME, .line = e->line, .column = e->column, .text = e->text };
	int r = find_in(c, b, 0, &inner);
	if (r < 0)
		return -1;
	if (r == 0)
		return fail(c, e, "nothing here has a '%.*s'", STR_ARG(e->text));
	e->op = E_PATH;
	e->b = b;
	e->type = b->type;
	if (b->type.type == VT_SET)
		e->type.single = b->type.single && e->a->type.single;
	else if (!e->a->type.single)
		return fail(c, e, "there may be several; ask any(..., %.*s ...) or sum, min, max", STR_ARG(e->text));
	return 0;
}

static int check_filter(struct checker *c, struct expr *e, const struct scope *scope)
{
	struct scope inner;
	if (check_set(c, &e->a, scope, &inner) < 0)
		return -1;
	if (check_condition(c, e->b, &inner) < 0)
		return -1;
	e->type = e->a->type;
	return 0;
}

static int check_quantifier(struct checker *c, struct expr *e, const struct scope *scope, enum op op, bool value)
{
	struct scope inner;
	if (e->arg_count > 2 || (value && e->arg_count != 2))
		return fail(c, e, "%.*s takes a set and %s", STR_ARG(e->text), value ? "a value" : "perhaps a condition");
	e->op = op;
	e->a = e->args[0];
	e->b = e->arg_count == 2 ? e->args[1] : NULL;
	if (check_set(c, &e->a, scope, &inner) < 0)
		return -1;
	if (e->b && !value && check_condition(c, e->b, &inner) < 0)
		return -1;
	if (e->b && value && check(c, e->b, &inner, NULL) < 0)
		return -1;
	if (value && e->b->type.type == VT_SET)
		return fail(c, e->b, "a value is needed here, not a set");
	if (op == E_SUM && e->b->type.type != VT_NUMBER)
		return fail(c, e->b, "a number is needed here");
	if (op == E_LATEST) {
		e->type = e->a->type;
		e->type.single = true;
	} else if (op == E_MIN || op == E_MAX) {
		e->type = e->b->type;
	} else {
		e->type = (struct static_type){ .type = op == E_COUNT || op == E_SUM ? VT_NUMBER : VT_BOOL };
	}
	return 0;
}

static int check_lookup(struct checker *c, struct expr *e, const struct scope *scope, const struct parameter *p)
{
	if (e->arg_count > 2)
		return fail(c, e, "%.*s takes a year and perhaps a region", STR_ARG(e->text));
	e->op = E_LOOKUP;
	e->parameter = p;
	e->a = e->args[0];
	e->b = e->arg_count == 2 ? e->args[1] : NULL;
	e->type = (struct static_type){ .type = p->type };
	if (check(c, e->a, scope, NULL) < 0 || (e->b && check(c, e->b, scope, NULL) < 0))
		return -1;
	if (e->a->type.type != VT_NUMBER)
		return fail(c, e->a, "a year is needed here");
	if (e->b && e->b->type.type != VT_REGION)
		return fail(c, e->b, "a region is needed here");
	return 0;
}

static int check_fires(struct checker *c, struct expr *e)
{
	if (e->arg_count != 1 || e->args[0]->op != E_NAME)
		return fail(c, e, "fires takes the code of a rule");
	for (unsigned i = 0; i < c->pack->rule_count; i++) {
		if (!str_eq(c->pack->rules[i].code, e->args[0]->text))
			continue;
		e->op = E_FIRES;
		e->index = i;
		e->type = (struct static_type){ .type = VT_BOOL };
		return 0;
	}
	return fail(c, e->args[0], "there is no rule '%.*s'", STR_ARG(e->args[0]->text));
}

static int check_call(struct checker *c, struct expr *e, const struct scope *scope)
{
	for (size_t i = 0; i < sizeof quantifiers / sizeof *quantifiers; i++)
		if (str_eq(e->text, str_of(quantifiers[i].name)))
			return check_quantifier(c, e, scope, quantifiers[i].op, quantifiers[i].value);
	if (str_eq(e->text, STR("fires")))
		return check_fires(c, e);
	for (unsigned i = 0; i < c->pack->parameter_count; i++)
		if (c->pack->parameters[i].years && str_eq(e->text, c->pack->parameters[i].name))
			return check_lookup(c, e, scope, &c->pack->parameters[i]);
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		if (!str_eq(e->text, str_of(functions[i].name)))
			continue;
		unsigned takes = functions[i].function == F_CONTAINS ? 2 : 1;
		if (e->arg_count != takes)
			return fail(c, e, "%s takes %s", functions[i].name, takes == 2 ? "two values" : "one value");
		e->op = E_FUNCTION;
		e->index = functions[i].function;
		e->type = (struct static_type){ .type = functions[i].to };
		for (unsigned k = 0; k < takes; k++)
			if (check(c, e->args[k], scope, NULL) < 0)
				return -1;
			else if (e->args[k]->type.type != functions[i].of)
				return fail(c, e->args[k], "%s does not take this", functions[i].name);
		e->a = e->args[0];
		e->b = takes == 2 ? e->args[1] : NULL;
		return 0;
	}
	return fail(c, e, "there is no function '%.*s'", STR_ARG(e->text));
}

/* Two values may be compared when they are of one type, and of one enumeration. */
static int comparable(struct checker *c, const struct expr *a, const struct expr *b)
{
	if (a->type.type == VT_SET || a->type.type != b->type.type || a->type.enumeration != b->type.enumeration)
		return fail(c, b, "this cannot be compared with what stands before it");
	return 0;
}

static int check_compare(struct checker *c, struct expr *e, const struct scope *scope)
{
	if (check(c, e->a, scope, NULL) < 0 || check(c, e->b, scope, e->a->type.enumeration) < 0)
		return -1;
	e->type = (struct static_type){ .type = VT_BOOL };
	bool order = e->op != E_EQ && e->op != E_NE;
	if (order && e->a->type.type != VT_NUMBER && e->a->type.type != VT_DATE)
		return fail(c, e, "only numbers and dates have an order");
	return comparable(c, e->a, e->b);
}

static int check_in(struct checker *c, struct expr *e, const struct scope *scope)
{
	if (check(c, e->a, scope, NULL) < 0)
		return -1;
	e->type = (struct static_type){ .type = VT_BOOL };
	for (unsigned i = 0; i < e->arg_count; i++) {
		struct expr *v = e->args[i];
		bool range = v->op == E_RANGE;
		if (check(c, range ? v->a : v, scope, e->a->type.enumeration) < 0 || comparable(c, e->a, range ? v->a : v) < 0)
			return -1;
		if (range && (check(c, v->b, scope, NULL) < 0 || comparable(c, e->a, v->b) < 0))
			return -1;
		if (range && e->a->type.type != VT_NUMBER && e->a->type.type != VT_DATE)
			return fail(c, v, "only numbers and dates have an order");
	}
	return 0;
}

static int check_arithmetic(struct checker *c, struct expr *e, const struct scope *scope)
{
	if (check(c, e->a, scope, NULL) < 0 || (e->b && check(c, e->b, scope, NULL) < 0))
		return -1;
	e->type = e->a->type;
	if (e->op == E_ADD && e->a->type.type == VT_SET && e->b->type.type == VT_SET) {
		if (e->a->type.item != e->b->type.item)
			return fail(c, e, "people, households and rows cannot be put together");
		e->op = E_UNION;
		e->type.single = false;
		if (e->a->type.kind != e->b->type.kind)
			e->type.kind = -1;
		return 0;
	}
	bool date = e->a->type.type == VT_DATE && e->b && e->op != E_MULTIPLY;
	if (e->b && e->b->type.type != VT_NUMBER && !(date && e->op == E_SUBTRACT && e->b->type.type == VT_DATE))
		return fail(c, e->b, "a number is needed here");
	if (!date && e->a->type.type != VT_NUMBER)
		return fail(c, e->a, "a number or a date is needed here");
	if (date && e->b->type.type == VT_DATE)
		e->type = (struct static_type){ .type = VT_NUMBER };
	return 0;
}

static int check_logic(struct checker *c, struct expr *e, const struct scope *scope)
{
	e->type = (struct static_type){ .type = VT_BOOL };
	if (check_condition(c, e->a, scope) < 0)
		return -1;
	return e->b ? check_condition(c, e->b, scope) : 0;
}

static int check_is(struct checker *c, struct expr *e, const struct scope *scope)
{
	if (check(c, e->a, scope, NULL) < 0)
		return -1;
	e->type = (struct static_type){ .type = VT_BOOL };
	if (e->op != E_IS_NULL && e->a->type.type != VT_BOOL)
		return fail(c, e->a, "only yes-or-no values are true or false");
	if (e->a->type.type == VT_SET)
		return fail(c, e->a, "a set is never null; ask none(...)");
	return 0;
}

static int check_node(struct checker *c, struct expr *e, const struct scope *scope, const struct enumeration *expected)
{
	switch (e->op) {
	case E_NUMBER: e->type = (struct static_type){ .type = VT_NUMBER }; return 0;
	case E_DATE: e->type = (struct static_type){ .type = VT_DATE }; return 0;
	case E_TEXT: e->type = (struct static_type){ .type = VT_TEXT }; return 0;
	case E_NAME: return check_name(c, e, scope, expected);
	case E_DOT: return check_dot(c, e, scope);
	case E_FILTER: return check_filter(c, e, scope);
	case E_CALL: return check_call(c, e, scope);
	case E_EQ: case E_NE: case E_LT: case E_LE: case E_GT: case E_GE: return check_compare(c, e, scope);
	case E_IN: return check_in(c, e, scope);
	case E_IS_NULL: case E_IS_TRUE: case E_IS_FALSE: return check_is(c, e, scope);
	case E_AND: case E_OR: case E_NOT: return check_logic(c, e, scope);
	case E_ADD: case E_SUBTRACT: case E_MULTIPLY: case E_NEGATE: return check_arithmetic(c, e, scope);
	case E_AS: return fail(c, e, "'as' gives a name to the items of a set that is filtered or counted");
	default: return fail(c, e, "this cannot stand here");
	}
}

static int check(struct checker *c, struct expr *e, const struct scope *scope, const struct enumeration *expected)
{
	if (++c->depth > MAX_NEST)
		return fail(c, e, "is nested too deeply; give parts of it a name under terms");
	int r = check_node(c, e, scope, expected);
	c->depth--;
	return r;
}

int check_condition(struct checker *c, struct expr *e, const struct scope *scope)
{
	if (check(c, e, scope, NULL) < 0)
		return -1;
	return e->type.type == VT_BOOL ? 0 : fail(c, e, "a condition is needed here: something that is true or false");
}

int check_rows(struct checker *c, struct expr *e, const struct scope *scope)
{
	if (check(c, e, scope, NULL) < 0)
		return -1;
	return e->type.type == VT_SET && e->type.item == ITEM_ROW ? 0 : fail(c, e, "a set of rows is needed here");
}

int check_term(struct checker *c, struct term *t)
{
	if (t->checked == 2)
		return 0;
	if (t->checked == 1)
		return fail(c, t->expr, "term '%.*s' is defined by itself", STR_ARG(t->name));
	t->checked = 1;
	bool outer = c->asks_unit;
	c->asks_unit = false;
	struct scope scope = { t->item, t->kind, STR("this"), NULL };
	if (check(c, t->expr, &scope, NULL) < 0)
		return -1;
	t->asks_unit = c->asks_unit;
	c->asks_unit = outer;
	t->checked = 2;
	return 0;
}
