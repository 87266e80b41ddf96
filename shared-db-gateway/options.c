/* options.c - the start-up's "options", switch by switch. */

#include "shared-db-gateway/options.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* Bytes above ASCII are no white space, whatever the locale. */
static bool is_space(char c)
{
	return (unsigned char)c < 0x80 && isspace((unsigned char)c);
}

/* NULL: there is none. */
static char *next_word(const char **at)
{
	struct hs_text word = { 0 };
	bool is_escaped = false;
	const char *p = *at;

	while (is_space(*p))
		p++;
	*at = p;
	if (*p == '\0')
		return NULL;
	for (; *p != '\0' && (is_escaped || !is_space(*p)); p++) {
		if (!is_escaped && *p == '\\') {
			is_escaped = true;
			continue;
		}
		is_escaped = false;
		hs_text_add_char(&word, *p);
	}
	*at = p;
	return hs_text_take(&word);
}

/* NAME=VALUE in its two parts. */
static enum gw_option split(
    const char *setting, char **ret_name, char **ret_value)
{
	const char *equals = strchr(setting, '=');

	if (equals == NULL || equals == setting) {
		*ret_name = hs_strdup(setting);
		return GW_OPTION_OTHER;
	}
	*ret_name = hs_strndup(setting, (size_t)(equals - setting));
	for (char *p = *ret_name; *p != '\0'; p++)
		if (*p == '-')
			*p = '_';
	*ret_value = hs_strdup(equals + 1);
	return GW_OPTION_SETTING;
}

enum gw_option gw_option_next(
    const char **at, char **ret_name, char **ret_value)
{
	hs_auto(hs_freep) char *word = next_word(at);
	hs_auto(hs_freep) char *setting = NULL;

	*ret_name = *ret_value = NULL;
	if (word == NULL)
		return GW_OPTION_NONE;
	if (strcmp(word, "-c") == 0 && (setting = next_word(at)) != NULL)
		return split(setting, ret_name, ret_value);
	if (strncmp(word, "-c", 2) == 0 && word[2] != '\0')
		return split(word + 2, ret_name, ret_value);
	if (strncmp(word, "--", 2) == 0 && word[2] != '\0')
		return split(word + 2, ret_name, ret_value);
	*ret_name = hs_steal(&word);
	return GW_OPTION_OTHER;
}
