#include "unquote.h"

#include "base/mem.h"
#include "csv/reader.h"

#include <csv.h>
#include <stdlib.h>

struct unquoter {
	struct csv_parser parser;
	struct buf bytes;        /* of all fields of the record */
	struct field_end {
		size_t at;
	} *ends;                 /* of each field, in bytes */
	struct str *fields;
	size_t count, cap, fields_cap;
};

/* No blank is cut from a field, and no byte ends a record: the record is what it is given. */
static int no_byte(unsigned char c)
{
	(void)c;
	return 0;
}

int unquoter_open(struct unquoter **ret, char delimiter, struct err *err)
{
	struct unquoter *u = mem_alloc(sizeof *u);
	/* Not CSV_STRICT: it refuses a quote inside an unquoted field, which is text. */
	if (csv_init(&u->parser, CSV_STRICT_FINI) != 0) {
		free(u);
		return err_set(err, STATUS_SOFTWARE, "libcsv cannot start");
	}
	csv_set_delim(&u->parser, (unsigned char)delimiter);
	csv_set_space_func(&u->parser, no_byte);
	csv_set_term_func(&u->parser, no_byte);
	*ret = u;
	return 0;
}

void unquoter_close(struct unquoter *u)
{
	if (!u)
		return;
	csv_free(&u->parser);
	buf_release(&u->bytes);
	free(u->ends);
	free(u->fields);
	free(u);
}

static void on_field(void *bytes, size_t n, void *arg)
{
	struct unquoter *u = arg;
	buf_put(&u->bytes, bytes, n);
	struct field_end end = { u->bytes.n };
	VEC_PUSH(u->ends, u->count, u->cap, end);
}

static void on_record(int c, void *arg)
{
	(void)c;
	(void)arg;
}

int unquote(struct unquoter *u, struct str record, const struct str **ret_fields, size_t *ret_count, struct err *err)
{
	u->bytes.n = u->count = 0;
	if (csv_parse(&u->parser, record.p, record.n, on_field, on_record, u) != record.n ||
	    csv_fini(&u->parser, on_field, on_record, u) != 0)
		return err_set(err, STATUS_SOFTWARE, "libcsv: %s, where the reader found a sound record; report this",
		               csv_strerror(csv_error(&u->parser)));
	if (u->fields_cap < u->cap) {
		u->fields_cap = u->cap;
		u->fields = mem_grow(u->fields, u->fields_cap, sizeof *u->fields);
	}
	buf_reserve(&u->bytes, CSV_ROOM);
	for (size_t i = 0, from = 0; i < u->count; from = u->ends[i++].at)
		u->fields[i] = (struct str){ u->bytes.p + from, u->ends[i].at - from };
	*ret_fields = u->fields;
	*ret_count = u->count;
	return 0;
}
