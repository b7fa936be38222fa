#include "words.h"

const struct attribute_word attribute_words[] = {
	{ ITEM_PERSON, "id", "号码", NULL, A_ID, V_ID },
	{ ITEM_PERSON, "age", "年龄", NULL, A_AGE, V_NUMBER },
	{ ITEM_PERSON, "male", "男性", NULL, A_MALE, V_BOOL },
	{ ITEM_PERSON, "alive", "在世", NULL, A_ALIVE, V_BOOL },
	{ ITEM_PERSON, "registered", "已建档", NULL, A_REGISTERED, V_BOOL },
	{ ITEM_PERSON, "member", "本户在册", NULL, A_MEMBER, V_BOOL },
	{ ITEM_PERSON, "maybe_registered", "可能已建档", NULL, A_MAYBE_REGISTERED, V_BOOL },
	{ ITEM_PERSON, "name", "姓名", NULL, A_NAME, V_TEXT },
	{ ITEM_PERSON, "home", "现户籍", NULL, A_HOME, V_HOME },
	{ ITEM_PERSON, "household", "户籍户", NULL, A_HOUSEHOLD, V_HOUSEHOLD },
	{ ITEM_PERSON, "registers", "建档户", NULL, A_REGISTERS, V_REGISTERS },
	{ ITEM_HOUSEHOLD, "people", "家庭成员", "人口", A_PEOPLE, V_PERSONS },
	{ ITEM_HOUSEHOLD, "region", "行政区划", NULL, A_REGION, V_REGION },
	{ ITEM_HOUSEHOLD, "household_no", "户号", NULL, A_NUMBER, V_TEXT },
	{ ITEM_HOUSEHOLD, "split_on", "分户日期", NULL, A_SPLIT_ON, V_DATE },
	{ ITEM_HOUSEHOLD, "split_from", "原户号", NULL, A_SPLIT_FROM, V_TEXT },
	{ ITEM_HOUSEHOLD, "collective", "集体户", NULL, A_COLLECTIVE, V_BOOL },
	{ ITEM_HOUSEHOLD, "registered", "已建档", NULL, A_REGISTERED, V_BOOL },
	{ ITEM_HOUSEHOLD, "maybe_registered", "可能已建档", NULL, A_MAYBE_REGISTERED, V_BOOL },
	{ ITEM_HOUSEHOLD, "source", "原户", NULL, A_SOURCE, V_HOUSEHOLD },
	{ ITEM_HOUSEHOLD, "branches", "分出户", NULL, A_BRANCHES, V_HOUSEHOLDS },
	{ ITEM_REGISTER, "members", "在册成员", NULL, A_MEMBERS, V_PERSONS },
	{ ITEM_REGISTER, "family", "家庭成员", NULL, A_FAMILY, V_PERSONS },
	{ ITEM_REGISTER, "head", "户主行", NULL, A_HEAD, V_REGISTER_ROW },
	{ ITEM_REGISTER, "rows", "各行", NULL, A_ROWS, V_REGISTER_ROWS },
	{ ITEM_REGISTER, "refused", "被拒行数", NULL, A_REFUSED, V_NUMBER },
	{ ITEM_VILLAGE, "all", "总户数", NULL, A_ALL, V_NUMBER },
	{ ITEM_VILLAGE, "split", "分户数", NULL, A_SPLIT, V_NUMBER },
	{ ITEM_VILLAGE, "region", "行政区划", NULL, A_REGION, V_REGION },
	{ ITEM_ROW, "witness", "姓名佐证", NULL, A_WITNESS, V_LEVEL },
	{ ITEM_ROW, "weak", "号码存疑", NULL, A_WEAK, V_BOOL },
	{ ITEM_ROW, "persons", "所涉人员", NULL, A_PERSONS, V_PERSONS },
	{ ITEM_ROW, "person", "本人", NULL, A_PERSONS, V_PERSON },
	{ ITEM_ROW, "partner", "对方", NULL, A_PARTNER, V_PERSON },
};
const size_t attribute_word_count = sizeof attribute_words / sizeof *attribute_words;

const struct function_word function_words[] = {
	{ "year", "年份", F_YEAR, VT_DATE, VT_NUMBER },
	{ "county", "所在县", F_COUNTY, VT_REGION, VT_REGION },
	{ "township", "所在乡镇", F_TOWNSHIP, VT_REGION, VT_REGION },
	{ "in_village", "在村", F_IN_VILLAGE, VT_REGION, VT_BOOL },
	{ "squeeze", "去空格", F_SQUEEZE, VT_TEXT, VT_TEXT },
	{ "level", "残疾等级", F_LEVEL, VT_CERT, VT_NUMBER },
	{ "category", "残疾类别", F_CATEGORY, VT_CERT, VT_NUMBER },
	{ "contains", "包含", F_CONTAINS, VT_TEXT, VT_BOOL },
};
const size_t function_word_count = sizeof function_words / sizeof *function_words;

const struct quantifier_word quantifier_words[] = {
	{ "any", "任一", E_ANY, false },   { "all", "全部", E_ALL, false },  { "none", "没有", E_NOT_ANY, false },
	{ "count", "计数", E_COUNT, false }, { "sum", "合计", E_SUM, true },   { "min", "最小", E_MIN, true },
	{ "max", "最大", E_MAX, true },      { "latest", "最近", E_LATEST, true },
};
const size_t quantifier_word_count = sizeof quantifier_words / sizeof *quantifier_words;

const struct word plain_words[] = {
	{ "and", "且", "并且" },     { "or", "或", "或者" },        { "not", "非", NULL },         { "in", "属于", NULL },
	{ "as", "记作", NULL },      { "true", "是", "真" },        { "false", "否", "假" },       { "is null", "为空", NULL },
	{ "is not null", "不为空", NULL }, { "is true", "为真", NULL }, { "is false", "为假", NULL }, { "is not true", "不为真", NULL },
	{ "is not false", "不为假", NULL }, { "D", "基准日", NULL },  { "evidence", "依据", NULL },  { "nature", "性质", NULL },
	{ "fires", "成立", NULL },   { "unit", "本单位", NULL },    { "this", "此", NULL },        { "row", "此行", NULL },
	{ "otherwise", "其余", NULL }, { "never", "从不", NULL },    { "always", "总是", NULL },
};
const size_t plain_word_count = sizeof plain_words / sizeof *plain_words;

bool words_have(struct str text, const char *en, const char *zh, const char *zh2)
{
	return str_eq(text, str_of(en)) || (zh && str_eq(text, str_of(zh))) || (zh2 && str_eq(text, str_of(zh2)));
}

static const struct word *plain_word(const char *en)
{
	for (size_t i = 0; i < plain_word_count; i++)
		if (strcmp(plain_words[i].en, en) == 0)
			return &plain_words[i];
	return NULL;
}

const char *word_in(const char *en, enum lang lang)
{
	const struct word *w = plain_word(en);
	return lang == LANG_ZH && w ? w->zh : en;
}

bool word_is(struct str text, const char *en)
{
	const struct word *w = plain_word(en);
	return words_have(text, en, w ? w->zh : NULL, w ? w->zh2 : NULL);
}

/* ---- names of schemas ------------------------------------------------------------------------------------------------------------------ */

static struct str fold(struct str text, char *out)
{
	size_t n = spelling_fold(text, out, SPELLING_MAX);
	return (struct str){ out, n == SIZE_MAX ? 0 : n };
}

int enumeration_word(const struct enumeration *e, struct str text)
{
	char folded[SPELLING_MAX];
	struct str t = fold(text, folded);
	for (unsigned i = 0; i < e->count; i++)
		if (str_eq(e->values[i], text))
			return (int)i;
	for (unsigned i = 0; t.n && i < e->spelling_count; i++)
		if (str_eq(e->spellings[i].text, t))
			return e->spellings[i].value;
	return e->other >= 0 && str_eq(text, STR("其他")) ? e->other : -1;
}

int column_word(const struct kind *k, struct str text)
{
	char folded[SPELLING_MAX];
	struct str t = fold(text, folded);
	int i = kind_column(k, text);
	for (unsigned c = 0; i < 0 && t.n && c < k->column_count; c++)
		for (unsigned s = 0; s < k->columns[c].spelling_count; s++)
			if (str_eq(k->columns[c].spellings[s], t))
				return (int)c;
	return i;
}

const struct kind *kind_word(const struct schema *s, struct str text)
{
	const struct kind *k = schema_kind(s, text);
	for (unsigned i = 0; !k && i < s->kind_count; i++) {
		if (str_eq(s->kinds[i].title_zh, text))
			k = &s->kinds[i];
		for (unsigned w = 0; !k && w < s->kinds[i].word_count; w++)
			if (str_eq(s->kinds[i].words[w], text))
				k = &s->kinds[i];
	}
	return k;
}

bool is_a_name(struct str s)
{
	static const char *const wide[] = { "（", "）", "，", "、", "［", "］", "　", "·", "“", "”", "／", "。", "；", "：", "≥", "≤", "≠", "…" };
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x80 && c != '_' && !(c >= '0' && c <= '9' && i) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			return false;
	}
	for (size_t k = 0; k < sizeof wide / sizeof *wide; k++)
		if (str_has(s, str_of(wide[k])))
			return false;
	return s.n > 0;
}

struct str enumeration_name(const struct enumeration *e, unsigned value, enum lang lang)
{
	struct str word = lang == LANG_ZH && e->words ? e->words[value] : (struct str){ 0 };
	if (lang == LANG_ZH && (int)value == e->other)
		word = STR("其他");
	return is_a_name(word) && enumeration_word(e, word) == (int)value ? word : e->values[value];
}

struct str column_name(const struct kind *k, unsigned column, enum lang lang)
{
	const struct column *c = &k->columns[column];
	for (unsigned s = 0; lang == LANG_ZH && s < c->spelling_count; s++)
		if (is_a_name(c->spellings[s]))
			return c->spellings[s];
	return c->name;
}

struct str kind_name(const struct kind *k, enum lang lang)
{
	if (lang == LANG_ZH && is_a_name(k->title_zh))
		return k->title_zh;
	return k->name;
}
