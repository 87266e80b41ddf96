/* test_web_request.c - what is a good request, and whose page it came from. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "portal/web/request.h"
#include "portal/web/router.h"
#include "portal/web/token.h"

static void lengths(void **state)
{
	size_t len = 7;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(web_body_length(NULL, &len, &err), 0);
	assert_int_equal(len, 0);
	assert_int_equal(web_body_length("1048576", &len, &err), 0);
	assert_int_equal(len, 1048576);
	assert_int_equal(web_body_length("1048577", &len, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	assert_int_equal(
	    web_body_length("99999999999999999999999", &len, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
	assert_int_equal(web_body_length("-1", &len, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
}

static void local_paths(void **state)
{
	(void)state;
	assert_true(web_is_local_path("/"));
	assert_true(web_is_local_path("/orders?state=open"));
	assert_false(web_is_local_path(NULL));
	assert_false(web_is_local_path(""));
	assert_false(web_is_local_path("//evil.example"));
	assert_false(web_is_local_path("/\\evil.example"));
	assert_false(web_is_local_path("https://evil.example"));
	assert_false(web_is_local_path("/a\r\nSet-Cookie: x"));
	assert_false(web_is_local_path("/a b"));
}

static void origins(void **state)
{
	/* clang-format off */
	static const struct {
		const char *origin, *site;
		bool good;
	} rows[] = {
		{ "https://a.ve.localhost:8443", NULL,          true  },
		{ "https://a.ve.localhost:8443", "same-origin", true  },
		{ "https://a.ve.localhost:8443", "same-site",   false },
		{ "https://a.ve.localhost:8443", "cross-site",  false },
		{ "https://a.ve.localhost:8443", "none",        false },
		{ "https://b.ve.localhost:8443", NULL,          false },
		{ "https://a.ve.localhost",      NULL,          false },
		{ "http://a.ve.localhost:8443",  NULL,          false },
		{ "null",                        NULL,          false },
		{ NULL,                          "same-origin", false },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct web_request request = {
			.host = "a.ve.localhost:8443",
			.origin = rows[i].origin,
			.fetch_site = rows[i].site,
		};

		assert_int_equal(web_is_same_origin(&request), rows[i].good);
	}
}

static void reading(void **state)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct web_input input = {
		.method = "POST",
		.path = "/orders/new",
		.query = "seller=x",
		.content_type =
		    "application/x-www-form-urlencoded; charset=utf-8",
		.cookie = "__Host-session=abc",
		.body = "q=1",
		.body_len = 3,
	};
	struct web_request r;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(web_request_read(arena, &input, &r, &err), 0);
	assert_int_equal(r.method, WEB_POST);
	assert_string_equal(r.here, "/orders/new?seller=x");
	assert_string_equal(web_params_text(&r.form, "q"), "1");
	assert_string_equal(
	    web_params_text(&r.cookies, "__Host-session"), "abc");
	assert_int_equal(strlen(r.id), 32);

	input.content_type = "multipart/form-data";
	assert_int_equal(web_request_read(arena, &input, &r, &err), -1);
	input.content_type = "application/x-www-form-urlencodedx";
	assert_int_equal(web_request_read(arena, &input, &r, &err), -1);
	input.method = "GET";
	input.path = "//evil";
	assert_int_equal(web_request_read(arena, &input, &r, &err), -1);
	assert_string_equal(r.path, "/");
}

static int nothing(struct page *page, struct hs_err *err)
{
	(void)page;
	(void)err;
	return 0;
}

#define UID "0b4f6c00-1234-4abc-8def-0123456789ab"

static void routes(void **state)
{
	static const struct web_route table[] = {
		{ WEB_GET, "/", 0, nothing },
		{ WEB_GET, "/o/new", 0, nothing },
		{ WEB_GET, "/o/{uid}", 0, nothing },
		{ WEB_POST, "/o/{uid}/act/{action}", 0, nothing },
	};
	/* clang-format off */
	static const struct {
		enum web_method method;
		const char *path;
		int row; /* -1: not found, -2: not with this method */
	} rows[] = {
		{ WEB_GET,   "/",                    0  },
		{ WEB_GET,   "/o/new",               1  },
		{ WEB_GET,   "/o/" UID,              2  },
		{ WEB_POST,  "/o/" UID "/act/send",  3  },
		{ WEB_GET,   "/o/" UID "/act/send",  -2 },
		{ WEB_POST,  "/",                    -2 },
		{ WEB_OTHER, "/",                    -2 },
		{ WEB_GET,   "/o/" UID "/",          -1 },
		{ WEB_GET,   "/o/",                  -1 },
		{ WEB_GET,   "/o",                   -1 },
		{ WEB_GET,   "/o/x' OR 1=1",         -1 },
		{ WEB_POST,  "/o/" UID "/act/Send",  -1 },
		{ WEB_POST,  "/o/" UID "/act/",      -1 },
	};
	/* clang-format on */
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct web_request request = { .arena = arena,
			.method = rows[i].method,
			.path = rows[i].path };
		const struct web_route *route = NULL;
		const char *args[WEB_ARG_MAX] = { 0 };
		struct hs_err err = { 0 };
		int failed = web_route_find(
		    table, ARRAY_LEN(table), &request, &route, args, &err);

		assert_int_equal(failed, rows[i].row < 0 ? -1 : 0);
		if (rows[i].row >= 0)
			assert_ptr_equal(route, &table[rows[i].row]);
		else
			assert_int_equal(err.code,
			    rows[i].row == -1 ? HS_ENOTFOUND : HS_EINVAL);
		if (rows[i].row >= 2)
			assert_string_equal(args[0], UID);
	}
}

/* clang-format off */
static const char hash_of_abc[] =
    "\\xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/* clang-format on */

static void tokens(void **state)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	const char *a = web_token_new(arena, 32), *b = web_token_new(arena, 32);

	(void)state;
	assert_string_not_equal(a, b);
	assert_true(web_token_is_good(a, 32));
	assert_false(web_token_is_good(a, 16));
	assert_false(web_token_is_good("xyz", 32));
	assert_false(web_token_is_good(NULL, 32));
	assert_string_equal(web_token_hash(arena, "abc"), hash_of_abc);
	assert_true(
	    web_csrf_is_good(arena, a, "form", web_csrf(arena, a, "form")));
	assert_false(
	    web_csrf_is_good(arena, a, "form", web_csrf(arena, b, "form")));
	assert_false(
	    web_csrf_is_good(arena, a, "form", web_csrf(arena, a, "visit")));
	assert_false(web_csrf_is_good(arena, a, "form", NULL));
	assert_false(web_csrf_is_good(arena, a, "form", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(local_paths),
		cmocka_unit_test(origins),
		cmocka_unit_test(reading),
		cmocka_unit_test(routes),
		cmocka_unit_test(tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
