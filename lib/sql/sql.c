#include "internal.h"

/* What the script cannot be made without. */
static void check_roles(struct sql *s)
{
	static const enum role roles[] = { ROLE_REGISTER, ROLE_HOUSEHOLDS };
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		const struct kind *k = schema_role(s->pack->schema, roles[i]);
		if (!k || k->ids[1] >= 0)
			sql_fail(s, NULL, "the registry and the household register are needed, a person a row");
	}
}

int sql_print(const struct pack *pack, const struct dialect *dialect, unsigned parts, struct buf *out, struct err *err)
{
	struct sql s = { .pack = pack, .dialect = dialect, .out = out, .err = err };
	s.terms_done = mem_alloc(pack->term_count + 1);
	s.rules_done = mem_alloc(pack->rule_count + 1);
	sql_say(&s, "-- pack %.*s as of %s, for %s\n", STR_ARG(pack->name), sql_date(&s, pack->as_of), dialect->name);
	check_roles(&s);
	if (parts & SQL_TABLES && !s.failed)
		sql_tables(&s);
	if (parts & SQL_FINDINGS && !s.failed) {
		sql_say(&s, "%s", dialect->preamble);
		sql_row_tables(&s);
		sql_people(&s);
		sql_registers(&s);
		sql_terms(&s);
		sql_rules(&s);
	}
	arena_release(&s.arena);
	free(s.terms_done);
	free(s.rules_done);
	return s.failed ? -1 : 0;
}
