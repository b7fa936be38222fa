#include "base/private.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

void process_private(void)
{
	umask(077);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	prctl(PR_SET_DUMPABLE, 0);
}
