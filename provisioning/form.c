/* form.c - configuration files made from forms. */

#include "provisioning/form.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const char *value_of(
    const struct form_value *values, size_t count, const char *name, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(values[i].name) == len &&
		    memcmp(values[i].name, name, len) == 0)
			return values[i].text;
	return NULL;
}

char *form_fill(const char *form, const struct form_value *values, size_t count)
{
	struct hs_text out = { 0 };
	const char *open;

	while ((open = strstr(form, "{{")) != NULL) {
		const char *close = strstr(open, "}}");
		const char *text;

		assert(close != NULL);
		text = value_of(
		    values, count, open + 2, (size_t)(close - open - 2));
		assert(text != NULL);
		hs_text_add_len(&out, form, (size_t)(open - form));
		hs_text_add(&out, text);
		form = close + 2;
	}
	hs_text_add(&out, form);
	return hs_text_take(&out);
}

char *form_quoted(const char *text)
{
	json_t *value = json_string(text);
	char *quoted = json_dumps(value, JSON_ENCODE_ANY);

	assert(quoted != NULL);
	json_decref(value);
	return quoted;
}
