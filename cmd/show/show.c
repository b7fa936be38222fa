#include "dossier/dossier.h"
#include "id/id.h"
#include "join/join.h"
#include "lines.h"
#include "screen/finding.h"
#include "table/table.h"

#include <stdlib.h>

static void row_cells(struct lines *l, unsigned from, const struct kind *k, struct row r)
{
	for (unsigned i = 0; i < k->column_count; i++) {
		const struct column *c = &k->columns[i];
		struct buf *cell = lines_cell(l, from + i);
		if (c->type == TYPE_TEXT || c->type == TYPE_NAME) {
			buf_puts(cell, row_text(k, r, c));
			continue;
		}
		int64_t n = row_number(r, c);
		if (n != VALUE_NULL)
			column_print(c, n, cell);
	}
}

static const char *file_name(const json_t *files, uint16_t i)
{
	const char *name = json_string_value(json_object_get(json_array_get(files, i), "file"));
	return name ? name : "?";
}

/* The columns whose number may be a damaged one, a blank between: "id". */
static void weak_cell(struct lines *l, unsigned at, const struct kind *k, struct row r)
{
	struct buf *cell = lines_cell(l, at);
	for (int i = 0; i < 2 && k->ids[i] >= 0; i++) {
		const struct column *c = &k->columns[k->ids[i]];
		if (!id_weak((uint64_t)row_number(r, c)))
			continue;
		if (cell->n)
			buf_putc(cell, ' ');
		buf_puts(cell, c->name);
	}
}

static bool all_digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return true;
}

/* The rows of the registry that were refused for their id, by what else is known of them. id15: the first 15 places, if they are digits. */
static int show_refused(const struct schema *schema, const char *path, struct lines *l, struct err *err)
{
	static const char *const names[] = { "household_no", "name", "region", "id15" };
	struct table *t;
	if (table_open(&t, path, schema, NULL, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		lines_column(l, str_of(names[i]));
	int r = lines_begin(l, err);
	bool more = l->most > 0;
	for (size_t i = 0; r == 0 && more && i < t->refused_count; i++) {
		const struct refused_row *one = &t->refused[i];
		buf_puts(lines_cell(l, 0), one->household_no);
		buf_puts(lines_cell(l, 1), one->name);
		if (one->region != VALUE_NULL)
			buf_printf(lines_cell(l, 2), "%012lld", (long long)one->region);
		if (one->cleaned_id.n >= 15 && all_digits(one->cleaned_id.p, 15))
			buf_put(lines_cell(l, 3), one->cleaned_id.p, 15);
		more = lines_put(l);
	}
	table_close(t);
	return r;
}

static int show_table(const struct schema *schema, const char *path, struct lines *l, struct err *err)
{
	struct table *t;
	if (table_open(&t, path, schema, NULL, err) < 0)
		return -1;
	lines_column(l, STR("file"));
	lines_column(l, STR("line"));
	lines_column(l, STR("weak"));
	for (unsigned i = 0; i < t->kind->column_count; i++)
		lines_column(l, t->kind->columns[i].name);
	int r = lines_begin(l, err);
	struct table_scan s;
	struct row row;
	uint32_t ordinal;
	enum iter got = ITER_END;
	bool more = l->most > 0;
	table_scan_init(&s, t);
	while (r == 0 && more && (got = table_next(&s, &row, &ordinal, err)) == ITER_ROW) {
		buf_puts(lines_cell(l, 0), str_of(file_name(json_object_get(t->meta, "files"), row_file(row))));
		buf_printf(lines_cell(l, 1), "%u", row_line(row));
		weak_cell(l, 2, t->kind, row);
		row_cells(l, 3, t->kind, row);
		more = lines_put(l);
	}
	table_scan_release(&s);
	table_close(t);
	return got == ITER_ERROR ? -1 : r;
}

/* A line a row: number of the dossier, kind, place, whom it names, and the row's values as name=value. */
static bool dossier_lines(struct lines *l, const struct dossier *d, uint64_t number)
{
	bool more = true;
	for (uint32_t i = 0; more && i < d->row_count; i++) {
		const struct dossier_row *r = &d->rows[i];
		const struct kind *k = &d->pack->schema->kinds[r->kind];
		bool principal = r->persons[0] != NONE && d->persons[r->persons[0]].flags & PERSON_PRINCIPAL;
		buf_printf(lines_cell(l, 0), "%llu", (unsigned long long)number);
		buf_puts(lines_cell(l, 1), principal ? STR("principal") : STR("other"));
		buf_puts(lines_cell(l, 2), k->name);
		buf_printf(lines_cell(l, 3), "%u", row_file(r->row));
		buf_printf(lines_cell(l, 4), "%u", row_line(r->row));
		struct buf *values = lines_cell(l, 5);
		for (unsigned c = 0; c < k->column_count; c++) {
			const struct column *col = &k->columns[c];
			bool text = col->type == TYPE_TEXT || col->type == TYPE_NAME;
			struct str t = text ? row_text(k, r->row, col) : (struct str){ 0 };
			int64_t n = text ? 0 : row_number(r->row, col);
			if (text ? !t.n : n == VALUE_NULL)
				continue;
			buf_printf(values, "%s%.*s=", values->n ? " " : "", STR_ARG(col->name));
			if (text)
				buf_puts(values, t);
			else
				column_print(col, n, values);
		}
		more = lines_put(l);
	}
	return more;
}

static int show_dossiers(const struct pack *pack, struct frame *f, struct lines *l, struct err *err)
{
	static const char *const names[] = { "dossier", "role", "kind", "file", "line", "values" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		lines_column(l, str_of(names[i]));
	if (lines_begin(l, err) < 0)
		return -1;
	struct dossier d = { .pack = pack };
	struct frame_scan s = { .frame = f };
	struct frame_block b;
	enum iter got = ITER_END;
	uint64_t number = 0;
	bool more = l->most > 0;
	int r = 0;
	while (r == 0 && more && (got = frame_next(&s, &b, err)) == ITER_ROW) {
		const uint8_t *p = b.p, *end = b.p + b.n;
		while (b.tag == TAG_DOSSIERS && more && p < end && r == 0) {
			r = dossier_decode(&d, &p, end);
			more = r == 0 && dossier_lines(l, &d, ++number);
		}
	}
	if (r < 0)
		err_set(err, STATUS_DATA, "%s: a dossier is broken; make it again", f->path);
	frame_scan_release(&s);
	dossier_release(&d);
	return got == ITER_ERROR ? -1 : r;
}

static bool finding_line(struct lines *l, const struct pack *pack, const struct finding *f)
{
	const struct str cells[] = { str_of(list_name(f->list)), pack->rules[f->rule].code, f->core ? STR("yes") : STR("no"),
		str_of(level_name(f->severity)), str_of(level_name(f->confidence)), f->nature, str_of(unit_name(f->unit)), f->unit_no,
		STR(""), f->head_name, f->head_id, STR(""), f->status, f->evidence_ids, f->evidence_rows, f->evidence_hash, f->evidence };
	for (unsigned i = 0; i < sizeof cells / sizeof *cells; i++)
		buf_puts(lines_cell(l, i), cells[i]);
	if (f->region != VALUE_NULL)
		buf_printf(lines_cell(l, 8), "%012lld", (long long)f->region);
	buf_printf(lines_cell(l, 11), "%u", f->persons);
	return lines_put(l);
}

static int show_findings(const struct pack *pack, struct frame *f, struct lines *l, struct err *err)
{
	static const char *const names[] = { "list", "rule", "core", "severity", "confidence", "nature", "unit", "unit_no", "region",
		"head_name", "head_id", "persons", "status", "evidence_ids", "evidence_rows", "evidence_hash", "evidence" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		lines_column(l, str_of(names[i]));
	if (lines_begin(l, err) < 0)
		return -1;
	struct frame_scan s = { .frame = f };
	struct frame_block b;
	struct finding one;
	enum iter got = ITER_END;
	bool more = l->most > 0;
	int r = 0;
	while (r == 0 && more && (got = frame_next(&s, &b, err)) == ITER_ROW) {
		const uint8_t *p = b.p, *end = b.p + b.n;
		while (b.tag == TAG_FINDINGS && more && p < end && r == 0) {
			r = finding_decode(&one, pack, &p, end);
			more = r == 0 && finding_line(l, pack, &one);
		}
	}
	if (r < 0)
		err_set(err, STATUS_DATA, "%s: a finding is broken; make it again", f->path);
	frame_scan_release(&s);
	return got == ITER_ERROR ? -1 : r;
}

int show(const struct show_job *job, struct lines *lines, struct err *err)
{
	struct schema *schema = NULL;
	struct pack *pack = NULL;
	struct frame *f = NULL;
	int r = schema_load(&schema, job->schemas, NULL, err);
	if (r == 0)
		r = pack_load(&pack, job->pack, schema, PACK_ANY_DAY, err);
	if (r == 0)
		r = frame_open(&f, job->path, 0, NULL, err);
	if (r == 0 && job->refused && f->type != FRAME_TABLE)
		r = err_set(err, STATUS_USAGE, "--refused: %s is no table", job->path);
	else if (r == 0 && job->refused)
		r = show_refused(schema, job->path, lines, err);
	else if (r == 0 && f->type == FRAME_TABLE)
		r = show_table(schema, job->path, lines, err);
	else if (r == 0)
		r = f->type == FRAME_DOSSIER ? show_dossiers(pack, f, lines, err) : show_findings(pack, f, lines, err);
	frame_close(f);
	pack_free(pack);
	schema_free(schema);
	return r;
}
