#include "schema/schema.h"

#include "id/id.h"

/* Room for a cleaned number: a certificate has 22 places, and what is longer is no number anyway. */
#define CLEANED_MAX 64

static int parse_number(const struct column *c, struct str text, int32_t as_of, int64_t *ret)
{
	char cleaned[CLEANED_MAX];
	size_t n = 0;
	uint64_t stored = 0;
	int reason = id_clean(text, cleaned, sizeof cleaned, &n);
	if (!reason)
		reason = (c->type == TYPE_CERT ? cert_parse : id_parse)((struct str){ cleaned, n }, as_of, &stored);
	if (!reason)
		*ret = (int64_t)stored;
	return reason;
}

static int parse_enumerated(const struct column *c, struct str text, int64_t *ret)
{
	int64_t v = enumeration_parse(c->enumeration, text);
	if (v == VALUE_NULL && c->bold)
		return EMPTY;
	if (v < 0 && v != VALUE_NULL)
		return ENUM;
	*ret = v;
	return 0;
}

int column_parse(const struct column *c, struct str text, int32_t as_of, int64_t *ret)
{
	if (c->type == TYPE_ID || c->type == TYPE_CERT)
		return parse_number(c, text, as_of, ret);
	if (c->type == TYPE_ENUM)
		return parse_enumerated(c, text, ret);
	if (!text.n) {
		if (c->bold)
			return EMPTY;
		*ret = VALUE_NULL;
		return 0;
	}
	switch (c->type) {
	case TYPE_DATE: return date_parse(text, ret);
	case TYPE_YEAR: return year_parse(text, ret);
	case TYPE_MONEY: return money_parse(text, ret);
	case TYPE_BOOL: return bool_parse(text, ret);
	case TYPE_REGION: return region_parse(text, ret);
	case TYPE_GRADE: return grade_parse(text, ret);
	default: return 0; /* texts and names are no numbers */
	}
}

void column_print(const struct column *c, int64_t v, struct buf *out)
{
	if (c->type == TYPE_ENUM)
		buf_puts(out, c->enumeration->values[v]);
	else
		value_print(c->type, v, out);
}
