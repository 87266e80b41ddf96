/* fuzz_tco_input.c - libFuzzer: usage and load as CSV, numbers in them, price
 * books, and cases; what is a good case is worked out, too. The first byte says
 * which, and whether a CSV's first line is there already.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "tco-report/exact/number.h"
#include "tco-report/input/case.h"
#include "tco-report/input/usage.h"
#include "tco-report/model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What is read is what stands there: written out, it is read as the same. */
static void number(const char *text)
{
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();
	const struct num *n, *again;
	hs_auto(hs_freep) char *out = NULL;

	if (num_parse(pool, text, &n, NULL) < 0)
		return;
	out = num_text(n, NUM_DIGITS_MAX);
	/* Without the zeros behind, or it has too many digits. */
	for (size_t end = strlen(out);
	     out[end - 1] == '0' || out[end - 1] == '.';) {
		bool point = out[--end] == '.';

		out[end] = '\0';
		if (point)
			break;
	}
	assert(num_parse(pool, out, &again, NULL) == 0);
	assert(num_cmp(n, again) == 0);
}

/* A file is read whole, or refused with a line and a message. */
static void file(const char *text, bool is_load)
{
	static const char *const names[] = { "a", "b" };
	struct tco_enterprise two[ARRAY_LEN(names)] = { 0 };
	struct tco_case tcase = { .pool = num_pool_new(),
		.arena = hs_arena_new(),
		.enterprises = two,
		.count = ARRAY_LEN(names) };
	struct hs_faults faults = { 0 };
	struct hs_err err = { 0 };
	int ret;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		two[i].name = names[i];
	ret = is_load ? load_load("f", text, &tcase, &faults, &err)
		      : usage_load("f", text, &tcase, &faults, &err);
	assert((ret == 0) == (faults.count == 0));
	assert(ret == 0 || err.code == HS_EINVAL);
	for (size_t i = 0; i < faults.count; i++)
		assert(faults.list[i].line > 0 &&
		       faults.list[i].message[0] != '\0');
	for (size_t i = 0; i < ARRAY_LEN(names) * TCO_METER_COUNT; i++) {
		const struct num *sum =
		    two[i / TCO_METER_COUNT].usage[i % TCO_METER_COUNT];

		assert(sum == NULL || (ret == 0 && num_sign(sum) >= 0));
	}
	hs_faults_done(&faults);
	free(tcase.load);
	num_pool_free(tcase.pool);
	hs_arena_free(tcase.arena);
}

/* Behind its first line, which is hardly found by chance. */
static void rows(const char *text, bool is_load)
{
	hs_auto(hs_freep) char *whole = hs_printf("%s\n%s",
	    is_load ? "time,enterprise,resource,value,unit"
		    : "enterprise,meter,quantity,unit",
	    text);

	file(whole, is_load);
}

/* Prices that are taken do not overlap. */
static void book(const char *text)
{
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();
	hs_auto(tco_prices_freep) struct tco_price_book *prices = NULL;
	struct hs_err err = { 0 };

	if (tco_prices_load("f", text, pool, &prices, NULL, &err) < 0) {
		assert(err.code == HS_EINVAL && err.msg[0] != '\0');
		return;
	}
	for (size_t i = 1; i < prices->count; i++)
		assert(
		    prices->list[i].resource != prices->list[i - 1].resource ||
		    prices->list[i].from > prices->list[i - 1].to);
}

/* A case that is taken can be worked out. */
static void whole(const char *text)
{
	static const struct tco_options options = { .seed = 1, .draws = 3 };
	hs_auto(tco_case_freep) struct tco_case *tcase = NULL;
	hs_auto(tco_result_freep) struct tco_result *result = NULL;
	struct hs_err err = { 0 };

	if (tco_case_load("/nowhere/f", text, NULL, 0, &tcase, NULL, &err) <
	    0) {
		assert(err.code != HS_OK && err.msg[0] != '\0');
		return;
	}
	assert(tco_model_run(tcase, &options, &result, &err) == 0);
	assert(num_cmp(result->dedicated_annual, result->platform_annual) ==
	       num_sign(result->verdict.saving));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	hs_auto(hs_freep) char *text = NULL;

	if (len == 0)
		return 0;
	text = hs_strndup((const char *)data + 1, len - 1);
	switch (data[0] % 7) {
	case 0:
		number(text);
		break;
	case 1:
	case 2:
		file(text, data[0] % 7 == 1);
		break;
	case 3:
	case 4:
		rows(text, data[0] % 7 == 3);
		break;
	case 5:
		book(text);
		break;
	default:
		whole(text);
		break;
	}
	return 0;
}
