/* test_web_i18n.c - languages, decimals and dates. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "portal/web/i18n.h"

static void accept_language(void **state)
{
	(void)state;
	assert_int_equal(i18n_accept(NULL), LANG_EN);
	assert_int_equal(i18n_accept(""), LANG_EN);
	assert_int_equal(i18n_accept("de-AT,de;q=0.9,en;q=0.8"), LANG_DE);
	assert_int_equal(
	    i18n_accept("fr, zh-Hans-CN;q=0.7, en;q=0.3"), LANG_ZH);
	assert_int_equal(i18n_accept("en;q=0.2,de;q=0.75"), LANG_DE);
	assert_int_equal(i18n_accept("de;q=0"), LANG_EN);
	assert_int_equal(i18n_accept("deutsch,,;q=,*"), LANG_EN);
}

static void numbers(void **state)
{
	/* clang-format off */
	static const struct {
		enum lang lang;
		const char *decimal;
		unsigned min;
		const char *text;
	} rows[] = {
		{ LANG_EN, "0",                      0, "0"                          },
		{ LANG_EN, "1234567.5",              2, "1,234,567.50"               },
		{ LANG_DE, "1234567.5",              2, "1.234.567,50"               },
		{ LANG_DE, "41.8000",                2, "41,80"                      },
		{ LANG_ZH, "999",                    0, "999"                        },
		{ LANG_EN, "-1000",                  0, "-1,000"                     },
		{ LANG_EN, "0.0125",                 2, "0.0125"                     },
		{ LANG_EN, "100.000",                0, "100"                        },
		{ LANG_DE, "99999999999999999999.9", 0, "99.999.999.999.999.999.999,9" },
		{ LANG_EN, "NaN",                    2, "NaN"                        },
	};
	/* clang-format on */
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(i18n_number(arena, rows[i].lang,
					rows[i].decimal, rows[i].min),
		    rows[i].text);
	assert_string_equal(i18n_number(arena, LANG_EN, NULL, 2), "");
}

static void typed(void **state)
{
	/* clang-format off */
	static const struct {
		enum lang lang;
		const char *typed, *decimal; /* NULL: no number */
	} rows[] = {
		{ LANG_EN, "80",           "80"          },
		{ LANG_EN, " 80 ",         "80"          },
		{ LANG_EN, "1,234.5",      "1234.5"      },
		{ LANG_EN, "12.345678",    "12.345678"   },
		{ LANG_EN, "12,5",         "12.5"        },
		{ LANG_EN, "1,250",        "1250"        },
		{ LANG_DE, "1.234,5",      "1234.5"      },
		{ LANG_DE, "1234,5",       "1234.5"      },
		{ LANG_DE, "12.5",         "12.5"        },
		{ LANG_DE, "1.250",        "1250"        },
		{ LANG_DE, "1.250.000,75", "1250000.75"  },
		{ LANG_ZH, "0.01",         "0.01"        },
		{ LANG_EN, "",             NULL          },
		{ LANG_EN, "-1",           NULL          },
		{ LANG_EN, "1e5",          NULL          },
		{ LANG_EN, ".5",           NULL          },
		{ LANG_EN, "5.",           NULL          },
		{ LANG_EN, "1,23,4",       NULL          },
		{ LANG_EN, "1.2.3",        NULL          },
		{ LANG_EN, "12 pcs",       NULL          },
		{ LANG_EN, "1234567890123", NULL         },
		{ LANG_EN, "1.1234567",    NULL          },
		{ LANG_DE, "1.25.000",     NULL          },
	};
	/* clang-format on */
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *decimal = NULL;
		bool good = i18n_parse_decimal(
		    arena, rows[i].lang, rows[i].typed, &decimal);

		if (good != (rows[i].decimal != NULL))
			fail_msg("'%s'", rows[i].typed);
		if (good)
			assert_string_equal(decimal, rows[i].decimal);
	}
}

/* What a form shows is what it reads. */
static void there_and_back(void **state)
{
	static const char *const values[] = { "0", "1", "41.80", "1234.5",
		"999999.999999", "100.00" };
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();

	(void)state;
	for (int lang = 0; lang < LANG_COUNT; lang++)
		for (size_t i = 0; i < ARRAY_LEN(values); i++) {
			const char *decimal = NULL;

			assert_true(i18n_parse_decimal(arena, (enum lang)lang,
			    i18n_input(arena, (enum lang)lang, values[i]),
			    &decimal));
			assert_string_equal(decimal, values[i]);
		}
}

static void dates(void **state)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();

	(void)state;
	assert_string_equal(
	    i18n_date(arena, LANG_EN, "2026-12-01"), "1 Dec 2026");
	assert_string_equal(
	    i18n_date(arena, LANG_DE, "2026-12-01"), "01.12.2026");
	assert_string_equal(i18n_date(arena, LANG_ZH, "2026-12-01"),
	    "2026\xe5\xb9\xb4"
	    "12\xe6\x9c\x88"
	    "1\xe6\x97\xa5");
	assert_string_equal(
	    i18n_date(arena, LANG_DE, "2026-12-01 09:05:59.1+01"),
	    "01.12.2026, 09:05");
	assert_string_equal(i18n_date(arena, LANG_EN, NULL), "");
	assert_string_equal(i18n_date(arena, LANG_EN, "soon"), "soon");
	assert_true(i18n_is_date("2024-02-29"));
	assert_false(i18n_is_date("2026-02-29"));
	assert_false(i18n_is_date("2026-13-01"));
	assert_false(i18n_is_date("2026-1-1"));
	assert_false(i18n_is_date("2026-12-01x"));
	assert_false(i18n_is_date(""));
}

static void messages(void **state)
{
	(void)state;
	assert_string_equal(i18n_named(LANG_DE, "state.", "DRAFT"), "Entwurf");
	assert_string_equal(
	    i18n_named(LANG_DE, "state.", "NEW_ONE"), "NEW_ONE");
	assert_int_equal(msg_plural[LANG_EN](1), 0);
	assert_int_equal(msg_plural[LANG_EN](0), 1);
	assert_int_equal(msg_plural[LANG_ZH](5), 0);
	for (int i = 1; i < MSG_COUNT; i++)
		assert_true(strcmp(msg_keys[i - 1], msg_keys[i]) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accept_language),
		cmocka_unit_test(numbers),
		cmocka_unit_test(typed),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(dates),
		cmocka_unit_test(messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
