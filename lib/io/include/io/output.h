/* output: everything this program writes, whole or not at all.
 *
 * A file is written under a temporary name in its own folder (O_EXCL, 0600), flushed, fsynced, renamed, and the folder is
 * fsynced. Abort removes the temporary, and so does a signal (base/leave.h); what a process that was killed left is removed when the same
 * path is made again. After a failed fsync nothing is retried.
 *
 *     output_create(&o, path, err);
 *     output_write(o, p, n, err); ...
 *     output_commit(o, err);          // or output_abort(o)
 *
 * A published folder is a private folder beside it (output_folder_create) that appears by one rename (output_folder_publish).
 */
#ifndef BIDUI_IO_OUTPUT_H
#define BIDUI_IO_OUTPUT_H

#include "base/err.h"
#include "base/mem.h"
#include "digest/digest.h"

#include <stdbool.h>
#include <stdint.h>

struct output;

int output_create(struct output **ret, const char *path, struct err *err) __attribute__((warn_unused_result));
int output_write(struct output *o, const void *p, size_t n, struct err *err) __attribute__((warn_unused_result));
/* The same of up to OUTPUT_PARTS parts, one behind the other: many bytes are written from where they stand. */
#define OUTPUT_PARTS 8
int output_write_parts(struct output *o, const struct str *parts, unsigned count, struct err *err) __attribute__((warn_unused_result));
/* All of commit but the renaming, for who has several files to make visible: seal each, then commit each. Nothing is written after it. */
int output_seal(struct output *o, struct err *err) __attribute__((warn_unused_result));
int output_commit(struct output *o, struct err *err) __attribute__((warn_unused_result)); /* frees o, also on failure */
void output_abort(struct output *o); /* NULL-safe */
/* Flush and lend the file for reading back (pread) and its path; both live until commit or abort. */
int output_view(struct output *o, int *ret_fd, char **ret_path, struct err *err) __attribute__((warn_unused_result));
/* A file without a name on the file system of path, to write, read and close: its number, or -1. */
int output_spool(const char *path, struct err *err) __attribute__((warn_unused_result));
uint64_t output_bytes(const struct output *o);
/* XXH3-128 of what was written so far, canonical; never of one that output_unhashed was called for. */
void output_hash(const struct output *o, uint8_t ret[16]);
/* Before anything is written: SHA-256 is wanted too, for output_sha256. */
void output_also_sha256(struct output *o);
void output_sha256(const struct output *o, uint8_t ret[SHA256_BYTES]);
/* Before anything is written: nobody will ask for the hash. */
void output_unhashed(struct output *o);
/* It is gone with the folder it is in before this process ends, so there is no use in making it durable. */
void output_passing(struct output *o);
/* output_commit does not wait until it is durable; output_sync does, of the path it was committed as and its folder. */
void output_later(struct output *o);
int output_sync(const char *path, struct err *err) __attribute__((warn_unused_result));

/* A private folder (0700) beside the path that it is to be published as. */
struct output_folder {
	char *path;          /* NULL: none */
	struct leave *leave;
	int lock;            /* for those who sweep */
	bool stays;          /* it is what stood there before, and could not be put back */
};

/* What a killed process left for the same path is removed first. */
int output_folder_create(struct output_folder *ret, const char *path, struct err *err) __attribute__((warn_unused_result));
/* Make it visible as `path` at once, and durable; it is released. What stood there before is removed, or gets the name keep_as (NULL: none)
 * if that is free. On failure all is as it was; where
 * that cannot be done either, the new one stands there whole. */
int output_folder_publish(struct output_folder *f, const char *path, const char *keep_as, struct err *err) __attribute__((warn_unused_result));
/* Remove it and all in it; no error if it is gone. */
void output_folder_remove(struct output_folder *f);
/* Hidden, beside path, malloc'd. A folder of this name that is left by a run that was killed was published once unless its inode is that
 * number, and is not what is visible now. With 0: it was, and had to step aside; the new one may not have come. */
char *output_old_name(const char *path, uint64_t inode);
int output_mkdir(const char *path, struct err *err) __attribute__((warn_unused_result)); /* 0700 */

/* Take the lock that belongs to path (a file beside it, ".NAME.lock"); held until the process ends or lock_release. 75 when
 * another process holds it. */
int lock_take(int *ret_fd, const char *path, struct err *err) __attribute__((warn_unused_result));
void lock_release(int fd);

/* 16 bytes as 32 lower-case hex digits and NUL. */
void hex128(const uint8_t hash[16], char out[33]);

#endif
