/* Households and persons of the registry from run to run: who has entered, exited, relapsed, left. docs/formats/registered.md. */
#include "internal.h"

#include "base/bytes.h"
#include "base/lang.h"
#include "io/source.h"
#include "ledger/registered.h"

#include <stdio.h>
#include <stdlib.h>

#define TAG_ROWS FRAME_TAG('R', 'E', 'G', 'R')
#define BLOCK (1u << 20) /* bytes, about */

/* ---- the file -------------------------------------------------------------------------------------------------------------------------- */

struct registered_writer {
	struct frame_writer *frame;
	struct buf block;
	uint32_t block_rows;
	uint64_t rows;
	struct row_sum sum;
};

/* XXH3-128 of a file, as outputs have it. */
static int hash_file(const char *path, uint8_t ret[16], struct err *err)
{
	struct source *s;
	uint64_t bytes;
	char block[1 << 16];
	ssize_t n;
	if (source_open(&s, path, err) < 0)
		return err_in(err, "%s", path);
	while ((n = source_read(s, block, sizeof block, err)) > 0)
		;
	if (n == 0)
		source_digest(s, &bytes, ret);
	source_close(s);
	return n == 0 ? 0 : err_in(err, "%s", path);
}

static const char *path_of(char out[4096], const char *folder)
{
	snprintf(out, 4096, "%s/registered", folder);
	return out;
}

int registered_create(struct registered_writer **ret, const char *folder, const uint8_t schema[16], const char *manifest, struct err *err)
{
	struct registered_writer *w = mem_alloc(sizeof *w);
	struct frame_id id;
	char path[4096];
	memcpy(id.schema, schema, 16);
	if (hash_file(manifest, id.run, err) < 0 || frame_create(&w->frame, path_of(path, folder), FRAME_REGISTERED, &id, err) < 0) {
		free(w);
		return -1;
	}
	*ret = w;
	return 0;
}

static int put_block(struct registered_writer *w, struct err *err)
{
	int r = frame_put(w->frame, TAG_ROWS, w->block.p, w->block.n, w->block_rows, err);
	w->block.n = w->block_rows = 0;
	return r;
}

int registered_put(struct registered_writer *w, const struct registered_row *row, struct err *err)
{
	size_t from = w->block.n;
	put_text(&w->block, row->household_no);
	put_text(&w->block, row->id);
	put_text(&w->block, row->status);
	put_text(&w->block, row->region);
	put32(&w->block, row->head);
	row_sum_add(&w->sum, row_hash(NULL, 0, w->block.p + from, w->block.n - from));
	w->rows++;
	w->block_rows++;
	return w->block.n < BLOCK ? 0 : put_block(w, err);
}

static void writer_free(struct registered_writer *w)
{
	buf_release(&w->block);
	free(w);
}

int registered_commit(struct registered_writer *w, struct err *err)
{
	int r = w->block_rows ? put_block(w, err) : 0;
	frame_rows(w->frame, w->rows, w->sum);
	if (r == 0)
		r = frame_commit(w->frame, err);
	else
		frame_abort(w->frame);
	writer_free(w);
	return r;
}

void registered_abort(struct registered_writer *w)
{
	if (!w)
		return;
	frame_abort(w->frame);
	writer_free(w);
}

/* ---- the rows of this run ---------------------------------------------------------------------------------------------------------------- */

struct registered {
	struct ledger *ledger;
	sqlite3_stmt *household, *person;
};

/* A household is what its head row says, else its first row; a person belongs to the household of their first row. */
static const char make_now[] =
	"CREATE TEMP TABLE now_household (key TEXT PRIMARY KEY, head TEXT, status TEXT, region TEXT) WITHOUT ROWID;"
	"CREATE TEMP TABLE now_member (key TEXT PRIMARY KEY, household TEXT) WITHOUT ROWID";
static const char put_household[] =
	"INSERT INTO temp.now_household VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key) DO UPDATE SET head = ?2, status = ?3, region = ?4"
	" WHERE head = 'no' AND ?2 = 'yes'";
static const char put_person[] = "INSERT OR IGNORE INTO temp.now_member VALUES (?1, ?2)";
static const char make_persons[] =
	"CREATE TEMP TABLE now_person (key TEXT PRIMARY KEY, status TEXT, region TEXT) WITHOUT ROWID;"
	"INSERT INTO temp.now_person SELECT m.key, h.status, h.region FROM temp.now_member m JOIN temp.now_household h ON h.key = m.household";
static const char drop_now[] = "DROP TABLE temp.now_household; DROP TABLE temp.now_member; DROP TABLE temp.now_person";

static int take_row(struct registered *r, struct reader *from, struct err *err)
{
	struct str household = take_text(from), id = take_text(from), status = take_text(from), region = take_text(from);
	ledger_bind(r->household, 1, household);
	ledger_bind(r->household, 2, take32(from) ? STR("yes") : STR("no"));
	ledger_bind(r->household, 3, status);
	ledger_bind(r->household, 4, region);
	ledger_bind(r->person, 1, id);
	ledger_bind(r->person, 2, household);
	return ledger_run(r->ledger, r->household, err) < 0 ? -1 : ledger_run(r->ledger, r->person, err);
}

static int take_rows(struct registered *r, const struct frame *f, struct err *err)
{
	struct frame_scan scan = { .frame = f };
	struct frame_block b;
	enum iter got = ITER_ROW;
	uint64_t rows = 0;
	int ret = 0;
	while (ret == 0 && (got = frame_next(&scan, &b, err)) == ITER_ROW) {
		struct reader from = { b.p, b.p + b.n, false };
		for (uint32_t i = 0; ret == 0 && i < b.rows && !from.failed; i++, rows++)
			ret = take_row(r, &from, err);
		if (ret == 0 && (from.failed || from.p != from.end))
			ret = err_set(err, STATUS_DATA, say("%s: is damaged; make the run again"), f->path);
	}
	frame_scan_release(&scan);
	if (ret == 0 && got == ITER_END && rows != f->rows)
		ret = err_set(err, STATUS_DATA, say("%s: is damaged; make the run again"), f->path);
	return got == ITER_ERROR ? -1 : ret;
}

static int read_now(struct ledger *l, const struct frame *f, struct err *err)
{
	struct registered reg = { .ledger = l };
	int r = ledger_exec(l, make_now, err);
	if (r == 0)
		r = ledger_prepare(l, &reg.household, put_household, err);
	if (r == 0)
		r = ledger_prepare(l, &reg.person, put_person, err);
	if (r == 0)
		r = take_rows(&reg, f, err);
	sqlite3_finalize(reg.household);
	sqlite3_finalize(reg.person);
	return r < 0 ? -1 : ledger_exec(l, make_persons, err);
}

/* ---- the two sorts of units: one text of SQL for both ----------------------------------------------------------------------------------- */

static const char *const units[] = { "household", "person" };

/* %1$s the unit. Active is poor or relapsed. Who was exited and is active again has relapsed, whatever the register calls it now. */
static const char compare[] =
	"CREATE TEMP TABLE moved_%1$s AS"
	" SELECT '%1$ss.entered' AS figure, n.region AS region FROM temp.now_%1$s n LEFT JOIN %1$s b USING (key) WHERE b.key IS NULL"
	" UNION ALL SELECT '%1$ss.left', b.region FROM %1$s b LEFT JOIN temp.now_%1$s n USING (key) WHERE n.key IS NULL"
	" UNION ALL SELECT CASE WHEN n.status = 'exited' THEN '%1$ss.exited' ELSE '%1$ss.relapsed' END, n.region"
	" FROM temp.now_%1$s n JOIN %1$s b USING (key) WHERE (b.status IN ('poor', 'relapsed') AND n.status = 'exited')"
	" OR (b.status = 'exited' AND n.status IN ('poor', 'relapsed')) OR (b.status = 'poor' AND n.status = 'relapsed')";
static const char forget_moved[] = "DROP TABLE temp.moved_%1$s";

/* Only what differs is written. */
static const char take_over[] =
	"DELETE FROM %1$s WHERE key NOT IN (SELECT key FROM temp.now_%1$s);"
	"INSERT INTO %1$s SELECT key, status, region FROM temp.now_%1$s WHERE true"
	" ON CONFLICT (key) DO UPDATE SET status = excluded.status, region = excluded.region"
	" WHERE status <> excluded.status OR region <> excluded.region";

static int exec_of(struct ledger *l, const char *sql, const char *unit, struct err *err)
{
	struct buf b = { 0 };
	/* "%1$s" alone: what printf would make of it */
	for (const char *at; (at = strstr(sql, "%1$s")); sql = at + 4) {
		buf_put(&b, sql, (size_t)(at - sql));
		buf_puts(&b, str_of(unit));
	}
	buf_puts(&b, str_of(sql));
	buf_putc(&b, 0);
	int r = ledger_exec(l, b.p, err);
	buf_release(&b);
	return r;
}

/* Whether there is a run to compare with: one that knew its registry. */
static int known_before(struct ledger *l, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r = ledger_prepare(l, &s, "SELECT EXISTS (SELECT 1 FROM household)", err);
	if (r == 0)
		r = ledger_step(l, s, err) == ITER_ROW ? sqlite3_column_int(s, 0) : -1;
	sqlite3_finalize(s);
	return r;
}

static int compare_units(struct ledger *l, int64_t run, const char *unit, struct err *err)
{
	char table[64];
	snprintf(table, sizeof table, "temp.moved_%s", unit);
	if (exec_of(l, compare, unit, err) < 0 || ledger_count_moved(l, run, table, err) < 0)
		return -1;
	return exec_of(l, forget_moved, unit, err);
}

static int take_all(struct ledger *l, int64_t run, const struct frame *f, struct err *err)
{
	if (read_now(l, f, err) < 0)
		return -1;
	int before = known_before(l, err);
	for (int u = 0; before >= 0 && u < 2; u++)
		if ((before && compare_units(l, run, units[u], err) < 0) || exec_of(l, take_over, units[u], err) < 0)
			return -1;
	return before < 0 ? -1 : ledger_exec(l, drop_now, err);
}

/* A run that kept no state, or another one, is no error: nothing is known of the registry then. */
int ledger_take_registered(struct ledger *l, int64_t run, const char *manifest, bool *ret_known, struct err *err)
{
	char path[4096], *folder = mem_dup((struct str){ l->path, (size_t)(strrchr(l->path, '/') - l->path) });
	uint8_t hash[16];
	struct frame *f = NULL;
	struct err ignored;
	int r = hash_file(manifest, hash, err);
	bool there = r == 0 && frame_open(&f, path_of(path, folder), FRAME_REGISTERED, NULL, &ignored) == 0;
	*ret_known = there && memcmp(f->id.run, hash, 16) == 0;
	if (*ret_known)
		r = take_all(l, run, f, err);
	if (there)
		frame_close(f);
	free(folder);
	return r;
}
