/* bidui-explain: a whole dossier, and why each rule fires on it or does not. */
#include "explain/explain.h"

int main(int argc, char **argv)
{
	return explain_command("bidui-explain", false, argc, argv);
}
