#ifndef BIDUI_RUN_FIND_H
#define BIDUI_RUN_FIND_H

#include "run/run.h"

struct found_files {
	struct run_file *items;  /* in the order of kinds, then of names */
	size_t count, cap;
	char **ignored;          /* NULL-terminated after find_files */
	size_t ignored_count, ignored_cap;
};

/* 78 for a file of unknown kind or two of one name, 66 for a required kind that is missing or a folder that is. */
int find_files(struct found_files *f, const struct run_plan *plan, const struct schema *schema, struct err *err)
	__attribute__((warn_unused_result));
void found_files_release(struct found_files *f);

#endif
