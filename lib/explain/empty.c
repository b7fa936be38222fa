/* Why a set has nothing in it: back along the expression to where the last items were lost. */
#include "internal.h"

static void say_none(struct trace *t, const struct expr *e, enum phrase p, unsigned indent)
{
	if (!trace_line(t, indent))
		return;
	put_text(t->x, e);
	buf_printf(&t->x->out, ": %s", in_words(t->x, p));
	trace_end(t);
}

static enum phrase none_of(const struct trace *t, const struct expr *e)
{
	if (e->op != E_KIND)
		return SAY_NONE;
	return look_kind(t->x->look, e->index) ? SAY_NO_ROW : SAY_NO_FILE;
}

/* There were items, and each failed the condition. */
static void all_dropped(struct trace *t, const struct expr *e, struct set base, const struct frame_item *f, unsigned indent)
{
	for (uint32_t i = 0; i < base.n; i++) {
		struct frame_item inner = { e->a->type.item, base.items[i], f };
		if (!trace_line(t, indent))
			return;
		if (i == MAX_ITEMS) {
			buf_printf(&t->x->out, in_words(t->x, SAY_MORE), base.n - i);
			trace_end(t);
			return;
		}
		put_item(t->x, inner.item, inner.index, false);
		trace_end(t);
		trace_unmet(t, e->b, &inner, indent + 1);
	}
}

/* There were items, and none of them has any of what was asked. */
static void none_has(struct trace *t, const struct expr *e, struct set base, const struct frame_item *f, unsigned indent)
{
	bool plain = e->b->op != E_TERM || t->depth >= MAX_DEPTH;
	if (plain) {
		say_none(t, e->b, none_of(t, e->b), indent);
		return;
	}
	t->depth++;
	for (uint32_t i = 0; i < base.n && i < MAX_ITEMS; i++) {
		struct frame_item inner = { e->a->type.item, base.items[i], f };
		if (!trace_line(t, indent))
			break;
		put_item(t->x, inner.item, inner.index, false);
		trace_end(t);
		trace_empty(t, e->b, &inner, indent + 1);
	}
	t->depth--;
	if (base.n > MAX_ITEMS && trace_line(t, indent)) {
		buf_printf(&t->x->out, in_words(t->x, SAY_MORE), base.n - MAX_ITEMS);
		trace_end(t);
	}
}

void trace_empty(struct trace *t, const struct expr *e, const struct frame_item *f, unsigned indent)
{
	struct set base = { 0 };
	if (e->op == E_FILTER || e->op == E_PATH)
		base = eval_at(look_eval(t->x->look), e->a, f).set;
	switch (e->op) {
	case E_FILTER: case E_PATH:
		if (!base.n)
			trace_empty(t, e->a, f, indent);
		else
			(e->op == E_FILTER ? all_dropped : none_has)(t, e, base, f, indent);
		break;
	case E_UNION:
		trace_empty(t, e->a, f, indent);
		trace_empty(t, e->b, f, indent);
		break;
	case E_LATEST: trace_empty(t, e->a, f, indent); break;
	case E_TERM:
		if (t->depth >= MAX_DEPTH) {
			say_none(t, e, SAY_NONE, indent);
			break;
		}
		t->depth++;
		for (unsigned i = e->depth; i; i--)
			f = f->up;
		struct frame_item alone = { f->item, f->index, NULL };
		trace_empty(t, e->term->expr, &alone, indent);
		t->depth--;
		break;
	default: say_none(t, e, none_of(t, e), indent);
	}
}
