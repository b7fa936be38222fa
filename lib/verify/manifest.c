/* manifest.json: whether it is whole, has what it must have, and adds up. */
#include "internal.h"

#include "value/value.h"

#include <stdio.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define NAME "manifest.json"

/* Its last key is the hash of all bytes before the line of this key. */
static void check_seal(struct check *c, const struct buf *b)
{
	static const char before[] = ",\n \"xxh3_128\": \"", after[] = "\"\n}\n";
	size_t tail = strlen(before) + 32 + strlen(after);
	XXH128_canonical_t h;
	char hex[33] = "";
	const char *end = NULL;
	if (b->n > tail) {
		XXH128_canonicalFromHash(&h, XXH3_128bits(b->p, b->n - tail));
		hex_put(h.digest, sizeof h.digest, hex);
		end = b->p + b->n - tail;
	}
	if (!end || memcmp(end, before, strlen(before)) != 0 || memcmp(end + strlen(before), hex, 32) != 0 ||
	    memcmp(end + strlen(before) + 32, after, strlen(after)) != 0)
		wrong(c, "manifest.json: is not as it was written: its last line does not agree with the rest");
}

/* ---- numbers ------------------------------------------------------------------------------------------------------------------------- */

static bool number(struct check *c, json_t *of, const char *what, const char *key, uint64_t *ret)
{
	json_t *n = json_object_get(of, key);
	*ret = 0;
	if (!json_is_integer(n) || json_integer_value(n) < 0) {
		wrong(c, "manifest.json: %s: '%s' is missing or no number", what, key);
		return false;
	}
	*ret = (uint64_t)json_integer_value(n);
	return true;
}

/* Rows of a file or a kind. */
enum { READ, ACCEPTED, REJECTED, DUPLICATE, BLANK, INVALID, COUNTS };
static const char *const names[COUNTS] = { "rows_read", "accepted", "rejected", "duplicate", "blank", "invalid" };

struct counts {
	uint64_t n[COUNTS];
};

static bool take_counts(struct check *c, json_t *of, const char *what, struct counts *ret)
{
	bool ok = true;
	*ret = (struct counts){ 0 };
	for (int i = 0; i < COUNTS; i++)
		ok &= number(c, of, what, names[i], &ret->n[i]);
	if (ok && ret->n[READ] != ret->n[ACCEPTED] + ret->n[REJECTED] + ret->n[DUPLICATE])
		wrong(c, "manifest.json: %s: rows read are not those accepted, rejected and duplicate together", what);
	return ok;
}

static void take_input(struct check *c, json_t *j)
{
	struct input in = { .kind = json_string_value(json_object_get(j, "kind")), .file = json_string_value(json_object_get(j, "file")) };
	struct counts counts;
	if (!in.kind || !in.file) {
		wrong(c, "manifest.json: an input has no kind or no file");
		return;
	}
	if (input_of(c, str_of(in.file)))
		wrong(c, "manifest.json: %s: is there twice", in.file);
	take_counts(c, j, in.file, &counts);
	in.file_n = strlen(in.file);
	in.rejected = counts.n[REJECTED];
	in.invalid = counts.n[INVALID];
	c->result->unproved += !json_object_get(j, "sha256");
	VEC_PUSH(c->inputs, c->input_count, c->input_cap, in);
}

/* A kind is its files added up, and its accepted rows are what the join did with them. */
static void check_kind(struct check *c, json_t *j)
{
	const char *kind = json_string_value(json_object_get(j, "kind"));
	struct counts of_kind, sum = { 0 };
	uint64_t kept, looked_at, not_wanted;
	json_t *in;
	size_t i;
	if (!kind) {
		wrong(c, "manifest.json: a kind has no name");
		return;
	}
	if (!take_counts(c, j, kind, &of_kind))
		return;
	json_array_foreach(json_object_get(c->manifest, "inputs"), i, in)
	{
		const char *of = json_string_value(json_object_get(in, "kind"));
		if (!of || strcmp(of, kind) != 0)
			continue;
		for (int k = 0; k < COUNTS; k++)
			sum.n[k] += (uint64_t)json_integer_value(json_object_get(in, names[k]));
	}
	for (int k = 0; k < COUNTS; k++)
		if (sum.n[k] != of_kind.n[k])
			wrong(c, "manifest.json: %s: '%s' is not that of its files together", kind, names[k]);
	if (!json_object_get(j, "kept"))
		return; /* of no person: never joined */
	if (number(c, j, kind, "kept", &kept) && number(c, j, kind, "looked_at", &looked_at) && number(c, j, kind, "not_wanted", &not_wanted) &&
	    of_kind.n[ACCEPTED] != kept + looked_at + not_wanted)
		wrong(c, "manifest.json: %s: rows accepted are not those kept, looked at and not wanted together", kind);
}

static void check_inputs(struct check *c)
{
	json_t *j;
	size_t i;
	if (c->masked)
		return; /* a copy does not say what it was made of */
	json_array_foreach(json_object_get(c->manifest, "inputs"), i, j)
		take_input(c, j);
	if (!c->input_count)
		wrong(c, "manifest.json: it names no inputs");
	json_array_foreach(json_object_get(c->manifest, "kinds"), i, j)
		check_kind(c, j);
	for (unsigned k = 0; k < c->input_count; k++) {
		bool there = false;
		json_array_foreach(json_object_get(c->manifest, "kinds"), i, j)
		{
			const char *kind = json_string_value(json_object_get(j, "kind"));
			there |= kind && !strcmp(kind, c->inputs[k].kind);
		}
		if (!there)
			wrong(c, "manifest.json: %s: its kind has no account", c->inputs[k].file);
	}
}

/* ---- names of outputs ---------------------------------------------------------------------------------------------------------------- */

static bool stays_inside(const char *name)
{
	return *name && *name != '/' && strcmp(name, "..") != 0 && strncmp(name, "../", 3) != 0 && !strstr(name, "/../") &&
	       !(strlen(name) >= 3 && !strcmp(name + strlen(name) - 3, "/.."));
}

/* The lists, figures and summary have to be there, and for each kind its rejects and invalid values. */
static void need_output(struct check *c, const char *wanted)
{
	json_t *o;
	size_t i;
	json_array_foreach(json_object_get(c->manifest, "outputs"), i, o)
	{
		const char *name = json_string_value(json_object_get(o, "file"));
		if (name && !strcmp(name, wanted))
			return;
	}
	wrong(c, "manifest.json: it names no %s", wanted);
}

static void check_names(struct check *c)
{
	json_t *outputs = json_object_get(c->manifest, "outputs"), *o;
	size_t i = 0;
	while ((o = json_array_get(outputs, i))) {
		const char *name = json_string_value(json_object_get(o, "file"));
		if (name && stays_inside(name)) {
			i++;
			continue;
		}
		wrong(c, "manifest.json: an output has no name, or one outside of the folder");
		json_array_remove(outputs, i);
	}
	for (int l = 0; l < LIST_COUNT; l++) {
		char name[128];
		snprintf(name, sizeof name, "lists/%s.csv", list_name((enum list)l));
		need_output(c, name);
	}
	need_output(c, "figures.csv");
	need_output(c, "summary.json");
	json_array_foreach(json_object_get(c->manifest, "kinds"), i, o)
	{
		const char *kind = json_string_value(json_object_get(o, "kind"));
		char name[512];
		snprintf(name, sizeof name, "rejects/%s.csv", kind ? kind : "");
		if (kind)
			need_output(c, name);
		snprintf(name, sizeof name, "invalid/%s.csv", kind ? kind : "");
		if (kind)
			need_output(c, name);
	}
}

/* ---- the whole ----------------------------------------------------------------------------------------------------------------------- */

static bool understand(struct check *c)
{
	json_t *m = c->manifest, *previous = json_object_get(m, "previous");
	const char *as_of = json_string_value(json_object_get(m, "as_of"));
	int64_t day;
	c->masked = json_is_true(json_object_get(m, "masked"));
	if (!as_of || strlen(as_of) != 10 || date_parse(str_of(as_of), &day) != 0) {
		wrong(c, "manifest.json: 'as_of' is missing or no day");
		return false;
	}
	c->as_of = (int32_t)day;
	if (!json_is_array(json_object_get(m, "outputs"))) {
		wrong(c, "manifest.json: 'outputs' is missing or no list");
		return false;
	}
	if (json_is_string(previous))
		snprintf(c->result->previous, sizeof c->result->previous, "%s", json_string_value(previous));
	return true;
}

bool check_manifest(struct check *c)
{
	struct buf b;
	json_error_t e;
	uint8_t hash[SHA256_BYTES];
	if (!read_file(c, NAME, &b))
		return false;
	c->result->files++;
	sha256_of(b.p, b.n, hash);
	hex_put(hash, sizeof hash, c->result->manifest_sha256);
	check_seal(c, &b);
	c->manifest = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &e);
	buf_release(&b);
	if (!c->manifest) {
		wrong(c, "manifest.json:%d: is no JSON", e.line);
		return false;
	}
	if (!understand(c))
		return false;
	check_inputs(c);
	check_names(c);
	return true;
}
