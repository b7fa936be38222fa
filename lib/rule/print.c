#include "rule/print.h"

#include "words.h"

struct printer {
	struct buf *b;
	const struct pack *pack;
	enum lang lang;
};

/* How tightly an expression binds; looser ones stand in brackets inside tighter ones. */
enum { BIND_OR = 1, BIND_AND, BIND_NOT, BIND_TEST, BIND_SUM, BIND_PRODUCT, BIND_UNARY, BIND_ITEM };

static const struct {
	const char *sign; /* between a and b */
	int binds;
} signs[] = {
	[E_OR] = { "or", BIND_OR },   [E_AND] = { "and", BIND_AND }, [E_NOT] = { NULL, BIND_NOT },       [E_EQ] = { "=", BIND_TEST },
	[E_NE] = { "!=", BIND_TEST }, [E_LT] = { "<", BIND_TEST },   [E_LE] = { "<=", BIND_TEST },       [E_GT] = { ">", BIND_TEST },
	[E_GE] = { ">=", BIND_TEST }, [E_IN] = { NULL, BIND_TEST },  [E_IS_NULL] = { NULL, BIND_TEST },  [E_IS_TRUE] = { NULL, BIND_TEST },
	[E_IS_FALSE] = { NULL, BIND_TEST }, [E_ADD] = { "+", BIND_SUM }, [E_SUBTRACT] = { "-", BIND_SUM }, [E_UNION] = { "+", BIND_SUM },
	[E_MULTIPLY] = { "*", BIND_PRODUCT }, [E_NEGATE] = { NULL, BIND_UNARY }, [E_FUNCTION] = { NULL, BIND_ITEM },
};

static void put(struct printer *p, const struct expr *e, const struct scope *scope, int binds);

static void put_word(struct printer *p, const char *en)
{
	buf_puts(p->b, str_of(word_in(en, p->lang)));
}

static const struct kind *kind_at(const struct printer *p, const struct scope *s)
{
	const struct kind *reg = schema_role(p->pack->schema, ROLE_REGISTER);
	return s->kind >= 0 ? &p->pack->schema->kinds[s->kind] : reg;
}

static const struct scope *scope_at(const struct scope *s, unsigned depth)
{
	while (depth-- && s->up)
		s = s->up;
	return s;
}

struct str term_name(const struct term *t, enum lang lang)
{
	return lang == LANG_ZH && is_a_name(t->title_zh) ? t->title_zh : t->name;
}

struct str parameter_name(const struct parameter *q, enum lang lang)
{
	return lang == LANG_ZH && is_a_name(q->title_zh) ? q->title_zh : q->name;
}

/* The person of a row has two names, by whether it is one or all. */
static void put_attribute(struct printer *p, const struct expr *e, const struct scope *scope)
{
	enum item item = scope_at(scope, e->depth)->item;
	bool one = e->index == A_PERSONS && e->type.single;
	for (size_t i = 0; i < attribute_word_count; i++) {
		const struct attribute_word *w = &attribute_words[i];
		if (w->item != item || w->attribute != (enum attribute)e->index || (one && w->given != V_PERSON))
			continue;
		buf_puts(p->b, str_of(p->lang == LANG_ZH ? w->zh : w->en));
		return;
	}
}

static void put_number(struct printer *p, int64_t n)
{
	if (n % 100 == 0)
		buf_printf(p->b, "%lld", (long long)(n / 100));
	else
		buf_printf(p->b, "%lld.%02lld", (long long)(n / 100), (long long)(n % 100));
}

static void put_date(struct printer *p, int64_t day)
{
	int y, m, d;
	day_split((int32_t)day, &y, &m, &d);
	buf_printf(p->b, "%04d-%02d-%02d", y, m, d);
}

static void put_alias(struct printer *p, const struct scope *s)
{
	static const char *const own[] = { "unit", "this", "row" };
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (str_eq(s->alias, str_of(own[i]))) {
			put_word(p, own[i]);
			return;
		}
	buf_puts(p->b, s->alias);
}

/* A set and, where it has one, the name of its items. */
static struct scope put_set(struct printer *p, const struct expr *e, const struct scope *scope, int binds)
{
	put(p, e->a, scope, e->text.n ? BIND_ITEM : binds);
	if (e->text.n) {
		buf_printf(p->b, " %s %.*s", word_in("as", p->lang), STR_ARG(e->text));
	}
	return (struct scope){ e->a->type.item, e->a->type.kind, e->text, scope };
}

static void put_quantifier(struct printer *p, const struct expr *e, const struct scope *scope)
{
	for (size_t i = 0; i < quantifier_word_count; i++)
		if (quantifier_words[i].op == e->op)
			buf_puts(p->b, str_of(p->lang == LANG_ZH ? quantifier_words[i].zh : quantifier_words[i].en));
	buf_putc(p->b, '(');
	struct scope inner = put_set(p, e, scope, BIND_OR);
	if (e->b) {
		buf_puts(p->b, STR(", "));
		put(p, e->b, &inner, BIND_OR);
	}
	buf_putc(p->b, ')');
}

static void put_call(struct printer *p, struct str name, const struct expr *a, const struct expr *b, const struct scope *scope)
{
	buf_puts(p->b, name);
	buf_putc(p->b, '(');
	if (a)
		put(p, a, scope, BIND_OR);
	if (a && b)
		buf_puts(p->b, STR(", "));
	if (b)
		put(p, b, scope, BIND_OR);
	buf_putc(p->b, ')');
}

static void put_function(struct printer *p, const struct expr *e, const struct scope *scope)
{
	for (size_t i = 0; i < function_word_count; i++)
		if (function_words[i].function == (enum function)e->index)
			put_call(p, str_of(p->lang == LANG_ZH ? function_words[i].zh : function_words[i].en), e->a, e->b, scope);
}

static void put_in(struct printer *p, const struct expr *e, const struct scope *scope)
{
	put(p, e->a, scope, BIND_SUM);
	buf_printf(p->b, " %s ", word_in("in", p->lang));
	bool range = e->arg_count == 1 && e->args[0]->op == E_RANGE;
	if (!range)
		buf_putc(p->b, '(');
	for (unsigned i = 0; i < e->arg_count; i++) {
		if (i)
			buf_puts(p->b, STR(", "));
		put(p, e->args[i], scope, range ? BIND_SUM : BIND_OR);
	}
	if (!range)
		buf_putc(p->b, ')');
}

static void put_not(struct printer *p, const struct expr *e, const struct scope *scope)
{
	static const struct {
		enum op op;
		const char *words;
	} states[] = { { E_IS_NULL, "is not null" }, { E_IS_TRUE, "is not true" }, { E_IS_FALSE, "is not false" } };
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (e->a->op == states[i].op) {
			put(p, e->a->a, scope, BIND_SUM);
			buf_printf(p->b, " %s", word_in(states[i].words, p->lang));
			return;
		}
	put_word(p, "not");
	buf_putc(p->b, ' ');
	put(p, e->a, scope, BIND_NOT);
}

static void put_between(struct printer *p, const struct expr *e, const struct scope *scope)
{
	int binds = signs[e->op].binds;
	bool chain = binds != BIND_TEST; /* a - b - c, but never a = b = c */
	put(p, e->a, scope, chain ? binds : binds + 1);
	buf_printf(p->b, " %s ", word_in(signs[e->op].sign, p->lang));
	put(p, e->b, scope, binds + 1);
}

static void put_name(struct printer *p, const struct expr *e, const struct scope *scope)
{
	const struct scope *s = e->op == E_COLUMN || e->op == E_HEAD || e->op == E_SELF ? scope_at(scope, e->depth) : scope;
	switch (e->op) {
	case E_COLUMN: case E_HEAD: buf_puts(p->b, column_name(kind_at(p, s), e->index, p->lang)); break;
	case E_ATTRIBUTE: put_attribute(p, e, scope); break;
	case E_KIND: buf_puts(p->b, kind_name(&p->pack->schema->kinds[e->index], p->lang)); break;
	case E_TERM: buf_puts(p->b, term_name(e->term, p->lang)); break;
	case E_SELF: put_alias(p, s); break;
	case E_EVIDENCE: put_word(p, "evidence"); break;
	case E_NATURE: put_word(p, "nature"); break;
	case E_FIRES: buf_printf(p->b, "%s(%.*s)", word_in("fires", p->lang), STR_ARG(p->pack->rules[e->index].code)); break;
	default: break;
	}
}

static void put_value(struct printer *p, const struct expr *e)
{
	if (e->parameter)
		buf_puts(p->b, parameter_name(e->parameter, p->lang));
	else if (e->op == E_NUMBER)
		put_number(p, e->number);
	else if (e->op == E_DATE && e->text.n)
		put_word(p, "D");
	else if (e->op == E_DATE)
		put_date(p, e->number);
	else if (e->op == E_TEXT)
		buf_printf(p->b, "'%.*s'", STR_ARG(e->text));
	else if (e->op == E_BOOL)
		put_word(p, e->number ? "true" : "false");
	else
		buf_puts(p->b, enumeration_name(e->type.enumeration, (unsigned)e->number, p->lang));
}

static void put_state(struct printer *p, const struct expr *e, const struct scope *scope, const char *words)
{
	put(p, e->a, scope, BIND_SUM);
	buf_printf(p->b, " %s", word_in(words, p->lang));
}

static void put_node(struct printer *p, const struct expr *e, const struct scope *scope)
{
	struct scope inner;
	switch (e->op) {
	case E_NUMBER: case E_DATE: case E_TEXT: case E_BOOL: case E_ENUM: put_value(p, e); break;
	case E_LOOKUP: put_call(p, parameter_name(e->parameter, p->lang), e->a, e->b, scope); break;
	case E_PATH:
		inner = put_set(p, e, scope, BIND_ITEM);
		buf_putc(p->b, '.');
		put(p, e->b, &inner, BIND_ITEM);
		break;
	case E_FILTER:
		inner = put_set(p, e, scope, BIND_ITEM);
		buf_putc(p->b, '[');
		put(p, e->b, &inner, BIND_OR);
		buf_putc(p->b, ']');
		break;
	case E_LATEST: case E_ANY: case E_ALL: case E_NOT_ANY: case E_COUNT: case E_SUM: case E_MIN: case E_MAX:
		put_quantifier(p, e, scope);
		break;
	case E_FUNCTION: put_function(p, e, scope); break;
	case E_IN: put_in(p, e, scope); break;
	case E_RANGE:
		put(p, e->a, scope, BIND_SUM);
		buf_puts(p->b, STR(".."));
		put(p, e->b, scope, BIND_SUM);
		break;
	case E_NOT: put_not(p, e, scope); break;
	case E_IS_NULL: put_state(p, e, scope, "is null"); break;
	case E_IS_TRUE: put_state(p, e, scope, "is true"); break;
	case E_IS_FALSE: put_state(p, e, scope, "is false"); break;
	case E_NEGATE:
		buf_putc(p->b, '-');
		put(p, e->a, scope, BIND_ITEM);
		break;
	default:
		if ((size_t)e->op < sizeof signs / sizeof *signs && signs[e->op].sign)
			put_between(p, e, scope);
		else
			put_name(p, e, scope);
	}
}

static int binding(const struct expr *e)
{
	bool is_state = e->op == E_NOT && (e->a->op == E_IS_NULL || e->a->op == E_IS_TRUE || e->a->op == E_IS_FALSE);
	int binds = (size_t)e->op < sizeof signs / sizeof *signs ? signs[e->op].binds : 0;
	return is_state ? BIND_TEST : binds ? binds : BIND_ITEM;
}

static void put(struct printer *p, const struct expr *e, const struct scope *scope, int binds)
{
	bool brackets = binding(e) < binds;
	if (brackets)
		buf_putc(p->b, '(');
	put_node(p, e, scope);
	if (brackets)
		buf_putc(p->b, ')');
}

void expr_print(struct buf *b, const struct pack *pack, const struct expr *e, const struct scope *scope, enum lang lang)
{
	struct printer p = { b, pack, lang };
	put(&p, e, scope, BIND_OR);
}

struct scope rule_scope(const struct rule *r)
{
	static const enum item items[] = { [UNIT_REGISTER] = ITEM_REGISTER, [UNIT_HOUSEHOLD] = ITEM_HOUSEHOLD, [UNIT_PERSON] = ITEM_PERSON,
		[UNIT_VILLAGE] = ITEM_VILLAGE };
	return (struct scope){ items[r->unit], -1, STR("unit"), NULL };
}

struct scope term_scope(const struct term *t)
{
	return (struct scope){ t->item, t->kind, STR("this"), NULL };
}

/* ---- a part of some expression ----------------------------------------------------------------------------------------------------------- */

struct part {
	const struct pack *pack;
	const struct expr *wanted;
	struct buf *b;
	enum lang lang;
};

static bool find_part(const struct part *p, const struct expr *e, const struct scope *scope)
{
	if (!e)
		return false;
	if (e == p->wanted) {
		expr_print(p->b, p->pack, e, scope, p->lang);
		return true;
	}
	for (unsigned i = 0; e->op == E_IN && i < e->arg_count; i++)
		if (find_part(p, e->args[i], scope))
			return true;
	bool set = e->a && e->a->type.type == VT_SET && e->op != E_UNION;
	struct scope inner = { set ? e->a->type.item : ITEM_NONE, set ? e->a->type.kind : -1, e->text, scope };
	return find_part(p, e->a, scope) || find_part(p, e->b, set ? &inner : scope);
}

static bool find_in_choices(const struct part *p, const struct choice *c, unsigned n, const struct scope *scope)
{
	for (unsigned i = 0; i < n; i++)
		if (find_part(p, c[i].when, scope))
			return true;
	return false;
}

static bool find_in_rule(const struct part *p, const struct rule *r)
{
	struct scope scope = rule_scope(r);
	for (unsigned i = 0; i < r->veto_count; i++)
		if (find_part(p, r->vetoes[i].rows, &scope))
			return true;
	return find_part(p, r->when, &scope) || find_part(p, r->evidence, &scope) || find_part(p, r->core, &scope) ||
	       find_part(p, r->doubt.when, &scope) || find_in_choices(p, r->natures, r->nature_count, &scope) ||
	       find_in_choices(p, r->severities, r->severity_count, &scope);
}

void expr_print_part(struct buf *b, const struct pack *pack, const struct expr *e, enum lang lang)
{
	struct part p = { pack, e, b, lang };
	for (unsigned i = 0; i < pack->rule_count; i++)
		if (find_in_rule(&p, &pack->rules[i]))
			return;
	for (unsigned i = 0; i < pack->term_count; i++) {
		struct scope scope = term_scope(&pack->terms[i]);
		if (find_part(&p, pack->terms[i].expr, &scope))
			return;
	}
}
