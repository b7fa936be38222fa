#include "internal.h"

#include "digest/digest.h"
#include "io/output.h"
#include "mask/mask.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT (2 * KEY_BYTES + 1) /* hex digits and a line end */

int mask_new_key(const char *path, struct err *err)
{
	uint8_t key[KEY_BYTES];
	char text[TEXT + 1];
	if (getrandom(key, sizeof key, 0) != sizeof key)
		return err_errno(err, STATUS_OSERR, "the system gives no random bytes");
	hex_put(key, sizeof key, text);
	text[TEXT - 1] = '\n';
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(err, STATUS_CANTCREAT, "%s: cannot be made; a key that is there is never written over", path);
	bool written = write(fd, text, TEXT) == TEXT && fsync(fd) == 0;
	if (close(fd) == 0 && written)
		return 0;
	unlink(path);
	return err_set(err, STATUS_IOERR, "%s: writing failed; make room on the disk", path);
}

int key_load(struct masker *m, const char *path, struct err *err)
{
	char text[TEXT + 1];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_errno(err, errno == ENOENT ? STATUS_NOINPUT : STATUS_IOERR, "%s: the key cannot be read", path);
	bool closed = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 077);
	ssize_t n = closed ? read(fd, text, sizeof text) : 0;
	close(fd);
	if (!closed)
		return err_set(err, STATUS_CONFIG, "%s: others can read it, or it is no file; chmod 600, and think of a new key", path);
	if (n != TEXT || text[TEXT - 1] != '\n' || hex_get((struct str){ text, TEXT - 1 }, m->key, KEY_BYTES) < 0)
		return err_set(err, STATUS_CONFIG, "%s: is no key; make one with bidui mask --new-key", path);
	return 0;
}
