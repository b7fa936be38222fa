/* leave: what is gone when a program ends out of turn.
 *
 * Temporary files and folders hold people's data. Whoever makes one says so before it is there; when a signal ends the program (INT,
 * TERM, HUP), memory runs out, or an assert fails, all that are still there are removed first. Removing takes no memory and is safe in
 * a signal handler.
 *
 *     struct leave *l = leave_begin(path);
 *     fd = open(path, O_CREAT | O_EXCL ...);
 *     leave_release();                       // also when it could not be made
 *     ...
 *     leave_end(l);                          // renamed or removed: nothing to do any more
 *
 * A path that is not there (any more) is passed over, so leave_end may come late but never early. Once a program is ending, leave_begin
 * and leave_hold do not return: no other thread makes anything new behind the back of the one that removes.
 */
#ifndef BIDUI_BASE_LEAVE_H
#define BIDUI_BASE_LEAVE_H

#include "base/err.h"

#include <stdbool.h>

struct leave;

/* Between leave_hold and leave_release no program ends by a signal that can wait. No memory may be asked for in between. */
void leave_hold(void);
void leave_release(void);

/* From now on path (a file, or a folder with all in it) is to be removed. It is copied. Holds: leave_release when it has been made. */
struct leave *leave_begin(const char *path);
void leave_end(struct leave *l); /* NULL-safe */
bool leave_covers(const char *path); /* whether it is in such a folder */

/* Remove a folder and all in it, links in it as links; no error if it is gone or something in it stays. */
void leave_remove_folder(const char *path);
void leave_empty_folder(int fd); /* all in it, of an open folder */

/* From now on: INT, TERM and HUP remove and then end the program as they would have; a fault of the program itself (SEGV, BUS, FPE, ILL,
 * ABRT) removes, says so, and ends it with 70. What is ignored, or handled by somebody else, stays so. */
void leave_on_signals(void);

#define LEAVE_NO_MEMORY "bidui: memory: no more is given; give the machine more or use a smaller extract\n"

/* Remove, write text to standard error, and end at once. */
_Noreturn void leave_now(enum status status, const char *text);

#endif
