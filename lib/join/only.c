/* A join of one unit. Who belongs together is worked out as in every join, with the unit's people as further seeds in place of the
 * rules'; then only its dossier is written. So what is in it is what a run has in it. */
#include "internal.h"

/* The readings are tried one by one; a registry household's number is compared while its rows are read (seeds.c). */
void only_person(struct join *j)
{
	struct join_only *only = j->job->only;
	char clean[ID_CLEAN_SIZE];
	uint64_t key;
	size_t n;
	if (j->only.member != NONE && only->units >> UNIT_REGISTER & 1)
		only_found(j, UNIT_REGISTER);
	else
		j->only.member = NONE;
	only_household(j);
	if (!(only->units >> UNIT_PERSON & 1) || only->unit_no.n != ID_TEXT)
		return;
	if (id_clean(only->unit_no, clean, sizeof clean, &n) != 0 || id_parse((struct str){ clean, n }, j->pack->as_of, &key) != 0)
		return;
	j->only.person = id_key(key);
	found_add(&j->found, j->only.person, WANTED_PRINCIPAL);
}

/* "500901-00012", or "-00012" where the region is unknown. Whether there is such a household turns out later (households.c). */
void only_household(struct join *j)
{
	struct join_only *only = j->job->only;
	struct str text = only->unit_no;
	uint32_t county = 0;
	size_t i = 0;
	for (; i < text.n && i < 6 && text.p[i] >= '0' && text.p[i] <= '9'; i++)
		county = 10 * county + (uint32_t)(text.p[i] - '0');
	if (!(only->units >> UNIT_HOUSEHOLD & 1) || (i != 0 && i != 6) || i + 1 >= text.n || text.p[i] != '-')
		return;
	j->only.home = household_key(j, i ? county : NONE, (struct str){ text.p + i + 1, text.n - i - 1 });
}

void only_dossiers(struct join *j)
{
	uint32_t person = j->only.person ? people_find(&j->people, j->only.person) : NONE;
	const uint32_t groups[] = { person == NONE ? NONE : j->people.slots[person].group, j->only.member, j->only.home_group };
	for (size_t i = 0; i < 3; i++)
		if (groups[i] != NONE)
			j->only.dossiers[j->only.dossier_count++] = groups_dossier(&j->groups, groups[i]);
}
