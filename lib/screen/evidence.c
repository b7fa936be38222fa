/* The rows of a finding, as the lists show them: places, people, a hash of what they say, and the same in words. */
#include "internal.h"

#include "id/id.h"
#include "screen/look.h"

#include <stdio.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define MAX_ROWS_IN_WORDS 40

static const struct kind *kind_of(const struct screener *s, uint32_t row)
{
	return &s->shared->pack->schema->kinds[s->dossier.rows[row].kind];
}

static const char *file_of(const struct screener *s, uint32_t row)
{
	const struct dossier_row *r = &s->dossier.rows[row];
	uint16_t file = row_file(r->row);
	return file < s->shared->file_counts[r->kind] ? s->shared->files[r->kind][file] : "?";
}

struct located {
	const char *file;
	uint32_t line, row;
};

static int by_place(const void *pa, const void *pb)
{
	const struct located *a = pa, *b = pb;
	int c = strcmp(a->file, b->file);
	return c ? c : (a->line > b->line) - (a->line < b->line);
}

static struct located *locate(struct screener *s, struct set rows)
{
	struct located *l = arena_alloc(&s->eval.arena, (rows.n + 1) * sizeof *l);
	for (uint32_t i = 0; i < rows.n; i++)
		l[i] = (struct located){ file_of(s, rows.items[i]), row_line(s->dossier.rows[rows.items[i]].row), rows.items[i] };
	sort(l, rows.n, sizeof *l, by_place);
	return l;
}

void put_id(struct screener *s, uint64_t stored, struct buf *b)
{
	if (s->id_of != id_key(stored)) {
		s->id_of = id_key(stored);
		id_print(stored, s->id);
	}
	buf_put(b, s->id, ID_TEXT);
}

static int by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Keys sort as their numbers do: region, birthday and sequence stand in that order, and the check digit follows from them. */
static struct str ids_of(struct screener *s, struct set rows)
{
	struct buf *b = &s->ids;
	uint64_t *keys = arena_alloc(&s->eval.arena, 2 * ((size_t)rows.n + 1) * sizeof *keys);
	size_t n = 0;
	for (uint32_t i = 0; i < rows.n; i++)
		for (int w = 0; w < 2; w++) {
			uint32_t p = s->dossier.rows[rows.items[i]].persons[w];
			if (p != NONE)
				keys[n++] = s->dossier.persons[p].key;
		}
	sort(keys, n, sizeof *keys, by_key);
	b->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (i && keys[i] == keys[i - 1])
			continue;
		if (b->n)
			buf_putc(b, ' ');
		put_id(s, keys[i], b);
	}
	return buf_str(b);
}

/* The value as an office writes it: the first spelling of an enumerated one. */
void value_in_words(const struct column *c, int64_t n, struct buf *b)
{
	if (c->type == TYPE_BOOL) {
		buf_puts(b, n ? STR("是") : STR("否"));
		return;
	}
	if (c->enumeration && n == c->enumeration->other) {
		buf_puts(b, STR("其他"));
		return;
	}
	if (c->type == TYPE_ENUM && c->enumeration->words && c->enumeration->words[n].n) {
		buf_puts(b, c->enumeration->words[n]);
		return;
	}
	column_print(c, n, b);
}

static void put_place(struct buf *b, struct str before, const char *file, uint32_t line)
{
	buf_puts(b, before);
	buf_puts(b, str_of(file));
	buf_putc(b, ':');
	buf_number(b, line, 1);
}

void row_place(struct screener *s, uint32_t row, struct buf *b)
{
	put_place(b, STR(""), file_of(s, row), row_line(s->dossier.rows[row].row));
}

/* ---- what is the same of every row of a kind ------------------------------------------------------------------------------------- */

static struct str kept(struct arena *a, struct buf *b)
{
	struct str r = arena_dup(a, buf_str(b));
	b->n = 0;
	return r;
}

static void prepare_kind(struct arena *a, const struct kind *k, struct kind_words *w)
{
	struct buf b = { 0 };
	buf_puts(&b, k->department_zh);
	if (k->title_zh.n) {
		buf_puts(&b, STR("（"));
		buf_puts(&b, k->title_zh);
		buf_puts(&b, STR("）"));
	}
	buf_puts(&b, STR("："));
	w->begin = kept(a, &b);
	w->columns = arena_alloc(a, k->column_count * sizeof *w->columns);
	for (unsigned i = 0; i < k->column_count; i++) {
		const struct column *c = &k->columns[i];
		buf_putc(&b, 0x1F);
		buf_puts(&b, c->name);
		buf_putc(&b, '=');
		w->columns[i].name = kept(a, &b);
		buf_puts(&b, c->spelling_count ? c->spellings[0] : c->name);
		buf_putc(&b, ' ');
		w->columns[i].word = kept(a, &b);
	}
	buf_release(&b);
}

struct kind_words *evidence_words(struct arena *a, const struct schema *schema)
{
	struct kind_words *all = arena_alloc(a, schema->kind_count * sizeof *all);
	for (unsigned i = 0; i < schema->kind_count; i++)
		prepare_kind(a, &schema->kinds[i], &all[i]);
	return all;
}

/* ---- rows -------------------------------------------------------------------------------------------------------------------------- */

static bool same_in_words(const struct column *c)
{
	return !c->enumeration && c->type != TYPE_BOOL;
}

static void put_number(struct screener *s, const struct column *c, int64_t n, struct buf *b)
{
	if (c->type == TYPE_ID)
		put_id(s, (uint64_t)n, b);
	else
		column_print(c, n, b);
}

/* What the row says, wherever it stands in its file: "civil\x1fid=...\x1faid=rural_dibao", as it is hashed, and for people:
 * "民政（社会救助）：身份证号 …，救助类别 …". Appended. */
static void say_row(struct screener *s, uint32_t row, struct buf *bytes, struct buf *words)
{
	const struct kind *k = kind_of(s, row);
	const struct kind_words *w = &s->shared->words[k->index];
	struct row r = s->dossier.rows[row].row;
	bool first = true;
	buf_puts(bytes, k->name);
	buf_puts(words, w->begin);
	for (unsigned i = 0; i < k->column_count; i++) {
		const struct column *c = &k->columns[i];
		bool text = c->type == TYPE_TEXT || c->type == TYPE_NAME;
		struct str t = text ? row_text(k, r, c) : (struct str){ 0 };
		int64_t n = text ? 0 : row_number(r, c);
		if (text ? t.n == 0 : n == VALUE_NULL)
			continue;
		buf_puts(bytes, w->columns[i].name);
		size_t from = bytes->n;
		if (text)
			buf_puts(bytes, t);
		else
			put_number(s, c, n, bytes);
		if (!first)
			buf_puts(words, STR("，"));
		first = false;
		buf_puts(words, w->columns[i].word);
		if (same_in_words(c))
			buf_put(words, bytes->p + from, bytes->n - from);
		else
			value_in_words(c, n, words);
	}
}

static void put_where(struct screener *s, uint32_t row, struct buf *words)
{
	buf_puts(words, STR("［"));
	row_place(s, row, words);
	buf_puts(words, STR("］"));
}

void row_in_words(struct screener *s, uint32_t row, struct buf *b)
{
	s->bytes.n = 0;
	say_row(s, row, &s->bytes, b);
	put_where(s, row, b);
}

/* ---- all of a finding -------------------------------------------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Of the rows' bytes, sorted, with 0x1E between. ends: of each in s->bytes. */
static uint64_t hash_of(struct screener *s, const size_t *ends, uint32_t n)
{
	if (n == 1)
		return XXH3_64bits(s->bytes.p, s->bytes.n);
	struct str *all = arena_alloc(&s->eval.arena, n * sizeof *all);
	for (uint32_t i = 0; i < n; i++) {
		size_t from = i ? ends[i - 1] : 0;
		all[i] = (struct str){ s->bytes.p + from, ends[i] - from };
	}
	sort(all, n, sizeof *all, by_bytes);
	s->sorted.n = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			buf_putc(&s->sorted, 0x1E);
		buf_puts(&s->sorted, all[i]);
	}
	return XXH3_64bits(s->sorted.p, s->sorted.n);
}

static struct str hex_of(struct screener *s, uint64_t h)
{
	for (int i = 16; i-- > 0; h >>= 4)
		s->hash[i] = "0123456789abcdef"[h & 15];
	return (struct str){ s->hash, 16 };
}

void evidence_of(struct screener *s, struct set rows, struct finding *f)
{
	struct located *l = locate(s, rows);
	size_t *ends = arena_alloc(&s->eval.arena, (rows.n + 1) * sizeof *ends);
	s->bytes.n = s->words.n = s->places.n = 0;
	for (uint32_t i = 0; i < rows.n; i++) {
		size_t whole = s->words.n;
		if (i)
			buf_puts(&s->words, STR("；"));
		say_row(s, l[i].row, &s->bytes, &s->words);
		put_where(s, l[i].row, &s->words);
		ends[i] = s->bytes.n;
		put_place(&s->places, i ? STR(";") : STR(""), l[i].file, l[i].line);
		if (i >= MAX_ROWS_IN_WORDS)
			s->words.n = whole;
	}
	if (rows.n > MAX_ROWS_IN_WORDS)
		buf_printf(&s->words, "；另有 %u 行", rows.n - MAX_ROWS_IN_WORDS);
	f->evidence_ids = ids_of(s, rows);
	f->evidence_hash = rows.n ? hex_of(s, hash_of(s, ends, rows.n)) : (struct str){ "", 0 };
	f->evidence_rows = buf_str(&s->places);
	f->evidence = buf_str(&s->words);
}

int64_t evidence_region(struct screener *s, struct set rows)
{
	struct located *l = locate(s, rows);
	for (uint32_t i = 0; i < rows.n; i++) {
		const struct kind *k = kind_of(s, l[i].row);
		int c = kind_column(k, STR("region"));
		int64_t region = c < 0 ? VALUE_NULL : row_number(s->dossier.rows[l[i].row].row, &k->columns[c]);
		if (region != VALUE_NULL)
			return region;
	}
	return VALUE_NULL;
}

struct str evidence_name(struct screener *s, struct set rows)
{
	struct located *l = locate(s, rows);
	for (uint32_t i = 0; i < rows.n; i++) {
		const struct kind *k = kind_of(s, l[i].row);
		struct str name = k->name_column < 0 ? (struct str){ 0 } : row_text(k, s->dossier.rows[l[i].row].row, &k->columns[k->name_column]);
		if (name.n)
			return name;
	}
	return (struct str){ "", 0 };
}
