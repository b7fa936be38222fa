/* bidui rules print: the pack as pages. */
#include "rules.h"

#include "base/err.h"

int rules_print(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return STATUS_SOFTWARE;
}
