/* join: tables -> dossiers, by hash join on the ID number.
 *
 * Everybody is counted, but only those are taken along on whom some rule of the pack may fire: the people of registry households
 * and the owners of rows of the kinds that household and person rules ask for (pack->seeds), with the whole of their hukou
 * households. Households tied by common people become one dossier (dossier/dossier.h).
 *
 *   1  seeds       keys of the registry, of the trigger kinds, of deaths, of persons with several hukou rows
 *   2  survey      a pass over the household table: which households stand together, who may be whose relative, where hard people live
 *   3  households  a second pass: who lives where, counted into households; the people of wanted ones
 *   4  dossiers    a pass over every table: the rows of the wanted, put aside by share of the dossiers, grouped, encoded
 *
 * Memory grows with the people that are wanted, not with the extracts. More shares mean less memory, never fewer rows; what does not fit
 * is put on disk. The file is the same for any threads, shares and memory.
 *
 * Every row is kept, looked at only, or counted as not wanted: the file's META says how many of each kind, and a join whose rows
 * do not add up to the table's is an internal error.
 */
#ifndef BIDUI_JOIN_JOIN_H
#define BIDUI_JOIN_JOIN_H

#include "figure/figure.h"
#include "rule/pack.h"
#include "table/table.h"

/* One unit alone, named as in a list's unit_no: its dossier is written whether or not a rule may fire on it, and no other. A
 * registry household may be called anything, so a name can mean several units; the join says which of them there are. */
struct join_only {
	struct str unit_no;
	unsigned units;                /* asked for: a bit for each enum unit */
	unsigned found;                /* set by join_run, likewise */
};

struct join_job {
	const struct pack *pack;
	struct table *const *tables;   /* at most one a kind, in any order */
	unsigned table_count;
	unsigned partitions;           /* shares of the dossiers; 0: as many as the memory asks for */
	unsigned threads;              /* 0 counts as 1 */
	uint64_t memory;               /* bytes that the process may take; 0: what it needs to be fast */
	const char *path;              /* of the dossier file */
	struct frame_id id;
	bool passing;                  /* the file is gone with its folder before the process ends: it is not made durable */
	struct join_only *only;        /* or NULL: all */
};

/* Write the dossiers. On failure no file is left behind. */
int join_run(const struct join_job *job, struct err *err) __attribute__((warn_unused_result));

/* Blocks of a dossier file beside TAG_FIGURES and TAG_PLACES. */
#define TAG_DOSSIERS FRAME_TAG('D', 'O', 'S', 'S')
#define TAG_VILLAGES FRAME_TAG('V', 'I', 'L', 'L') /* u64 region, u64 all, u64 split, each 8 bytes, by region */
#define TAG_META FRAME_TAG('M', 'E', 'T', 'A')     /* JSON: {"as_of", "kinds": {kind: {files, kept, looked_at, not_wanted}}} */

#endif
