/* One list, cell by cell. */
#include "internal.h"

#include "csv/write.h"
#include "digest/digest.h"
#include "rule/pack.h"

#define ID_PLACES 18

struct str keyed(struct masker *m, const char *label, struct str text)
{
	uint8_t hash[SHA256_BYTES];
	char hex[SHA256_HEX];
	m->text.n = 0;
	buf_puts(&m->text, str_of(label));
	buf_putc(&m->text, 0x1F);
	buf_puts(&m->text, text);
	hmac_sha256((struct str){ (const char *)m->key, KEY_BYTES }, buf_str(&m->text), hash);
	hex_put(hash, sizeof hash, hex);
	return arena_dup(&m->arena, (struct str){ hex, 16 });
}

/* 500901********1234; whatever is not a number of 18 places loses all of it. */
static struct str mask_id(struct masker *m, struct str id)
{
	char text[ID_PLACES];
	if (id.n != ID_PLACES)
		return id.n ? STR("*") : id;
	memcpy(text, id.p, ID_PLACES);
	memset(text + 6, '*', 8);
	return arena_dup(&m->arena, (struct str){ text, ID_PLACES });
}

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Several numbers: in their own order, since that of the full ones would tell who is older. */
static struct str mask_ids(struct masker *m, struct str ids)
{
	struct str *all = arena_alloc(&m->arena, (ids.n / 2 + 1) * sizeof *all);
	struct buf b = { 0 };
	size_t n = 0;
	while (ids.n) {
		const char *blank = memchr(ids.p, ' ', ids.n);
		size_t one = blank ? (size_t)(blank - ids.p) : ids.n;
		all[n++] = mask_id(m, (struct str){ ids.p, one });
		ids = blank ? (struct str){ blank + 1, ids.n - one - 1 } : (struct str){ ids.p, 0 };
	}
	sort(all, n, sizeof *all, by_bytes);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(&b, ' ');
		buf_puts(&b, all[i]);
	}
	struct str ret = arena_dup(&m->arena, buf_str(&b));
	buf_release(&b);
	return ret;
}

static struct str unguarded(struct str s)
{
	struct str rest = { s.p + 1, s.n - 1 };
	return s.n && s.p[0] == '\'' && csv_is_formula(rest) ? rest : s;
}

/* The first character, and two stars for however many follow. */
static struct str mask_name(struct masker *m, struct str name)
{
	struct buf b = { 0 };
	size_t n = name.n ? 1 : 0;
	while (n < name.n && ((unsigned char)name.p[n] & 0xC0) == 0x80)
		n++;
	buf_put(&b, name.p, n);
	buf_puts(&b, name.n ? STR("**") : STR(""));
	struct str ret = arena_dup(&m->arena, buf_str(&b));
	buf_release(&b);
	return ret;
}

/* A household keeps its county, which its region tells anyway. */
static struct str mask_unit(struct masker *m, struct str unit, struct str unit_no)
{
	if (str_eq(unit, str_of(unit_name(UNIT_PERSON))))
		return mask_id(m, unit_no);
	if (str_eq(unit, str_of(unit_name(UNIT_VILLAGE))))
		return arena_dup(&m->arena, unit_no);
	struct str number = keyed(m, unit_name(str_eq(unit, str_of(unit_name(UNIT_HOUSEHOLD))) ? UNIT_HOUSEHOLD : UNIT_REGISTER), unit_no);
	struct buf b = { 0 };
	if (str_eq(unit, str_of(unit_name(UNIT_HOUSEHOLD))) && unit_no.n > 6 && unit_no.p[6] == '-')
		buf_put(&b, unit_no.p, 7);
	buf_puts(&b, number);
	struct str ret = arena_dup(&m->arena, buf_str(&b));
	buf_release(&b);
	return ret;
}

#define MORE 2 /* cells that a line may have behind those of a list */

struct line {
	struct str cells[LIST_CELLS + MORE];
};

static void mask_line(struct masker *m, const struct str *cell, unsigned cells, struct line *to)
{
	for (unsigned i = 0; i < cells; i++)
		to->cells[i] = arena_dup(&m->arena, i == CELL_EVIDENCE_ROWS ? unguarded(cell[i]) : cell[i]);
	to->cells[CELL_FINDING_ID] = keyed(m, "finding", cell[CELL_FINDING_ID]);
	to->cells[CELL_UNIT_NO] = mask_unit(m, cell[CELL_UNIT], unguarded(cell[CELL_UNIT_NO]));
	to->cells[CELL_HEAD_NAME] = mask_name(m, unguarded(cell[CELL_HEAD_NAME]));
	to->cells[CELL_HEAD_ID] = mask_id(m, cell[CELL_HEAD_ID]);
	to->cells[CELL_EVIDENCE_IDS] = mask_ids(m, cell[CELL_EVIDENCE_IDS]);
	if (cell[CELL_EVIDENCE_HASH].n)
		to->cells[CELL_EVIDENCE_HASH] = keyed(m, "evidence", cell[CELL_EVIDENCE_HASH]);
	if (cell[CELL_EVIDENCE_ROWS].n)
		to->cells[CELL_EVIDENCE] = STR(""); /* without rows it is the pack's text with counts in it */
}

static int by_place(const void *pa, const void *pb)
{
	static const int cells[] = { CELL_REGION, CELL_RULE, CELL_UNIT_NO, CELL_EVIDENCE_ROWS, CELL_FINDING_ID };
	const struct line *a = pa, *b = pb;
	int c = 0;
	for (size_t i = 0; i < sizeof cells / sizeof *cells && !c; i++)
		c = str_cmp(a->cells[cells[i]], b->cells[cells[i]]);
	return c;
}

static void print(const struct line *line, unsigned cells, struct buf *b)
{
	for (unsigned i = 0; i < cells; i++) {
		csv_put_guarded(b, line->cells[i]);
		buf_putc(b, i + 1 < cells ? ',' : '\n');
	}
}

int mask_list(struct masker *m, struct str text, struct buf *ret, uint64_t *ret_rows)
{
	struct csv_lines s = { .text = text };
	struct line *lines = NULL;
	size_t n = 0, cap = 0;
	enum csv_line got = csv_line_next(&s); /* the header */
	unsigned cells = s.count;
	bool list = got == CSV_LINE && cells >= LIST_CELLS && cells <= LIST_CELLS + MORE;
	buf_put(ret, text.p, s.at);
	while (list && (got = csv_line_next(&s)) == CSV_LINE && s.count == cells) {
		struct line one;
		mask_line(m, s.cells, cells, &one);
		VEC_PUSH(lines, n, cap, one);
	}
	int r = list && got == CSV_LINES_END ? 0 : -1;
	sort(lines, n, sizeof *lines, by_place);
	for (size_t i = 0; i < n; i++)
		print(&lines[i], cells, ret);
	*ret_rows = n;
	csv_lines_release(&s);
	arena_reset(&m->arena);
	free(lines);
	return r;
}
