/* columns: a CSV file of a run, read back line by line, by the names of its columns. What checks every byte is csv/lines.h. */
#ifndef BIDUI_CSV_COLUMNS_H
#define BIDUI_CSV_COLUMNS_H

#include "base/err.h"
#include "base/mem.h"
#include "csv/reader.h"

#include <stdint.h>

struct lines {
	const char *path;         /* borrowed */
	int fd;
	struct csv_reader *reader;
	struct csv_record record;
	uint64_t at;              /* of the record, in bytes from the begin of the file */
	uint64_t next;
};

/* Open and read the header; columns[] (NULL-terminated) are looked up in it, ret_places[] gets where each is. 66 when there is no file,
 * 65 when a column is missing. */
int lines_open(struct lines *l, const char *path, const char *const *columns, unsigned *ret_places, struct err *err)
	__attribute__((warn_unused_result));
/* 1 with l->record, 0 at the end, -1 with err. */
int lines_next(struct lines *l, struct err *err) __attribute__((warn_unused_result));
/* A field of the record; empty when the record is shorter. */
struct str lines_field(const struct csv_record *r, unsigned place);
void lines_close(struct lines *l);

#endif
