/* fuzz_form.c - foreign bytes as a request; what comes out must hold its
 * promises: UTF-8 text, names once, pages that no text can leave.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "gen/site_pages.h"
#include "portal/web/i18n.h"
#include "portal/web/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_params(const struct web_params *params)
{
	for (size_t i = 0; i < params->count; i++) {
		assert(hs_is_text(params->list[i].value));
		assert(params->list[i].name[0] != '\0');
		assert(strlen(params->list[i].name) <= WEB_NAME_MAX);
		assert(i == 0 || strcmp(params->list[i - 1].name,
				     params->list[i].name) != 0);
	}
}

static void check_page(const char *text)
{
	struct html out = { .lang = LANG_ZH };
	const struct view_login v = { .login = { text }, .error = { text } };
	struct html plain = { .lang = LANG_ZH };
	const struct view_login none = { .login = { "x" }, .error = { "x" } };
	size_t tags = 0;

	view_login(&out, &v);
	view_login(&plain, &none);
	for (const char *p = out.text.data; *p != '\0'; p++)
		tags += *p == '<' || *p == '"';
	for (const char *p = plain.text.data; *p != '\0'; p++)
		tags -= *p == '<' || *p == '"';
	assert(tags == 0 || text[0] == '\0');
	hs_text_done(&out.text);
	hs_text_done(&plain.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	const char *text = hs_arena_strndup(arena, (const char *)data, size);
	const struct web_input input = {
		.method = "POST",
		.path = text,
		.query = text,
		.cookie = text,
		.content_type = "application/x-www-form-urlencoded",
		.accept_language = text,
		.body = (const char *)data,
		.body_len = size,
	};
	struct web_request request;
	struct web_params params = { 0 };
	const char *number;

	(void)web_request_read(arena, &input, &request, NULL);
	assert(web_is_local_path(request.here));
	if (web_params_read(arena, (const char *)data, size, &params, NULL) ==
	    0) {
		check_params(&params);
		if (params.count > 0)
			check_page(params.list[0].value);
	}
	assert((unsigned)i18n_accept(text) < LANG_COUNT);
	if (i18n_parse_decimal(arena, LANG_DE, text, &number))
		assert(strspn(number, "0123456789.") == strlen(number));
	(void)i18n_date(arena, LANG_EN, text);
	(void)i18n_number(arena, LANG_DE, text, 2);
	return 0;
}
