#include "load.h"

#include "text/blank.h"

#include <stdlib.h>

size_t spelling_fold(struct str text, char *out, size_t size)
{
	size_t n = 0;
	for (size_t i = 0, k; i < text.n; i += k) {
		const char *p = text.p + i;
		char put = *p;
		if ((k = blank_at(p, text.n - i)))
			continue;
		k = 1;
		if (text.n - i >= 3 && (!memcmp(p, "（", 3) || !memcmp(p, "）", 3))) {
			put = p[2] == "（"[2] ? '(' : ')';
			k = 3;
		}
		if (n == size)
			return SIZE_MAX;
		out[n++] = put;
	}
	return n;
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(((const struct spelling *)a)->text, ((const struct spelling *)b)->text);
}

static const struct spelling *look_up(const struct enumeration *e, struct str text)
{
	struct spelling key = { text, 0 };
	return bsearch(&key, e->spellings, e->spelling_count, sizeof key, by_text);
}

int64_t enumeration_parse(const struct enumeration *e, struct str text)
{
	if (!text.n)
		return e->empty < 0 ? VALUE_NULL : e->empty;
	const struct spelling *hit = look_up(e, text);
	if (!hit) {
		char folded[SPELLING_MAX];
		size_t n = spelling_fold(text, folded, sizeof folded);
		if (n != SIZE_MAX)
			hit = look_up(e, (struct str){ folded, n });
	}
	if (hit)
		return hit->value;
	return e->other < 0 ? -1 - ENUM : e->other;
}

const struct enumeration *find_enumeration(const struct schema *s, struct str name)
{
	for (unsigned i = 0; i < s->enumeration_count; i++)
		if (str_eq(s->enumerations[i].name, name))
			return &s->enumerations[i];
	return NULL;
}

void add_grade(struct schema *s)
{
	static const char *const letters[] = { "A", "B", "C", "D" };
	struct enumeration *e = &s->enumerations[s->enumeration_count++];
	*e = (struct enumeration){ .name = STR("grade"), .count = 4, .spelling_count = 4, .other = -1, .empty = -1 };
	e->values = arena_alloc(&s->arena, 4 * sizeof *e->values);
	e->spellings = arena_alloc(&s->arena, 4 * sizeof *e->spellings);
	for (uint8_t i = 0; i < 4; i++) {
		e->values[i] = str_of(letters[i]);
		e->spellings[i] = (struct spelling){ e->values[i], i };
	}
}

/* While its spellings are read they stand in the order of the file. */
static int add_spelling(struct enumeration *e, const struct yaml *y, struct fy_node *node, struct str text, uint8_t value,
                        struct err *err)
{
	if (!text.n) {
		if (e->empty >= 0)
			return yaml_fail(y, node, err, "the empty field has the value '%.*s' already", STR_ARG(e->values[e->empty]));
		e->empty = value;
		return 0;
	}
	for (unsigned i = 0; i < e->spelling_count; i++)
		if (str_eq(e->spellings[i].text, text))
			return yaml_fail(y, node, err, "this spelling stands for '%.*s' already; take one of the two out",
			                 STR_ARG(e->values[e->spellings[i].value]));
	e->spellings[e->spelling_count++] = (struct spelling){ text, value };
	if (!e->words[value].n)
		e->words[value] = text;
	return 0;
}

static int load_value(struct schema *s, struct enumeration *e, const struct yaml *y, struct fy_node *key, struct fy_node *list,
                      struct err *err)
{
	struct str name, text;
	struct fy_node *item;
	void *iter = NULL;
	unsigned n;
	if (load_name(s, y, key, &name, err) < 0 || yaml_list(y, list, MAX_SPELLINGS, &n, err) < 0)
		return -1;
	uint8_t value = e->count++;
	e->values[value] = name;
	while ((item = fy_node_sequence_iterate(list, &iter)))
		if (load_spelling(s, y, item, true, &text, err) < 0 || add_spelling(e, y, item, text, value, err) < 0)
			return -1;
	return 0;
}

/* How many spellings the lists of all values hold; a value that is no list is left to load_value() to complain about. */
static int count_spellings(const struct yaml *y, struct fy_node *values, unsigned *ret, struct err *err)
{
	struct fy_node *key, *list;
	struct str text;
	void *iter = NULL;
	unsigned n = 0;
	while (yaml_next(values, &iter, &key, &text, &list))
		if (fy_node_is_sequence(list))
			n += (unsigned)fy_node_sequence_item_count(list);
	if (n > MAX_SPELLINGS)
		return yaml_fail(y, values, err, "%u spellings; at most %d are allowed", n, MAX_SPELLINGS);
	*ret = n;
	return 0;
}

static int load_other(struct enumeration *e, const struct yaml *y, struct fy_node *node, struct err *err)
{
	bool other = false;
	if (yaml_bool(y, node, &other, err) < 0)
		return -1;
	if (!other)
		return 0;
	for (unsigned i = 0; i < e->count; i++)
		if (str_eq(e->values[i], STR("other")))
			return yaml_fail(y, node, err, "'other' stands among the values already");
	if (e->count == MAX_VALUES)
		return yaml_fail(y, node, err, "more than %d values, with other", MAX_VALUES);
	e->other = e->count;
	e->values[e->count++] = STR("other");
	return 0;
}

static int load_enumeration(struct schema *s, const struct yaml *y, struct fy_node *key, struct fy_node *node, struct err *err)
{
	struct enumeration *e = &s->enumerations[s->enumeration_count];
	struct fy_node *values, *value_key, *list, *other;
	struct str text;
	void *iter = NULL;
	unsigned n, spellings = 0;
	*e = (struct enumeration){ .other = -1, .empty = -1 };
	if (load_name(s, y, key, &e->name, err) < 0)
		return -1;
	if (type_of_name(e->name) != TYPE_COUNT)
		return yaml_fail(y, key, err, "'%.*s' is a type that every schema has; choose another name", STR_ARG(e->name));
	if (find_enumeration(s, e->name))
		return yaml_fail(y, key, err, "there is an enumeration '%.*s' already", STR_ARG(e->name));
	if (yaml_keys(y, node, (const char *const[]){ "values", "other", NULL }, err) < 0
	    || yaml_need(y, node, "values", &values, err) < 0 || yaml_map(y, values, MAX_VALUES, &n, err) < 0
	    || count_spellings(y, values, &spellings, err) < 0)
		return -1;
	e->values = arena_alloc(&s->arena, (n + 1) * sizeof *e->values);
	e->words = arena_alloc(&s->arena, (n + 1) * sizeof *e->words);
	e->spellings = arena_alloc(&s->arena, spellings * sizeof *e->spellings);
	while (yaml_next(values, &iter, &value_key, &text, &list))
		if (load_value(s, e, y, value_key, list, err) < 0)
			return -1;
	if ((other = yaml_get(node, "other")) && load_other(e, y, other, err) < 0)
		return -1;
	qsort(e->spellings, e->spelling_count, sizeof *e->spellings, by_text);
	s->enumeration_count++;
	return 0;
}

int load_enumerations(struct schema *s, const struct yaml *y, struct fy_node *map, struct err *err)
{
	struct fy_node *key, *node;
	struct str text;
	void *iter = NULL;
	unsigned n;
	if (yaml_map(y, map, MAX_ENUMERATIONS, &n, err) < 0)
		return -1;
	while (yaml_next(map, &iter, &key, &text, &node)) {
		if (s->enumeration_count == MAX_ENUMERATIONS)
			return yaml_fail(y, key, err, "more than %d enumerations", MAX_ENUMERATIONS);
		if (load_enumeration(s, y, key, node, err) < 0)
			return -1;
	}
	return 0;
}
