/* test_xlsx_dump FILE...: the rows of each workbook as CSV, each with its number in front. With --count only how many rows and cells,
 * and the memory at the most: for measuring. */
#include "csv/write.h"
#include "xlsx/xlsx.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static void print_row(const struct xlsx_row *row)
{
	struct buf line = { 0 };
	buf_printf(&line, "%llu", (unsigned long long)row->number);
	for (size_t i = 0; i < row->count; i++) {
		buf_putc(&line, ',');
		csv_put(&line, row->cells[i]);
	}
	buf_putc(&line, '\n');
	fwrite(line.p, 1, line.n, stdout);
	buf_release(&line);
}

static int dump(const char *path, bool count, struct err *err)
{
	struct xlsx *x;
	struct xlsx_row row;
	enum xlsx_got got;
	unsigned long long rows = 0, cells = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, STATUS_NOINPUT, "%s: cannot be opened", path);
	char begin[8] = { 0 };
	bool ole = pread(fd, begin, 8, 0) == 8 && xlsx_is_ole((struct str){ begin, 8 });
	if ((ole ? xlsx_refuse_ole(fd, path, err) : xlsx_open(&x, fd, path, path, err)) < 0) {
		close(fd);
		return -1;
	}
	while ((got = xlsx_next(x, &row, err)) == XLSX_ROW) {
		rows++;
		cells += row.count;
		if (!count)
			print_row(&row);
	}
	xlsx_close(x);
	close(fd);
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	if (count)
		printf("%llu rows, %llu cells, %ld KiB at the most\n", rows, cells, usage.ru_maxrss);
	return got == XLSX_END ? 0 : -1;
}

int main(int argc, char **argv)
{
	bool count = argc > 1 && !strcmp(argv[1], "--count");
	for (int i = 1 + count; i < argc; i++) {
		struct err err;
		if (dump(argv[i], count, &err) < 0) {
			fprintf(stderr, "test_xlsx_dump: %s\n", err.text);
			return (int)err.status;
		}
	}
	return 0;
}
