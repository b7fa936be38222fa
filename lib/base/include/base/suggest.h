/* suggest: which of the names that were possible somebody may have meant.
 *
 *     struct suggestion s = { .wanted = STR("aleve") };
 *     suggest(&s, STR("alive"));   // for each name that could stand there
 *     if (s.best.n) "did you mean 'alive'?"
 */
#ifndef BIDUI_BASE_SUGGEST_H
#define BIDUI_BASE_SUGGEST_H

#include "base/str.h"

struct suggestion {
	struct str wanted;
	struct str best;    /* the nearest so far; empty when none is near */
	unsigned distance;  /* its distance, in letters added, dropped, changed or swapped */
};

void suggest(struct suggestion *s, struct str candidate);

#endif
