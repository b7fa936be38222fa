#include "csv/columns.h"

#include "base/lang.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static ssize_t read_file(void *arg, void *buf, size_t n, struct err *err)
{
	struct lines *l = arg;
	ssize_t got;
	do
		got = read(l->fd, buf, n);
	while (got < 0 && errno == EINTR);
	return got < 0 ? err_errno(err, STATUS_IOERR, say("%s: cannot be read"), l->path) : got;
}

static int find_columns(const struct lines *l, const char *const *columns, unsigned *ret_places, struct err *err)
{
	for (unsigned c = 0; columns[c]; c++) {
		unsigned i = 0;
		while (i < l->record.field_count && !str_eq(l->record.fields[i], str_of(columns[c])))
			i++;
		if (i == l->record.field_count)
			return err_set(err, STATUS_DATA, say("%s: lacks the column %s; make the run again"), l->path, columns[c]);
		ret_places[c] = i;
	}
	return 0;
}

int lines_open(struct lines *l, const char *path, const char *const *columns, unsigned *ret_places, struct err *err)
{
	/* A refused row stands in one field, as it came: its own limits (CSV_LIMITS), quoted again. */
	static const struct csv_rules rules = { ',', { 16u << 20, 24u << 20, 32u << 20 } };
	*l = (struct lines){ .path = path, .fd = open(path, O_RDONLY | O_CLOEXEC) };
	if (l->fd < 0)
		return err_errno(err, errno == ENOENT ? STATUS_NOINPUT : STATUS_IOERR, say("%s: cannot be read"), path);
	int got = csv_reader_open(&l->reader, &rules, read_file, l, err);
	if (got == 0)
		got = lines_next(l, err);
	if (got == 0)
		got = err_set(err, STATUS_DATA, say("%s: is empty; make the run again"), path);
	if (got < 0 || find_columns(l, columns, ret_places, err) < 0) {
		lines_close(l);
		return -1;
	}
	return 0;
}

int lines_next(struct lines *l, struct err *err)
{
	switch (csv_next(l->reader, &l->record, err)) {
	case CSV_RECORD: break;
	case CSV_END: return 0;
	default: return -1;
	}
	l->at = l->next;
	l->next += l->record.raw.n + 1; /* this program ends its lines with LF */
	if (l->record.fault == CSV_SOUND || l->record.fault == CSV_NUL)
		return 1;
	return err_set(err, STATUS_DATA, say("%s:%llu: is no line of a list; make the run again"), l->path, (unsigned long long)l->record.line);
}

struct str lines_field(const struct csv_record *r, unsigned place)
{
	return place < r->field_count ? r->fields[place] : (struct str){ "", 0 };
}

void lines_close(struct lines *l)
{
	csv_reader_close(l->reader);
	if (l->fd >= 0)
		close(l->fd);
	*l = (struct lines){ .fd = -1 };
}
