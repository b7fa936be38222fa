/* bidui rules explain: one rule on one unit. */
#include "rules.h"

#include "explain/explain.h"

int rules_explain(int argc, char **argv)
{
	return explain_command("bidui-rules explain", true, argc, argv);
}
