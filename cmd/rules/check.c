/* bidui rules check: all that is wrong with a pack. */
#include "rules.h"

#include "stage/stage.h"

#include <stdio.h>

int rules_check(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return STATUS_SOFTWARE;
}
