#include "schema/schema.h"

static struct str before_dot(const char *name)
{
	return (struct str){ name, strcspn(name, ".") };
}

static bool ends_in(struct str name, const char *ending)
{
	size_t m = strlen(ending);
	return name.n >= m && strncasecmp(name.p + name.n - m, ending, m) == 0;
}

/* A file that holds data, by its ending: its kind has to be known, or a misspelt name would silence a rule. */
static bool is_data(struct str name)
{
	static const char *const endings[] = { ".csv", ".tsv", ".csv.gz", ".tsv.gz", ".xlsx", ".xls" };
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (ends_in(name, endings[i]))
			return true;
	return false;
}

static bool has_word(const struct kind *k, struct str name)
{
	for (unsigned i = 0; i < k->word_count; i++)
		if (str_has(name, k->words[i]))
			return true;
	return false;
}

/* Up to two kinds whose file words occur in the name; of the kinds that yield only where there is no other. */
static unsigned kinds_by_word(const struct schema *s, struct str name, bool yielding, const struct kind *ret[2])
{
	unsigned n = 0;
	for (unsigned i = 0; i < s->kind_count && n < 2; i++)
		if (s->kinds[i].yields == yielding && has_word(&s->kinds[i], name))
			ret[n++] = &s->kinds[i];
	return n;
}

int schema_kind_of_file(const struct schema *s, const char *name, const struct kind **ret_kind, struct err *err)
{
	struct str whole = str_of(name), stem = before_dot(name);
	const struct kind *found[2];
	*ret_kind = NULL;
	if (name[0] == '.' || name[0] == '~' || !is_data(whole))
		return 0;
	for (unsigned i = 0; i < s->kind_count; i++) {
		const struct kind *k = &s->kinds[i];
		if (k->name.n == stem.n && strncasecmp(k->name.p, stem.p, stem.n) == 0) {
			*ret_kind = k;
			return 0;
		}
	}
	unsigned n = kinds_by_word(s, whole, false, found);
	if (!n)
		n = kinds_by_word(s, whole, true, found);
	if (n == 2)
		return err_set(err, STATUS_CONFIG, "%s: may be %.*s or %.*s by its name; call it KIND.csv, or name its kind in a pipeline file",
		               name, STR_ARG(found[0]->name), STR_ARG(found[1]->name));
	if (n == 0)
		return err_set(err, STATUS_CONFIG, "%s: no kind has a name or a file word that fits; call it KIND.csv (like hukou.csv), "
		               "name its kind in a pipeline file, or take it out of the folder", name);
	*ret_kind = found[0];
	return 0;
}
