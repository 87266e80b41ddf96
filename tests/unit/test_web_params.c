/* test_web_params.c - forms, queries and cookies, as strange as they come. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "portal/web/params.h"

/* clang-format off */
static const struct {
	const char *data;
	enum hs_code code;
	const char *a; /* the value of "a" */
} rows[] = {
	{ "",                  HS_OK,     NULL       },
	{ "a=1",               HS_OK,     "1"        },
	{ "a=1&b=2",           HS_OK,     "1"        },
	{ "b=2&a=",            HS_OK,     ""         },
	{ "a",                 HS_OK,     ""         },
	{ "&&a=1&",            HS_OK,     "1"        },
	{ "a=x+y%20z",         HS_OK,     "x y z"    },
	{ "a=%E6%9D%8E",       HS_OK,     "\xe6\x9d\x8e" },
	{ "a=1%0D%0A2",        HS_OK,     "1\n2"     },
	{ "a=b=c",             HS_OK,     "b=c"      },
	{ "%61=1",             HS_OK,     "1"        },
	{ "a=1&a=2",           HS_EINVAL, NULL       },
	{ "a=%",               HS_EINVAL, NULL       },
	{ "a=%4",              HS_EINVAL, NULL       },
	{ "a=%zz",             HS_EINVAL, NULL       },
	{ "a=%00",             HS_EINVAL, NULL       },
	{ "a=%FF",             HS_EINVAL, NULL       },
	{ "a=%C0%AF",          HS_EINVAL, NULL       },
	{ "a=%1B",             HS_EINVAL, NULL       },
	{ "a=%0D",             HS_EINVAL, NULL       },
	{ "=1",                HS_EINVAL, NULL       },
};
/* clang-format on */

static void forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
		struct web_params params = { 0 };
		struct hs_err err = { 0 };
		int failed = web_params_read(
		    arena, rows[i].data, strlen(rows[i].data), &params, &err);

		assert_int_equal(failed, rows[i].code == HS_OK ? 0 : -1);
		assert_int_equal(err.code, rows[i].code);
		if (rows[i].a == NULL)
			assert_null(web_params_get(&params, "a"));
		else
			assert_string_equal(
			    web_params_get(&params, "a"), rows[i].a);
		assert_string_equal(web_params_text(&params, "none"), "");
	}
}

static void too_many(void **state)
{
	static char data[2 * (WEB_PARAM_MAX + 1)];
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct web_params params = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	memset(data, '&', sizeof(data));
	assert_int_equal(
	    web_params_read(arena, data, sizeof(data), &params, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
}

static void long_name(void **state)
{
	char data[WEB_NAME_MAX + 3];
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct web_params params = { 0 };

	(void)state;
	memset(data, 'n', sizeof(data));
	assert_int_equal(
	    web_params_read(arena, data, WEB_NAME_MAX, &params, NULL), 0);
	assert_int_equal(
	    web_params_read(arena, data, WEB_NAME_MAX + 1, &params, NULL), -1);
}

static void cookies(void **state)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct web_params params = { 0 };

	(void)state;
	web_params_read_cookies(
	    arena, "; x=1;y=2 ;noequals; =3;z=a=b;;", &params);
	assert_string_equal(web_params_get(&params, "x"), "1");
	assert_string_equal(web_params_get(&params, "z"), "a=b");
	assert_null(web_params_get(&params, "noequals"));
	web_params_read_cookies(arena, NULL, &params);
	assert_int_equal(params.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(too_many),
		cmocka_unit_test(long_name),
		cmocka_unit_test(cookies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
