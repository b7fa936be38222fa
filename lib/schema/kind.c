#include "load.h"

int load_name(struct schema *s, const struct yaml *y, struct fy_node *node, struct str *ret, struct err *err)
{
	struct str text;
	if (yaml_str(y, node, &text, err) < 0)
		return -1;
	bool good = text.n >= 1 && text.n <= 40 && text.p[0] >= 'a' && text.p[0] <= 'z';
	for (size_t i = 0; good && i < text.n; i++)
		good = (text.p[i] >= 'a' && text.p[i] <= 'z') || (text.p[i] >= '0' && text.p[i] <= '9') || text.p[i] == '_';
	if (!good)
		return yaml_fail(y, node, err, "a name is 1 to 40 of a-z, 0-9 and _, a letter first");
	*ret = arena_dup(&s->arena, text);
	return 0;
}

int load_spelling(struct schema *s, const struct yaml *y, struct fy_node *node, bool may_be_empty, struct str *ret, struct err *err)
{
	struct str text;
	char folded[SPELLING_MAX];
	if (yaml_str(y, node, &text, err) < 0)
		return -1;
	size_t n = spelling_fold(text, folded, sizeof folded);
	if (n == SIZE_MAX)
		return yaml_fail(y, node, err, "a spelling of more than %d bytes", SPELLING_MAX);
	if (!n && !may_be_empty)
		return yaml_fail(y, node, err, "an empty text");
	*ret = arena_dup(&s->arena, (struct str){ folded, n });
	return 0;
}

/* A text for people: as it stands. */
static int load_text(struct schema *s, const struct yaml *y, struct fy_node *node, struct str *ret, struct err *err)
{
	struct str text;
	if (yaml_str(y, node, &text, err) < 0)
		return -1;
	if (!text.n || text.n > SPELLING_MAX)
		return yaml_fail(y, node, err, "here belongs a text of 1 to %d bytes", SPELLING_MAX);
	*ret = arena_dup(&s->arena, text);
	return 0;
}

/* {zh: …, en: …} */
static int load_titles(struct schema *s, const struct yaml *y, struct fy_node *map, const char *key, struct str *ret_zh,
                       struct str *ret_en, struct err *err)
{
	struct fy_node *node, *zh, *en;
	if (yaml_need(y, map, key, &node, err) < 0 || yaml_keys(y, node, (const char *const[]){ "zh", "en", NULL }, err) < 0
	    || yaml_need(y, node, "zh", &zh, err) < 0 || yaml_need(y, node, "en", &en, err) < 0)
		return -1;
	if (load_text(s, y, zh, ret_zh, err) < 0)
		return -1;
	return load_text(s, y, en, ret_en, err);
}

static int load_flag(const struct yaml *y, struct fy_node *map, const char *key, bool *ret, struct err *err)
{
	struct fy_node *node = yaml_get(map, key);
	return node ? yaml_bool(y, node, ret, err) : 0;
}

static int load_type(const struct schema *s, struct column *c, const struct yaml *y, struct fy_node *node, struct err *err)
{
	struct str name;
	if (yaml_str(y, node, &name, err) < 0)
		return -1;
	c->type = type_of_name(name);
	if (c->type == TYPE_GRADE)
		c->enumeration = find_enumeration(s, STR("grade"));
	if (c->type != TYPE_COUNT && c->type != TYPE_ENUM)
		return 0;
	c->type = TYPE_ENUM;
	c->enumeration = find_enumeration(s, name);
	if (c->enumeration)
		return 0;
	return yaml_fail(y, node, err, "unknown type '%.*s'; known: text, name, id, cert, date, year, money, bool, region, grade, "
	                 "and the enumerations of types.yaml and of this file", (int)(name.n < 60 ? name.n : 60), name.p);
}

/* ASCII letters in any case: names of columns are found so in a header. */
static bool same_word(struct str a, struct str b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static const struct column *find_spelling(const struct kind *k, struct str text)
{
	for (unsigned i = 0; i < k->column_count; i++) {
		const struct column *c = &k->columns[i];
		if (same_word(c->name, text))
			return c;
		for (unsigned j = 0; j < c->spelling_count; j++)
			if (str_eq(c->spellings[j], text))
				return c;
	}
	return NULL;
}

/* c is the last column of k, and its spellings count up as they are read: so it is compared with itself too. */
static int load_column_spellings(struct schema *s, const struct kind *k, struct column *c, const struct yaml *y,
                                 struct fy_node *list, struct err *err)
{
	struct fy_node *item;
	struct str text;
	void *iter = NULL;
	unsigned n;
	if (yaml_list(y, list, MAX_NAMES, &n, err) < 0)
		return -1;
	c->spellings = arena_alloc(&s->arena, n * sizeof *c->spellings);
	while ((item = fy_node_sequence_iterate(list, &iter))) {
		if (load_spelling(s, y, item, false, &text, err) < 0)
			return -1;
		const struct column *clash = find_spelling(k, text);
		if (clash)
			return yaml_fail(y, item, err, "this spelling belongs to the column '%.*s' already; a header cell has one meaning",
			                 STR_ARG(clash->name));
		c->spellings[c->spelling_count++] = text;
	}
	return 0;
}

static int check_column(const struct column *c, const struct yaml *y, struct fy_node *node, struct err *err)
{
	if (c->bold && !c->required)
		return yaml_fail(y, node, err, "bold without required: without the column every row would be refused; add required: true");
	if ((c->type == TYPE_ID || c->type == TYPE_CERT) && !c->bold)
		return yaml_fail(y, node, err, "an id has to be required and bold: a row without its person belongs nowhere");
	if (c->type != TYPE_MONEY && yaml_get(node, "unit"))
		return yaml_fail(y, yaml_get(node, "unit"), err, "a unit belongs to money columns only");
	return 0;
}

static int load_column(struct schema *s, struct kind *k, const struct yaml *y, struct fy_node *node, struct err *err)
{
	static const char *const known[] = { "name", "spellings", "type", "unit", "required", "bold", "may_be_null", NULL };
	struct fy_node *name, *type, *list, *unit;
	struct str ignored;
	struct column *c = &k->columns[k->column_count];
	if (yaml_keys(y, node, known, err) < 0 || yaml_need(y, node, "name", &name, err) < 0
	    || yaml_need(y, node, "type", &type, err) < 0 || load_name(s, y, name, &c->name, err) < 0)
		return -1;
	if (find_spelling(k, c->name))
		return yaml_fail(y, name, err, "there is a column or a spelling '%.*s' already", STR_ARG(c->name));
	k->column_count++;
	if ((list = yaml_get(node, "spellings")) && load_column_spellings(s, k, c, y, list, err) < 0)
		return -1;
	if ((unit = yaml_get(node, "unit")) && load_text(s, y, unit, &ignored, err) < 0)
		return -1;
	if (load_type(s, c, y, type, err) < 0 || load_flag(y, node, "required", &c->required, err) < 0
	    || load_flag(y, node, "bold", &c->bold, err) < 0 || load_flag(y, node, "may_be_null", &c->may_be_null, err) < 0)
		return -1;
	return check_column(c, y, node, err);
}

/* Where each column's value stands in a row, and which columns name persons. */
static int lay_out(struct kind *k, const struct yaml *y, struct fy_node *node, struct err *err)
{
	unsigned at = KIND_ROW_HEAD, ids = 0;
	bool names_people = k->role != ROLE_ID_CHANGES && k->role != ROLE_PLACES;
	k->ids[0] = k->ids[1] = k->name_column = -1;
	for (unsigned i = 0; i < k->column_count; i++) {
		struct column *c = &k->columns[i];
		c->offset = (uint16_t)at;
		at += type_width(c->type);
		if (c->type == TYPE_TEXT || c->type == TYPE_NAME)
			c->slot = (uint16_t)k->text_count++;
		if (c->type == TYPE_NAME && str_eq(c->name, STR("name")))
			k->name_column = (int)i;
		if (!names_people || (c->type != TYPE_ID && c->type != TYPE_CERT))
			continue;
		if (ids == 2)
			return yaml_fail(y, node, err, "more than two columns of type id or cert; a row names at most two people");
		k->ids[ids++] = (int)i;
	}
	k->stride = at;
	if (names_people && !ids)
		return yaml_fail(y, node, err, "no column of type id or cert; rows are reconciled on one");
	return 0;
}

static void list_ids(struct schema *s, struct kind *k)
{
	k->id_offsets = arena_alloc(&s->arena, k->column_count * sizeof *k->id_offsets);
	for (unsigned i = 0; i < k->column_count; i++)
		if (k->columns[i].type == TYPE_ID || k->columns[i].type == TYPE_CERT)
			k->id_offsets[k->id_offset_count++] = k->columns[i].offset;
}

static int load_columns(struct schema *s, struct kind *k, const struct yaml *y, struct fy_node *root, struct err *err)
{
	struct fy_node *list, *item;
	void *iter = NULL;
	unsigned n;
	if (yaml_need(y, root, "columns", &list, err) < 0 || yaml_list(y, list, MAX_COLUMNS, &n, err) < 0)
		return -1;
	k->columns = arena_alloc(&s->arena, n * sizeof *k->columns);
	while ((item = fy_node_sequence_iterate(list, &iter)))
		if (load_column(s, k, y, item, err) < 0)
			return -1;
	if (lay_out(k, y, list, err) < 0)
		return -1;
	list_ids(s, k);
	return 0;
}

/* A file whose name holds a word of two kinds is refused, so two kinds with one word would refuse every such file. */
static int load_words(struct schema *s, struct kind *k, const struct yaml *y, struct fy_node *list, struct err *err)
{
	struct fy_node *item;
	void *iter = NULL;
	unsigned n;
	if (yaml_list(y, list, MAX_WORDS, &n, err) < 0)
		return -1;
	k->words = arena_alloc(&s->arena, n * sizeof *k->words);
	while ((item = fy_node_sequence_iterate(list, &iter))) {
		struct str word;
		if (load_text(s, y, item, &word, err) < 0)
			return -1;
		for (const struct kind *other = s->kinds; other <= k; other++)
			for (unsigned i = 0; i < other->word_count; i++)
				if (str_eq(other->words[i], word))
					return yaml_fail(y, item, err, "this file word belongs to the kind '%.*s' already",
					                 STR_ARG(other->name));
		k->words[k->word_count++] = word;
	}
	return 0;
}

static int load_role(struct schema *s, struct kind *k, const struct yaml *y, struct fy_node *node, struct err *err)
{
	static const char *const roles[ROLE_COUNT] = { "", "register", "households", "deaths", "places", "id_changes" };
	struct str text;
	if (yaml_str(y, node, &text, err) < 0)
		return -1;
	for (enum role r = ROLE_REGISTER; r < ROLE_COUNT; r++)
		if (str_eq(text, str_of(roles[r])))
			k->role = r;
	if (k->role == ROLE_NONE)
		return yaml_fail(y, node, err, "unknown role; known: register, households, deaths, places, id_changes");
	const struct kind *other = schema_role(s, k->role);
	if (other)
		return yaml_fail(y, node, err, "the kind '%.*s' has this role already; one kind at most may have it", STR_ARG(other->name));
	return 0;
}

int load_kind(struct schema *s, const struct yaml *y, struct err *err)
{
	static const char *const known[] = { "kind", "order", "role", "title", "department", "words", "required", "yields",
	                                     "enumerations", "columns", NULL };
	struct fy_node *root = yaml_root(y), *node;
	struct kind *k = &s->kinds[s->kind_count];
	long order = 1000;
	*k = (struct kind){ 0 };
	if (s->kind_count == MAX_KINDS)
		return yaml_fail(y, root, err, "more than %d kinds", MAX_KINDS);
	if (yaml_keys(y, root, known, err) < 0 || yaml_need(y, root, "kind", &node, err) < 0 || load_name(s, y, node, &k->name, err) < 0)
		return -1;
	if (schema_kind(s, k->name))
		return yaml_fail(y, node, err, "there is a kind '%.*s' already", STR_ARG(k->name));
	if ((node = yaml_get(root, "order")) && yaml_int(y, node, 1, 1000, &order, err) < 0)
		return -1;
	k->index = (unsigned)order; /* until schema_load() has them all in order */
	if ((node = yaml_get(root, "role")) && load_role(s, k, y, node, err) < 0)
		return -1;
	if (load_titles(s, y, root, "title", &k->title_zh, &k->title_en, err) < 0
	    || load_titles(s, y, root, "department", &k->department_zh, &k->department_en, err) < 0)
		return -1;
	if ((node = yaml_get(root, "words")) && load_words(s, k, y, node, err) < 0)
		return -1;
	if (load_flag(y, root, "required", &k->required, err) < 0 || load_flag(y, root, "yields", &k->yields, err) < 0)
		return -1;
	if ((node = yaml_get(root, "enumerations")) && load_enumerations(s, y, node, err) < 0)
		return -1;
	if (load_columns(s, k, y, root, err) < 0 || check_role(y, k, err) < 0)
		return -1;
	s->kind_count++;
	return 0;
}
