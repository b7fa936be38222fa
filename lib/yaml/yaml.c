#include "yaml/yaml.h"

#include "base/lang.h"
#include "base/leave.h"
#include "base/mem.h"
#include "base/suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct yaml {
	char *path;
	struct buf bytes;
	struct fy_diag *diag;
	struct fy_parser *parser;
	struct fy_document *doc;
};

struct fy_node *yaml_root(const struct yaml *y)
{
	return fy_document_root(y->doc);
}

struct str yaml_bytes(const struct yaml *y)
{
	return buf_str(&y->bytes);
}

/* libfyaml says "not there" where it got no memory, too; a key must not vanish so. errno was 0 before. */
static void stop_without_memory(void)
{
	if (errno == ENOMEM)
		leave_now(STATUS_OSERR, LEAVE_NO_MEMORY);
}

static struct str scalar(struct fy_node *node)
{
	size_t n = 0;
	errno = 0;
	const char *p = fy_node_get_scalar(node, &n);
	if (!p)
		stop_without_memory();
	return (struct str){ p ? p : "", p ? n : 0 };
}

/* The last error that libfyaml has collected: its own, or one that fy_node_report() was asked for to learn a place. */
static const struct fy_diag_error *last_error(const struct yaml *y)
{
	const struct fy_diag_error *last = NULL, *e;
	void *iter = NULL;
	while ((e = fy_diag_errors_iterate(y->diag, &iter)))
		last = e;
	return last;
}

void yaml_place(const struct yaml *y, struct fy_node *node, unsigned *ret_line, unsigned *ret_column)
{
	struct fy_token *t = node && fy_node_is_scalar(node) ? fy_node_get_scalar_token(node) : NULL;
	const struct fy_mark *m = t ? fy_token_start_mark(t) : NULL;
	(void)y;
	*ret_line = m ? (unsigned)m->line + 1 : 1;
	*ret_column = m ? (unsigned)m->column + 1 : 1;
}

const char *yaml_path(const struct yaml *y)
{
	return y->path;
}

int yaml_fail(const struct yaml *y, struct fy_node *node, struct err *err, const char *fmt, ...)
{
	char text[sizeof err->text];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, say(fmt), ap);
	va_end(ap);
	if (node)
		fy_node_report(node, FYET_ERROR, "here");
	const struct fy_diag_error *e = last_error(y);
	if (!e)
		return err_set(err, STATUS_CONFIG, "%s: %s", y->path, text);
	return err_at(err, STATUS_CONFIG, y->path, (unsigned)e->line, (unsigned)e->column, text);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The text is found again in the file, byte by byte: a blank that stands there as another one is a line that was folded, with the
 * indent of the next; what stands only in the file are quotes and escapes. */
void yaml_marks(const struct yaml *y, struct fy_node *node, struct yaml_mark *ret)
{
	struct str whole = scalar(node);
	size_t n = whole.n;
	const char *text = whole.p, *file = y->bytes.p;
	const struct fy_mark *m = fy_token_start_mark(fy_node_get_scalar_token(node));
	size_t at = m ? m->input_pos : 0;
	struct yaml_mark here = { m ? (unsigned)m->line + 1 : 1, m ? (unsigned)m->column + 1 : 1 };
	for (size_t i = 0; i < n; i++) {
		size_t from = at;
		if (is_space(text[i]))
			while (at < y->bytes.n && is_space(file[at]) && (file[at] != text[i] || (at + 1 < y->bytes.n && is_space(file[at + 1]))))
				at++;
		while (at < y->bytes.n && file[at] != text[i] && !(is_space(text[i]) && is_space(file[at])))
			at++;
		for (; from < at; from++) {
			here.column = file[from] == '\n' ? 1 : here.column + (((unsigned char)file[from] & 0xC0) != 0x80);
			here.line += file[from] == '\n';
		}
		ret[i] = here;
		if (at >= y->bytes.n)
			continue;
		here.column = file[at] == '\n' ? 1 : here.column + (((unsigned char)file[at] & 0xC0) != 0x80);
		here.line += file[at] == '\n';
		at++;
	}
	ret[n] = here;
}

static int read_file(struct yaml *y, struct err *err)
{
	int fd = open(y->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "rb");
	if (!f) {
		err_errno(err, errno == ENOENT ? STATUS_NOINPUT : STATUS_IOERR, "%s: cannot be opened", y->path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode)) { /* nobody may ever write into it */
		fclose(f);
		return err_set(err, STATUS_CONFIG, "%s: is no regular file", y->path);
	}
	size_t n;
	do {
		buf_reserve(&y->bytes, 1 << 16);
		n = fread(y->bytes.p + y->bytes.n, 1, 1 << 16, f);
		y->bytes.n += n;
	} while (n && y->bytes.n <= YAML_FILE_MAX);
	int failed = ferror(f);
	int saved = errno;
	fclose(f);
	if (failed) {
		errno = saved;
		return err_errno(err, saved == EISDIR ? STATUS_CONFIG : STATUS_IOERR, "%s: cannot be read", y->path);
	}
	if (y->bytes.n > YAML_FILE_MAX)
		return err_set(err, STATUS_CONFIG, "%s: larger than %u MiB; this is no schema or rule file", y->path,
		               YAML_FILE_MAX >> 20);
	if (y->bytes.n && memchr(y->bytes.p, 0, y->bytes.n))
		return err_set(err, STATUS_CONFIG, "%s: holds a NUL byte; save it as UTF-8 text", y->path);
	return 0;
}

static int check_node(const struct yaml *y, struct fy_node *node, struct err *err);

static int check_pair(const struct yaml *y, struct fy_node_pair *pair, struct err *err)
{
	struct fy_node *key = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
	if (!key || !fy_node_is_scalar(key))
		return yaml_fail(y, key, err, "a key has to be a plain word");
	bool empty = !value || (fy_node_is_scalar(value) && fy_node_get_style(value) == FYNS_PLAIN && !scalar(value).n);
	if (empty)
		return yaml_fail(y, key, err, "'%.*s' has no value; give it one or take the line out", STR_ARG(scalar(key)));
	if (check_node(y, key, err) < 0)
		return -1;
	return check_node(y, value, err);
}

static int check_children(const struct yaml *y, struct fy_node *node, struct err *err)
{
	void *iter = NULL;
	struct fy_node_pair *pair;
	struct fy_node *item;
	if (fy_node_is_mapping(node)) {
		while ((pair = fy_node_mapping_iterate(node, &iter)))
			if (check_pair(y, pair, err) < 0)
				return -1;
		return 0;
	}
	while ((item = fy_node_sequence_iterate(node, &iter)))
		if (check_node(y, item, err) < 0)
			return -1;
	return 0;
}

/* Refuse what no file of ours needs. Recursion is bounded by libfyaml's own limit on depth. */
static int check_node(const struct yaml *y, struct fy_node *node, struct err *err)
{
	if (fy_node_is_alias(node) || fy_node_get_anchor(node))
		return yaml_fail(y, node, err, "anchors and aliases (&name, *name) are not read here; write the value out");
	if (fy_node_get_tag_token(node))
		return yaml_fail(y, node, err, "tags (!name) are not read here; take it out");
	if (!fy_node_is_scalar(node))
		return check_children(y, node, err);
	size_t n = scalar(node).n;
	if (n > YAML_SCALAR_MAX)
		return yaml_fail(y, node, err, "a text of %zu bytes; at most %d are read", n, YAML_SCALAR_MAX);
	return 0;
}

static int parse(struct yaml *y, struct err *err)
{
	struct fy_diag_cfg diag_cfg;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.level = FYET_MAX; /* what it says of itself goes nowhere; what is wrong with the file is collected */
	y->diag = fy_diag_create(&diag_cfg);
	if (!y->diag)
		return err_set(err, STATUS_OSERR, "%s: no memory to read it", y->path);
	fy_diag_set_collect_errors(y->diag, true);
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE, .diag = y->diag };
	y->parser = fy_parser_create(&cfg);
	if (!y->parser || fy_parser_set_string(y->parser, y->bytes.p, y->bytes.n) < 0)
		return err_set(err, STATUS_OSERR, "%s: no memory to read it", y->path);
	errno = 0;
	y->doc = fy_parse_load_document(y->parser);
	stop_without_memory();
	const struct fy_diag_error *e = last_error(y);
	if (e)
		return yaml_fail(y, NULL, err, "no YAML: %s", e->msg);
	if (!y->doc || !yaml_root(y))
		return err_set(err, STATUS_CONFIG, "%s: empty", y->path);
	struct fy_document *more = fy_parse_load_document(y->parser);
	bool single = !more;
	fy_parse_document_destroy(y->parser, more);
	if ((e = last_error(y)))
		return yaml_fail(y, NULL, err, "no YAML: %s", e->msg);
	if (!single)
		return err_set(err, STATUS_CONFIG, "%s: several documents (---) in one file; use a file for each", y->path);
	return check_node(y, yaml_root(y), err);
}

int yaml_load(struct yaml **ret, const char *path, struct err *err)
{
	struct yaml *y = mem_alloc(sizeof *y);
	y->path = mem_dup(str_of(path));
	if (read_file(y, err) < 0 || parse(y, err) < 0) {
		yaml_free(y);
		return -1;
	}
	*ret = y;
	return 0;
}

void yaml_free(struct yaml *y)
{
	if (!y)
		return;
	if (y->parser) {
		fy_parse_document_destroy(y->parser, y->doc);
		fy_parser_destroy(y->parser);
	}
	if (y->diag)
		fy_diag_destroy(y->diag);
	buf_release(&y->bytes);
	free(y->path);
	free(y);
}

static bool is_known(struct str key, const char *const *known)
{
	for (; *known; known++)
		if (str_eq(key, str_of(*known)))
			return true;
	return false;
}

int yaml_keys(const struct yaml *y, struct fy_node *node, const char *const *known, struct err *err)
{
	struct fy_node *key, *value;
	struct str text;
	void *iter = NULL;
	if (!fy_node_is_mapping(node))
		return yaml_fail(y, node, err, "here belong keys with values, like '%s: ...'", known[0]);
	while (yaml_next(node, &iter, &key, &text, &value)) {
		if (is_known(text, known))
			continue;
		struct buf list = { 0 };
		struct suggestion meant = { .wanted = text };
		for (const char *const *k = known; *k; k++) {
			buf_printf(&list, "%s%s", k == known ? "" : ", ", *k);
			suggest(&meant, str_of(*k));
		}
		int shown = (int)(text.n < 60 ? text.n : 60);
		if (meant.best.n)
			yaml_fail(y, key, err, "unknown key '%.*s'; did you mean '%.*s'? Known here: %.*s", shown, text.p,
			          STR_ARG(meant.best), (int)list.n, list.p);
		else
			yaml_fail(y, key, err, "unknown key '%.*s'; known here: %.*s", shown, text.p, (int)list.n, list.p);
		buf_release(&list);
		return -1;
	}
	return 0;
}

struct fy_node *yaml_get(struct fy_node *mapping, const char *key)
{
	errno = 0;
	struct fy_node *found = fy_node_mapping_lookup_by_string(mapping, key, strlen(key));
	if (!found)
		stop_without_memory();
	return found;
}

int yaml_need(const struct yaml *y, struct fy_node *mapping, const char *key, struct fy_node **ret, struct err *err)
{
	struct fy_node *node = fy_node_is_mapping(mapping) ? yaml_get(mapping, key) : NULL;
	if (!node)
		return yaml_fail(y, mapping, err, "'%s' is missing", key);
	*ret = node;
	return 0;
}

int yaml_str(const struct yaml *y, struct fy_node *node, struct str *ret, struct err *err)
{
	if (!fy_node_is_scalar(node))
		return yaml_fail(y, node, err, "here belongs a text, not a list or further keys");
	*ret = scalar(node);
	return 0;
}

int yaml_int(const struct yaml *y, struct fy_node *node, long low, long high, long *ret, struct err *err)
{
	struct str text;
	if (yaml_str(y, node, &text, err) < 0)
		return -1;
	char digits[24] = "";
	char *end = digits;
	long v = 0;
	if (text.n && text.n < sizeof digits && (text.p[0] == '-' || (text.p[0] >= '0' && text.p[0] <= '9'))) {
		memcpy(digits, text.p, text.n);
		errno = 0;
		v = strtol(digits, &end, 10);
	}
	if (end == digits || end != digits + text.n || errno == ERANGE || v < low || v > high)
		return yaml_fail(y, node, err, "here belongs a whole number from %ld to %ld", low, high);
	*ret = v;
	return 0;
}

int yaml_bool(const struct yaml *y, struct fy_node *node, bool *ret, struct err *err)
{
	struct str text;
	if (yaml_str(y, node, &text, err) < 0)
		return -1;
	if (!str_eq(text, STR("true")) && !str_eq(text, STR("false")))
		return yaml_fail(y, node, err, "here belongs true or false");
	*ret = text.n == 4;
	return 0;
}

int yaml_list(const struct yaml *y, struct fy_node *node, unsigned max, unsigned *ret_n, struct err *err)
{
	if (!fy_node_is_sequence(node))
		return yaml_fail(y, node, err, "here belongs a list, like [a, b]");
	int n = fy_node_sequence_item_count(node);
	if (n < 1 || (unsigned)n > max)
		return yaml_fail(y, node, err, "a list of %d; from 1 to %u are allowed here", n, max);
	*ret_n = (unsigned)n;
	return 0;
}

int yaml_map(const struct yaml *y, struct fy_node *node, unsigned max, unsigned *ret_n, struct err *err)
{
	if (!fy_node_is_mapping(node))
		return yaml_fail(y, node, err, "here belong keys with values");
	int n = fy_node_mapping_item_count(node);
	if (n < 1 || (unsigned)n > max)
		return yaml_fail(y, node, err, "%d keys; from 1 to %u are allowed here", n, max);
	*ret_n = (unsigned)n;
	return 0;
}

bool yaml_next(struct fy_node *mapping, void **iter, struct fy_node **ret_key, struct str *ret_text, struct fy_node **ret_value)
{
	struct fy_node_pair *pair = fy_node_mapping_iterate(mapping, iter);
	if (!pair)
		return false;
	*ret_key = fy_node_pair_key(pair);
	*ret_text = scalar(*ret_key);
	*ret_value = fy_node_pair_value(pair);
	return true;
}
