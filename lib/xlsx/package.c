#include "package.h"

#include "remedy.h"

#include <sys/stat.h>
#include <unistd.h>

#define EXPANSION_LIMIT 200
#define EXPANSION_FROM (UINT64_C(64) << 20)

/* Whether it is the machine that failed, and not what the file holds. */
static bool is_trouble(const char *name, int code, struct err *err)
{
	if (code == ZIP_ER_MEMORY)
		err_set(err, STATUS_OSERR, "%s: libzip has no memory; give the machine more", name);
	else if (code == ZIP_ER_READ || code == ZIP_ER_SEEK)
		err_set(err, STATUS_IOERR, "%s: reading failed; check the disk", name);
	else
		return false;
	return true;
}

static int refuse_zip(const char *name, int code, struct err *err)
{
	if (is_trouble(name, code, err))
		return -1;
	return err_set(err, STATUS_DATA, "%s:1: the workbook is cut short or damaged: its zip has no directory; " SEND_AGAIN, name);
}

int package_open(struct package *p, int fd, const char *name, struct err *err)
{
	struct stat st;
	int own = dup(fd), code = ZIP_ER_READ;
	*p = (struct package){ .name = name };
	if (own < 0 || fstat(own, &st) < 0)
		err_errno(err, STATUS_IOERR, "%s: cannot be opened twice", name);
	else if (!(p->zip = zip_fdopen(own, 0, &code)))
		refuse_zip(name, code, err);
	if (p->zip) {
		p->size = (uint64_t)st.st_size;
		return 0;
	}
	if (own >= 0)
		close(own);
	return -1;
}

bool package_has(const struct package *p, const char *path)
{
	return zip_name_locate(p->zip, path, ZIP_FL_NOCASE) >= 0;
}

int package_member(struct package *p, zip_file_t **ret, const char *path, struct err *err)
{
	zip_stat_t st;
	zip_int64_t i = zip_name_locate(p->zip, path, ZIP_FL_NOCASE);
	if (i < 0)
		return err_set(err, STATUS_DATA, "%s:1: the workbook lacks its part %s; " SAVE_AGAIN, p->name, path);
	if (zip_stat_index(p->zip, (zip_uint64_t)i, 0, &st) == 0 && (st.valid & ZIP_STAT_ENCRYPTION_METHOD) &&
	    st.encryption_method != ZIP_EM_NONE)
		return err_set(err, STATUS_DATA, "%s:1: the zip is encrypted; unpack it with its password and zip it without one, or "
		               "ask for the workbook without a password", p->name);
	*ret = zip_fopen_index(p->zip, (zip_uint64_t)i, 0);
	if (*ret)
		return 0;
	int code = zip_error_code_zip(zip_get_error(p->zip));
	if (is_trouble(p->name, code, err))
		return -1;
	if (code == ZIP_ER_COMPNOTSUPP)
		return err_set(err, STATUS_DATA, "%s:1: %s is packed in a way that is not known; " SAVE_AGAIN, p->name, path);
	return err_set(err, STATUS_DATA, "%s:1: %s is damaged; " SEND_AGAIN, p->name, path);
}

ssize_t package_read(struct package *p, zip_file_t *member, const char *path, void *buf, size_t n, struct err *err)
{
	zip_int64_t got = zip_fread(member, buf, n);
	if (got < 0) {
		int code = zip_error_code_zip(zip_file_get_error(member));
		if (is_trouble(p->name, code, err))
			return -1;
		return err_set(err, STATUS_DATA, "%s:1: %s is damaged (%s); " SEND_AGAIN, p->name, path, code == ZIP_ER_CRC ? "wrong checksum" : "bad data");
	}
	p->out += (uint64_t)got;
	if (p->out > EXPANSION_FROM && p->out / EXPANSION_LIMIT > p->size)
		return err_set(err, STATUS_DATA, "%s:1: the workbook expands over 200 : 1; " SAVE_AGAIN, p->name);
	return (ssize_t)got;
}

void package_close(struct package *p)
{
	if (p->zip)
		zip_discard(p->zip);
	*p = (struct package){ 0 };
}
