/* shared: the part that holds the shared texts -> texts. */
#ifndef BIDUI_XLSX_SHARED_H
#define BIDUI_XLSX_SHARED_H

#include "package.h"
#include "texts.h"

int shared_read(struct texts *s, struct package *package, const char *path, struct err *err) __attribute__((warn_unused_result));

#endif
