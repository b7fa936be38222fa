/* A condition, clause by clause. */
#include "internal.h"

bool trace_line(struct trace *t, unsigned indent)
{
	if (!t->left) {
		t->cut = true;
		return false;
	}
	t->left--;
	for (unsigned i = 0; i < indent; i++)
		buf_puts(&t->x->out, STR("  "));
	return true;
}

void trace_end(struct trace *t)
{
	buf_putc(&t->x->out, '\n');
}

void trace_items(struct trace *t, enum item item, struct set s, unsigned indent)
{
	for (uint32_t i = 0; i < s.n; i++) {
		if (!trace_line(t, indent))
			return;
		if (i == MAX_ITEMS && s.n > MAX_ITEMS + 1) {
			buf_printf(&t->x->out, in_words(t->x, SAY_MORE), s.n - i);
			trace_end(t);
			return;
		}
		put_item(t->x, item, s.items[i], true);
		trace_end(t);
	}
}

/* The items of which the condition is, or is not, true; without a condition all are. */
static struct set those(struct trace *t, const struct expr *q, struct set base, const struct frame_item *f, bool is)
{
	struct eval *v = look_eval(t->x->look);
	if (!q->b)
		return is ? base : (struct set){ 0 };
	struct set kept = { arena_alloc(&v->arena, (base.n + 1) * sizeof *kept.items), 0 };
	for (uint32_t i = 0; i < base.n; i++) {
		struct frame_item inner = { q->a->type.item, base.items[i], f };
		if ((eval_at(v, q->b, &inner).n == TRI_TRUE) == is)
			kept.items[kept.n++] = base.items[i];
	}
	return kept;
}

/* Each item that misses the condition, and what it misses. */
static void unmet_items(struct trace *t, const struct expr *q, struct set missing, const struct frame_item *f, unsigned indent)
{
	for (uint32_t i = 0; i < missing.n && i < MAX_ITEMS; i++) {
		struct frame_item inner = { q->a->type.item, missing.items[i], f };
		if (!trace_line(t, indent))
			return;
		put_item(t->x, inner.item, inner.index, false);
		trace_end(t);
		trace_unmet(t, q->b, &inner, indent + 1);
	}
	if (missing.n > MAX_ITEMS && trace_line(t, indent)) {
		buf_printf(&t->x->out, in_words(t->x, SAY_MORE), missing.n - MAX_ITEMS);
		trace_end(t);
	}
}

static void quantifier(struct trace *t, const struct expr *e, const struct frame_item *f, bool is_true, unsigned indent)
{
	struct set base = eval_at(look_eval(t->x->look), e->a, f).set;
	struct set hits = those(t, e, base, f, true), rest = those(t, e, base, f, false);
	struct buf *b = &t->x->out;
	buf_puts(b, STR(": "));
	if (!base.n)
		buf_puts(b, str_of(in_words(t->x, SAY_NONE)));
	else if (!hits.n)
		buf_printf(b, in_words(t->x, SAY_NONE_OF), base.n);
	else if (hits.n == base.n)
		buf_printf(b, in_words(t->x, SAY_ALL), base.n);
	else
		buf_printf(b, in_words(t->x, SAY_SOME), hits.n, base.n);
	trace_end(t);
	if (t->brief && is_true)
		return;
	if (!base.n && e->op != E_NOT_ANY && e->op != E_ALL)
		trace_empty(t, e->a, f, indent);
	else if (e->op == E_ALL || (e->op == E_ANY && !hits.n))
		unmet_items(t, e, rest, f, indent);
	else
		trace_items(t, e->a->type.item, hits, indent);
}

/* A condition by another name, or in another rule. */
static void inside(struct trace *t, const struct expr *e, const struct frame_item *f, unsigned indent)
{
	struct eval *v = look_eval(t->x->look);
	if (t->depth >= MAX_DEPTH)
		return;
	t->depth++;
	if (e->op == E_FIRES) {
		if (v->evaluated >> e->index & 1)
			trace_clause(t, t->x->pack->rules[e->index].when, &v->unit, indent);
	} else {
		for (unsigned i = e->depth; i; i--)
			f = f->up;
		struct frame_item alone = { f->item, f->index, NULL };
		trace_clause(t, e->term->expr, &alone, indent);
	}
	t->depth--;
}

static bool is_quantifier(const struct expr *e)
{
	return e->op == E_ANY || e->op == E_ALL || e->op == E_NOT_ANY;
}

static void leaf(struct trace *t, const struct expr *e, const struct frame_item *f, bool is_true, unsigned indent)
{
	if (is_quantifier(e)) {
		quantifier(t, e, f, is_true, indent);
		return;
	}
	put_values(t->x, e, f);
	trace_end(t);
	if ((e->op == E_FIRES || e->op == E_TERM) && !(t->brief && is_true))
		inside(t, e, f, indent);
}

/* One of two that `or` joins: here the parts of an `and` stand under a line of their own. */
static void alternative(struct trace *t, const struct expr *e, const struct frame_item *f, unsigned indent)
{
	if (e->op != E_AND) {
		trace_clause(t, e, f, indent);
		return;
	}
	if (!trace_line(t, indent))
		return;
	buf_printf(&t->x->out, "%s  ", say_tri(t->x, (enum tri)eval_at(look_eval(t->x->look), e, f).n));
	put_text(t->x, e);
	trace_end(t);
	trace_clause(t, e, f, indent + 1);
}

/* `and` by itself is not told: its parts stand below each other. `x is not null` is one clause. */
void trace_clause(struct trace *t, const struct expr *e, const struct frame_item *f, unsigned indent)
{
	if (e->op == E_AND) {
		trace_clause(t, e->a, f, indent);
		trace_clause(t, e->b, f, indent);
		return;
	}
	if (!trace_line(t, indent))
		return;
	enum tri answer = (enum tri)eval_at(look_eval(t->x->look), e, f).n;
	bool is_not = e->op == E_NOT && e->a->op != E_IS_NULL && e->a->op != E_IS_TRUE && e->a->op != E_IS_FALSE;
	buf_printf(&t->x->out, "%s  ", say_tri(t->x, answer));
	put_text(t->x, e);
	if (e->op != E_OR && !is_not) {
		leaf(t, e, f, answer == TRI_TRUE, indent + 1);
		return;
	}
	trace_end(t);
	if (t->brief && answer == TRI_TRUE)
		return;
	alternative(t, e->a, f, indent + 1);
	if (e->op == E_OR)
		alternative(t, e->b, f, indent + 1);
}

void trace_unmet(struct trace *t, const struct expr *e, const struct frame_item *f, unsigned indent)
{
	if (e->op == E_AND) {
		trace_unmet(t, e->a, f, indent);
		trace_unmet(t, e->b, f, indent);
	} else if (eval_at(look_eval(t->x->look), e, f).n != TRI_TRUE) {
		trace_clause(t, e, f, indent);
	}
}

void trace_condition(struct explain *x, const struct expr *e, unsigned indent, bool brief)
{
	struct trace t = { .x = x, .left = brief ? BRIEF_LINES : RULE_LINES, .brief = brief };
	trace_clause(&t, e, &look_eval(x->look)->unit, indent);
	if (t.cut)
		buf_printf(&x->out, "%*s%s\n", (int)(2 * indent), "", in_words(x, SAY_CUT));
}
