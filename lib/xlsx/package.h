/* package: the zip that a workbook is (OPC, ECMA-376 part 2), opened against hostile and broken ones.
 *
 * Members are found by their paths, ASCII in any case. What comes out of all members together may be 200 times the file's size, once
 * it is over 64 MiB: the same bound as io/source.h sets for gzip.
 */
#ifndef BIDUI_XLSX_PACKAGE_H
#define BIDUI_XLSX_PACKAGE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <zip.h>

struct package {
	zip_t *zip;
	const char *name;  /* of the workbook, for messages; borrowed */
	uint64_t size;     /* bytes of the file */
	uint64_t out;      /* bytes that members have given */
};

int package_open(struct package *p, int fd, const char *name, struct err *err) __attribute__((warn_unused_result));
bool package_has(const struct package *p, const char *path);
/* zip_fclose(*ret) when done. 65 when it is not there, encrypted, or packed in an unknown way; 71; 74. */
int package_member(struct package *p, zip_file_t **ret, const char *path, struct err *err) __attribute__((warn_unused_result));
/* Up to n bytes; 0 at the end of the member, whose checksum is right then; -1 with err (65, 71, 74). */
ssize_t package_read(struct package *p, zip_file_t *member, const char *path, void *buf, size_t n, struct err *err)
	__attribute__((warn_unused_result));
void package_close(struct package *p); /* also of a zeroed one */

#endif
