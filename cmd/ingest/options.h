/* The command line of bidui-ingest. */
#ifndef BIDUI_CMD_INGEST_OPTIONS_H
#define BIDUI_CMD_INGEST_OPTIONS_H

#include "base/err.h"
#include "cli/cli.h"

struct options {
	const char *kind, *table, *rejects, *invalid, *changes, *schemas, *run, *encoding;
	const char *as_of_text;
	int as_of;          /* days since 1900-01-01 */
	char delimiter;     /* 0: find out */
	unsigned threads;
	char **extracts;    /* argv */
	int extract_count;
};

/* 0: go on. Otherwise the program is done, and *ret_status its exit status. */
int options_read(struct options *o, struct cli *cli, int argc, char **argv, int *ret_status);

#endif
