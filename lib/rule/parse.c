/* The grammar, loosest first (docs/rules.md):
 *
 *   or    := and ("or" and)*             and  := not ("and" not)*          not := "not" not | test
 *   test  := sum (("=" | "!=" | "<" | "<=" | ">" | ">=") sum | "in" list | "in" sum ".." sum | "is" "not"? ("null" | "true" | "false"))?
 *   sum   := product (("+" | "-") product)*                                product := unary ("*" unary)*
 *   unary := "-" unary | item            item := atom ("." name | "[" or "]" | "as" name)*
 *   atom  := number | date | 'text' | name | name "(" or ("," or)* ")" | "(" or ")"
 *   list  := "(" or ("," or)* ")"
 *
 * Full-width punctuation means the same as ASCII. Depth is bounded, so no text can exhaust the stack.
 */
#include "rule/expr.h"

#define MAX_DEPTH 64
#define MAX_TEXT 8192

enum token { T_END, T_NUMBER, T_DATE, T_TEXT, T_NAME, T_SIGN };

struct parser {
	struct arena *arena;
	const char *file;
	unsigned line, column; /* of text[0] */
	struct str text;
	size_t at;             /* behind the current token */
	size_t done;           /* behind the token before it */
	enum token token;
	size_t from;           /* where the current token starts */
	struct str s;          /* its text */
	int64_t number;
	char sign[3];          /* "<=", ".." ... */
	unsigned depth;
	struct err *err;
};

static int fail(struct parser *p, const char *what)
{
	unsigned line = p->line, column = p->column;
	for (size_t i = 0; i < p->from && i < p->text.n; i++) {
		if (p->text.p[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)p->text.p[i] & 0xC0) != 0x80) {
			column++;
		}
	}
	return err_set(p->err, STATUS_CONFIG, "%s:%u:%u: %s", p->file, line, column, what);
}

/* Full-width punctuation, as the ASCII it stands for. */
static const struct {
	const char *wide;
	char ascii;
} wides[] = {
	{ "（", '(' }, { "）", ')' }, { "，", ',' }, { "、", ',' }, { "［", '[' }, { "］", ']' }, { "＝", '=' }, { "＜", '<' },
	{ "＞", '>' }, { "．", '.' }, { "＋", '+' }, { "－", '-' }, { "＊", '*' }, { "！", '!' }, { "　", ' ' }, { "‘", '\'' }, { "’", '\'' },
};

/* The character at i, full-width folded; *ret_n its bytes; 0 at the end. */
static int peek(const struct parser *p, size_t i, size_t *ret_n)
{
	*ret_n = 1;
	if (i >= p->text.n)
		return 0;
	for (size_t k = 0; k < sizeof wides / sizeof *wides; k++) {
		size_t n = strlen(wides[k].wide);
		if (p->text.n - i >= n && memcmp(p->text.p + i, wides[k].wide, n) == 0) {
			*ret_n = n;
			return wides[k].ascii;
		}
	}
	return (unsigned char)p->text.p[i];
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool is_name(int c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c >= 0x80;
}

static int read_number(struct parser *p)
{
	size_t i = p->from;
	int64_t v = 0;
	while (i < p->text.n && is_digit(p->text.p[i]) && v < INT64_C(1000000000000000))
		v = 10 * v + (p->text.p[i++] - '0');
	v *= 100;
	if (i + 1 < p->text.n && p->text.p[i] == '.' && is_digit(p->text.p[i + 1])) {
		int64_t unit = 10;
		for (i++; i < p->text.n && is_digit(p->text.p[i]); i++, unit /= 10)
			v += unit * (p->text.p[i] - '0');
	}
	p->number = v;
	p->token = T_NUMBER;
	p->at = i;
	return 0;
}

static int read_date(struct parser *p)
{
	int64_t day;
	if (date_parse((struct str){ p->text.p + p->from, 10 }, &day) != 0)
		return fail(p, "is no real day; write it as 2014-01-01");
	p->number = day;
	p->token = T_DATE;
	p->at = p->from + 10;
	return 0;
}

static bool looks_like_date(const struct parser *p)
{
	static const char shape[] = "dddd-dd-dd";
	if (p->text.n - p->from < 10)
		return false;
	for (int i = 0; i < 10; i++) {
		char c = p->text.p[p->from + i];
		if (shape[i] == 'd' ? !is_digit(c) : c != shape[i])
			return false;
	}
	return true;
}

static int read_text(struct parser *p)
{
	size_t n, i = p->at;
	int c;
	while ((c = peek(p, i, &n)) && c != '\'')
		i += n;
	if (!c)
		return fail(p, "the text has no closing quote");
	p->s = (struct str){ p->text.p + p->at, i - p->at };
	p->token = T_TEXT;
	p->at = i + n;
	return 0;
}

static int next(struct parser *p)
{
	size_t n;
	int c;
	p->done = p->at;
	while ((c = peek(p, p->at, &n)) && (c == ' ' || c == '\n' || c == '\t' || c == '\r'))
		p->at += n;
	p->from = p->at;
	p->sign[0] = 0;
	if (!c) {
		p->token = T_END;
		return 0;
	}
	if (is_digit(c))
		return looks_like_date(p) ? read_date(p) : read_number(p);
	p->at += n;
	if (c == '\'')
		return read_text(p);
	if (is_name(c)) {
		while ((c = peek(p, p->at, &n)) && is_name(c))
			p->at += n;
		p->s = (struct str){ p->text.p + p->from, p->at - p->from };
		p->token = T_NAME;
		return 0;
	}
	p->token = T_SIGN;
	p->sign[0] = (char)c;
	p->sign[1] = p->sign[2] = 0;
	int d = peek(p, p->at, &n);
	if ((strchr("<>!", c) && d == '=') || (c == '.' && d == '.')) {
		p->sign[1] = (char)d;
		p->at += n;
	}
	if (!strchr("()[],.=<>+-*!", c) || (c == '!' && d != '='))
		return fail(p, "this character means nothing here");
	return 0;
}

static bool is_sign(const struct parser *p, const char *sign)
{
	return p->token == T_SIGN && strcmp(p->sign, sign) == 0;
}

static bool is_word(const struct parser *p, const char *word)
{
	return p->token == T_NAME && str_eq(p->s, str_of(word));
}

static struct expr *node(struct parser *p, enum op op)
{
	struct expr *e = arena_alloc(p->arena, sizeof *e);
	e->op = op;
	e->line = p->line;
	e->column = p->column;
	for (size_t i = 0; i < p->from; i++) {
		if (p->text.p[i] == '\n') {
			e->line++;
			e->column = 1;
		} else if (((unsigned char)p->text.p[i] & 0xC0) != 0x80) {
			e->column++;
		}
	}
	return e;
}

/* What has been read since start is how e is written. */
static int span(const struct parser *p, struct expr *e, const char *start)
{
	e->source = (struct str){ start, (size_t)(p->text.p + p->done - start) };
	return 0;
}

static int expect(struct parser *p, const char *sign, const char *what)
{
	return is_sign(p, sign) ? next(p) : fail(p, what);
}

static int parse_or(struct parser *p, struct expr **ret);

/* "(" has been read: values up to ")". */
static int parse_args(struct parser *p, struct expr *e)
{
	struct expr *args[32];
	do {
		if (e->arg_count == 32)
			return fail(p, "more than 32 values in one list");
		if (parse_or(p, &args[e->arg_count++]) < 0)
			return -1;
	} while (is_sign(p, ",") && next(p) == 0);
	e->args = arena_alloc(p->arena, e->arg_count * sizeof *e->args);
	memcpy(e->args, args, e->arg_count * sizeof *e->args);
	return expect(p, ")", "a ')' is missing here");
}

static int parse_atom(struct parser *p, struct expr **ret)
{
	static const enum op ops[] = { [T_NUMBER] = E_NUMBER, [T_DATE] = E_DATE, [T_TEXT] = E_TEXT, [T_NAME] = E_NAME };
	const char *start = p->text.p + p->from;
	if (is_sign(p, "(")) {
		if (next(p) < 0 || parse_or(p, ret) < 0 || expect(p, ")", "a ')' is missing here") < 0)
			return -1;
		return span(p, *ret, start);
	}
	if (p->token == T_END || p->token == T_SIGN)
		return fail(p, "a value or a name is missing here");
	struct expr *e = *ret = node(p, ops[p->token]);
	e->number = p->number;
	e->text = p->s;
	bool name = p->token == T_NAME;
	if (next(p) < 0)
		return -1;
	if (!name || !is_sign(p, "("))
		return span(p, e, start);
	e->op = E_CALL;
	if (next(p) < 0 || parse_args(p, e) < 0)
		return -1;
	return span(p, e, start);
}

static int parse_item(struct parser *p, struct expr **ret)
{
	if (parse_atom(p, ret) < 0)
		return -1;
	for (;;) {
		bool dot = is_sign(p, "."), as = is_word(p, "as");
		if (!dot && !as && !is_sign(p, "["))
			return 0;
		struct expr *e = node(p, dot ? E_DOT : as ? E_AS : E_FILTER);
		e->a = *ret;
		*ret = e;
		if (next(p) < 0)
			return -1;
		if (e->op == E_FILTER) {
			if (parse_or(p, &e->b) < 0 || expect(p, "]", "a ']' is missing here") < 0)
				return -1;
			span(p, e, e->a->source.p);
			continue;
		}
		if (p->token != T_NAME)
			return fail(p, "a name is missing here");
		e->text = p->s;
		if (next(p) < 0)
			return -1;
		span(p, e, e->a->source.p);
	}
}

static int parse_unary(struct parser *p, struct expr **ret)
{
	if (!is_sign(p, "-"))
		return parse_item(p, ret);
	const char *start = p->text.p + p->from;
	*ret = node(p, E_NEGATE);
	return next(p) < 0 || parse_item(p, &(*ret)->a) < 0 ? -1 : span(p, *ret, start);
}

static int join_right(struct parser *p, enum op op, struct expr **ret, int (*right)(struct parser *, struct expr **))
{
	struct expr *e = node(p, op);
	e->a = *ret;
	*ret = e;
	return next(p) < 0 || right(p, &e->b) < 0 ? -1 : span(p, e, e->a->source.p);
}

static int parse_product(struct parser *p, struct expr **ret)
{
	int r = parse_unary(p, ret);
	while (r == 0 && is_sign(p, "*"))
		r = join_right(p, E_MULTIPLY, ret, parse_unary);
	return r;
}

static int parse_sum(struct parser *p, struct expr **ret)
{
	int r = parse_product(p, ret);
	while (r == 0 && (is_sign(p, "+") || is_sign(p, "-")))
		r = join_right(p, is_sign(p, "+") ? E_ADD : E_SUBTRACT, ret, parse_product);
	return r;
}

static int parse_in(struct parser *p, struct expr **ret)
{
	struct expr *e = node(p, E_IN);
	e->a = *ret;
	*ret = e;
	if (next(p) < 0)
		return -1;
	if (is_sign(p, "("))
		return next(p) < 0 || parse_args(p, e) < 0 ? -1 : span(p, e, e->a->source.p);
	struct expr *low, *range;
	if (parse_sum(p, &low) < 0)
		return -1;
	range = node(p, E_RANGE);
	if (expect(p, "..", "after 'in' comes a list (a, b) or a range a..b") < 0)
		return -1;
	range->a = low;
	e->args = arena_alloc(p->arena, sizeof *e->args);
	e->args[0] = range;
	e->arg_count = 1;
	if (parse_sum(p, &range->b) < 0)
		return -1;
	span(p, range, low->source.p);
	return span(p, e, e->a->source.p);
}

static int parse_is(struct parser *p, struct expr **ret)
{
	if (next(p) < 0)
		return -1;
	bool not = is_word(p, "not");
	if (not && next(p) < 0)
		return -1;
	enum op op = is_word(p, "null") ? E_IS_NULL : is_word(p, "true") ? E_IS_TRUE : is_word(p, "false") ? E_IS_FALSE : E_NULL;
	if (op == E_NULL)
		return fail(p, "after 'is' comes null, true or false");
	struct expr *e = node(p, op);
	e->a = *ret;
	*ret = e;
	if (not) {
		*ret = node(p, E_NOT);
		(*ret)->a = e;
	}
	if (next(p) < 0)
		return -1;
	span(p, e, e->a->source.p);
	return span(p, *ret, e->a->source.p);
}

static int parse_test(struct parser *p, struct expr **ret)
{
	static const struct {
		const char *sign;
		enum op op;
	} signs[] = { { "=", E_EQ }, { "!=", E_NE }, { "<", E_LT }, { "<=", E_LE }, { ">", E_GT }, { ">=", E_GE } };
	if (parse_sum(p, ret) < 0)
		return -1;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (is_sign(p, signs[i].sign))
			return join_right(p, signs[i].op, ret, parse_sum);
	if (is_word(p, "in"))
		return parse_in(p, ret);
	if (is_word(p, "is"))
		return parse_is(p, ret);
	return 0;
}

static int parse_not(struct parser *p, struct expr **ret)
{
	if (!is_word(p, "not"))
		return parse_test(p, ret);
	if (++p->depth > MAX_DEPTH)
		return fail(p, "is nested too deeply");
	const char *start = p->text.p + p->from;
	*ret = node(p, E_NOT);
	int r = next(p) < 0 || parse_not(p, &(*ret)->a) < 0 ? -1 : span(p, *ret, start);
	p->depth--;
	return r;
}

static int parse_and(struct parser *p, struct expr **ret)
{
	int r = parse_not(p, ret);
	while (r == 0 && is_word(p, "and"))
		r = join_right(p, E_AND, ret, parse_not);
	return r;
}

static int parse_or(struct parser *p, struct expr **ret)
{
	if (++p->depth > MAX_DEPTH)
		return fail(p, "is nested too deeply");
	int r = parse_and(p, ret);
	while (r == 0 && is_word(p, "or"))
		r = join_right(p, E_OR, ret, parse_and);
	p->depth--;
	return r;
}

int expr_parse(struct expr **ret, struct arena *arena, const char *file, unsigned line, unsigned column, struct str text,
               struct err *err)
{
	struct parser p = { .arena = arena, .file = file, .line = line, .column = column, .text = text, .err = err };
	if (text.n > MAX_TEXT)
		return fail(&p, "is longer than 8192 bytes; give parts of it a name under terms");
	if (next(&p) < 0 || parse_or(&p, ret) < 0)
		return -1;
	if (p.token != T_END)
		return fail(&p, "something is left over here; 'and', 'or' or an operator may be missing");
	return 0;
}
