/* Any parts as a workbook: its sheets are read to their ends, or refused.
 *
 * An input is the parts of a workbook, each under a line "\001NAME"; they are zipped here (book.h). An input without such a line is
 * the bytes of the workbook. */
#include "book.h"
#include "replay.h"
#include "world.h"
#include "xlsx/xlsx.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static void read_sheets(int fd)
{
	for (unsigned place = 0; place < 4; place++) {
		struct xlsx *x = NULL;
		struct xlsx_row row;
		struct err err;
		if (xlsx_open_sheet(&x, fd, "book.xlsx", world_file("spool"), place, &err) < 0 || !x)
			return;
		while (xlsx_next(x, &row, &err) == XLSX_ROW)
			;
		xlsx_close(x);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf zip = { 0 };
	int fd = memfd_create("book", MFD_CLOEXEC);
	if (n && data[0] == 1)
		book_zip(&zip, (struct str){ (const char *)data, n });
	else
		buf_put(&zip, data, n);
	if (fd < 0 || write(fd, zip.p, zip.n) != (ssize_t)zip.n)
		abort();
	read_sheets(fd);
	close(fd);
	buf_release(&zip);
	return 0;
}
