/* An example's rows as extracts. */
#include "example/example.h"

#include "csv/write.h"
#include "id/id.h"
#include "io/output.h"

#include <stdio.h>
#include <string.h>

#define REGION 500901 /* never issued */

/* The n-th invented number of somebody: the sequence's parity is the sex. One that ends in 000 would be weak, as if a spreadsheet had
 * cut it, so it gets the sequence that is kept for such. */
static void number(const struct example_person *p, unsigned n, char out[ID_TEXT])
{
	id_print(id_pack(REGION, p->born, 2 * n + p->male), out);
	if (memcmp(out + ID_TEXT - 3, "000", 3) == 0)
		id_print(id_pack(REGION, p->born, 998 + p->male), out);
}

static void put_id(struct buf *b, const struct example_row *r, const struct column *c, unsigned n, const struct example_person *p)
{
	struct str cell = r->cells[c - r->kind->columns];
	char id[ID_TEXT];
	if (cell.p && !(c->type == TYPE_CERT && cell.n == 2)) {
		csv_put(b, cell);
		return;
	}
	number(p, n, id);
	buf_put(b, id, ID_TEXT);
	if (c->type == TYPE_CERT)
		buf_puts(b, cell.p ? cell : STR("11"));
}

/* One line: the i-th of a row that stands for several. */
static void put_row(struct buf *b, const struct example *x, const struct example_row *r, unsigned i)
{
	const struct kind *k = r->kind;
	for (unsigned c = 0; c < k->column_count; c++) {
		struct str cell = r->cells[c];
		if (c)
			buf_putc(b, ',');
		for (int w = 0; w < 2; w++) {
			if (k->ids[w] != (int)c)
				continue;
			unsigned person = r->persons[w];
			put_id(b, r, &k->columns[c], 1 + person + i * x->person_count, &x->people[person]);
		}
		if (k->ids[0] == (int)c || k->ids[1] == (int)c)
			continue;
		if (!cell.p && k->name_column == (int)c && k->ids[0] >= 0)
			cell = x->people[r->persons[0]].name;
		csv_put(b, cell.p ? cell : STR(""));
		if (i && str_eq(k->columns[c].name, STR("household_no")))
			buf_printf(b, "-%u", i);
	}
	buf_putc(b, '\n');
}

static void put_kind(struct buf *b, const struct example *x, const struct kind *k)
{
	for (unsigned c = 0; c < k->column_count; c++) {
		if (c)
			buf_putc(b, ',');
		csv_put(b, k->columns[c].name);
	}
	buf_putc(b, '\n');
	for (unsigned i = 0; i < x->row_count; i++)
		for (unsigned n = 0; x->rows[i].kind == k && n < x->rows[i].times; n++)
			put_row(b, x, &x->rows[i], n);
}

static int put_file(const struct buf *b, const char *folder, const struct kind *k, struct err *err)
{
	char path[4096];
	if (snprintf(path, sizeof path, "%s/%.*s.csv", folder, STR_ARG(k->name)) >= (int)sizeof path)
		return err_set(err, STATUS_CANTCREAT, "%s: the name of the folder is too long", folder);
	FILE *f = fopen(path, "wxe");
	bool good = f && fwrite(b->p, 1, b->n, f) == b->n;
	if (f && fclose(f) != 0)
		good = false;
	return good ? 0 : err_errno(err, STATUS_IOERR, "%s: cannot be written", path);
}

int example_write(const struct pack *pack, const struct rule *rule, const struct example *x, const char *folder, struct err *err)
{
	const struct schema *s = pack->schema;
	struct buf b = { 0 };
	int r = 0;
	for (unsigned i = 0; r == 0 && i < s->kind_count; i++) {
		const struct kind *k = &s->kinds[i];
		bool there = k->required || (rule->needs | rule->any_of) >> i & 1;
		for (unsigned n = 0; n < x->row_count; n++)
			there |= x->rows[n].kind == k;
		b.n = 0;
		if (!there)
			continue;
		put_kind(&b, x, k);
		r = put_file(&b, folder, k, err);
	}
	buf_release(&b);
	return r;
}
