/* detect: the encoding and delimiter of an extract, and the record that is its header (extracts.md, Files). */
#ifndef BIDUI_INGEST_DETECT_H
#define BIDUI_INGEST_DETECT_H

#include "csv/reader.h"
#include "ingest/ingest.h"
#include "replay.h"
#include "text/decode.h"

struct layout {
	enum encoding encoding;
	char delimiter;
	uint64_t line;    /* on which the header starts */
	unsigned known;   /* columns it names */
	bool ascii;       /* it holds nothing else */
};

/* 65 when there is no header; the message names what the likeliest one lacks. */
int layout_detect(struct layout *ret, struct replay *replay, const struct ingest_file *file, const struct kind *kind,
                  struct err *err) __attribute__((warn_unused_result));

/* Gives the next record; `rows` is what it comes from. */
typedef enum csv_got record_next_fn(void *rows, struct csv_record *ret, struct err *err);

/* The same for rows that need no encoding and delimiter. *ret_header lives until the next record is asked for. */
int layout_find(struct layout *ret, struct csv_record *ret_header, record_next_fn *next, void *rows, const struct ingest_file *file,
                const struct kind *kind, struct err *err) __attribute__((warn_unused_result));

#endif
