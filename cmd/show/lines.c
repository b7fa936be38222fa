#include "lines.h"

#include "csv/write.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

void lines_column(struct lines *l, struct str name)
{
	VEC_PUSH(l->names, l->name_count, l->name_cap, name);
}

static int find(const struct lines *l, struct str name)
{
	for (unsigned i = 0; i < l->name_count; i++)
		if (str_eq(l->names[i], name))
			return (int)i;
	return -1;
}

static void print_header(struct lines *l)
{
	for (unsigned i = 0; i < l->order_count; i++) {
		if (i)
			buf_putc(&l->out, ',');
		csv_put(&l->out, l->names[l->order[i]]);
	}
	buf_putc(&l->out, '\n');
	fwrite(l->out.p, 1, l->out.n, stdout);
}

int lines_begin(struct lines *l, struct err *err)
{
	l->cells = mem_alloc((l->name_count + 1) * sizeof *l->cells);
	for (unsigned i = 0; !l->wanted && i < l->name_count; i++)
		VEC_PUSH(l->order, l->order_count, l->order_cap, i);
	for (const char *p = l->wanted; p && *p;) {
		size_t n = strcspn(p, ",");
		int i = find(l, (struct str){ p, n });
		if (i < 0)
			return err_set(err, STATUS_USAGE, "--columns: there is no column '%.*s' in this file", (int)n, p);
		VEC_PUSH(l->order, l->order_count, l->order_cap, (unsigned)i);
		p += n + (p[n] == ',');
	}
	if (!l->json)
		print_header(l);
	return 0;
}

static void print_json(struct lines *l)
{
	json_t *o = json_object();
	for (unsigned i = 0; i < l->order_count; i++) {
		const struct buf *c = &l->cells[l->order[i]];
		char *name = mem_dup(l->names[l->order[i]]);
		json_object_set_new(o, name, c->n ? json_stringn_nocheck(c->p, c->n) : json_null());
		free(name);
	}
	char *text = json_dumps(o, JSON_COMPACT);
	buf_puts(&l->out, str_of(text ? text : "{}"));
	free(text);
	json_decref(o);
}

bool lines_put(struct lines *l)
{
	if (l->count == l->most)
		return false;
	l->out.n = 0;
	if (l->json)
		print_json(l);
	for (unsigned i = 0; !l->json && i < l->order_count; i++) {
		if (i)
			buf_putc(&l->out, ',');
		csv_put(&l->out, buf_str(&l->cells[l->order[i]]));
	}
	buf_putc(&l->out, '\n');
	fwrite(l->out.p, 1, l->out.n, stdout);
	for (unsigned i = 0; i < l->name_count; i++)
		l->cells[i].n = 0;
	return ++l->count < l->most;
}

void lines_release(struct lines *l)
{
	for (unsigned i = 0; l->cells && i < l->name_count; i++)
		buf_release(&l->cells[i]);
	free(l->cells);
	free(l->names);
	free(l->order);
	buf_release(&l->out);
}
