#include "reading.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#define TAG_META FRAME_TAG('M', 'E', 'T', 'A')

int reading_finish(struct frame_writer *w, json_t *meta, struct err *err)
{
	char *text = json_dumps(meta, JSON_COMPACT | JSON_SORT_KEYS);
	int r = frame_put(w, TAG_META, text, strlen(text), 0, err);
	free(text);
	return r;
}

static int broken(const struct frame *f, const char *what, struct err *err)
{
	return err_set(err, STATUS_DATA, "%s: %s; make it again", f->path, what);
}

static int take_entries(const struct frame *f, const struct frame_block *b, entry_fn *take_one, void *arg, struct err *err)
{
	size_t at = 0, n;
	struct entry e;
	while (take_one && (n = entry_get((const char *)b->p + at, b->n - at, &e))) {
		if (take_one(arg, &e, err) < 0)
			return -1;
		at += n;
	}
	return !take_one || at == b->n ? 0 : broken(f, "an entry of it is broken", err);
}

static bool is_meta(const struct frame_block *b, json_t *meta)
{
	json_error_t e;
	json_t *own = json_loadb((const char *)b->p, b->n, JSON_REJECT_DUPLICATES, &e);
	bool same = own && json_equal(own, meta);
	json_decref(own);
	return same;
}

int reading_take(const char *path, const struct frame_id *id, json_t *meta, marks_fn *marks, entry_fn *reject, entry_fn *invalid,
                 void *arg, struct err *err)
{
	struct frame *f;
	struct frame_block b;
	enum iter got;
	bool belongs = false;
	int r = 0;
	if (frame_open(&f, path, FRAME_READING, id, err) < 0)
		return -1;
	struct frame_scan scan = { .frame = f, .skip = marks ? 0 : TAG_SHARES };
	while (r == 0 && (got = frame_next(&scan, &b, err)) != ITER_END) {
		if (got == ITER_ERROR)
			r = -1;
		else if (b.tag == TAG_REJECTS)
			r = take_entries(f, &b, reject, arg, err);
		else if (b.tag == TAG_INVALID)
			r = take_entries(f, &b, invalid, arg, err);
		else if (b.tag == TAG_META)
			belongs = is_meta(&b, meta);
		else if (marks && b.tag == TAG_SHARES && marks(arg, &b) < 0)
			r = broken(f, "its shares are broken", err);
	}
	if (r == 0 && !belongs)
		r = broken(f, "does not belong to its table", err);
	frame_scan_release(&scan);
	frame_close(f);
	return r;
}
