/* at: bytes at a place of a file, all of them, however often the system has to be asked. Any number of threads. */
#ifndef BIDUI_IO_AT_H
#define BIDUI_IO_AT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int put_at(int fd, const void *p, size_t n, uint64_t at) __attribute__((warn_unused_result)); /* 0, or -1 and errno */
/* How many were there: fewer than n, with errno ENODATA, at the end of the file only. -1 and errno on an error. */
ssize_t get_at(int fd, void *p, size_t n, uint64_t at) __attribute__((warn_unused_result));

#endif
