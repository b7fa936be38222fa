/* world: what the fuzzers of files stand on: schemas and pack of this repository, and a folder in memory that is gone at the end.
 *
 *     const char *path = world_file("dossiers");     // in the folder
 *     if (refit(data, n, FRAME_TABLE, path)) ...     // the same blocks, framed as they should be
 */
#ifndef BIDUI_TESTS_FUZZ_WORLD_H
#define BIDUI_TESTS_FUZZ_WORLD_H

#include "file/frame.h"
#include "rule/pack.h"

#include <stdbool.h>

#define WORLD_DAY 43063 /* 2017-11-26 */

const struct schema *world_schema(void);
const struct pack *world_pack(void);
const struct frame_id *world_id(void);

const char *world_folder(void);
const char *world_file(const char *name); /* lives until the next but three */
void world_put(const char *name, const uint8_t *data, size_t n);

/* Write the blocks of a stage file again, as long as their headers and sizes go, with sound headers, checksums and end mark: what a
 * fuzzer changes in a payload is then read and not only refused. False when not even that can be done. */
bool refit(const uint8_t *data, size_t n, enum frame_type type, const char *path);

#endif
