/* test_tco_number.c - exact numbers: what is read, what is refused, rounding,
 * cents, and the same formulas in doubles.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tco-report/exact/number.h"
#include "tco-report/exact/tape.h"

/* clang-format off */
static const struct { const char *text, *exact; } good[] = {
	{ "0", "0" }, { "-0", "0" }, { "0.2", "1/5" }, { "12.50", "25/2" },
	{ "-12.5", "-25/2" }, { "1576.8", "7884/5" },
	{ "123456789012345678", "123456789012345678" },
	{ "0.00000000000000001", "1/100000000000000000" },
};

static const struct { const char *text, *message; } bad[] = {
	{ "", "is empty; expected a plain number such as 12.50" },
	{ "0,2", "found '0,2'; expected a number with a decimal point, not a comma" },
	{ "1,234.50", "not a comma" },
	{ "1e5", "found '1e5'; expected the number written out, without an exponent" },
	{ "2.5E-3", "without an exponent" },
	{ "5.", "digits after the point" },
	{ "5.x", "digits after the point" },
	{ ".5", "a plain number" },
	{ "+5", "a plain number" },
	{ "--5", "a plain number" },
	{ "-", "a plain number" },
	{ "e5", "a plain number" },
	{ " 5", "a plain number" },
	{ "5 ", "a plain number" },
	{ "5 EUR", "a plain number" },
	{ "1 000", "a plain number" },
	{ "1'000", "a plain number" },
	{ "1.2.3", "a plain number" },
	{ "0x10", "a plain number" },
	{ "nan", "a plain number" },
	{ "inf", "a plain number" },
	{ "8%", "'%' is its unit" },
	{ "007", "without leading zeros" },
	{ "-01.5", "without leading zeros" },
	{ "1234567890123456789", "18 digits at most" },
	{ "0.000000000000000001", "18 digits at most" },
	{ "11111111111111111111111111111111111111111111111111111", "18 digits at most" },
};

static const struct { const char *text; unsigned decimals; const char *want; } rounded[] = {
	{ "0.005", 2, "0.01" }, { "-0.005", 2, "-0.01" }, { "0.004999", 2, "0.00" },
	{ "-0.004", 2, "0.00" }, { "2.5", 0, "3" }, { "-2.5", 0, "-3" }, { "0", 0, "0" },
	{ "1234.5", 3, "1234.500" }, { "-36737.850639", 2, "-36737.85" },
	{ "0.07", 1, "0.1" }, { "9.999", 2, "10.00" },
};
/* clang-format on */

static void test_parse(void **state)
{
	hs_auto(num_pool_freep) struct num_pool *p = num_pool_new();
	const struct num *n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		hs_auto(hs_freep) char *text = NULL;

		assert_int_equal(num_parse(p, good[i].text, &n, NULL), 0);
		text = num_text_exact(n);
		assert_string_equal(text, good[i].exact);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct hs_err err = { 0 };

		n = NULL;
		assert_int_equal(num_parse(p, bad[i].text, &n, &err), -1);
		assert_null(n);
		assert_int_equal(err.code, HS_EINVAL);
		if (strstr(err.msg, bad[i].message) == NULL)
			fail_msg("'%s': %s", bad[i].text, err.msg);
	}
}

static void test_round(void **state)
{
	hs_auto(num_pool_freep) struct num_pool *p = num_pool_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rounded); i++) {
		hs_auto(hs_freep) char *text = NULL;
		hs_auto(hs_freep) char *again = NULL;
		const struct num *n;

		assert_int_equal(num_parse(p, rounded[i].text, &n, NULL), 0);
		text = num_text(n, rounded[i].decimals);
		assert_string_equal(text, rounded[i].want);
		n = num_round(p, n, rounded[i].decimals);
		again = num_text(n, rounded[i].decimals);
		assert_string_equal(again, rounded[i].want);
	}
}

static void same_short(const struct num *n, const char *want)
{
	hs_auto(hs_freep) char *text = num_text_short(n);

	assert_string_equal(text, want);
}

static void test_text(void **state)
{
	hs_auto(num_pool_freep) struct num_pool *p = num_pool_new();
	hs_auto(hs_freep) char *cents = num_cents_text(-5);

	(void)state;
	same_short(num_ratio(p, 1, 3), "0.333333333333");
	same_short(num_ratio(p, 1, 5), "0.2");
	same_short(num_int(p, 100), "100");
	same_short(num_ratio(p, -1, INT64_C(10000000000000)), "0");
	assert_string_equal(cents, "-0.05");
	assert_int_equal(num_cents(num_ratio(p, -5, 1000)), -1);
	assert_int_equal(num_cents(num_pow(p, num_int(p, 10), 30)), INT64_MAX);
	assert_int_equal(num_int64(num_ratio(p, -7, 2)), -3);
	assert_null(num_from_double(p, (double)NAN, 2));
	assert_null(num_from_double(p, (double)INFINITY, 2));
	same_short(num_from_double(p, 0.1 + 0.2, 6), "0.3");
}

static void test_ceil(void **state)
{
	hs_auto(num_pool_freep) struct num_pool *p = num_pool_new();

	(void)state;
	same_short(num_ceil(p, num_ratio(p, 7, 2)), "4");
	same_short(num_ceil(p, num_ratio(p, -7, 2)), "-3");
	same_short(num_ceil(p, num_int(p, 4)), "4");
}

static void test_split(void **state)
{
	hs_auto(num_pool_freep) struct num_pool *p = num_pool_new();
	const struct num *third = num_ratio(p, 100, 3);
	const struct num *amounts[] = { third, third, third };
	const struct num *signs[] = { num_ratio(p, -1, 3), num_ratio(p, 4, 3) };
	int64_t cents[3];

	(void)state;
	num_split_cents(10000, amounts, 3, cents);
	assert_int_equal(cents[0], 3334);
	assert_int_equal(cents[1], 3333);
	assert_int_equal(cents[2], 3333);
	num_split_cents(100, signs, 2, cents);
	assert_int_equal(cents[0], -33);
	assert_int_equal(cents[1], 133);
	num_split_cents(0, amounts, 0, cents);
}

/* ceil(max(a^3 / b - 7, min(a, b))) + round(a * b, 1), by both ways. */
static void test_tape(void **state)
{
	hs_auto(num_pool_freep) struct num_pool *p = num_pool_new();
	const struct num *a = num_ratio(p, 7, 2), *b = num_ratio(p, 4, 3);
	const struct num *leaves[] = { a, b }, *results[3];
	hs_auto(tape_freep) struct tape *tape = NULL;
	double out[3];

	(void)state;
	results[0] = num_add(p,
	    num_ceil(p,
		num_max(p,
		    num_sub(p, num_div(p, num_pow(p, a, 3), b), num_int(p, 7)),
		    num_min(p, a, b))),
	    num_round(p, num_mul(p, a, b), 1));
	results[1] = a;
	results[2] = num_int(p, 42);
	tape = tape_new(results, 3, leaves, 2);
	tape_run(tape, (double[]) { 3.5, 4.0 / 3 }, out);
	assert_true(fabs(out[0] - num_double(results[0])) < 1e-12);
	tape_run(tape, (double[]) { 2, 8 }, out);
	assert_true(fabs(out[0] - (2 + 16)) < 1e-12);
	assert_true(out[1] == 2 && out[2] == 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_ceil),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_tape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
