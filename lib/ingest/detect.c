#include "detect.h"

#include "header.h"
#include "text/utf8.h"

#include <stdlib.h>

#define HEADER_LINES 11
#define FIRST_BYTES (1u << 20) /* asked when the header is ASCII in either encoding */

static const char delimiters[] = { ',', ';', '\t', '|' };

/* The record that came nearest to being a header, for the message. */
struct near {
	unsigned known;
	uint64_t line;
	int *columns;
};

/* What is being looked for, and what was met on the way. */
struct search {
	const struct kind *kind;
	const struct ingest_file *file;
	struct replay *replay;
	int *columns;     /* of the record being looked at */
	struct near near;
	uint64_t damaged_line; /* of a record that names every required column and is not in the encoding; 0: none */
};

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* The first header of an open reader. 1: found, and *record is it. */
static int first_header(struct search *s, record_next_fn *next, void *rows, struct layout *found, struct csv_record *record,
                        struct err *err)
{
	enum csv_got got;
	while ((got = next(rows, record, err)) == CSV_RECORD && record->line <= HEADER_LINES) {
		unsigned known = header_match(s->kind, record->fields, record->field_count, s->columns);
		if (known > s->near.known) {
			s->near.known = known;
			s->near.line = record->line;
			memcpy(s->near.columns, s->columns, s->kind->column_count * sizeof *s->columns);
		}
		if (!header_complete(s->kind, s->columns))
			continue;
		if (utf8_check(record->raw.p, record->raw.n) < record->raw.n) {
			s->damaged_line = record->line;
			continue;
		}
		found->line = record->line;
		found->known = known;
		found->ascii = is_ascii(record->raw);
		return 1;
	}
	return got == CSV_ERROR ? -1 : 0;
}

static enum csv_got reader_next(void *reader, struct csv_record *ret, struct err *err)
{
	return csv_next(reader, ret, err);
}

/* The header in one encoding and with one delimiter. 1: found. */
static int search_one(struct search *s, struct layout *found, struct err *err)
{
	struct decoder *decoder = NULL;
	struct csv_reader *reader = NULL;
	struct csv_rules rules = { found->delimiter, CSV_LIMITS };
	struct csv_record record;
	int rc = -1;
	replay_rewind(s->replay, true);
	if (decoder_open(&decoder, found->encoding, replay_read, s->replay, err) == 0 &&
	    csv_reader_open(&reader, &rules, decoder_read, decoder, err) == 0)
		rc = first_header(s, reader_next, reader, found, &record, err);
	csv_reader_close(reader);
	decoder_close(decoder);
	return rc;
}

/* The header in one encoding: the first one, and of those on one line the one that names the most columns. 1: found. */
static int search_encoding(struct search *s, enum encoding encoding, struct layout *ret, struct err *err)
{
	struct layout best = { .line = HEADER_LINES + 1 };
	for (size_t i = 0; i < sizeof delimiters; i++) {
		struct layout one = { .encoding = encoding, .delimiter = delimiters[i] };
		if (s->file->delimiter)
			one.delimiter = s->file->delimiter;
		int found = search_one(s, &one, err);
		if (found < 0)
			return -1;
		if (found && (one.line < best.line || (one.line == best.line && one.known > best.known)))
			best = one;
		if (s->file->delimiter)
			break;
	}
	if (best.line > HEADER_LINES)
		return 0;
	*ret = best;
	return 1;
}

/* UTF-8 or GB18030: the one in which the header is found; when it is ASCII, the one that fits the first bytes better. 1: found. */
static int search_both(struct search *s, struct layout *ret, struct err *err)
{
	struct layout gb18030;
	int utf8_found = search_encoding(s, ENCODING_UTF8, ret, err);
	if (utf8_found < 0 || (utf8_found && !ret->ascii))
		return utf8_found;
	int gb18030_found = search_encoding(s, ENCODING_GB18030, &gb18030, err);
	if (gb18030_found < 0)
		return -1;
	if (utf8_found && gb18030_found) {
		if (replay_want(s->replay, FIRST_BYTES + 1, err) < 0)
			return -1;
		struct str first = buf_str(&s->replay->seen);
		bool cut = first.n > FIRST_BYTES;
		first.n = cut ? FIRST_BYTES : first.n;
		size_t bad_utf8, bad_gb18030;
		if (encoding_count_bad(ENCODING_UTF8, first, cut, &bad_utf8, err) < 0 ||
		    encoding_count_bad(ENCODING_GB18030, first, cut, &bad_gb18030, err) < 0)
			return -1;
		gb18030_found = bad_gb18030 < bad_utf8;
	}
	if (gb18030_found)
		*ret = gb18030;
	return utf8_found || gb18030_found;
}

/* Why there is no header. */
static int no_header(const struct search *s, struct err *err)
{
	if (s->damaged_line)
		return err_set(err, STATUS_DATA, "%s:%llu: the header has bytes of another encoding; save the extract again as UTF-8",
		               s->file->name, (unsigned long long)s->damaged_line);
	struct buf lacks = { 0 };
	for (unsigned c = 0; c < s->kind->column_count; c++) {
		const struct column *column = &s->kind->columns[c];
		if (!column->required || (s->near.known && s->near.columns[c] != NO_FIELD))
			continue;
		struct str spelling = column->spelling_count ? column->spellings[0] : column->name;
		buf_printf(&lacks, "%s%.*s (%.*s)", lacks.n ? ", " : "", STR_ARG(spelling), STR_ARG(column->name));
	}
	struct str list = buf_str(&lacks);
	if (s->near.known)
		err_set(err, STATUS_DATA, "%s:%llu: the header lacks %.*s; add or rename the columns", s->file->name,
		        (unsigned long long)s->near.line, STR_ARG(list));
	else
		err_set(err, STATUS_DATA, "%s:1: no header on lines 1 to %d; one line has to name the columns %.*s", s->file->name,
		        HEADER_LINES, STR_ARG(list));
	buf_release(&lacks);
	return -1;
}

static void search_init(struct search *s, struct replay *replay, const struct ingest_file *file, const struct kind *kind)
{
	*s = (struct search){ kind, file, replay };
	s->columns = mem_alloc(kind->column_count * sizeof *s->columns);
	s->near.columns = mem_alloc(kind->column_count * sizeof *s->near.columns);
}

static void search_release(struct search *s)
{
	free(s->columns);
	free(s->near.columns);
}

int layout_find(struct layout *ret, struct csv_record *ret_header, record_next_fn *next, void *rows, const struct ingest_file *file,
                const struct kind *kind, struct err *err)
{
	struct search s;
	search_init(&s, NULL, file, kind);
	*ret = (struct layout){ .encoding = ENCODING_UTF8, .delimiter = ',' };
	int found = first_header(&s, next, rows, ret, ret_header, err);
	if (found == 0)
		found = no_header(&s, err);
	search_release(&s);
	return found < 0 ? -1 : 0;
}

int layout_detect(struct layout *ret, struct replay *replay, const struct ingest_file *file, const struct kind *kind,
                  struct err *err)
{
	struct search s;
	search_init(&s, replay, file, kind);
	int found = -1, encoding = -1;
	if (file->encoding) {
		encoding = encoding_of_name(file->encoding);
		if (encoding < 0) {
			err_set(err, STATUS_CONFIG, "%s: encoding %s is not known; say UTF-8, GB18030, UTF-16LE or UTF-16BE", file->name,
			        file->encoding);
			goto done;
		}
	}
	if (replay_want(replay, 4, err) < 0)
		goto done;
	if (encoding < 0)
		encoding = encoding_of_mark(buf_str(&replay->seen));
	found = encoding < 0 ? search_both(&s, ret, err) : search_encoding(&s, (enum encoding)encoding, ret, err);
	if (found == 0)
		found = no_header(&s, err);
done:
	search_release(&s);
	return found < 0 ? -1 : 0;
}
