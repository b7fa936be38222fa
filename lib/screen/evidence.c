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

static struct str keep(struct screener *s, struct buf *b)
{
	struct str r = arena_dup(&s->eval.arena, buf_str(b));
	b->n = 0;
	return r;
}

static int by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Keys sort as their numbers do: region, birthday and sequence stand in that order, and the check digit follows from them. */
static struct str ids_of(struct screener *s, struct set rows, struct buf *b)
{
	uint64_t *keys = arena_alloc(&s->eval.arena, 2 * ((size_t)rows.n + 1) * sizeof *keys);
	size_t n = 0;
	for (uint32_t i = 0; i < rows.n; i++)
		for (int w = 0; w < 2; w++) {
			uint32_t p = s->dossier.rows[rows.items[i]].persons[w];
			if (p != NONE)
				keys[n++] = s->dossier.persons[p].key;
		}
	sort(keys, n, sizeof *keys, by_key);
	for (size_t i = 0; i < n; i++) {
		char id[ID_TEXT];
		if (i && keys[i] == keys[i - 1])
			continue;
		id_print(keys[i], id);
		if (b->n)
			buf_putc(b, ' ');
		buf_put(b, id, ID_TEXT);
	}
	return keep(s, b);
}

/* "civil\x1fid=...\x1faid=rural_dibao": the row's values, wherever it stands in its file. */
static struct str row_in_bytes(struct screener *s, uint32_t row, struct buf *b)
{
	const struct kind *k = kind_of(s, row);
	struct row r = s->dossier.rows[row].row;
	buf_puts(b, k->name);
	for (unsigned i = 0; i < k->column_count; i++) {
		const struct column *c = &k->columns[i];
		bool text = c->type == TYPE_TEXT || c->type == TYPE_NAME;
		struct str t = text ? row_text(k, r, c) : (struct str){ 0 };
		int64_t n = text ? 0 : row_number(r, c);
		if (text ? t.n == 0 : n == VALUE_NULL)
			continue;
		buf_putc(b, 0x1F);
		buf_puts(b, c->name);
		buf_putc(b, '=');
		if (text)
			buf_puts(b, t);
		else
			column_print(c, n, b);
	}
	return keep(s, b);
}

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str hash_of(struct screener *s, struct set rows, struct buf *b)
{
	if (!rows.n)
		return (struct str){ "", 0 };
	struct str *all = arena_alloc(&s->eval.arena, rows.n * sizeof *all);
	for (uint32_t i = 0; i < rows.n; i++)
		all[i] = row_in_bytes(s, rows.items[i], b);
	sort(all, rows.n, sizeof *all, by_bytes);
	for (uint32_t i = 0; i < rows.n; i++) {
		if (i)
			buf_putc(b, 0x1E);
		buf_puts(b, all[i]);
	}
	uint64_t h = XXH3_64bits(b->p, b->n);
	b->n = 0;
	buf_printf(b, "%016llx", (unsigned long long)h);
	return keep(s, b);
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

void row_in_words(struct screener *s, uint32_t row, struct buf *b)
{
	const struct kind *k = kind_of(s, row);
	struct row r = s->dossier.rows[row].row;
	buf_puts(b, k->department_zh);
	if (k->title_zh.n) {
		buf_puts(b, STR("（"));
		buf_puts(b, k->title_zh);
		buf_puts(b, STR("）"));
	}
	buf_puts(b, STR("："));
	bool first = true;
	for (unsigned i = 0; i < k->column_count; i++) {
		const struct column *c = &k->columns[i];
		bool text = c->type == TYPE_TEXT || c->type == TYPE_NAME;
		struct str t = text ? row_text(k, r, c) : (struct str){ 0 };
		int64_t n = text ? 0 : row_number(r, c);
		if (text ? t.n == 0 : n == VALUE_NULL)
			continue;
		if (!first)
			buf_puts(b, STR("，"));
		first = false;
		buf_puts(b, c->spelling_count ? c->spellings[0] : c->name);
		buf_putc(b, ' ');
		if (text)
			buf_puts(b, t);
		else
			value_in_words(c, n, b);
	}
	buf_puts(b, STR("［"));
	row_place(s, row, b);
	buf_puts(b, STR("］"));
}

void evidence_of(struct screener *s, struct set rows, struct finding *f)
{
	struct buf b = { 0 };
	struct located *l = locate(s, rows);
	f->evidence_ids = ids_of(s, rows, &b);
	f->evidence_hash = hash_of(s, rows, &b);
	for (uint32_t i = 0; i < rows.n; i++)
		put_place(&b, i ? STR(";") : STR(""), l[i].file, l[i].line);
	f->evidence_rows = keep(s, &b);
	for (uint32_t i = 0; i < rows.n && i < MAX_ROWS_IN_WORDS; i++) {
		if (i)
			buf_puts(&b, STR("；"));
		row_in_words(s, l[i].row, &b);
	}
	if (rows.n > MAX_ROWS_IN_WORDS)
		buf_printf(&b, "；另有 %u 行", rows.n - MAX_ROWS_IN_WORDS);
	f->evidence = keep(s, &b);
	buf_release(&b);
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
