/* The owners file: docs/formats/owners.md. A CSV that somebody keeps in a spreadsheet, so UTF-8 or GB18030, with either heading. */
#include "internal.h"

#include "base/lang.h"
#include "base/mem.h"
#include "csv/reader.h"
#include "io/source.h"
#include "text/blank.h"
#include "text/decode.h"
#include "text/utf8.h"

#include <stdlib.h>

enum { OWNER_REGION, OWNER_DEPARTMENT, OWNER_PERSON, OWNER_PHONE, OWNER_COLUMNS };
static const char *const headings[OWNER_COLUMNS][2] = {
	{ "region", "行政区划" }, { "department", "部门" }, { "person", "责任人" }, { "phone", "电话" },
};

#define OWNERS_MAX (4u << 20) /* bytes */

struct owners {
	struct ledger *ledger;
	const char *path;
	struct str text;          /* what has not been read of it */
	sqlite3_stmt *put;
	int at[OWNER_COLUMNS];
};

static int wrong(const struct owners *o, uint64_t line, const char *why, struct err *err)
{
	return err_set(err, STATUS_CONFIG, "%s:%llu: %s", o->path, (unsigned long long)line, why);
}

static ssize_t read_text(void *arg, void *buf, size_t n, struct err *err)
{
	struct owners *o = arg;
	(void)err;
	n = n < o->text.n ? n : o->text.n;
	memcpy(buf, o->text.p, n);
	o->text.p += n;
	o->text.n -= n;
	return (ssize_t)n;
}

static int load(const char *path, struct buf *ret, struct err *err)
{
	struct source *s;
	ssize_t n = 1;
	if (source_open(&s, path, err) < 0)
		return err_in(err, "%s", path);
	while (n > 0 && ret->n <= OWNERS_MAX) {
		buf_reserve(ret, 1u << 16);
		n = source_read(s, ret->p + ret->n, 1u << 16, err);
		ret->n += n > 0 ? (size_t)n : 0;
	}
	source_close(s);
	if (n < 0)
		return err_in(err, "%s", path);
	return n == 0 ? 0 : err_set(err, STATUS_CONFIG, say("%s: is over %u MiB; this is no file of owners"), path, OWNERS_MAX >> 20);
}

static int find_headings(struct owners *o, const struct csv_record *r, struct err *err)
{
	for (int c = 0; c < OWNER_COLUMNS; c++) {
		o->at[c] = -1;
		for (size_t f = 0; f < r->field_count; f++)
			for (int k = 0; k < 2; k++)
				if (str_eq(text_trim(r->fields[f]), str_of(headings[c][k])))
					o->at[c] = (int)f;
		if (o->at[c] < 0)
			return wrong(o, r->line, say("the heading is region,department,person,phone, or 行政区划,部门,责任人,电话"), err);
	}
	return 0;
}

/* A prefix that regions are cut at: everywhere, province, prefecture, county, township, village. */
static bool is_prefix(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n == 0 || s.n == 2 || s.n == 4 || s.n == 6 || s.n == 9 || s.n == 12;
}

static int take_owner(struct owners *o, const struct csv_record *r, struct err *err)
{
	struct str cells[OWNER_COLUMNS];
	for (int c = 0; c < OWNER_COLUMNS; c++)
		cells[c] = (size_t)o->at[c] < r->field_count ? text_trim(r->fields[o->at[c]]) : STR("");
	if (!is_prefix(cells[OWNER_REGION]))
		return wrong(o, r->line, say("the region is 2, 4, 6, 9 or 12 digits, or empty for everywhere"), err);
	if (!cells[OWNER_PERSON].n)
		return wrong(o, r->line, say("names no person; name one or take the line out"), err);
	for (int c = 0; c < OWNER_COLUMNS; c++)
		ledger_bind(o->put, c + 1, cells[c]);
	if (ledger_run(o->ledger, o->put, err) < 0)
		return -1;
	return sqlite3_changes(o->ledger->db) ? 0 : wrong(o, r->line, say("an earlier line names who answers for this region and department; keep one"), err);
}

static int read_owners(struct owners *o, struct csv_reader *reader, struct err *err)
{
	struct csv_record r;
	enum csv_got got;
	bool heading = true;
	while ((got = csv_next(reader, &r, err)) == CSV_RECORD) {
		if (r.blank)
			continue;
		if (r.fault != CSV_SOUND)
			return wrong(o, r.line, say("is no line of CSV in UTF-8 or GB18030"), err);
		if ((heading ? find_headings(o, &r, err) : take_owner(o, &r, err)) < 0)
			return -1;
		heading = false;
	}
	if (got == CSV_ERROR)
		return -1;
	return heading ? wrong(o, 1, say("the heading is region,department,person,phone, or 行政区划,部门,责任人,电话"), err) : 0;
}

static int read_text_of(struct owners *o, struct err *err)
{
	struct csv_reader *reader = NULL;
	struct decoder *decoder = NULL;
	struct csv_rules rules = { ',', CSV_LIMITS };
	bool utf8 = utf8_check(o->text.p, o->text.n) == o->text.n;
	int r = utf8 ? 0 : decoder_open(&decoder, ENCODING_GB18030, read_text, o, err);
	if (r == 0)
		r = utf8 ? csv_reader_open(&reader, &rules, read_text, o, err) : csv_reader_open(&reader, &rules, decoder_read, decoder, err);
	if (r == 0)
		r = read_owners(o, reader, err);
	csv_reader_close(reader);
	decoder_close(decoder);
	return r;
}

int ledger_owners(struct ledger *l, const char *path, struct err *err)
{
	struct owners o = { .ledger = l, .path = path };
	struct buf text = { 0 };
	int r = ledger_exec(l, "CREATE TEMP TABLE owner (region TEXT, department TEXT, person TEXT, phone TEXT, PRIMARY KEY (region, department)) WITHOUT ROWID",
	                    err);
	if (r < 0 || !path)
		return r;
	r = load(path, &text, err);
	o.text = buf_str(&text);
	if (r == 0)
		r = ledger_prepare(l, &o.put, "INSERT OR IGNORE INTO owner VALUES (?1, ?2, ?3, ?4)", err);
	if (r == 0)
		r = read_text_of(&o, err);
	sqlite3_finalize(o.put);
	buf_release(&text);
	return r;
}
