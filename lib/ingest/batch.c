#include "batch.h"

#include "base/le.h"
#include "extract.h"
#include "outcome.h"

static enum reason reason_of_fault(enum csv_fault fault)
{
	static const enum reason reasons[] = { REASON_NONE, ROW_NUL, ROW_ENCODING, ROW_QUOTE, ROW_SIZE };
	return reasons[fault];
}

void batch_begin(struct batch *b, const struct kind *kind)
{
	table_rows_begin(&b->rows, kind);
	shares_clear(&b->shares);
	b->rejects.n = b->invalid.n = 0;
	b->rows_read = b->rejected = b->blank = b->badly_encoded = 0;
}

void batch_release(struct batch *b)
{
	table_rows_release(&b->rows);
	shares_release(&b->shares);
	buf_release(&b->rejects);
	buf_release(&b->invalid);
}

static struct str field_of(const struct reading *r, const struct csv_record *record, int column)
{
	return column < 0 ? STR("") : row_field(record->fields, record->field_count, r->columns, (unsigned)column);
}

/* A row of the register that is refused for its id is kept beside the table: "maybe registered" asks for it. */
static void refuse(struct batch *b, const struct row_builder *row, const struct reading *r, const struct csv_record *record)
{
	const struct kind *k = row->kind;
	int region_column = kind_column(k, STR("region"));
	int64_t region = VALUE_NULL;
	char completed[ID_CLEAN_SIZE + 2];
	struct str cleaned = { row->cleaned, row->cleaned_n };
	struct buf name = { 0 };
	name_normalise(field_of(r, record, k->name_column), &name);
	if (region_column >= 0 &&
	    column_parse(&k->columns[region_column], field_of(r, record, region_column), row->as_of, &region))
		region = VALUE_NULL;
	if (cleaned.n == 15) {
		memcpy(completed, cleaned.p, 6);
		memcpy(completed + 6, "19", 2);
		memcpy(completed + 8, cleaned.p + 6, 9);
		cleaned = (struct str){ completed, 17 };
	}
	table_rows_refuse(&b->rows, field_of(r, record, kind_column(k, STR("household_no"))), buf_str(&name), region, cleaned);
	buf_release(&name);
}

static void reject(struct batch *b, const struct reading *r, const struct csv_record *record, struct str column, enum reason reason)
{
	b->rejected++;
	b->badly_encoded += reason == ROW_ENCODING;
	outcome_put_reject(&b->rejects, r->name, record->line, column, reason, record->raw);
}

static int accept(struct batch *b, const struct row_builder *row, const struct reading *r, const struct csv_record *record,
                  uint8_t *fixed, struct err *err)
{
	if (record->line > UINT32_MAX)
		return err_set(err, STATUS_DATA, "%s:%llu: has more lines than a table can name; split the extract", r->name,
		               (unsigned long long)record->line);
	le32_put(fixed, (uint32_t)record->line);
	le16_put(fixed + 4, (uint16_t)r->file);
	shares_add(&b->shares, &row->marks);
	for (unsigned i = 0; i < row->invalid_count; i++) {
		const struct invalid_value *v = &row->invalid[i];
		outcome_put_invalid(&b->invalid, b->rows.rows, r->name, record->line, row->kind->columns[v->column].name, v->reason, v->value);
	}
	table_rows_keep(&b->rows);
	return 0;
}

int batch_take(struct batch *b, struct row_builder *row, const struct reading *r, const struct csv_record *record, struct err *err)
{
	enum reason reason = reason_of_fault(record->fault);
	unsigned column;
	if (record->blank) {
		b->blank++;
		return 0;
	}
	b->rows_read++;
	if (!reason && record->field_count > r->width && extract_too_wide(r->width, record))
		reason = ROW_WIDTH;
	if (reason) {
		reject(b, r, record, STR(""), reason);
		return 0;
	}
	uint8_t *fixed = table_rows_next(&b->rows);
	row->room = record->room;
	reason = row_build(row, record->fields, record->field_count, r->columns, fixed, &b->rows.texts, &column);
	if (!reason)
		return accept(b, row, r, record, fixed, err);
	table_rows_drop(&b->rows);
	const struct column *c = &row->kind->columns[column];
	if (row->kind->role == ROLE_REGISTER && (c->type == TYPE_ID || c->type == TYPE_CERT))
		refuse(b, row, r, record);
	reject(b, r, record, c->name, reason);
	return 0;
}
