/* build: what the two halves of dossier_build share. */
#ifndef BIDUI_DOSSIER_BUILD_H
#define BIDUI_DOSSIER_BUILD_H

#include "dossier/homes.h"

void settle_registers(struct dossier *d); /* after the persons and households are settled */
int compare_indices(const void *a, const void *b);

#endif
