/* rules: one function a subcommand; each takes its own options and returns the exit status. */
#ifndef BIDUI_CMD_RULES_H
#define BIDUI_CMD_RULES_H

int rules_check(int argc, char **argv);
int rules_print(int argc, char **argv);
int rules_test(int argc, char **argv);
int rules_explain(int argc, char **argv);

#endif
