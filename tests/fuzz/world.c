#include "world.h"

#include "base/le.h"
#include "io/output.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HEADER 64
#define END 48

static char folder[64];
static struct schema *schema;
static struct pack *pack;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void leave(void)
{
	if (*folder)
		nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	pack_free(pack);
	schema_free(schema);
}

static void make(void)
{
	struct err err = { 0 };
	snprintf(folder, sizeof folder, "%s/bidui-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(folder) || schema_load(&schema, SCHEMAS, NULL, &err) < 0 || pack_load(&pack, DEFAULT_PACK, schema, WORLD_DAY, &err) < 0) {
		fprintf(stderr, "fuzz: %s\n", err.text);
		abort();
	}
	atexit(leave);
}

const struct schema *world_schema(void)
{
	if (!schema)
		make();
	return schema;
}

const struct pack *world_pack(void)
{
	world_schema();
	return pack;
}

const struct frame_id *world_id(void)
{
	static struct frame_id id;
	frame_id_make(&id, world_schema()->hash, WORLD_DAY, "");
	return &id;
}

const char *world_folder(void)
{
	world_schema();
	return folder;
}

const char *world_file(const char *name)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof paths[0], "%s/%s", world_folder(), name);
	return path;
}

void world_put(const char *name, const uint8_t *data, size_t n)
{
	FILE *f = fopen(world_file(name), "w");
	if (!f || fwrite(data, 1, n, f) != n || fclose(f) != 0)
		abort();
}

bool refit(const uint8_t *data, size_t n, enum frame_type type, const char *path)
{
	struct frame_writer *w;
	struct err err;
	struct row_sum sum = { 0 };
	uint64_t rows = 0;
	size_t at = HEADER;
	if (n < HEADER + END || frame_create(&w, path, type, world_id(), &err) < 0)
		return false;
	while (n - at > END + FRAME_BLOCK) {
		const uint8_t *h = data + at;
		uint64_t bytes = le64_get(h + 8), rest = n - at - FRAME_BLOCK - END;
		bytes = bytes < rest ? bytes : rest;
		if (frame_put(w, le32_get(h), h + FRAME_BLOCK, bytes, le32_get(h + 4), &err) < 0) {
			frame_abort(w);
			return false;
		}
		at += FRAME_BLOCK + bytes;
	}
	rows = le64_get(data + n - END + 16);
	sum = (struct row_sum){ le64_get(data + n - END + 24), le64_get(data + n - END + 32) };
	frame_rows(w, rows, sum);
	return frame_commit(w, &err) == 0;
}
