#include "internal.h"

#include "base/bytes.h"
#include "io/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define READING 3 /* raised when extracts are read, or what is kept of them is written, otherwise: what is there is not used then */

static char *in_folder(const char *folder, const char *name)
{
	struct buf b = { 0 };
	buf_puts(&b, str_of(folder));
	buf_putc(&b, '/');
	buf_puts(&b, str_of(name));
	buf_putc(&b, 0);
	return b.p;
}

char *state_path(const struct state *s, uint64_t number, const char *ending)
{
	char name[64];
	snprintf(name, sizeof name, "%llu%s", (unsigned long long)number, ending);
	return in_folder(s->tables, name);
}

/* ---- the folder --------------------------------------------------------------------------------------------------------------------------- */

static int make_private(const char *folder, struct err *err)
{
	struct stat st;
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return err_errno(err, STATUS_CANTCREAT, "%s: the folder cannot be made", folder);
	if (lstat(folder, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(err, STATUS_CANTCREAT, "%s: is no folder; name another one", folder);
	if (st.st_uid != geteuid() || st.st_mode & 077)
		return err_set(err, STATUS_CANTCREAT, "%s: others may read it, and it is to hold people's data; chmod 700, or name another one", folder);
	return 0;
}

static bool is_named(const struct state_index *x, uint64_t number)
{
	for (size_t i = 0; i < x->extract_count; i++)
		if (x->extracts[i].number == number)
			return true;
	for (size_t i = 0; i < x->kind_count; i++)
		if (x->kinds[i].number == number)
			return true;
	return number == x->made.dossiers || number == x->made.findings;
}

/* Whether a file in tables/ is one of ours that no index needs: "12.table", "12.reading", or ".12.table.8101-3.tmp". */
static bool is_left_over(const struct state_index *x, const char *name)
{
	char *end;
	bool temporary = name[0] == '.';
	uint64_t number = strtoull(name + temporary, &end, 10);
	if (end == name + temporary)
		return false;
	static const char *const endings[] = { ".table", ".reading", ".dossiers", ".findings", ".dues" };
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t n = strlen(endings[i]);
		if (!strncmp(end, endings[i], n) && (temporary ? end[n] == '.' : !end[n] && !is_named(x, number)))
			return true;
	}
	return false;
}

static void sweep(const struct state *s, const struct state_index *x)
{
	DIR *d = opendir(s->folder);
	for (struct dirent *e; d && (e = readdir(d));)
		if (!strncmp(e->d_name, ".state.", 7) && strcmp(e->d_name, ".state.lock") != 0)
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	d = opendir(s->tables);
	for (struct dirent *e; d && (e = readdir(d));)
		if (is_left_over(x, e->d_name))
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

/* ---- opening and closing ------------------------------------------------------------------------------------------------------------------- */

static void set_fault(struct state *s, const struct err *err)
{
	static const char remedy[] = "; make it again"; /* which is what happens */
	const char *end = strstr(err->text, remedy);
	struct buf b = { 0 };
	buf_puts(&b, end ? (struct str){ err->text, (size_t)(end - err->text) } : str_of(err->text));
	buf_puts(&b, STR("; every extract is read anew"));
	buf_putc(&b, 0);
	free(s->fault);
	s->fault = b.p;
}

void state_forget(struct state *s, const struct err *err)
{
	uint64_t next = s->now.next;
	set_fault(s, err);
	state_index_release(&s->old);
	state_index_release(&s->now);
	s->now.next = next;
}

static void read_index(struct state *s)
{
	struct err err;
	int r = state_index_read(&s->old, s->path, &s->id, &err);
	s->now.next = s->old.next;
	if (r < 0)
		state_forget(s, &err);
}

static uint64_t highest_number(const struct state *s)
{
	uint64_t highest = 0;
	DIR *d = opendir(s->tables);
	for (struct dirent *e; d && (e = readdir(d));) {
		uint64_t number = strtoull(e->d_name, NULL, 10);
		if (number > highest && number < UINT64_MAX / 2)
			highest = number;
	}
	if (d)
		closedir(d);
	return highest;
}

int state_open(struct state **ret, const char *folder, const struct schema *schema, const char *version, struct err *err)
{
	struct state *s = mem_alloc(sizeof *s);
	char run[64];
	s->folder = mem_dup(str_of(folder));
	s->tables = in_folder(folder, "tables");
	s->path = in_folder(folder, "state");
	s->lock = -1;
	pthread_mutex_init(&s->mutex, NULL);
	snprintf(run, sizeof run, "state %d of %s", READING, version);
	frame_id_make(&s->id, schema->hash, 0, run);
	if (make_private(folder, err) < 0 || make_private(s->tables, err) < 0 || lock_take(&s->lock, s->path, err) < 0) {
		state_close(s);
		return -1;
	}
	read_index(s);
	sweep(s, &s->old);
	if (s->now.next <= highest_number(s)) /* of an index that is lost */
		s->now.next = highest_number(s) + 1;
	*ret = s;
	return 0;
}

void state_close(struct state *s)
{
	if (!s)
		return;
	frame_abort(s->writer);
	if (s->lock >= 0) {
		if (s->committed)
			sweep(s, &s->now);
		lock_release(s->lock);
	}
	state_index_release(&s->old);
	state_index_release(&s->now);
	pthread_mutex_destroy(&s->mutex);
	free(s->folder);
	free(s->tables);
	free(s->path);
	free(s->fault);
	free(s);
}

const char *state_fault(const struct state *s)
{
	return s->fault;
}

const struct frame_id *state_id(const struct state *s)
{
	return &s->id;
}

/* ---- finding ------------------------------------------------------------------------------------------------------------------------------- */

static int64_t nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

#define LATELY INT64_C(2000000000) /* the coarsest clock of a file system that is met with */

struct state_stamp state_stamp_now(const char *path)
{
	struct stat st;
	struct timespec now;
	if (clock_gettime(CLOCK_REALTIME, &now) < 0 || stat(path, &st) < 0)
		return (struct state_stamp){ 0 };
	struct state_stamp s = { (uint64_t)st.st_dev, (uint64_t)st.st_ino, (uint64_t)st.st_size, nanoseconds(st.st_mtim), nanoseconds(st.st_ctim) };
	if (s.changed > nanoseconds(now) - LATELY || s.modified > nanoseconds(now) - LATELY)
		return (struct state_stamp){ 0 };
	return s;
}

static bool same_stamp(const struct state_stamp *a, const struct state_stamp *b)
{
	return a->inode && a->device == b->device && a->inode == b->inode && a->bytes == b->bytes && a->modified == b->modified &&
	       a->changed == b->changed;
}

/* The ending tells whether a file has to be a workbook. */
static bool same_ending(const char *a, const char *b)
{
	const char *dot_a = strrchr(a, '.'), *dot_b = strrchr(b, '.');
	return dot_a && dot_b && !strcasecmp(dot_a, dot_b);
}

/* Whether a kept extract would be read the same under these circumstances, if its bytes are the same. */
static bool would_do(const struct state_extract *e, const struct state_wanted *w)
{
	return !strcmp(e->kind, w->kind) && !strcmp(e->encoding, w->encoding) && e->delimiter == w->delimiter &&
	       (!strcmp(e->name, w->name) || same_ending(e->name, w->name)) && !memcmp(e->changes, w->changes, sizeof e->changes) &&
	       e->latest <= w->as_of && w->as_of < e->earliest;
}

/* Hash a file as ingest does. False: it cannot be read; whoever reads it will say so. */
static bool hash_file(const char *path, uint64_t *ret_bytes, uint8_t ret[16])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct buf block = { 0 };
	XXH3_state_t *hash = XXH3_createState();
	XXH128_canonical_t c;
	ssize_t n = -1;
	*ret_bytes = 0;
	buf_reserve(&block, 256u << 10);
	if (fd >= 0 && hash) {
		XXH3_128bits_reset(hash);
		while ((n = pread(fd, block.p, block.cap, (off_t)*ret_bytes)) > 0 || (n < 0 && errno == EINTR))
			if (n > 0) {
				XXH3_128bits_update(hash, block.p, (size_t)n);
				*ret_bytes += (uint64_t)n;
			}
		XXH128_canonicalFromHash(&c, XXH3_128bits_digest(hash));
		memcpy(ret, c.digest, 16);
	}
	XXH3_freeState(hash);
	buf_release(&block);
	if (fd >= 0)
		close(fd);
	return n == 0;
}

static const struct state_extract *find_by_content(const struct state *s, const struct state_wanted *w)
{
	struct stat st;
	uint64_t bytes = 0;
	uint8_t hash[16];
	bool hashed = false;
	if (stat(w->path, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	for (size_t i = 0; i < s->old.extract_count; i++) {
		const struct state_extract *e = &s->old.extracts[i];
		if (e->bytes != (uint64_t)st.st_size || !would_do(e, w))
			continue;
		if (!hashed && !hash_file(w->path, &bytes, hash))
			return NULL;
		hashed = true;
		if (e->bytes == bytes && !memcmp(e->hash, hash, sizeof hash))
			return e;
	}
	return NULL;
}

const struct state_extract *state_find(const struct state *s, const struct state_wanted *w)
{
	struct state_stamp now = state_stamp_now(w->path);
	for (size_t i = 0; i < s->old.extract_count && !w->by_content; i++)
		if (same_stamp(&s->old.extracts[i].stamp, &now) && would_do(&s->old.extracts[i], w))
			return &s->old.extracts[i];
	return find_by_content(s, w);
}

uint64_t state_find_kind(const struct state *s, const char *kind, const uint64_t *parts, char *const *names, unsigned count)
{
	for (size_t i = 0; i < s->old.kind_count; i++) {
		const struct state_kind *k = &s->old.kinds[i];
		bool same = !strcmp(k->kind, kind) && k->count == count;
		for (unsigned p = 0; same && p < count; p++)
			same = k->parts[p] == parts[p] && !strcmp(k->names[p], names[p]);
		if (same)
			return k->number;
	}
	return 0;
}

const struct state_made *state_made(const struct state *s)
{
	return s->old.made.dossiers && s->old.made.findings ? &s->old.made : NULL;
}

static const struct state_kind *kind_named(const struct state_index *x, const char *kind)
{
	for (size_t i = 0; i < x->kind_count; i++)
		if (!strcmp(x->kinds[i].kind, kind))
			return &x->kinds[i];
	return NULL;
}

unsigned state_changes(const struct state *s, const struct state_kind **ret_old, const struct state_kind **ret_new)
{
	unsigned changes = 0, there = 0;
	for (size_t i = 0; i < s->now.kind_count; i++) {
		const struct state_kind *now = &s->now.kinds[i], *old = kind_named(&s->old, now->kind);
		there += old != NULL;
		if (old && old->number == now->number)
			continue;
		changes++;
		*ret_old = old;
		*ret_new = now;
	}
	return changes + (unsigned)(s->old.kind_count - there);
}

/* ---- keeping -------------------------------------------------------------------------------------------------------------------------------- */

uint64_t state_next(struct state *s)
{
	pthread_mutex_lock(&s->mutex);
	if (!s->now.next)
		s->now.next = 1;
	uint64_t n = s->now.next++;
	pthread_mutex_unlock(&s->mutex);
	return n;
}

void state_keep(struct state *s, const struct state_extract *e)
{
	pthread_mutex_lock(&s->mutex);
	state_index_add(&s->now, e);
	pthread_mutex_unlock(&s->mutex);
}

void state_keep_kind(struct state *s, const struct state_kind *k)
{
	pthread_mutex_lock(&s->mutex);
	state_index_add_kind(&s->now, k);
	pthread_mutex_unlock(&s->mutex);
}

void state_keep_made(struct state *s, const struct state_made *m)
{
	s->now.made = *m;
}

int state_prepare(struct state *s, struct err *err)
{
	if (frame_create(&s->writer, s->path, FRAME_STATE, &s->id, err) < 0)
		return -1;
	return state_index_write(&s->now, s->writer, err);
}

int state_commit(struct state *s, struct err *err)
{
	struct frame_writer *w = s->writer;
	s->writer = NULL;
	if (frame_commit(w, err) < 0)
		return -1;
	s->committed = true;
	return 0;
}
