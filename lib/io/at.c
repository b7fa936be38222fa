#include "io/at.h"

#include <errno.h>
#include <unistd.h>

int put_at(int fd, const void *p, size_t n, uint64_t at)
{
	const char *from = p;
	while (n) {
		ssize_t done = pwrite(fd, from, n, (off_t)at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		if (done == 0) {
			errno = ENOSPC;
			return -1;
		}
		from += done;
		at += (uint64_t)done;
		n -= (size_t)done;
	}
	return 0;
}

ssize_t get_at(int fd, void *p, size_t n, uint64_t at)
{
	char *to = p;
	size_t all = 0;
	while (all < n) {
		ssize_t got = pread(fd, to + all, n - all, (off_t)(at + all));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0) {
			errno = ENODATA;
			break;
		}
		all += (size_t)got;
	}
	return (ssize_t)all;
}
