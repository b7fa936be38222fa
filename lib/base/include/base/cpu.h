/* cpu: what the processor can do, asked once.
 *
 * Code with a vector path has a portable one beside it that gives the same answers; tests run both.
 */
#ifndef BIDUI_BASE_CPU_H
#define BIDUI_BASE_CPU_H

#include <stdbool.h>

/* Whether vector code for AVX2 may run. BIDUI_PORTABLE in the environment says no: for tests, not for users. */
bool cpu_avx2(void);
/* "avx2" or "portable": static. */
const char *cpu_name(void);
/* For tests: use AVX2 (where there is one) or not, from now on. Not while other threads run. */
void cpu_use_avx2(bool use);

#endif
