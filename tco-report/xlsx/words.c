/* words.c - the workbook's words in the reader's language.
 *
 * A text is found by how the catalogue says it in English, so the sheets read
 * as what they write, and what the report says already is said the same here.
 */

#include "tco-report/xlsx/book.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gen/tco_po.h"

unsigned xl_language(const char *code)
{
	for (unsigned i = 0; code != NULL && i < TCO_LANG_COUNT; i++) {
		size_t len = strlen(tco_lang_codes[i]);

		if (strncasecmp(code, tco_lang_codes[i], len) == 0 &&
		    !isalnum((unsigned char)code[len]))
			return i;
	}
	return TCO_LANG_EN;
}

const char *xl_say(const struct xl *xl, const char *english)
{
	if (*english == '\0')
		return english;
	for (size_t i = 0; i < TCO_MSG_COUNT; i++)
		if (strcmp(tco_msg_texts[TCO_LANG_EN][i][0], english) == 0)
			return tco_msg_texts[xl->language][i][0];
	if (xl->err->code == HS_OK)
		(void)hs_fail(
		    xl->err, HS_ESYSTEM, "the catalogue has no '%s'", english);
	return english;
}

static int compare_key(const void *key, const void *entry)
{
	return strcmp(key, *(const char *const *)entry);
}

const char *xl_say_named(const struct xl *xl, const char *prefix,
    const char *name, const char *otherwise)
{
	const char *key = xl_printf(xl, "%s.%s", prefix, name);
	const char *const *found = bsearch(key, tco_msg_keys, TCO_MSG_COUNT,
	    sizeof(tco_msg_keys[0]), compare_key);

	return found == NULL
		   ? otherwise
		   : tco_msg_texts[xl->language][found - tco_msg_keys][0];
}

const char *xl_param_title(const struct xl *xl, enum tco_param_id id)
{
	return xl_say_named(
	    xl, "param", tco_kinds[id].name, tco_kinds[id].help);
}

const char *xl_turning_title(
    const struct xl *xl, const struct tco_break_even *b)
{
	const char *title = xl_param_title(xl, b->param);

	return b->enterprise == NULL
		   ? title
		   : xl_printf(xl, "%s (%s)", title, b->enterprise->title);
}

const char *xl_confidence(const struct xl *xl, enum tco_confidence confidence)
{
	const char *name = tco_confidence_name(confidence);

	if (confidence == TCO_YOURS)
		return xl_say(xl, XL_("your figure"));
	return xl_say_named(xl, "confidence", name, name);
}

/* "CUR/server" -> "EUR/Server": word by word. */
const char *xl_unit(const struct xl *xl, const char *unit)
{
	const char *out = "";

	while (*unit != '\0') {
		size_t len = strcspn(unit, "/");
		const char *word = xl_printf(xl, "%.*s", (int)len, unit);

		word = strcmp(word, "CUR") == 0
			   ? xl->tcase->currency
			   : xl_say_named(xl, "unit", word, word);
		out =
		    xl_printf(xl, "%s%s%s", out, *out == '\0' ? "" : "/", word);
		unit += len + (unit[len] == '/' ? 1 : 0);
	}
	return out;
}
