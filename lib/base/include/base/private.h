/* private: what every program does before it touches people's data, so that only its user can read what it leaves.
 *
 * umask 077: files are 0600 and folders 0700 whatever is asked for. No core dump is written, by the limit and by the kernel's own
 * mark, which also holds where dumps go to a program; and nobody else's process may look into this one's memory.
 */
#ifndef BIDUI_BASE_PRIVATE_H
#define BIDUI_BASE_PRIVATE_H

/* At the start of every program; cli_next() does it for all that have options. */
void process_private(void);

#endif
