/* err: why a stage stops, told once.
 *
 * A broken world (a full disk, a torn file, a wrong pipeline) travels up as `int` -1 with a struct err filled in by whoever
 * noticed it. Each caller may put what it knows in front; main() prints it once and exits with err->status.
 * A bad row is never an err: it is data (see lib/ingest).
 *
 *     if (source_open(&s, path, err) < 0)
 *             return err_in(err, "extract %s", name);
 *
 * A message never holds an id or a name of a person: callers put file, line and column there, never a value.
 */
#ifndef BIDUI_BASE_ERR_H
#define BIDUI_BASE_ERR_H

/* The exit statuses of the programs (sysexits.h), in the order in which they win when several hold. */
enum status {
	STATUS_OK = 0,
	STATUS_FOUND = 1,      /* done, and --fail-on was met */
	STATUS_USAGE = 64,     /* wrong use */
	STATUS_DATA = 65,      /* an extract is unusable */
	STATUS_NOINPUT = 66,   /* an input is missing */
	STATUS_SOFTWARE = 70,  /* an internal error */
	STATUS_OSERR = 71,     /* a resource limit */
	STATUS_CANTCREAT = 73, /* an output cannot be made */
	STATUS_IOERR = 74,     /* an I/O error */
	STATUS_LOCKED = 75,    /* another run holds the lock */
	STATUS_CONFIG = 78,    /* a wrong pipeline, schema or rule file */
};

struct err {
	enum status status;
	char text[1024]; /* object, action, reason; remedy */
	unsigned line, column; /* of a hand-written file, from 1; 0 where the fault has no such place */
	unsigned after;        /* where the message begins in text, behind "file:line:column: " */
};

/* Fill err and return -1. A long message is cut, never overrun. */
int err_set(struct err *err, enum status status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same with "file:line:column: " in front: a fault in a file that somebody wrote by hand. */
int err_at(struct err *err, enum status status, const char *file, unsigned line, unsigned column, const char *text);

/* The same, with ": " and the text of errno at the end. */
int err_errno(struct err *err, enum status status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Put "fmt: " in front of what err says; its status stays. Returns -1. */
int err_in(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whether a stop with status a goes before one with status b when an input gives both (64, 78, 66, 65, then the others). */
int err_goes_before(enum status a, enum status b);

#endif
