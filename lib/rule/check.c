/* Types of an expression, one node at a time. A node whose parts are at fault says nothing more: each fault is told once. */
#include "names.h"

#include "base/lang.h"
#include "base/suggest.h"

#define MAX_NEST 100

static int check(struct checker *c, struct expr *e, const struct scope *scope, const struct enumeration *expected);

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
		return check_fail(c, *e, "a set of people, households or rows is needed here");
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
	if (r == 0) {
		struct suggestion s = { .wanted = e->text };
		suggest_in(c, &s, &inner);
		return unknown(c, e, &s, N_("nothing here has a '%.*s'"), N_("nothing here has a '%.*s'; did you mean '%.*s'?"));
	}
	e->op = E_PATH;
	e->b = b;
	e->text = inner.alias;
	e->type = b->type;
	e->own = inner.item == ITEM_PERSON ? own_of_person(c->pack, b) : TRIGGER_ALWAYS;
	if (b->type.type == VT_SET)
		e->type.single = b->type.single && e->a->type.single;
	else if (!e->a->type.single)
		return check_fail(c, e, "there may be several; ask any(..., %.*s ...) or sum, min, max", STR_ARG(b->text));
	return 0;
}

static int check_filter(struct checker *c, struct expr *e, const struct scope *scope)
{
	struct scope inner;
	if (check_set(c, &e->a, scope, &inner) < 0)
		return -1;
	e->text = inner.alias;
	if (check_condition(c, e->b, &inner) < 0)
		return -1;
	e->type = e->a->type;
	return 0;
}

static int check_quantifier(struct checker *c, struct expr *e, const struct scope *scope, enum op op, bool value)
{
	struct scope inner;
	if (e->arg_count > 2 || (value && e->arg_count != 2))
		return check_fail(c, e, value ? N_("%.*s takes a set and a value") : N_("%.*s takes a set and perhaps a condition"), STR_ARG(e->text));
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
		return check_fail(c, e->b, "a value is needed here, not a set");
	if (op == E_SUM && e->b->type.type != VT_NUMBER)
		return check_fail(c, e->b, "a number is needed here");
	if (op == E_LATEST) {
		e->type = e->a->type;
		e->type.single = true;
	} else if (op == E_MIN || op == E_MAX) {
		e->type = e->b->type;
	} else {
		e->type = (struct static_type){ .type = op == E_COUNT || op == E_SUM ? VT_NUMBER : VT_BOOL };
	}
	e->text = inner.alias;
	return 0;
}

static int check_region(struct checker *c, struct expr *e, const struct scope *scope)
{
	if (check(c, e, scope, NULL) < 0)
		return -1;
	return e->type.type == VT_REGION ? 0 : check_fail(c, e, "a region is needed here");
}

static int check_lookup(struct checker *c, struct expr *e, const struct scope *scope, const struct parameter *p)
{
	if (p->by_region ? e->arg_count != 1 : e->arg_count > 2)
		return check_fail(c, e, p->by_region ? N_("%.*s takes a region") : N_("%.*s takes a year and perhaps a region"), STR_ARG(p->name));
	e->op = E_LOOKUP;
	e->parameter = p;
	e->type = (struct static_type){ .type = p->type };
	if (p->by_region) {
		e->b = e->args[0];
		return check_region(c, e->b, scope);
	}
	e->a = e->args[0];
	e->b = e->arg_count == 2 ? e->args[1] : NULL;
	int r = check(c, e->a, scope, NULL);
	if (r == 0 && e->a->type.type != VT_NUMBER)
		r = check_fail(c, e->a, "a year is needed here");
	return e->b && check_region(c, e->b, scope) < 0 ? -1 : r;
}

static int check_fires(struct checker *c, struct expr *e)
{
	if (e->arg_count != 1 || e->args[0]->op != E_NAME)
		return check_fail(c, e, "fires takes the code of a rule");
	struct suggestion s = { .wanted = e->args[0]->text };
	for (unsigned i = 0; i < c->pack->rule_count; i++) {
		suggest(&s, c->pack->rules[i].code);
		if (!str_eq(c->pack->rules[i].code, e->args[0]->text))
			continue;
		e->op = E_FIRES;
		e->index = i;
		e->type = (struct static_type){ .type = VT_BOOL };
		return 0;
	}
	return unknown(c, e->args[0], &s, N_("there is no rule '%.*s'"), N_("there is no rule '%.*s'; did you mean '%.*s'?"));
}

static int check_function(struct checker *c, struct expr *e, const struct scope *scope, const struct function_word *f)
{
	unsigned takes = f->function == F_CONTAINS ? 2 : 1;
	int r = 0;
	if (e->arg_count != takes)
		return check_fail(c, e, takes == 2 ? N_("%s takes two values") : N_("%s takes one value"), f->en);
	e->op = E_FUNCTION;
	e->index = f->function;
	e->type = (struct static_type){ .type = f->to };
	for (unsigned k = 0; k < takes; k++)
		if (check(c, e->args[k], scope, NULL) < 0)
			r = -1;
		else if (e->args[k]->type.type != f->of)
			r = check_fail(c, e->args[k], "%s does not take this", f->en);
	e->a = e->args[0];
	e->b = takes == 2 ? e->args[1] : NULL;
	return r;
}

static int unknown_function(struct checker *c, const struct expr *e)
{
	struct suggestion s = { .wanted = e->text };
	for (size_t i = 0; i < quantifier_word_count; i++)
		suggest_words(&s, quantifier_words[i].en, quantifier_words[i].zh);
	for (size_t i = 0; i < function_word_count; i++)
		suggest_words(&s, function_words[i].en, function_words[i].zh);
	for (unsigned i = 0; i < c->pack->parameter_count; i++)
		if (c->pack->parameters[i].years)
			suggest(&s, c->pack->parameters[i].name);
	suggest(&s, STR("fires"));
	return unknown(c, e, &s, N_("there is no function '%.*s'"), N_("there is no function '%.*s'; did you mean '%.*s'?"));
}

static int check_call(struct checker *c, struct expr *e, const struct scope *scope)
{
	for (size_t i = 0; i < quantifier_word_count; i++)
		if (words_have(e->text, quantifier_words[i].en, quantifier_words[i].zh, NULL))
			return check_quantifier(c, e, scope, quantifier_words[i].op, quantifier_words[i].value);
	if (word_is(e->text, "fires"))
		return check_fires(c, e);
	for (unsigned i = 0; i < c->pack->parameter_count; i++) {
		const struct parameter *p = &c->pack->parameters[i];
		if (p->years && is_called(p->name, p->title_zh, e->text))
			return check_lookup(c, e, scope, p);
	}
	for (size_t i = 0; i < function_word_count; i++)
		if (words_have(e->text, function_words[i].en, function_words[i].zh, NULL))
			return check_function(c, e, scope, &function_words[i]);
	return unknown_function(c, e);
}

/* Two values may be compared when they are of one type, and of one enumeration. */
static int comparable(struct checker *c, const struct expr *a, const struct expr *b)
{
	if (a->type.type == VT_SET || a->type.type != b->type.type || a->type.enumeration != b->type.enumeration)
		return check_fail(c, b, "this cannot be compared with what stands before it");
	return 0;
}

static int check_compare(struct checker *c, struct expr *e, const struct scope *scope)
{
	if (check(c, e->a, scope, NULL) < 0 || check(c, e->b, scope, e->a->type.enumeration) < 0)
		return -1;
	e->type = (struct static_type){ .type = VT_BOOL };
	bool order = e->op != E_EQ && e->op != E_NE;
	if (order && e->a->type.type != VT_NUMBER && e->a->type.type != VT_DATE)
		return check_fail(c, e, "only numbers and dates have an order");
	return comparable(c, e->a, e->b);
}

static int check_value_of(struct checker *c, struct expr *v, const struct scope *scope, const struct expr *of)
{
	return check(c, v, scope, of->type.enumeration) < 0 ? -1 : comparable(c, of, v);
}

static int check_in(struct checker *c, struct expr *e, const struct scope *scope)
{
	int r = 0;
	if (check(c, e->a, scope, NULL) < 0)
		return -1;
	e->type = (struct static_type){ .type = VT_BOOL };
	for (unsigned i = 0; i < e->arg_count; i++) {
		struct expr *v = e->args[i];
		if (v->op != E_RANGE) {
			r |= check_value_of(c, v, scope, e->a);
			continue;
		}
		r |= check_value_of(c, v->a, scope, e->a) | check_value_of(c, v->b, scope, e->a);
		if (e->a->type.type != VT_NUMBER && e->a->type.type != VT_DATE)
			r = check_fail(c, v, "only numbers and dates have an order");
	}
	return r;
}

static int check_arithmetic(struct checker *c, struct expr *e, const struct scope *scope)
{
	int r = check(c, e->a, scope, NULL);
	if ((e->b && check(c, e->b, scope, NULL) < 0) || r < 0)
		return -1;
	e->type = e->a->type;
	if (e->op == E_ADD && e->a->type.type == VT_SET && e->b->type.type == VT_SET) {
		if (e->a->type.item != e->b->type.item)
			return check_fail(c, e, "people, households and rows cannot be put together");
		e->op = E_UNION;
		e->type.single = false;
		if (e->a->type.kind != e->b->type.kind)
			e->type.kind = -1;
		return 0;
	}
	bool date = e->a->type.type == VT_DATE && e->b && e->op != E_MULTIPLY;
	if (e->b && e->b->type.type != VT_NUMBER && !(date && e->op == E_SUBTRACT && e->b->type.type == VT_DATE))
		return check_fail(c, e->b, "a number is needed here");
	if (!date && e->a->type.type != VT_NUMBER)
		return check_fail(c, e->a, "a number or a date is needed here");
	e->moves = date && e->a->moves && e->b->op == E_NUMBER;
	if (date && e->b->type.type == VT_DATE)
		e->type = (struct static_type){ .type = VT_NUMBER };
	return 0;
}

static int check_logic(struct checker *c, struct expr *e, const struct scope *scope)
{
	e->type = (struct static_type){ .type = VT_BOOL };
	int r = check_condition(c, e->a, scope);
	return e->b && check_condition(c, e->b, scope) < 0 ? -1 : r;
}

static int check_is(struct checker *c, struct expr *e, const struct scope *scope)
{
	if (check(c, e->a, scope, NULL) < 0)
		return -1;
	e->type = (struct static_type){ .type = VT_BOOL };
	if (e->op != E_IS_NULL && e->a->type.type != VT_BOOL)
		return check_fail(c, e->a, "only yes-or-no values are true or false");
	if (e->a->type.type == VT_SET)
		return check_fail(c, e->a, "a set is never null; ask none(...)");
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
	case E_AS: return check_fail(c, e, "'as' gives a name to the items of a set that is filtered or counted");
	default: return check_fail(c, e, "this cannot stand here");
	}
}

static int check(struct checker *c, struct expr *e, const struct scope *scope, const struct enumeration *expected)
{
	if (++c->depth > MAX_NEST)
		return check_fail(c, e, "is nested too deeply; give parts of it a name under terms");
	int r = check_node(c, e, scope, expected);
	c->depth--;
	return r;
}

int check_condition(struct checker *c, struct expr *e, const struct scope *scope)
{
	if (check(c, e, scope, NULL) < 0)
		return -1;
	return e->type.type == VT_BOOL ? 0 : check_fail(c, e, "a condition is needed here: something that is true or false");
}

int check_rows(struct checker *c, struct expr *e, const struct scope *scope)
{
	if (check(c, e, scope, NULL) < 0)
		return -1;
	return e->type.type == VT_SET && e->type.item == ITEM_ROW ? 0 : check_fail(c, e, "a set of rows is needed here");
}

int check_term(struct checker *c, struct term *t)
{
	if (t->checked == TERM_CHECKED)
		return 0;
	if (t->checked == TERM_BROKEN || !t->expr)
		return -1;
	if (t->checked == TERM_BEING_CHECKED) {
		t->checked = TERM_BROKEN;
		return check_fail(c, t->expr, "term '%.*s' is defined by itself", STR_ARG(t->name));
	}
	struct checker inner = { .pack = c->pack, .faults = c->faults, .depth = c->depth };
	struct scope scope = { t->item, t->kind, STR("this"), NULL };
	t->checked = TERM_BEING_CHECKED;
	int r = check(&inner, t->expr, &scope, NULL);
	t->asks_unit = inner.asks_unit;
	t->checked = r < 0 ? TERM_BROKEN : TERM_CHECKED;
	return r;
}
