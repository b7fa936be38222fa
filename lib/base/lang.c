#include "base/lang.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN "bidui"

static enum lang now = LANG_EN;

/* gettext wants a locale that is installed; C.UTF-8 always is, and LANGUAGE says which translation is meant. */
static void use(enum lang lang)
{
	now = lang;
	if (lang != LANG_ZH)
		return;
	setenv("LANGUAGE", "zh_CN", 1);
	setlocale(LC_MESSAGES, "C.UTF-8");
	bindtextdomain(DOMAIN, access(BIDUI_BUILD_LOCALEDIR "/zh_CN/LC_MESSAGES/" DOMAIN ".mo", R_OK) == 0 ? BIDUI_BUILD_LOCALEDIR
	                                                                                                    : BIDUI_LOCALEDIR);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	bind_textdomain_codeset("libc", "UTF-8"); /* what strerror says, where the system has its translation */
}

void lang_from_environment(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = getenv(names[i]);
		if (value && *value) {
			use(strncmp(value, "zh", 2) == 0 ? LANG_ZH : LANG_EN);
			return;
		}
	}
}

int lang_use(const char *name)
{
	if (strcmp(name, "zh") != 0 && strcmp(name, "en") != 0)
		return -1;
	use(name[0] == 'z' ? LANG_ZH : LANG_EN);
	return 0;
}

enum lang lang_now(void)
{
	return now;
}

const char *say(const char *english)
{
	return now == LANG_ZH ? dgettext(DOMAIN, english) : english;
}
