#include "changes.h"

#include "base/le.h"
#include "base/seed.h"
#include "id/id.h"
#include "table/table.h"
#include "text/blank.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* One old number, in an open hash table of a power of two. */
struct change {
	struct str old;      /* after step 1; in the arena. No text: a free place */
	uint64_t now;        /* stored form */
	uint32_t file, line; /* of the row */
	uint64_t walk;       /* the last that came along here, by its number from 1 */
	bool settled;        /* now is the end of the chain */
};

struct id_changes {
	struct change *places;
	size_t mask, count;
	uint64_t seed;       /* of the hash: base/seed.h */
	uint64_t *may_be;    /* three bits of a word for each old number: nearly every number asked for is none */
	uint64_t may_be_mask; /* of a word's place */
	struct arena texts;
};

/* The bits of a number, and in *ret_word their word of may_be. */
static uint64_t bits_of(const struct id_changes *c, struct str text, uint64_t *ret_word)
{
	uint64_t first = 0, last = 0;
	if (text.n >= 8) {
		memcpy(&first, text.p, 8);
		memcpy(&last, text.p + text.n - 8, 8);
	}
	uint64_t h = (first ^ text.n) * UINT64_C(0x9E3779B97F4A7C15) + last * UINT64_C(0xD6E8FEB86659FD93);
	h = (h ^ h >> 32) * UINT64_C(0x9E3779B97F4A7C15);
	*ret_word = h >> 18 & c->may_be_mask;
	return UINT64_C(1) << (h >> 46 & 63) | UINT64_C(1) << (h >> 52 & 63) | UINT64_C(1) << (h >> 58);
}

static struct change *place_of(const struct id_changes *c, struct str old)
{
	size_t i = XXH3_64bits_withSeed(old.p, old.n, c->seed) & c->mask;
	while (c->places[i].old.n && !str_eq(c->places[i].old, old))
		i = (i + 1) & c->mask;
	return &c->places[i];
}

bool id_changes_find(const struct id_changes *changes, struct str cleaned, uint64_t *ret)
{
	if (!changes || !changes->count || !cleaned.n)
		return false;
	uint64_t word, bits = bits_of(changes, cleaned, &word);
	if ((changes->may_be[word] & bits) != bits)
		return false;
	const struct change *found = place_of(changes, cleaned);
	if (!found->old.n)
		return false;
	*ret = found->now;
	return true;
}

/* The change whose old number is written as `stored`: with 18 places, or 15 when the new number was written so. (One that is weak
 * for its 000 was most likely written in full.) */
static struct change *next_of(const struct id_changes *c, uint64_t stored)
{
	char text[ID_TEXT];
	id_print(stored, text);
	struct change *next = place_of(c, (struct str){ text, ID_TEXT });
	if (next->old.n || !id_weak(stored) || !memcmp(text + 15, "000", 3))
		return next->old.n ? next : NULL;
	memmove(text + 6, text + 8, 9);
	next = place_of(c, (struct str){ text, 15 });
	return next->old.n ? next : NULL;
}

static const char *file_name(const struct table *t, uint32_t file)
{
	const char *name = json_string_value(json_object_get(json_array_get(json_object_get(t->meta, "files"), file), "file"));
	return name ? name : "id_change";
}

static int add(struct id_changes *c, const struct table *t, struct row row, struct str old, uint64_t now, struct err *err)
{
	char cleaned[ID_CLEAN_SIZE];
	size_t n;
	(void)id_clean(old, cleaned, sizeof cleaned, &n); /* an old number may be anything */
	struct str key = { cleaned, n };
	if (!n)
		return 0;
	struct change *at = place_of(c, key);
	if (at->old.n && id_key(at->now) != id_key(now))
		return err_set(err, STATUS_DATA, "%s:%u: gives another new number for an old one than line %u of %s; ask the sender which holds",
		               file_name(t, row_file(row)), row_line(row), at->line, file_name(t, at->file));
	if (at->old.n) {
		at->now &= now | ~ID_WEAK; /* written in full once: that is what is known of it */
		return 0;
	}
	*at = (struct change){ arena_dup(&c->texts, key), now, row_file(row), row_line(row) };
	uint64_t word, bits = bits_of(c, key, &word);
	c->may_be[word] |= bits;
	c->count++;
	return 0;
}

/* Of the changes of a circle the one that stands first, so that the message is the same whatever the hash. All are settled. */
static struct change *first_of_circle(const struct id_changes *c, struct change *in, struct change *best)
{
	for (; !in->settled; in = next_of(c, in->now)) {
		if (!best || in->file < best->file || (in->file == best->file && in->line < best->line))
			best = in;
		in->settled = true;
	}
	return best;
}

/* Point every change at the end of its chain. */
static int follow(struct id_changes *c, const struct table *t, struct err *err)
{
	struct change *circle = NULL;
	for (size_t i = 0; i <= c->mask; i++) {
		struct change *first = &c->places[i], *last = first;
		if (!first->old.n)
			continue;
		for (struct change *next; !last->settled && last->walk != i + 1 && (next = next_of(c, last->now)) != NULL; last = next)
			last->walk = i + 1;
		if (!last->settled && last->walk == i + 1)
			circle = first_of_circle(c, last, circle);
		for (struct change *at = first, *next; at != last; at = next) {
			next = next_of(c, at->now);
			at->now = last->now;
			at->settled = true;
		}
		last->settled = true;
	}
	if (circle)
		return err_set(err, STATUS_DATA, "%s:%u: belongs to a circle of changed numbers; ask the sender which holds",
		               file_name(t, circle->file), circle->line);
	return 0;
}

static int read_rows(struct id_changes *c, const struct table *t, struct err *err)
{
	int old = kind_column(t->kind, STR("old")), now = kind_column(t->kind, STR("new"));
	if (old < 0 || now < 0)
		return err_set(err, STATUS_CONFIG, "kind %.*s: has to have the columns old and new", STR_ARG(t->kind->name));
	struct table_scan scan;
	struct row row;
	uint32_t ordinal;
	enum iter got = ITER_END;
	int rc = 0;
	table_scan_init(&scan, t);
	while (rc == 0 && (got = table_next(&scan, &row, &ordinal, err)) == ITER_ROW)
		rc = add(c, t, row, row_text(t->kind, row, &t->kind->columns[old]),
		         (uint64_t)row_number(row, &t->kind->columns[now]), err);
	table_scan_release(&scan);
	return rc < 0 || got == ITER_ERROR ? -1 : 0;
}

int id_changes_load(struct id_changes **ret, const char *table_path, const struct schema *schema, const struct frame_id *id,
                    struct err *err)
{
	struct table *t;
	if (table_open(&t, table_path, schema, id, err) < 0)
		return -1;
	struct id_changes *c = mem_alloc(sizeof *c);
	size_t places = 16;
	while (places < 2 * t->rows)
		places *= 2;
	c->places = mem_alloc(places * sizeof *c->places);
	c->mask = places - 1;
	c->seed = hash_seed();
	c->may_be = mem_alloc(places);
	c->may_be_mask = places / sizeof *c->may_be - 1;
	int rc = read_rows(c, t, err) < 0 || follow(c, t, err) < 0 ? -1 : 0;
	table_close(t);
	if (rc < 0)
		id_changes_free(c);
	else
		*ret = c;
	return rc;
}

void id_changes_digest(const struct id_changes *c, uint8_t ret[16])
{
	struct row_sum sum = { 0 };
	for (size_t i = 0; c && i <= c->mask; i++) {
		const struct change *change = &c->places[i];
		uint8_t now[8];
		le64_put(now, change->now);
		if (change->old.n)
			row_sum_add(&sum, row_hash(now, sizeof now, change->old.p, change->old.n));
	}
	le64_put(ret, sum.low);
	le64_put(ret + 8, sum.high);
}

void id_changes_free(struct id_changes *c)
{
	if (!c)
		return;
	arena_release(&c->texts);
	free(c->places);
	free(c->may_be);
	free(c);
}
