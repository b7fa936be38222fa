/* state: what a run keeps for the next one, so that an extract that has not changed need not be read again. Page: docs/formats/state.md.
 *
 *   DIR/state              the index: which extract is kept under which number, of which numbers a kind's table is made
 *   DIR/tables/N.dossiers, N.findings, N.dues   what the last run has made of the tables, to be carried on where it still holds
 *   DIR/tables/N.table     the rows of extract N, or the table of a kind, made of such;  N.reading  all else that is known of extract N
 *
 * Whatever is kept is a copy of work: a state that is lost, damaged or of another program costs one night of reading and changes no list.
 * A number is never used twice, so a run only adds files; they count from the moment the index that names them takes the place of the
 * old one (state_commit), and what no index names is swept away. DIR is 0700, the files 0600; one process at a time.
 *
 *     state_open(&s, "DIR", schema, err);
 *     if ((e = state_find(s, &wanted))) ... the files of e->number stand for the extract
 *     else { wanted.number = state_next(s); read it into these files }
 *     state_keep(s, &wanted); ... state_keep_kind(s, &kind); ...
 *     state_prepare(s, err); publish; state_commit(s, err);
 *     state_close(s);
 */
#ifndef BIDUI_STATE_STATE_H
#define BIDUI_STATE_STATE_H

#include "file/frame.h"
#include "schema/schema.h"

/* What the file system says of an extract. All zero: nothing that could be relied on. */
struct state_stamp {
	uint64_t device, inode, bytes;
	int64_t modified, changed; /* nanoseconds since 1970 */
};

struct state_extract {
	char *kind, *name, *encoding;  /* name: without folders. encoding: as asked for, "" to find out */
	char delimiter;                /* the same, or 0 */
	struct state_stamp stamp;
	uint64_t bytes;
	uint8_t hash[16];              /* XXH3-128 of its bytes */
	uint8_t changes[16];           /* of the id changes it was read with */
	int32_t latest, earliest;      /* it is read the same for every as-of date from latest to the day before earliest */
	uint64_t number;
};

/* The table of a kind: of these extracts under these names, in this order. */
struct state_kind {
	char *kind;
	uint64_t number;
	uint64_t *parts;
	char **names;
	unsigned count;
};

/* What the last run has made of all tables; numbers of 0: nothing. */
struct state_made {
	int32_t as_of;
	uint8_t pack[16];              /* its hash */
	int32_t due;                   /* the dossiers are the same for every as-of date before that day, from as_of on */
	uint64_t dossiers, findings;   /* of N.dossiers; of N.findings and N.dues */
};

struct state;

/* Make the folder (not those above it) when it is not there, take its lock, read the index. An index that cannot be used is no error:
 * see state_fault.
 * version: of this program; what another one has kept is not used. Errors: 73 it cannot be made or others may read it, 75 another run uses it. */
int state_open(struct state **ret, const char *folder, const struct schema *schema, const char *version, struct err *err) __attribute__((warn_unused_result));
void state_close(struct state *s); /* NULL-safe; files that no index names go */
/* Why what was kept is not used, or NULL. Lives as long as s. */
const char *state_fault(const struct state *s);
/* Use nothing of what was kept, and drop what was added: err says why. */
void state_forget(struct state *s, const struct err *err);
/* Of every file in tables/. */
const struct frame_id *state_id(const struct state *s);

struct state_wanted {
	const char *path;             /* of the extract */
	const char *kind, *name, *encoding;
	char delimiter;
	const uint8_t *changes;
	int32_t as_of;
	bool by_content;              /* its bytes are compared, whatever the file system says */
};

/* The extract as it was kept, or NULL: it has to be read. */
const struct state_extract *state_find(const struct state *s, const struct state_wanted *w);
/* The table of a kind, or 0: it has to be made. */
uint64_t state_find_kind(const struct state *s, const char *kind, const uint64_t *parts, char *const *names, unsigned count);

/* What was made of the tables of the last run, or NULL. */
const struct state_made *state_made(const struct state *s);
/* Once all kinds are kept: how many of them have another table than in the last run, came, or went. *ret_old, *ret_new: if it is one
 * and the same kind, its tables. */
unsigned state_changes(const struct state *s, const struct state_kind **ret_old, const struct state_kind **ret_new);

/* A number for new files; from any thread, as are the next two. */
uint64_t state_next(struct state *s);
/* For the next index; copies. */
void state_keep(struct state *s, const struct state_extract *e);
void state_keep_kind(struct state *s, const struct state_kind *k);
void state_keep_made(struct state *s, const struct state_made *m);

/* What the file system says now; all zero when the file was changed so lately that a further change might not show. */
struct state_stamp state_stamp_now(const char *path);

/* DIR/tables/NUMBER + ending, malloc'd. */
char *state_path(const struct state *s, uint64_t number, const char *ending);

int state_prepare(struct state *s, struct err *err) __attribute__((warn_unused_result)); /* write the next index, unseen */
int state_commit(struct state *s, struct err *err) __attribute__((warn_unused_result));  /* and let it take the old one's place */

/* Remove all that runs have kept in the folder (not what others keep there); the next run reads everything. Errors: those of state_open; 74. */
int state_purge(const char *folder, struct err *err) __attribute__((warn_unused_result));

#endif
