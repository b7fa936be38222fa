#ifndef BIDUI_CMD_RUN_HOOK_H
#define BIDUI_CMD_RUN_HOOK_H

#include "base/err.h"
#include "run/run.h"

/* A run has failed: note it beside OUT (".NAME.failed": as-of date, status and message in a line), and start `command` with sh, if there
 * is one, with BIDUI_STATUS, BIDUI_MESSAGE, BIDUI_AS_OF, BIDUI_OUT and BIDUI_LOG (the note's path) in its environment; what is not known is
 * empty. Waits for it; how it ends changes nothing but a line on standard error. */
void hook_failed(const char *program, const char *command, const struct run_plan *plan, const struct err *why);
/* A run has been published: there is no failure to be noted any more. */
void hook_done(const struct run_plan *plan);

#endif
