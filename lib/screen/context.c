/* What goes with all dossiers of a file: its figures, places, villages, and the names of the extracts. */
#include "internal.h"

#include "join/join.h"

#include <stdlib.h>

static int broken(const struct frame *f, const char *what, struct err *err)
{
	return err_set(err, STATUS_DATA, "%s: %s is broken; make it again", f->path, what);
}

static int take_files(struct shared *s, const struct frame *f, json_t *meta, uint64_t *ret_kinds, struct err *err)
{
	const struct schema *schema = s->pack->schema;
	const char *name;
	json_t *kind, *file;
	size_t i;
	s->files = mem_alloc(schema->kind_count * sizeof *s->files);
	s->file_counts = mem_alloc(schema->kind_count * sizeof *s->file_counts);
	json_object_foreach(json_object_get(meta, "kinds"), name, kind) {
		const struct kind *k = schema_kind(schema, str_of(name));
		json_t *files = json_object_get(kind, "files");
		if (!k || !json_is_array(files))
			return broken(f, "its list of kinds", err);
		*ret_kinds |= UINT64_C(1) << k->index;
		s->files[k->index] = mem_alloc((json_array_size(files) + 1) * sizeof(char *));
		json_array_foreach(files, i, file)
		{
			const char *text = json_string_value(json_object_get(file, "file"));
			s->files[k->index][s->file_counts[k->index]++] = mem_dup(str_of(text ? text : "?"));
		}
	}
	return 0;
}

static int take_villages(struct villages *v, const struct frame *f, const struct frame_block *b, struct err *err)
{
	if (v->items || b->n != 24 * (size_t)b->rows)
		return broken(f, "its list of villages", err);
	v->items = mem_alloc((b->rows + 1) * sizeof *v->items);
	v->count = b->rows;
	for (uint32_t i = 0; i < b->rows; i++) {
		const uint8_t *p = b->p + 24 * (size_t)i;
		v->items[i] = (struct village_facts){ (int64_t)le64_get(p), le64_get(p + 8), le64_get(p + 16) };
	}
	return 0;
}

static const struct column *column_of(const struct schema *schema, enum role role, const char *name)
{
	const struct kind *k = schema_role(schema, role);
	int c = k ? kind_column(k, str_of(name)) : -1;
	return c < 0 ? NULL : &k->columns[c];
}

int context_take(struct context *c, const struct frame *f, struct err *err)
{
	struct frame_scan scan = { .frame = f, .skip = TAG_DOSSIERS };
	struct frame_block b;
	enum iter got = ITER_END;
	uint64_t kinds = 0;
	json_error_t e;
	int r = 0;
	while (r == 0 && (got = frame_next(&scan, &b, err)) == ITER_ROW) {
		if (b.tag == TAG_FIGURES && figures_decode(&c->figures, b.p, b.n) < 0)
			r = broken(f, "its figures", err);
		else if (b.tag == TAG_PLACES && places_decode(&c->shared.places, b.p, b.n) < 0)
			r = broken(f, "its list of places", err);
		else if (b.tag == TAG_VILLAGES)
			r = take_villages(&c->villages, f, &b, err);
		else if (b.tag == TAG_META && c->meta)
			r = broken(f, "what it says of itself", err);
		else if (b.tag == TAG_META)
			c->meta = json_loadb((const char *)b.p, b.n, JSON_REJECT_DUPLICATES, &e);
	}
	frame_scan_release(&scan);
	if (r < 0 || got == ITER_ERROR)
		return -1;
	if (!c->meta)
		return broken(f, "what it says of itself", err);
	if (take_files(&c->shared, f, c->meta, &kinds, err) < 0)
		return -1;
	const struct schema *schema = c->shared.pack->schema;
	coverage_of(c->shared.pack, kinds, &c->shared.coverage);
	c->shared.words = evidence_words(&c->shared.arena, schema);
	c->shared.register_region = column_of(schema, ROLE_REGISTER, "region");
	c->shared.register_status = column_of(schema, ROLE_REGISTER, "status");
	c->shared.home_region = column_of(schema, ROLE_HOUSEHOLDS, "region");
	return 0;
}

void context_release(struct context *c)
{
	for (unsigned i = 0; c->shared.files && i < c->shared.pack->schema->kind_count; i++) {
		for (uint32_t k = 0; k < c->shared.file_counts[i]; k++)
			free(c->shared.files[i][k]);
		free(c->shared.files[i]);
	}
	free(c->shared.files);
	free(c->shared.file_counts);
	free(c->villages.items);
	arena_release(&c->shared.arena);
	places_release(&c->shared.places);
	figures_release(&c->figures);
	json_decref(c->meta);
}
