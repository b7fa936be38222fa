/* seed: what makes a hash table safe from those who choose its keys.
 *
 * Whoever writes an extract could pick numbers that all fall into one place of a table with a hash that everybody knows, and looking
 * one up would take as long as there are rows. So a table that keys of extracts go into mixes this number in: it is drawn when it is
 * first asked for, and nobody knows it before. No output may depend on it.
 */
#ifndef BIDUI_BASE_SEED_H
#define BIDUI_BASE_SEED_H

#include <stdint.h>

/* Odd, so that to multiply by it loses nothing; the same all through a process, from any thread. */
uint64_t hash_seed(void);

#endif
