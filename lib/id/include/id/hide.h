/* hide: a text that somebody chose (the name of a file) may hold a citizen's number, and it goes into messages, manifests and lists.
 *
 * What looks like one loses all but its first six places: 户籍_500901************.csv. It need not be valid: a number with a typing error is still
 * somebody's. A name of a person cannot be told from other words.
 */
#ifndef BIDUI_ID_HIDE_H
#define BIDUI_ID_HIDE_H

#include <stdbool.h>
#include <stddef.h>

/* In place; a text with no such number stays as it is, but for control characters, which become `?`. */
void id_hide(char *text);

#endif
