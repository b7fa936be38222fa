#include "load.h"

/* What a kind with a role has to hold: the join reads these columns by name. */
static const struct need {
	enum role role;
	const char *name;
	const char *type; /* a type's or an enumeration's name */
} needs[] = {
	{ ROLE_REGISTER, "household_no", "text" },   { ROLE_REGISTER, "name", "name" },
	{ ROLE_REGISTER, "id", "id" },               { ROLE_REGISTER, "relation", "relation" },
	{ ROLE_REGISTER, "status", "status" },       { ROLE_REGISTER, "region", "region" },
	{ ROLE_HOUSEHOLDS, "household_no", "text" }, { ROLE_HOUSEHOLDS, "name", "name" },
	{ ROLE_HOUSEHOLDS, "id", "id" },             { ROLE_HOUSEHOLDS, "relation", "relation" },
	{ ROLE_HOUSEHOLDS, "type", "hukou_type" },   { ROLE_HOUSEHOLDS, "state", "hukou_state" },
	{ ROLE_HOUSEHOLDS, "split_on", "date" },     { ROLE_HOUSEHOLDS, "split_from", "text" },
	{ ROLE_HOUSEHOLDS, "region", "region" },     { ROLE_DEATHS, "id", "id" },
	{ ROLE_DEATHS, "name", "name" },             { ROLE_DEATHS, "died_on", "date" },
	{ ROLE_PLACES, "code", "region" },           { ROLE_PLACES, "county", "text" },
	{ ROLE_PLACES, "township", "text" },         { ROLE_PLACES, "village", "text" },
	{ ROLE_PLACES, "poor", "bool" },             { ROLE_ID_CHANGES, "old", "text" },
	{ ROLE_ID_CHANGES, "new", "id" },
};

static bool has_type(const struct column *c, const char *type)
{
	if (c->type == TYPE_ENUM)
		return str_eq(c->enumeration->name, str_of(type));
	return c->type == type_of_name(str_of(type));
}

int check_role(const struct yaml *y, const struct kind *k, struct err *err)
{
	for (const struct need *n = needs; n < needs + sizeof needs / sizeof *needs; n++) {
		if (n->role != k->role)
			continue;
		int i = kind_column(k, str_of(n->name));
		if (i < 0 || !has_type(&k->columns[i], n->type))
			return yaml_fail(y, yaml_get(yaml_root(y), "role"), err,
			                 "a kind with this role needs a column '%s' of type %s", n->name, n->type);
	}
	return 0;
}
