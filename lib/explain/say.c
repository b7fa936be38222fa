/* Words, items and values. */
#include "internal.h"

#include "id/id.h"
#include "rule/print.h"

#include <stdlib.h>

static const char *const phrases[SAY_COUNT][2] = {
	[SAY_YES] = { "yes", "是" }, [SAY_NO] = { "no", "否" }, [SAY_UNKNOWN] = { "unknown", "不知" },
	[SAY_EMPTY] = { "empty", "空" }, [SAY_FIRES] = { "fires", "成立" }, [SAY_NOT] = { "does not fire", "不成立" },
	[SAY_NOT_EVALUATED] = { "is not evaluated", "未执行" }, [SAY_NO_EXTRACT] = { "no extract of", "缺少数据" },
	[SAY_NONE] = { "none", "没有" }, [SAY_NONE_OF] = { "none of %u", "%u 个中没有" },
	[SAY_ALL] = { "all %u", "全部 %u 个" }, [SAY_SOME] = { "%u of %u", "%u 个（共 %u 个）" },
	[SAY_NO_ROW] = { "no row", "没有数据行" }, [SAY_NO_FILE] = { "no extract", "没有数据文件" },
	[SAY_MORE] = { "... and %u more", "……另有 %u 个" }, [SAY_CUT] = { "... (cut)", "……（略）" },
	[SAY_FINDING] = { "finding", "疑点" }, [SAY_VETO] = { "veto", "否决" }, [SAY_DOUBT] = { "doubt", "存疑" },
	[SAY_EVIDENCE] = { "evidence", "依据" }, [SAY_PEOPLE] = { "People", "人员" },
	[SAY_HOUSEHOLDS] = { "Hukou households", "户籍户" }, [SAY_REGISTERS] = { "Registry households", "建档户" },
	[SAY_ROWS] = { "Rows", "数据行" }, [SAY_RULES] = { "Rules", "规则" }, [SAY_ALIVE] = { "alive", "在世" },
	[SAY_DEAD] = { "dead", "已故" }, [SAY_YEARS] = { "%d years", "%d岁" }, [SAY_MALE] = { "male", "男" },
	[SAY_FEMALE] = { "female", "女" }, [SAY_REGISTERED] = { "registry", "建档" },
	[SAY_NO_HOME] = { "no home", "无户籍" }, [SAY_PERSONS] = { "%u persons", "%u人" },
	[SAY_OTHERS] = { "only looked at", "仅供参照" }, [SAY_COLLECTIVE] = { "collective", "集体户" },
	[SAY_SPLIT] = { "split on", "分户日期" }, [SAY_LIST] = { "list", "清单" }, [SAY_CORE] = { "core", "计入比率" },
	[SAY_SEVERITY] = { "severity", "轻重" }, [SAY_CONFIDENCE] = { "confidence", "可信度" },
	[SAY_NATURE] = { "nature", "性质" },
};

const char *in_words(const struct explain *x, enum phrase p)
{
	return phrases[p][x->lang];
}

const char *say_unit(const struct explain *x, enum unit unit)
{
	static const char *const names[UNIT_COUNT][2] = { { "registry household", "建档户" }, { "hukou household", "户籍户" }, { "person", "个人" },
		{ "village", "村" } };
	return names[unit][x->lang];
}

const char *say_tri(const struct explain *x, enum tri t)
{
	static const enum phrase of[] = { [TRI_FALSE] = SAY_NO, [TRI_TRUE] = SAY_YES, [TRI_UNKNOWN] = SAY_UNKNOWN };
	return in_words(x, of[t]);
}

/* ---- items ------------------------------------------------------------------------------------------------------------------------------- */

static void put_id(struct buf *b, uint64_t key)
{
	char id[ID_TEXT];
	id_print(key, id);
	buf_put(b, id, ID_TEXT);
}

static void put_household(struct buf *b, const struct household *h)
{
	if (h->county != NONE)
		buf_printf(b, "%06u", h->county);
	buf_putc(b, '-');
	buf_puts(b, h->number);
}

void put_item(struct explain *x, enum item item, uint32_t index, bool whole)
{
	const struct dossier *d = look_dossier(x->look);
	struct buf *b = &x->out;
	switch (item) {
	case ITEM_PERSON:
		if (d->persons[index].name.n)
			buf_printf(b, "%.*s ", STR_ARG(d->persons[index].name));
		put_id(b, d->persons[index].key);
		break;
	case ITEM_HOUSEHOLD: put_household(b, &d->households[index]); break;
	case ITEM_REGISTER: buf_puts(b, d->registers[index].number); break;
	case ITEM_ROW: (whole ? look_row : look_place)(x->look, index, b); break;
	default: buf_printf(b, "%012lld", (long long)look_eval(x->look)->village->region);
	}
}

enum item item_of(enum unit unit)
{
	static const enum item items[] = { ITEM_REGISTER, ITEM_HOUSEHOLD, ITEM_PERSON, ITEM_VILLAGE };
	return items[unit];
}

void put_unit(struct explain *x, struct explain_unit u)
{
	buf_printf(&x->out, "%s ", say_unit(x, u.unit));
	put_item(x, item_of(u.unit), u.index, false);
}

/* ---- values ------------------------------------------------------------------------------------------------------------------------------ */

#define MAX_TEXT 240
#define MAX_VALUES 6

void put_text(struct explain *x, const struct expr *e)
{
	size_t from = x->out.n;
	expr_print_part(&x->out, x->pack, e, x->lang == EXPLAIN_ZH ? LANG_ZH : LANG_EN);
	if (x->out.n - from <= MAX_TEXT)
		return;
	x->out.n = from + MAX_TEXT;
	while (((unsigned char)x->out.p[x->out.n] & 0xC0) == 0x80)
		x->out.n--;
	buf_puts(&x->out, STR("..."));
}

static void put_number(struct buf *b, int64_t v)
{
	const char *sign = v < 0 ? "-" : "";
	unsigned long long n = (unsigned long long)llabs((long long)v);
	if (n % 100)
		buf_printf(b, "%s%llu.%02llu", sign, n / 100, n % 100);
	else
		buf_printf(b, "%s%llu", sign, n / 100);
}

static void put_enum(struct explain *x, const struct enumeration *e, int64_t v)
{
	bool word = x->lang == EXPLAIN_ZH && e->words && e->words[v].n;
	buf_puts(&x->out, word ? e->words[v] : e->values[v]);
}

void put_value(struct explain *x, const struct expr *e, const struct frame_item *f)
{
	struct value v = eval_at(look_eval(x->look), e, f);
	struct buf *b = &x->out;
	int year, month, day;
	if (e->type.type == VT_BOOL) {
		buf_puts(b, str_of(say_tri(x, (enum tri)v.n)));
		return;
	}
	if (e->type.type == VT_TEXT ? !v.s.p : v.n == VALUE_NULL) {
		buf_puts(b, str_of(in_words(x, SAY_EMPTY)));
		return;
	}
	switch (e->type.type) {
	case VT_NUMBER: put_number(b, v.n); break;
	case VT_DATE:
		day_split((int32_t)v.n, &year, &month, &day);
		buf_printf(b, "%04d-%02d-%02d", year, month, day);
		break;
	case VT_TEXT: buf_puts(b, v.s); break;
	case VT_ENUM: put_enum(x, e->type.enumeration, v.n); break;
	case VT_REGION: buf_printf(b, "%lld", (long long)v.n); break;
	default: put_id(b, id_key((uint64_t)v.n));
	}
}

/* What is told of a condition: what it takes from rows and items, and parameters by name; not what is written out in it. */
static bool is_value(const struct expr *e)
{
	bool named = e->parameter || (e->op == E_DATE && e->text.n);
	switch (e->op) {
	case E_COLUMN: case E_HEAD: case E_ATTRIBUTE: return e->type.type != VT_SET;
	case E_LOOKUP: case E_COUNT: case E_SUM: case E_MIN: case E_MAX: case E_FUNCTION: return e->type.type != VT_BOOL;
	case E_PATH: return e->type.type != VT_SET;
	case E_NUMBER: case E_DATE: return named;
	default: return false;
	}
}

/* Each value once, whatever the number of places where the condition asks for it. */
struct told {
	char names[MAX_VALUES][MAX_TEXT + 8];
	unsigned count;
};

static bool tell_name(struct explain *x, const struct expr *e, struct told *told)
{
	size_t from = x->out.n;
	buf_puts(&x->out, told->count ? STR(", ") : STR("  ("));
	size_t name = x->out.n;
	put_text(x, e);
	struct str text = { x->out.p + name, x->out.n - name };
	for (unsigned i = 0; i < told->count; i++)
		if (str_eq(str_of(told->names[i]), text)) {
			x->out.n = from;
			return false;
		}
	memcpy(told->names[told->count], text.p, text.n);
	told->names[told->count++][text.n] = 0;
	return true;
}

static void collect_values(struct explain *x, const struct expr *e, const struct frame_item *f, struct told *told)
{
	if (!e || told->count == MAX_VALUES)
		return;
	if (is_value(e) && tell_name(x, e, told)) {
		buf_puts(&x->out, STR(" = "));
		put_value(x, e, f);
	}
	switch (e->op) {
	case E_LOOKUP: case E_FUNCTION: case E_AND: case E_OR: case E_NOT: case E_EQ: case E_NE: case E_LT: case E_LE: case E_GT: case E_GE: case E_IN:
	case E_IS_NULL: case E_IS_TRUE: case E_IS_FALSE: case E_ADD: case E_SUBTRACT: case E_MULTIPLY: case E_NEGATE: case E_RANGE:
		collect_values(x, e->a, f, told);
		collect_values(x, e->b, f, told);
		for (unsigned i = 0; e->op == E_IN && i < e->arg_count; i++)
			collect_values(x, e->args[i], f, told);
		break;
	default: break; /* inside are other items */
	}
}

void put_values(struct explain *x, const struct expr *e, const struct frame_item *f)
{
	struct told told = { .count = 0 };
	if (e->type.type == VT_BOOL && is_value(e))
		return; /* its answer is its value */
	collect_values(x, e, f, &told);
	if (told.count)
		buf_putc(&x->out, ')');
}
