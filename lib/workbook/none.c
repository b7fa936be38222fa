/* Built without libxlsxwriter. */
#include "workbook/workbook.h"

int workbook_split_of(const char *name)
{
	(void)name;
	return 0;
}

int workbook_make(const struct workbook_job *job, char ***ret_names, struct err *err)
{
	(void)job;
	*ret_names = NULL;
	return err_set(err, STATUS_CONFIG, "workbooks: this program was built without them; build it with libxlsxwriter, or run it without --xlsx");
}

int workbook_tables(const struct workbook_job *job, const char *name, struct err *err)
{
	(void)job;
	(void)name;
	return err_set(err, STATUS_CONFIG, "workbooks: this program was built without them; build it with libxlsxwriter, or run it without --xlsx");
}

void workbook_names_free(char **names)
{
	(void)names;
}
