#ifndef BIDUI_LEDGER_INTERNAL_H
#define BIDUI_LEDGER_INTERNAL_H

#include "ledger/store.h"

/* schema.c: step i brings a ledger of version i to version i + 1; NULL behind the last. A step that has been in a release is never
 * changed: a change is a further step. */
extern const char *const ledger_steps[];

#endif
