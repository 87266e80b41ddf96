/* params.c - names and values: of a query, a form, a Cookie header. */

#include "portal/web/params.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c != '\0' ? strchr(digits, c | 0x20) : NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

/* Decode in place of a copy; CR LF becomes LF. NULL if it is malformed. */
static char *decode(struct hs_arena *arena, const char *data, size_t len)
{
	char *text = hs_arena_alloc(arena, len + 1);
	size_t at = 0;

	for (size_t i = 0; i < len; i++) {
		char c = data[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < len ? hex_digit(data[i + 1]) : -1;
			int low = i + 2 < len ? hex_digit(data[i + 2]) : -1;

			if (high < 0 || low < 0)
				return NULL;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (c == '\0')
			return NULL;
		if (c == '\n' && at > 0 && text[at - 1] == '\r')
			at--;
		text[at++] = c;
	}
	text[at] = '\0';
	return hs_is_text(text) ? text : NULL;
}

static int read_one(struct hs_arena *arena, const char *data, size_t len,
    struct web_param *ret_param, struct hs_err *err)
{
	const char *equals = memchr(data, '=', len);
	size_t name_len = equals != NULL ? (size_t)(equals - data) : len;
	size_t value_len = equals != NULL ? len - name_len - 1 : 0;

	ret_param->name = decode(arena, data, name_len);
	ret_param->value =
	    decode(arena, equals != NULL ? equals + 1 : data, value_len);
	if (ret_param->name == NULL || ret_param->value == NULL)
		return hs_fail(err, HS_EINVAL, "the form is malformed");
	if (ret_param->name[0] == '\0' ||
	    strlen(ret_param->name) > WEB_NAME_MAX)
		return hs_fail(
		    err, HS_EINVAL, "a field of the form has no good name");
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct web_param *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static size_t count_parts(const char *data, size_t len)
{
	size_t count = 1;

	for (size_t i = 0; i < len; i++)
		count += data[i] == '&';
	return count;
}

int web_params_read(struct hs_arena *arena, const char *data, size_t len,
    struct web_params *ret_params, struct hs_err *err)
{
	struct web_params params = { 0 };
	size_t count = count_parts(data, len);

	if (count > WEB_PARAM_MAX)
		return hs_fail(
		    err, HS_ELIMIT, "more than %d fields", WEB_PARAM_MAX);
	params.list = hs_arena_alloc(arena, count * sizeof(*params.list));
	for (size_t i = 0; i < len;) {
		const char *end = memchr(data + i, '&', len - i);
		size_t part = end != NULL ? (size_t)(end - data) - i : len - i;

		if (part > 0 && read_one(arena, data + i, part,
				    &params.list[params.count++], err) < 0)
			return -1;
		i += part + 1;
	}
	qsort(params.list, params.count, sizeof(*params.list), by_name);
	for (size_t i = 1; i < params.count; i++)
		if (by_name(&params.list[i], &params.list[i - 1]) == 0)
			return hs_fail(
			    err, HS_EINVAL, "a field of the form comes twice");
	*ret_params = params;
	return 0;
}

void web_params_read_cookies(
    struct hs_arena *arena, const char *header, struct web_params *ret_params)
{
	struct web_params params = { 0 };

	params.list =
	    hs_arena_alloc(arena, WEB_COOKIE_MAX * sizeof(*params.list));
	while (header != NULL && *header != '\0' &&
	       params.count < WEB_COOKIE_MAX) {
		size_t len, name_len;

		header += strspn(header, "; \t");
		len = strcspn(header, ";");
		name_len = strcspn(header, "=;");
		if (name_len > 0 && name_len < len)
			params.list[params.count++] = (struct web_param) {
				hs_arena_strndup(arena, header, name_len),
				hs_arena_strndup(arena, header + name_len + 1,
				    len - name_len - 1),
			};
		header += len;
	}
	*ret_params = params;
}

/* Few names are asked for, and lists are short or sorted: look at each. */
const char *web_params_get(const struct web_params *params, const char *name)
{
	for (size_t i = 0; i < params->count; i++)
		if (strcmp(params->list[i].name, name) == 0)
			return params->list[i].value;
	return NULL;
}

const char *web_params_text(const struct web_params *params, const char *name)
{
	const char *value = web_params_get(params, name);

	return value != NULL ? value : "";
}
