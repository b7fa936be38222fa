/* A build without libzip and expat: workbooks are told apart, and refused. */
#include "xlsx/xlsx.h"

int xlsx_open(struct xlsx **ret, int fd, const char *name, const char *spool, struct err *err)
{
	(void)ret, (void)fd, (void)spool;
	return err_set(err, STATUS_DATA, "%s:1: this program was built without workbooks; open it in a spreadsheet and save it as "
	               "\"CSV UTF-8\", or build with libzip and expat", name);
}

int xlsx_open_sheet(struct xlsx **ret, int fd, const char *name, const char *spool, unsigned place, struct err *err)
{
	(void)place;
	return xlsx_open(ret, fd, name, spool, err);
}

struct str xlsx_title(const struct xlsx *x)
{
	(void)x;
	return STR("");
}

enum xlsx_got xlsx_next(struct xlsx *x, struct xlsx_row *ret, struct err *err)
{
	(void)x, (void)ret;
	err_set(err, STATUS_SOFTWARE, "no workbook is open");
	return XLSX_ERROR;
}

void xlsx_close(struct xlsx *x)
{
	(void)x;
}
