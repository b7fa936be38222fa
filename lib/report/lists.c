#include "internal.h"

#include "csv/write.h"

#include <stdio.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static const char header[] = "finding_id,rule,core,severity,confidence,nature,unit,unit_no,region,county,township,village,head_name,"
	"head_id,persons,status,evidence_ids,evidence_rows,evidence_hash,evidence,title,check,department,days\n";

static const struct pack *sorting; /* qsort takes no argument; lists are sorted by one thread */

static struct str region_text(int64_t region, char out[16])
{
	if (region == VALUE_NULL)
		return (struct str){ "", 0 };
	int n = snprintf(out, 16, "%012lld", (long long)region);
	return (struct str){ out, (size_t)n };
}

static int by_line(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;
	if (a->list != b->list)
		return a->list < b->list ? -1 : 1;
	/* Twelve digits sort as their number does, and an unknown region (VALUE_NULL, the least) before all. */
	int c = (a->region > b->region) - (a->region < b->region);
	if (!c)
		c = str_cmp(sorting->rules[a->rule].code, sorting->rules[b->rule].code);
	if (!c)
		c = str_cmp(a->unit_no, b->unit_no);
	return c ? c : str_cmp(a->evidence_rows, b->evidence_rows);
}

static struct str finding_id(const struct report *r, const struct finding *f, char out[17])
{
	struct buf b = { 0 };
	buf_puts(&b, r->pack->rules[f->rule].code);
	buf_putc(&b, 0x1F);
	buf_puts(&b, str_of(unit_name(f->unit)));
	buf_putc(&b, 0x1F);
	buf_puts(&b, f->unit_no);
	snprintf(out, 17, "%016llx", (unsigned long long)XXH3_64bits(b.p, b.n));
	buf_release(&b);
	return (struct str){ out, 16 };
}

static void put_finding(const struct report *r, const struct finding *f, struct buf *b)
{
	const struct rule *rule = &r->pack->rules[f->rule];
	const struct place *p = f->region == VALUE_NULL ? NULL : places_find(&r->places, f->region);
	char id[17], region[16], persons[16], days[16];
	int np = snprintf(persons, sizeof persons, "%u", f->persons), nd = snprintf(days, sizeof days, "%d", rule->days);
	struct str none = { "", 0 };
	const struct str cells[] = {
		finding_id(r, f, id), rule->code, f->core ? STR("yes") : STR("no"), str_of(level_name(f->severity)),
		str_of(level_name(f->confidence)), f->nature, str_of(unit_name(f->unit)), f->unit_no, region_text(f->region, region),
		p ? p->county : none, p ? p->township : none, p ? p->village : none, f->head_name, f->head_id,
		{ persons, (size_t)np }, f->status, f->evidence_ids, f->evidence_rows, f->evidence_hash, f->evidence,
		rule->title_zh, rule->check, rule->department, { days, (size_t)nd },
	};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		if (i)
			buf_putc(b, ',');
		csv_put_guarded(b, cells[i]);
	}
	buf_putc(b, '\n');
}

int put_lists(struct report *r, struct err *err)
{
	struct buf b = { 0 };
	sorting = r->pack;
	sort(r->findings, r->count, sizeof *r->findings, by_line);
	int got = 0;
	for (size_t l = 0, i = 0; got == 0 && l < LIST_COUNT; l++) {
		uint64_t rows = 0;
		char name[64];
		b.n = 0;
		buf_puts(&b, str_of(header));
		for (; i < r->count && r->findings[i].list == l; i++, rows++)
			put_finding(r, &r->findings[i], &b);
		snprintf(name, sizeof name, "lists/%s.csv", list_name((enum list)l));
		got = put_file(r, name, &b, rows, err);
	}
	buf_release(&b);
	return got;
}
