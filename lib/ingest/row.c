#include "row.h"

#include "base/le.h"
#include "changes.h"
#include "table/row.h"
#include "text/blank.h"

#include <stdlib.h>

int row_builder_init(struct row_builder *b, const struct ingest_job *job, struct err *err)
{
	const struct kind *k = job->kind;
	if (k->column_count > ROW_COLUMNS_MAX)
		return err_set(err, STATUS_CONFIG, "kind %.*s has more than %d columns; drop some from its schema", STR_ARG(k->name),
		               ROW_COLUMNS_MAX);
	*b = (struct row_builder){ .kind = k, .as_of = job->as_of, .changes = job->changes };
	b->fixed = mem_alloc(k->stride);
	b->invalid = mem_alloc(k->column_count * sizeof *b->invalid);
	b->memos = mem_alloc(k->column_count * sizeof *b->memos);
	buf_reserve(&b->texts, 4 * k->text_count + 1);
	return 0;
}

void row_builder_release(struct row_builder *b)
{
	free(b->fixed);
	free(b->invalid);
	free(b->memos);
	buf_release(&b->texts);
	*b = (struct row_builder){ 0 };
}

struct str row_field(const struct str *fields, size_t count, const int *columns, unsigned column)
{
	int f = columns[column];
	return f >= 0 && (size_t)f < count ? text_trim(fields[f]) : STR("");
}

/* A certificate, whose first 18 places may be an old number. *ret_weak: asked of the new one. */
static enum reason read_cert(struct row_builder *b, uint64_t *ret)
{
	uint64_t now;
	if (b->cleaned_n < ID_TEXT || !id_changes_find(b->changes, (struct str){ b->cleaned, ID_TEXT }, &now))
		return (enum reason)cert_parse((struct str){ b->cleaned, b->cleaned_n }, b->as_of, ret);
	id_print(now, b->cleaned);
	enum reason reason = (enum reason)cert_parse((struct str){ b->cleaned, b->cleaned_n }, b->as_of, ret);
	if (!reason)
		*ret |= now & ID_WEAK;
	return reason;
}

/* An id, which may be an old number or the first places of a certificate. */
static enum reason read_id(struct row_builder *b, uint64_t *ret)
{
	if (id_changes_find(b->changes, (struct str){ b->cleaned, b->cleaned_n }, ret)) {
		id_print(*ret, b->cleaned);
		b->cleaned_n = ID_TEXT;
		return REASON_NONE;
	}
	enum reason reason = (enum reason)id_parse((struct str){ b->cleaned, b->cleaned_n }, b->as_of, ret);
	if (reason != ID_LENGTH || !b->changes || (b->cleaned_n != 20 && b->cleaned_n != 22))
		return reason;
	if (read_cert(b, ret))
		return ID_LENGTH;
	*ret &= ID_KEY_MASK | ID_WEAK;
	return REASON_NONE;
}

/* A date, an enumeration, ...: whatever is read the same each time. */
static enum reason read_plain(struct row_builder *b, unsigned column, struct str text, int64_t *ret)
{
	const struct column *c = &b->kind->columns[column];
	if (!text.n || text.n > MEMO_TEXT)
		return (enum reason)column_parse(c, text, b->as_of, ret);
	struct memo_key key = memo_key(text);
	struct memo_place *place = memo_at(&b->memos[column], &key);
	if (!memo_holds(place, &key)) {
		int64_t v = VALUE_NULL;
		enum reason reason = (enum reason)column_parse(c, text, b->as_of, &v);
		*place = (struct memo_place){ key, reason, v };
	}
	*ret = place->value;
	return (enum reason)place->reason;
}

/* The number of any column. VALUE_NULL with a reason. */
static enum reason read_number(struct row_builder *b, unsigned column, struct str text, int64_t *ret)
{
	const struct column *c = &b->kind->columns[column];
	*ret = VALUE_NULL;
	if (c->type != TYPE_ID && c->type != TYPE_CERT)
		return read_plain(b, column, text, ret);
	uint64_t stored = 0;
	enum reason reason = (enum reason)id_clean(text, b->cleaned, sizeof b->cleaned, &b->cleaned_n);
	if (!reason)
		reason = c->type == TYPE_CERT ? read_cert(b, &stored) : read_id(b, &stored);
	if (!reason)
		*ret = (int64_t)stored;
	return reason;
}

/* Append a text or name and its end. Whether it is empty. */
static bool put_text(struct row_builder *b, const struct column *c, struct str text)
{
	size_t heads = 4 * b->kind->text_count, from = b->texts.n;
	if (c->type == TYPE_NAME)
		name_normalise(text, &b->texts);
	else
		buf_puts(&b->texts, text);
	le32_put(b->texts.p + 4 * c->slot, (uint32_t)(b->texts.n - heads));
	return b->texts.n == from;
}

enum reason row_build(struct row_builder *b, const struct str *fields, size_t count, const int *columns, unsigned *ret_column)
{
	const struct kind *k = b->kind;
	b->texts.n = 4 * k->text_count;
	b->invalid_count = 0;
	b->marks = (struct row_marks){ 0 };
	for (unsigned i = 0; i < k->column_count; i++) {
		const struct column *c = &k->columns[i];
		struct str text = row_field(fields, count, columns, i);
		int64_t v = VALUE_NULL;
		enum reason reason = REASON_NONE;
		bool null;
		if (c->type == TYPE_TEXT || c->type == TYPE_NAME) {
			null = put_text(b, c, text);
			if (null && c->bold)
				reason = EMPTY;
		} else {
			reason = read_number(b, i, text, &v);
			value_store(c->type, b->fixed + c->offset, v);
			null = v == VALUE_NULL;
		}
		if (reason && c->bold) {
			*ret_column = i;
			return reason;
		}
		b->marks.nulls |= (uint64_t)null << i;
		b->marks.empty |= (uint64_t)!text.n << i;
		if (reason) {
			b->marks.invalid |= UINT64_C(1) << i;
			b->invalid[b->invalid_count++] = (struct invalid_value){ i, reason, text };
		}
	}
	return REASON_NONE;
}
