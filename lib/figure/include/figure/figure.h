/* figure: counts by region, added up from many dossiers, and the names of the places they are of.
 *
 * A count has a name ("findings.missed.M1"), a level and a region of that level. Names that begin with '.' are parts of rates and
 * are not listed. Adding is all there is, so any order and any threads give the same.
 *
 * Files: a frame's blocks FIGU and PLAC (docs/formats/figure.md).
 */
#ifndef BIDUI_FIGURE_FIGURE_H
#define BIDUI_FIGURE_FIGURE_H

#include "base/mem.h"
#include "file/frame.h"
#include "value/value.h"

enum figure_level { FIGURE_ALL, FIGURE_COUNTY, FIGURE_TOWNSHIP, FIGURE_VILLAGE, FIGURE_CLASS, FIGURE_LEVELS };
enum { CLASS_OTHER = 0, CLASS_POOR = 1 };

#define FIGURE_SPOTS 8192
#define FIGURE_PART 4 /* counts that are kept together: names that are numbered one after the other from a multiple of it */

/* One place and all that is counted of it. Lives until figures_clear. */
struct figure_row {
	uint64_t region;
	enum figure_level level;
	unsigned part_count;
	uint32_t *parts;       /* number of a part + 1, by name / FIGURE_PART; 0: nothing there */
};

struct figures {
	struct figure_row **rows;
	uint32_t row_count, row_cap;
	uint32_t *slots;       /* number of a row + 1, by its hash */
	uint32_t slot_count;   /* a power of two */
	uint64_t seed;         /* of the hash: base/seed.h */
	int64_t (**pages)[FIGURE_PART]; /* the parts, so many a page */
	uint32_t part_count, page_count, page_cap;
	struct arena places;   /* rows */
	struct str *names;
	unsigned name_count, name_cap;
	uint16_t spots[FIGURE_SPOTS]; /* number of a name + 1, by its hash */
	struct arena arena;
};

struct places;

/* The number of a name, the same for as long as f lives. */
unsigned figure_name(struct figures *f, struct str name);
void figure_add(struct figures *f, unsigned name, enum figure_level level, uint64_t region, int64_t count);
/* The same in two steps, for many counts of one place. */
struct figure_row *figure_row(struct figures *f, enum figure_level level, uint64_t region);
void figure_row_add(struct figures *f, struct figure_row *row, unsigned name, int64_t count);
int64_t figure_get(const struct figures *f, const char *name, enum figure_level level, uint64_t region);
/* The same in steps, for many counts of one place: -1 when there is no such name, NULL when nothing was counted there. */
int figure_find(const struct figures *f, struct str name);
const struct figure_row *figure_row_find(const struct figures *f, enum figure_level level, uint64_t region);
int64_t figure_row_get(const struct figures *f, const struct figure_row *row, unsigned name);
/* Counts of regions of 12 digits, whatever these name, put at the level of villages alone, are added to all levels that each region
 * belongs to, and stay at its own only where there is such a village. As many counts a unit as regions, not as levels, until the end. */
void figures_spread(struct figures *f, const struct places *places);
void figures_merge(struct figures *into, const struct figures *from);
void figures_take_off(struct figures *from, const struct figures *less); /* what was merged */
void figures_clear(struct figures *f); /* all counts are gone, names and their numbers stay */
void figures_encode(const struct figures *f, struct buf *b); /* as one block */
int figures_put(const struct figures *f, struct frame_writer *w, struct err *err) __attribute__((warn_unused_result)); /* as blocks of about 1 MiB */
int figures_decode(struct figures *f, const uint8_t *p, size_t n); /* adds; -1 when broken */
void figures_release(struct figures *f);

/* A block read without keeping it:
 *
 *     if (figure_block_open(&b, p, n) < 0) ...
 *     while (figure_block_next(&b, &one)) ...
 *     figure_block_close(&b) < 0 when it was broken
 */
struct figure_block {
	const uint8_t *at;
	uint32_t left;         /* counts */
	struct str *names;     /* borrow the block */
	uint32_t name_count;
	bool broken;
};
struct figure_count {
	uint32_t name;         /* in the block's names */
	enum figure_level level;
	uint64_t region;
	int64_t count;
};
int figure_block_open(struct figure_block *ret, const uint8_t *p, size_t n) __attribute__((warn_unused_result));
bool figure_block_next(struct figure_block *b, struct figure_count *ret);
int figure_block_close(struct figure_block *b); /* also of one that did not open */

/* The villages of the kind `village`, by code. */
struct place {
	int64_t code;
	struct str county, township, village;
	int8_t poor; /* 1, 0, or -1 unknown */
};

struct places {
	struct place *items; /* by code, each once */
	size_t count, cap;
	struct arena arena;
};

void places_add(struct places *p, const struct place *place); /* copies; the first of one code counts */
void places_sort(struct places *p);                            /* after the last add */
const struct place *places_find(const struct places *p, int64_t code);
void places_encode(const struct places *p, struct buf *b);
int places_decode(struct places *p, const uint8_t *bytes, size_t n);
void places_release(struct places *p);

/* The levels that a region of 12 digits belongs to, with its number at each; VALUE_NULL belongs to `all` alone. */
struct figure_at {
	enum figure_level level;
	uint64_t region;
};
unsigned figure_levels(const struct places *places, int64_t region, struct figure_at ret[FIGURE_LEVELS]);

#define TAG_FIGURES FRAME_TAG('F', 'I', 'G', 'U')
#define TAG_PLACES FRAME_TAG('P', 'L', 'A', 'C')

#endif
