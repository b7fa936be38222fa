/* libxlsxwriter writes the parts of a workbook to temporary files and does not look whether that went well, and of memory that it does not get
 * it often tells nobody but the standard error: on a full disk it would end well with a workbook that lacks rows. So its temporary files are made
 * here (lxw_tmpfile, which it takes from the program that it is linked to before its own), and what it prints is listened to. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of the workbook that this thread is writing: the library has no place to keep it. */
static _Thread_local struct trouble now;

/* ---- temporary files ----------------------------------------------------------------------------------------------------------------- */

static void remember(void)
{
	if (!now.why)
		now.why = errno ? errno : EIO;
}

static int file_of(void *cookie)
{
	return (int)(intptr_t)cookie;
}

static ssize_t take(void *cookie, char *to, size_t n)
{
	ssize_t got;
	do
		got = read(file_of(cookie), to, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		remember();
	return got;
}

/* stdio wants 0 for an error, and less than n is one. */
static ssize_t put_all(void *cookie, const char *from, size_t n)
{
	size_t done = 0;
	while (done < n) {
		ssize_t got = write(file_of(cookie), from + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			remember();
			return 0;
		}
		done += (size_t)got;
	}
	return (ssize_t)n;
}

static int seek(void *cookie, off64_t *at, int whence)
{
	off_t to = lseek(file_of(cookie), *at, whence);
	if (to < 0) {
		remember();
		return -1;
	}
	*at = to;
	return 0;
}

static int shut(void *cookie)
{
	return close(file_of(cookie)); /* what it holds was read again before */
}

/* Without a name where the file system can; else the name is gone before anything is written. */
static int nameless(const char *folder)
{
	char path[4096];
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	if (snprintf(path, sizeof path, "%s/.XXXXXX.tmp", folder) >= (int)sizeof path || (fd = mkostemps(path, 4, O_CLOEXEC)) < 0)
		return -1;
	if (unlink(path) == 0)
		return fd;
	close(fd);
	return -1;
}

FILE *lxw_tmpfile(char *folder)
{
	int fd = nameless(folder);
	FILE *f = fd < 0 ? NULL : fopencookie((void *)(intptr_t)fd, "w+", (cookie_io_functions_t){ take, put_all, seek, shut });
	if (f)
		return f;
	remember();
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* ---- what it prints -------------------------------------------------------------------------------------------------------------------- */

/* A message of the library says that something failed; anything else goes where it would have gone. */
static ssize_t hear(void *cookie, const char *text, size_t n)
{
	(void)cookie;
	if (memmem(text, n, "[ERROR]", 7)) {
		now.said = true;
		return (ssize_t)n;
	}
	return write(STDERR_FILENO, text, n) < 0 ? 0 : (ssize_t)n;
}

int trouble_begin(struct trouble *ret)
{
	FILE *ear = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = hear });
	if (!ear)
		return -1;
	setvbuf(ear, NULL, _IONBF, 0);
	now = (struct trouble){ .was = stderr, .ear = ear };
	stderr = ear;
	*ret = now;
	return 0;
}

void trouble_end(struct trouble *t)
{
	stderr = t->was;
	fclose(t->ear);
	t->why = now.why;
	t->said = now.said;
}
