#include "shared.h"

#include "part.h"
#include "rich.h"

struct reading {
	struct part *part;
	struct texts *texts;
	struct rich rich;
	bool in_item;
};

static void on_open(void *reading, unsigned depth, const char *name, const char **attributes)
{
	struct reading *r = reading;
	(void)attributes;
	if (depth == 1) {
		r->in_item = !strcmp(name, "si");
		rich_reset(&r->rich);
	} else if (r->in_item) {
		rich_open(&r->rich, name);
	}
}

static void on_close(void *reading, unsigned depth, const char *name)
{
	struct reading *r = reading;
	if (depth > 1 && r->in_item) {
		rich_close(&r->rich, name);
	} else if (depth == 1 && r->in_item) {
		r->in_item = false;
		if (texts_add(r->texts, buf_str(&r->rich.text), part_err(r->part)) < 0)
			part_abort(r->part);
	}
}

static void on_text(void *reading, const char *p, size_t n)
{
	struct reading *r = reading;
	rich_put(&r->rich, p, n);
}

int shared_read(struct texts *s, struct package *package, const char *path, struct err *err)
{
	static const struct part_events events = { on_open, on_close, on_text };
	struct reading r = { .texts = s };
	int rc = part_read(package, path, &events, &r, &r.part, err);
	buf_release(&r.rich.text);
	return rc < 0 ? -1 : texts_finish(s, err);
}
