/* Any rows as a filled workbook, imported into a ledger: whole, or nothing and each reason on a line of its own; and what was taken
 * once is taken again and changes no result, in whatever order its rows stand.
 *
 * An input is rows, a line each, their cells divided by tabs; a line "\001TITLE" begins a sheet. The ledger has two leads, and of the
 * second an old verdict. Cells may hold references to characters, as XML. */
#include "book.h"
#include "replay.h"
#include "verdict/verdict.h"
#include "world.h"

#define LEADS "('0000000000000001'), ('0000000000000002')"
#define NS "http://schemas.openxmlformats.org/"

static const char lead[] = "INSERT INTO lead SELECT column1, 'open', 1, '2017-11-26', '2017-11-26', '2017-12-11', NULL, NULL, NULL, 'missed', 'M1',"
	" 'yes', 'high', 'high', '', 'hukou', '500901-1', '500901001201', 3, '', '00000000000000aa', '', 15, 0 FROM (VALUES " LEADS ")";
static const char old[] = "DELETE FROM verdict; INSERT INTO verdict SELECT finding_id, evidence_hash, 'refuted', '', '', '2017-05-05', '', '',"
	" '2018-05-05', rule, confidence, nature, severity, '500901001' FROM lead WHERE finding_id = '0000000000000002'";
static const char results[] = "SELECT group_concat(x, ' ') FROM (SELECT finding_id || evidence_hash || result AS x FROM verdict ORDER BY 1)";
static const char checks[] = "SELECT group_concat(x, ' ') FROM (SELECT finding_id || evidence_hash || checked_on || exempt_until AS x FROM verdict"
	" ORDER BY 1)";

/* ---- the workbook ------------------------------------------------------------------------------------------------------------------------ */

/* As XML, but for references, which stay. */
static void put_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '<' || s.p[i] == '"')
			buf_printf(b, "&#%d;", s.p[i]);
		else
			buf_putc(b, s.p[i]);
}

/* Up to `mark`, or all; *rest is what lies behind it. */
static struct str cut(struct str *rest, char mark)
{
	const char *at = memchr(rest->p, mark, rest->n);
	struct str s = { rest->p, at ? (size_t)(at - rest->p) : rest->n };
	*rest = (struct str){ rest->p + s.n + (at != NULL), rest->n - s.n - (at != NULL) };
	return s;
}

static void put_row(struct buf *b, struct str line)
{
	buf_puts(b, STR("<row>"));
	for (unsigned cells = 0; line.n && cells < 16; cells++) {
		struct str cell = cut(&line, '\t');
		buf_puts(b, STR("<c t=\"inlineStr\"><is><t>"));
		put_escaped(b, cell);
		buf_puts(b, STR("</t></is></c>"));
	}
	buf_puts(b, STR("</row>"));
}

/* The parts, as book_zip() takes them. */
static void put_parts(struct buf *parts, struct str text)
{
	struct buf sheets = { 0 }, relations = { 0 }, rows = { 0 };
	unsigned count = 0;
	while (text.n && count < 8) {
		struct str title = text.p[0] == 1 ? cut(&text, '\n') : STR("\1x");
		count++;
		buf_printf(&sheets, "<sheet sheetId=\"%u\" r:id=\"r%u\" name=\"", count, count);
		put_escaped(&sheets, (struct str){ title.p + 1, title.n - 1 });
		buf_puts(&sheets, STR("\"/>"));
		buf_printf(&relations, "<Relationship Id=\"r%u\" Type=\"" NS "officeDocument/2006/relationships/worksheet\" Target=\"%u.xml\"/>", count, count);
		buf_printf(&rows, "\n\1xl/%u.xml\n<worksheet xmlns=\"" NS "spreadsheetml/2006/main\"><sheetData>", count);
		while (text.n && text.p[0] != 1)
			put_row(&rows, cut(&text, '\n'));
		buf_puts(&rows, STR("</sheetData></worksheet>"));
	}
	buf_puts(parts, STR("\1_rels/.rels\n<Relationships><Relationship Id=\"r\" Type=\"" NS "officeDocument/2006/relationships/officeDocument\""
	         " Target=\"xl/workbook.xml\"/></Relationships>\n\1xl/workbook.xml\n<workbook xmlns=\"" NS "spreadsheetml/2006/main\" xmlns:r=\"" NS
	         "officeDocument/2006/relationships\"><sheets>"));
	buf_puts(parts, buf_str(&sheets));
	buf_puts(parts, STR("</sheets></workbook>\n\1xl/_rels/workbook.xml.rels\n<Relationships>"));
	buf_puts(parts, buf_str(&relations));
	buf_puts(parts, STR("</Relationships>"));
	buf_puts(parts, buf_str(&rows));
	buf_release(&sheets);
	buf_release(&relations);
	buf_release(&rows);
}

static void put_book(const char *name, struct str text)
{
	struct buf parts = { 0 }, zip = { 0 };
	put_parts(&parts, text);
	book_zip(&zip, buf_str(&parts));
	world_put(name, (const uint8_t *)zip.p, zip.n);
	buf_release(&parts);
	buf_release(&zip);
}

/* ---- the ledger -------------------------------------------------------------------------------------------------------------------------- */

static struct ledger *ledger;

static void done(void)
{
	ledger_close(ledger);
}

static void must(const char *sql)
{
	struct err err;
	if (ledger_exec(ledger, sql, &err) < 0)
		abort();
}

static void prepare(void)
{
	struct err err;
	if (!ledger) {
		world_folder(); /* goes after the ledger is closed */
		if (ledger_open(&ledger, world_file("ledger"), &err) < 0)
			abort();
		atexit(done);
		must(lead);
	}
	must(old);
}

static struct buf ask(const char *sql)
{
	struct buf b = { 0 };
	struct err err;
	sqlite3_stmt *s = NULL;
	if (ledger_prepare(ledger, &s, sql, &err) < 0 || ledger_step(ledger, s, &err) != ITER_ROW)
		abort();
	buf_puts(&b, ledger_text(s, 0));
	sqlite3_finalize(s);
	return b;
}

static void line(void *arg, const char *text)
{
	if (strchr(text, '\n') || !*text)
		abort();
	++*(uint64_t *)arg;
}

static int import(bool replace, struct verdict_imported *ret)
{
	struct err err;
	uint64_t told = 0;
	char *files[] = { (char *)world_file("book.xlsx") };
	struct verdict_import job = { files, 1, 365, replace, "2018-06-01", line, &told };
	int got = verdict_import(ledger, &job, ret, &err);
	if (ret->problems != told || (got == 0 && told))
		abort();
	if (got < 0)
		must("ROLLBACK");
	return got;
}

static void same(struct buf *before, const char *sql)
{
	struct buf now = ask(sql);
	if (!str_eq(buf_str(before), buf_str(&now)))
		abort();
	buf_release(before);
	buf_release(&now);
}

static void import_twice(bool replace)
{
	struct verdict_imported first, second;
	struct buf before = ask(checks);
	if (import(replace, &first) < 0) {
		same(&before, checks);
		return;
	}
	buf_release(&before);
	before = ask(results);
	if (import(false, &second) < 0 || first.pending != second.pending)
		abort();
	same(&before, results);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	prepare();
	put_book("book.xlsx", (struct str){ (const char *)data, n });
	import_twice(false);
	prepare();
	import_twice(true);
	return 0;
}
