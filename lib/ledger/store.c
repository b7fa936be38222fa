#include "internal.h"

#include "base/lang.h"
#include "base/mem.h"
#include "io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION 0x62696475 /* "bidu" */
#define PATIENCE 5000          /* milliseconds to wait for another writer */
#define TEXT_OF(number) #number
#define SQL_OF(number) TEXT_OF(number)

/* SQLite takes a disk that cannot be read for a damaged file (SQLITE_IOERR_CORRUPTFS becomes SQLITE_CORRUPT). */
static bool disk_failed(struct ledger *l)
{
	int last = 0;
	return sqlite3_file_control(l->db, NULL, SQLITE_FCNTL_LAST_ERRNO, &last) == SQLITE_OK && last == EIO;
}

static int fail_reading(const struct ledger *l, const char *why, struct err *err)
{
	return err_set(err, STATUS_IOERR, say("%s: reading or writing failed (%s); look at the disk, nothing has been changed"), l->path, why);
}

int ledger_fail(struct ledger *l, struct err *err)
{
	const char *why = sqlite3_errmsg(l->db);
	if (sqlite3_extended_errcode(l->db) == SQLITE_IOERR_DIR_FSYNC)
		return err_set(err, STATUS_IOERR, say("%s: has been changed, but that may not last (%s); look at the disk and do it again"), l->path, why);
	switch (sqlite3_errcode(l->db)) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return err_set(err, STATUS_LOCKED, say("%s: another process writes to it; wait until it is done"), l->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		if (disk_failed(l))
			return fail_reading(l, strerror(EIO), err);
		return err_set(err, STATUS_DATA, say("%s: is damaged or no ledger; put a copy of it back, or move it away and begin anew"), l->path);
	case SQLITE_FULL:
	case SQLITE_IOERR: return fail_reading(l, why, err);
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM: return err_set(err, STATUS_CANTCREAT, say("%s: cannot be opened for writing (%s); look at whose it is"), l->path, why);
	case SQLITE_NOMEM: return err_set(err, STATUS_OSERR, say("%s: no memory"), l->path);
	default: return err_set(err, STATUS_SOFTWARE, say("%s: SQLite says: %s; report it"), l->path, why);
	}
}

int ledger_exec(struct ledger *l, const char *sql, struct err *err)
{
	return sqlite3_exec(l->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : ledger_fail(l, err);
}

int ledger_prepare(struct ledger *l, sqlite3_stmt **ret, const char *sql, struct err *err)
{
	return sqlite3_prepare_v2(l->db, sql, -1, ret, NULL) == SQLITE_OK ? 0 : ledger_fail(l, err);
}

enum iter ledger_step(struct ledger *l, sqlite3_stmt *s, struct err *err)
{
	int got = sqlite3_step(s);
	if (got == SQLITE_ROW)
		return ITER_ROW;
	if (got == SQLITE_DONE) {
		sqlite3_reset(s);
		return ITER_END;
	}
	ledger_fail(l, err);
	sqlite3_reset(s);
	return ITER_ERROR;
}

int ledger_run(struct ledger *l, sqlite3_stmt *s, struct err *err)
{
	enum iter got;
	while ((got = ledger_step(l, s, err)) == ITER_ROW)
		;
	return got == ITER_END ? 0 : -1;
}

void ledger_bind(sqlite3_stmt *s, int at, struct str text)
{
	sqlite3_bind_text(s, at, text.n ? text.p : "", (int)text.n, SQLITE_STATIC);
}

struct str ledger_text(sqlite3_stmt *s, int column)
{
	const char *p = (const char *)sqlite3_column_text(s, column);
	return p ? (struct str){ p, (size_t)sqlite3_column_bytes(s, column) } : STR("");
}

int ledger_begin(struct ledger *l, struct err *err)
{
	return ledger_exec(l, "BEGIN IMMEDIATE", err);
}

/* The journal stands in its folder for good before a page of the ledger is overwritten: SQLite asks for that too, but does not look at what
 * comes of it. */
static int sync_folder(const struct ledger *l, struct err *err)
{
	int fd = open(l->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), got = fd < 0 ? -1 : fsync(fd);
	if (got < 0)
		fail_reading(l, strerror(errno), err);
	if (fd >= 0)
		close(fd);
	return got;
}

int ledger_commit(struct ledger *l, struct err *err)
{
	return sync_folder(l, err) < 0 ? -1 : ledger_exec(l, "COMMIT", err);
}

/* ---- opening ------------------------------------------------------------------------------------------------------------------------- */

static int refuse_readers(const char *path, const struct stat *st, struct err *err)
{
	if ((st->st_mode & 077) == 0 && st->st_uid == geteuid())
		return 0;
	return err_set(err, STATUS_CANTCREAT, say("%s: holds people's data, and is not its owner's alone; chown it, and chmod go= it"), path);
}

static int private_folder(const char *folder, struct err *err)
{
	struct stat st;
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return err_errno(err, STATUS_CANTCREAT, say("%s: the folder cannot be made"), folder);
	if (stat(folder, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(err, STATUS_CANTCREAT, say("%s: is no folder; name another"), folder);
	return refuse_readers(folder, &st, err);
}

/* An empty file is an empty ledger; it is made here, since SQLite would let others read it. */
static int private_file(const char *path, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0)
		return err_errno(err, STATUS_CANTCREAT, say("%s: cannot be opened for writing"), path);
	int got = fstat(fd, &st);
	close(fd);
	if (got < 0 || !S_ISREG(st.st_mode))
		return err_set(err, STATUS_CANTCREAT, say("%s: is no regular file; move it away"), path);
	return refuse_readers(path, &st, err);
}

static int number(struct ledger *l, const char *sql, int *ret, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int got = ledger_prepare(l, &s, sql, err);
	if (got == 0 && (got = ledger_step(l, s, err) == ITER_ROW ? 0 : -1) == 0)
		*ret = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return got;
}

/* Step by step, all in one transaction. */
static int make_tables(struct ledger *l, int version, struct err *err)
{
	char pragma[64];
	for (; ledger_steps[version]; version++)
		if (ledger_exec(l, ledger_steps[version], err) < 0)
			return -1;
	snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", version);
	return ledger_exec(l, pragma, err);
}

static int bring_up(struct ledger *l, struct err *err)
{
	int version = 0, application = 0, tables = 0, known = 0;
	while (ledger_steps[known])
		known++;
	if (number(l, "PRAGMA user_version", &version, err) < 0 || number(l, "PRAGMA application_id", &application, err) < 0 ||
	    number(l, "SELECT count(*) FROM sqlite_schema", &tables, err) < 0)
		return -1;
	if (application != APPLICATION && (application || version || tables))
		return err_set(err, STATUS_DATA, say("%s: is the database of another program; move it away"), l->path);
	if (version > known || version < 0)
		return err_set(err, STATUS_DATA, say("%s: is of version %d, this program knows %d; use the newer program"), l->path, version, known);
	if (version == known)
		return 0;
	return ledger_exec(l, "PRAGMA application_id = " SQL_OF(APPLICATION), err) < 0 ? -1 : make_tables(l, version, err);
}

static int configure(struct ledger *l, struct err *err)
{
	sqlite3_busy_timeout(l->db, PATIENCE);
	sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(l->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return ledger_exec(l, "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA synchronous = EXTRA;"
	                      "PRAGMA cell_size_check = ON; PRAGMA journal_mode = DELETE; PRAGMA cache_size = -65536", err);
}

static int open_file(struct ledger *l, struct err *err)
{
	if (sqlite3_open_v2(l->path, &l->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return ledger_fail(l, err);
	if (configure(l, err) < 0 || ledger_begin(l, err) < 0 || bring_up(l, err) < 0)
		return -1;
	return ledger_commit(l, err);
}

bool ledger_there(const char *folder)
{
	char path[4096];
	struct stat st;
	snprintf(path, sizeof path, "%s/ledger.db", folder);
	return lstat(path, &st) == 0;
}

int ledger_open(struct ledger **ret, const char *folder, struct err *err)
{
	struct ledger *l = mem_alloc(sizeof *l);
	if (asprintf(&l->path, "%s/ledger.db", folder) < 0)
		l->path = mem_dup(STR(""));
	l->folder = mem_dup(str_of(folder));
	if (private_folder(folder, err) < 0 || private_file(l->path, err) < 0 || open_file(l, err) < 0) {
		ledger_close(l);
		return -1;
	}
	*ret = l;
	return 0;
}

int ledger_open_old(struct ledger **ret, const char *folder, struct err *err)
{
	if (!ledger_there(folder))
		return err_set(err, STATUS_NOINPUT, say("%s: there is no ledger; name the folder in which bidui track keeps it"), folder);
	return ledger_open(ret, folder, err);
}

void ledger_close(struct ledger *l)
{
	if (!l)
		return;
	sqlite3_close_v2(l->db);
	free(l->path);
	free(l->folder);
	free(l);
}
