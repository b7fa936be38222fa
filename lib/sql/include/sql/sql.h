/* sql: a rule pack as SQL over the tables that `bidui show` prints, so that a warehouse runs the same policy.
 *
 * The script is made from the checked trees of the pack and from nothing else: no rule, term or kind stands in this code. It has two
 * parts, with the loading of the CSV between them (docs/sql.md):
 *
 *   tables    one a kind, and `kinds` (which of them there are) and `refused` (registry rows refused for their id)
 *   findings  people, households and registers from their rows; a table a term; each rule; at last the table `findings`
 *
 * What a dialect cannot say is an error at its place in the pack, never a rule left out.
 *
 *     const struct dialect *d = dialect_of_name("postgres");
 *     if (sql_print(pack, d, SQL_TABLES | SQL_FINDINGS, &out, err) < 0) ...
 */
#ifndef BIDUI_SQL_SQL_H
#define BIDUI_SQL_SQL_H

#include "rule/pack.h"

struct dialect;

enum sql_part { SQL_TABLES = 1, SQL_FINDINGS = 2 };

const struct dialect *dialect_of_name(const char *name); /* or NULL */
const char *dialect_names(void);                         /* "duckdb or postgres" */

/* Append the parts asked for. Errors: 78 with line:column in the pack; out then holds an incomplete script. */
int sql_print(const struct pack *pack, const struct dialect *dialect, unsigned parts, struct buf *out, struct err *err)
	__attribute__((warn_unused_result));

#endif
