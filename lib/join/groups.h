/* groups: who ends up in one dossier. A registry household, a household of the register and a person without either is a group; groups
 * that share a person are tied, and what is tied together is one dossier.
 *
 * Dossiers are numbered by what comes first in the extracts: registry households, then households, then persons by their key; so the
 * numbers depend on the rows alone.
 */
#ifndef BIDUI_JOIN_GROUPS_H
#define BIDUI_JOIN_GROUPS_H

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

enum group_sort { GROUP_REGISTER, GROUP_HOUSEHOLD, GROUP_PERSON, GROUP_SORTS };

struct groups {
	uint32_t *parents;              /* union-find; after groups_number: the dossier, or NONE */
	uint32_t *orders;               /* among their sort: ordinal of the first row, or of the person; until groups_number */
	uint8_t *marks;                 /* sort, and the flags below */
	uint32_t count, cap;
	uint32_t dossiers;              /* after groups_number */
};

enum { GROUP_SORT = 3, GROUP_PRINCIPAL = 4, GROUP_LINKED = 8 };

uint32_t groups_add(struct groups *g, enum group_sort sort, uint32_t order);
void groups_tie(struct groups *g, uint32_t a, uint32_t b);
/* Give each dossier, one for each set of tied groups of which one is principal, its number; nothing is tied afterwards. */
void groups_number(struct groups *g);
static inline uint32_t groups_dossier(const struct groups *g, uint32_t i) { return g->parents[i]; }
static inline uint64_t groups_bytes(const struct groups *g) { return g->cap * (g->orders ? 9 : UINT64_C(5)); }
void groups_release(struct groups *g);

#endif
