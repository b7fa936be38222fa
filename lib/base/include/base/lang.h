/* lang: in which language this program speaks to people: English, or Chinese where they asked for it.
 *
 * Messages are written in English at the place where they arise; gettext has their translations (po/zh_CN.po). Lists and other
 * outputs do not depend on any of this: their texts come from the pack and the schemas.
 */
#ifndef BIDUI_BASE_LANG_H
#define BIDUI_BASE_LANG_H

enum lang { LANG_EN, LANG_ZH };

/* Speak the language of the environment (LC_ALL, LC_MESSAGES, LANG: zh... is Chinese, anything else English). */
void lang_from_environment(void);
/* Speak this one: "en" or "zh". 0, or -1 when there is no such language here. */
int lang_use(const char *name);
enum lang lang_now(void);

#define N_(text) text /* marks a message for translation that say() is asked for elsewhere */

/* The message in the language of now; English itself where it has no translation. Lives for ever. */
const char *say(const char *english) __attribute__((format_arg(1)));

#endif
