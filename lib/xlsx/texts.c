#include "texts.h"

#include "base/le.h"
#include "io/at.h"
#include "io/output.h"

#include <stdlib.h>
#include <unistd.h>

void texts_init(struct texts *s, const char *name, const char *spool)
{
	*s = (struct texts){ .name = name, .spool = spool, .fd = -1 };
	for (size_t i = 0; i <= TEXTS_SLOTS; i++)
		s->slots[i].page = SIZE_MAX;
}

static int write_page(struct texts *s, const struct buf *bytes, struct err *err)
{
	if (s->fd < 0 && (s->fd = output_spool(s->spool, err)) < 0)
		return -1;
	if (put_at(s->fd, bytes->p, bytes->n, s->in_file) < 0)
		return err_errno(err, STATUS_IOERR, "%s: writing its texts to a temporary file failed; make room", s->name);
	s->in_file += bytes->n;
	return 0;
}

/* Close the page being filled. */
static int end_page(struct texts *s, struct err *err)
{
	if (!s->ends.n)
		return 0;
	buf_puts(&s->text, buf_str(&s->ends));
	struct texts_page page = {
		.first = s->count - (uint32_t)(s->ends.n / 4), .bytes = (uint32_t)s->text.n, .at = s->in_file,
	};
	if (s->total + s->text.n <= TEXTS_HELD) {
		page.held = mem_grow(NULL, s->text.n, 1);
		memcpy(page.held, s->text.p, s->text.n);
	} else if (write_page(s, &s->text, err) < 0) {
		return -1;
	}
	s->total += s->text.n;
	VEC_PUSH(s->pages, s->page_count, s->page_cap, page);
	s->text.n = s->ends.n = 0;
	return 0;
}

int texts_add(struct texts *s, struct str text, struct err *err)
{
	char end[4];
	if (s->text.n + text.n + s->ends.n + 4 > TEXTS_PAGE && end_page(s, err) < 0)
		return -1;
	if (s->total > TEXTS_MAX || s->count == UINT32_MAX)
		return err_set(err, STATUS_DATA, "%s:1: holds over 1 GiB of shared texts; split it or save it as \"CSV UTF-8\"", s->name);
	buf_puts(&s->text, text);
	le32_put(end, (uint32_t)s->text.n);
	buf_put(&s->ends, end, 4);
	s->count++;
	return 0;
}

int texts_finish(struct texts *s, struct err *err)
{
	int rc = end_page(s, err);
	buf_release(&s->text);
	buf_release(&s->ends);
	return rc;
}

/* Number of the page that holds text i. */
static size_t page_of(const struct texts *s, uint32_t i)
{
	size_t low = 0, high = s->page_count;
	if (s->pages[s->last].first <= i && (s->last + 1 == high || i < s->pages[s->last + 1].first))
		return s->last;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (s->pages[middle].first <= i)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The bytes of a page, from memory, the cache or the file. */
static int load(struct texts *s, size_t number, const char **ret, struct err *err)
{
	const struct texts_page *page = &s->pages[number];
	size_t slot = page->bytes > TEXTS_PAGE ? TEXTS_SLOTS : number % TEXTS_SLOTS;
	struct buf *bytes = &s->slots[slot].bytes;
	*ret = page->held ? page->held : bytes->p;
	if (page->held || s->slots[slot].page == number)
		return 0;
	s->slots[slot].page = SIZE_MAX;
	bytes->n = 0;
	buf_reserve(bytes, page->bytes);
	if (get_at(s->fd, bytes->p, page->bytes, page->at) != (ssize_t)page->bytes)
		return err_errno(err, STATUS_IOERR, "%s: reading its texts from a temporary file failed", s->name);
	bytes->n = page->bytes;
	s->slots[slot].page = number;
	*ret = bytes->p;
	return 0;
}

int texts_get(struct texts *s, uint32_t i, struct str *ret, struct err *err)
{
	size_t number = page_of(s, i);
	const char *bytes;
	if (load(s, number, &bytes, err) < 0)
		return -1;
	s->last = number;
	uint32_t first = s->pages[number].first, next = number + 1 < s->page_count ? s->pages[number + 1].first : s->count;
	const char *ends = bytes + s->pages[number].bytes - 4 * (size_t)(next - first);
	uint32_t from = i == first ? 0 : le32_get(ends + 4 * (size_t)(i - first - 1)), to = le32_get(ends + 4 * (size_t)(i - first));
	*ret = (struct str){ bytes + from, to - from };
	return 0;
}

void texts_release(struct texts *s)
{
	for (size_t i = 0; i < s->page_count; i++)
		free(s->pages[i].held);
	for (size_t i = 0; i <= TEXTS_SLOTS; i++)
		buf_release(&s->slots[i].bytes);
	free(s->pages);
	buf_release(&s->text);
	buf_release(&s->ends);
	if (s->fd >= 0)
		close(s->fd);
}
