/* test_web_html.c - no text leaves its place in a page; cookies and headers. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/tries.h"
#include "gen/site_pages.h"
#include "portal/web/html_write.h"
#include "portal/web/response.h"

static const char evil[] = "\"><script>alert('1')</script>&amp;";

static void escaping(void **state)
{
	struct html out = { .lang = LANG_EN };
	const struct view_login v = {
		.login = { evil },
		.intro = { evil },
		.error = { evil },
	};

	(void)state;
	view_login(&out, &v);
	assert_null(strstr(out.text.data, "<script"));
	assert_non_null(strstr(out.text.data, "value=\"&quot;&gt;&lt;script"));
	assert_non_null(strstr(out.text.data, "&amp;amp;"));
	hs_text_done(&out.text);
}

static void urls(void **state)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct h_url url = h_path(arena, "/orders/*/act/*", "a/b?c", "x y");

	(void)state;
	assert_string_equal(url.s, "/orders/a%2Fb%3Fc/act/x%20y");
	url = h_query(arena, url, "q", "a&b=c");
	url = h_query(arena, url, "none", NULL);
	url = h_query(arena, url, "p", "2");
	assert_string_equal(
	    url.s, "/orders/a%2Fb%3Fc/act/x%20y?q=a%26b%3Dc&p=2");
}

static void plurals(void **state)
{
	struct html out = { .lang = LANG_DE };

	(void)state;
	html_put_plural(&out, MSG_INBOX_COUNT, 1, NULL, 0);
	html_put_plural(&out, MSG_INBOX_COUNT, 1200, NULL, 0);
	assert_string_equal(out.text.data,
	    "1 Bestellung wartet auf Sie1.200 Bestellungen warten auf Sie");
	hs_text_done(&out.text);
}

static void head(void **state)
{
	struct web_response response = { 0 };
	hs_auto(hs_freep) char *text = NULL;

	(void)state;
	web_redirect(&response, (struct h_url) { "/login" });
	web_set_cookie(&response, "session", "abc", 60);
	text = web_response_head(&response, "0123");
	assert_non_null(strstr(text, "Status: 303 See Other\r\n"));
	assert_non_null(strstr(text, "Location: /login\r\n"));
	assert_non_null(strstr(text,
	    "Set-Cookie: __Host-session=abc; Path=/; Secure; HttpOnly; "
	    "SameSite=Lax; Max-Age=60\r\n"));
	assert_non_null(strstr(text, "default-src 'none'"));
	assert_null(strstr(text, "unsafe"));
	web_response_done(&response);
}

static void tries_are_counted(void **state)
{
	struct hs_tries *tries = hs_tries_new(3, 1000);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(hs_tries_take(tries, "anna", 5000));
	assert_false(hs_tries_take(tries, "anna", 5000));
	assert_true(hs_tries_take(tries, "paul", 5000));
	assert_false(hs_tries_take(tries, "anna", 5900));
	assert_true(hs_tries_take(tries, "anna", 6001));
	hs_tries_give(tries, "anna");
	assert_true(hs_tries_take(tries, "anna", 6001));
	assert_false(hs_tries_take(tries, "anna", 6001));
	hs_tries_free(tries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escaping),
		cmocka_unit_test(urls),
		cmocka_unit_test(plurals),
		cmocka_unit_test(head),
		cmocka_unit_test(tries_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
