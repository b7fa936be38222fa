#include "schema/schema.h"

#include "digest/digest.h"
#include "load.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

const struct kind *schema_kind(const struct schema *s, struct str name)
{
	for (unsigned i = 0; i < s->kind_count; i++)
		if (str_eq(s->kinds[i].name, name))
			return &s->kinds[i];
	return NULL;
}

const struct kind *schema_role(const struct schema *s, enum role role)
{
	for (unsigned i = 0; i < s->kind_count; i++)
		if (s->kinds[i].role == role)
			return &s->kinds[i];
	return NULL;
}

int kind_column(const struct kind *k, struct str name)
{
	for (unsigned i = 0; i < k->column_count; i++)
		if (str_eq(k->columns[i].name, name))
			return (int)i;
	return -1;
}

/* The paths of a folder's YAML files, in byte order of their names. */
struct listing {
	char **paths;
	size_t n, cap;
};

static void listing_release(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->paths[i]);
	free(l->paths);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_in(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);
	return n > m && strcasecmp(name + n - m, ending) == 0;
}

static int list_entry(struct listing *l, const char *dir, const char *name, struct err *err)
{
	if (name[0] == '.')
		return 0;
	if (ends_in(name, ".yml"))
		return err_set(err, STATUS_CONFIG, "%s/%s: would be passed over; call it .yaml", dir, name);
	if (!ends_in(name, ".yaml"))
		return 0;
	if (l->n == MAX_KINDS + 1)
		return err_set(err, STATUS_CONFIG, "%s: more than %d schema files", dir, MAX_KINDS + 1);
	char *path = mem_alloc(strlen(dir) + strlen(name) + 2);
	sprintf(path, "%s/%s", dir, name);
	VEC_PUSH(l->paths, l->n, l->cap, path);
	return 0;
}

static int list_folder(struct listing *l, const char *dir, struct err *err)
{
	DIR *d = opendir(dir);
	if (!d)
		return err_errno(err, errno == ENOENT || errno == ENOTDIR ? STATUS_CONFIG : STATUS_IOERR, "%s: the folder with the schema files cannot be opened", dir);
	int got = 0;
	struct dirent *entry;
	while (!got && (errno = 0, entry = readdir(d)))
		got = list_entry(l, dir, entry->d_name, err);
	if (!got && errno)
		got = err_errno(err, STATUS_IOERR, "%s: cannot be listed", dir);
	closedir(d);
	if (l->n)
		qsort(l->paths, l->n, sizeof *l->paths, by_path);
	return got;
}

static bool is_types(const char *path)
{
	const char *slash = strrchr(path, '/');
	return strcmp(slash ? slash + 1 : path, "types.yaml") == 0;
}

static int load_types(struct schema *s, const struct yaml *y, struct err *err)
{
	struct fy_node *map;
	if (yaml_keys(y, yaml_root(y), (const char *const[]){ "enumerations", NULL }, err) < 0
	    || yaml_need(y, yaml_root(y), "enumerations", &map, err) < 0)
		return -1;
	return load_enumerations(s, y, map, err);
}

/* Read and hash all files, then take from them: types.yaml first, whose enumerations the others use. */
static int load_files(struct schema *s, const struct listing *folder, char *const *extra, struct err *err)
{
	size_t n = folder->n, got = 0;
	int failed = 0;
	while (extra && extra[n - folder->n])
		n++;
	struct yaml **files = mem_alloc(n * sizeof *files);
	XXH3_state_t hash;
	XXH3_128bits_reset(&hash);
	struct sha256 *sha256 = sha256_new();
	for (; got < n; got++) {
		failed = yaml_load(&files[got], got < folder->n ? folder->paths[got] : extra[got - folder->n], err);
		if (failed)
			break;
		struct str bytes = yaml_bytes(files[got]);
		XXH3_128bits_update(&hash, bytes.p, bytes.n);
		sha256_add(sha256, bytes.p, bytes.n);
	}
	for (size_t i = 0; !failed && i < folder->n; i++)
		if (is_types(folder->paths[i]))
			failed = load_types(s, files[i], err);
	for (size_t i = 0; !failed && i < n; i++)
		if (i >= folder->n || !is_types(folder->paths[i]))
			failed = load_kind(s, files[i], err);
	XXH128_canonicalFromHash((XXH128_canonical_t *)s->hash, XXH3_128bits_digest(&hash));
	sha256_get(sha256, s->sha256);
	sha256_free(sha256);
	for (size_t i = 0; i < got; i++)
		yaml_free(files[i]);
	free(files);
	return failed;
}

static int by_order(const void *a, const void *b)
{
	const struct kind *x = a, *y = b;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return str_cmp(x->name, y->name);
}

int schema_load(struct schema **ret, const char *dir, char *const *extra, struct err *err)
{
	struct schema *s = mem_alloc(sizeof *s);
	struct listing folder = { 0 };
	s->kinds = arena_alloc(&s->arena, (MAX_KINDS + 1) * sizeof *s->kinds);
	s->enumerations = arena_alloc(&s->arena, (MAX_ENUMERATIONS + 1) * sizeof *s->enumerations);
	add_grade(s);
	int failed = list_folder(&folder, dir, err);
	if (!failed)
		failed = load_files(s, &folder, extra, err);
	listing_release(&folder);
	if (!failed && !s->kind_count)
		failed = err_set(err, STATUS_CONFIG, "%s: no schema files (NAME.yaml) here", dir);
	if (failed) {
		schema_free(s);
		return -1;
	}
	qsort(s->kinds, s->kind_count, sizeof *s->kinds, by_order);
	for (unsigned i = 0; i < s->kind_count; i++)
		s->kinds[i].index = i;
	*ret = s;
	return 0;
}

void schema_free(struct schema *s)
{
	if (!s)
		return;
	arena_release(&s->arena);
	free(s);
}
