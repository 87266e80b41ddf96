/* test_hv_breaker.c - the breaker's table: every state with every signal. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hv/breaker.h"

#define LIMIT 3

enum { SAME = -1 };

/* clang-format off */
/* Where a signal leads that is the LIMIT-th failure, if it is one at all. */
static const struct {
	int to[HV_SIGNAL_COUNT];
} wanted[HV_BREAKER_COUNT] = {
	[HV_BREAKER_CLOSED].to = {
		[HV_CALL_ANSWERED]  = SAME,
		[HV_CALL_FAILED]    = HV_BREAKER_OPEN,
		[HV_CALL_LATE]      = HV_BREAKER_OPEN,
		[HV_CALL_TIMED_OUT] = HV_BREAKER_OPEN,
		[HV_PROBE_BEGUN]    = SAME,
		[HV_PROBE_ANSWERED] = SAME,
		[HV_PROBE_FAILED]   = HV_BREAKER_OPEN,
	},
	[HV_BREAKER_OPEN].to = {
		[HV_CALL_ANSWERED]  = SAME,
		[HV_CALL_FAILED]    = SAME,
		[HV_CALL_LATE]      = SAME,
		[HV_CALL_TIMED_OUT] = SAME,
		[HV_PROBE_BEGUN]    = HV_BREAKER_HALF_OPEN,
		[HV_PROBE_ANSWERED] = SAME,
		[HV_PROBE_FAILED]   = SAME,
	},
	[HV_BREAKER_HALF_OPEN].to = {
		[HV_CALL_ANSWERED]  = SAME,
		[HV_CALL_FAILED]    = SAME,
		[HV_CALL_LATE]      = SAME,
		[HV_CALL_TIMED_OUT] = SAME,
		[HV_PROBE_BEGUN]    = SAME,
		[HV_PROBE_ANSWERED] = HV_BREAKER_CLOSED,
		[HV_PROBE_FAILED]   = HV_BREAKER_OPEN,
	},
};
/* clang-format on */

static void test_every_pair(void **state)
{
	(void)state;
	for (int from = 0; from < HV_BREAKER_COUNT; from++)
		for (int signal = 0; signal < HV_SIGNAL_COUNT; signal++) {
			struct hv_breaker b = {
				.state = (enum hv_breaker_state)from,
				.limit = LIMIT,
				.failures = LIMIT - 1,
			};
			int to = wanted[from].to[signal];
			bool cuts =
			    hv_breaker_signal(&b, (enum hv_signal)signal);

			assert_int_equal(b.state, to == SAME ? from : to);
			/* Nobody is cut but by a probe without an answer. */
			assert_int_equal(
			    cuts, signal == HV_PROBE_FAILED && to != SAME);
		}
}

static void test_limit(void **state)
{
	struct hv_breaker b = { .limit = LIMIT };

	(void)state;
	(void)hv_breaker_signal(&b, HV_CALL_FAILED);
	(void)hv_breaker_signal(&b, HV_CALL_LATE);
	assert_int_equal(b.state, HV_BREAKER_CLOSED);
	(void)hv_breaker_signal(&b, HV_CALL_ANSWERED);
	(void)hv_breaker_signal(&b, HV_CALL_FAILED);
	(void)hv_breaker_signal(&b, HV_CALL_FAILED);
	(void)hv_breaker_signal(&b, HV_PROBE_ANSWERED);
	assert_int_equal(b.state, HV_BREAKER_CLOSED);
	(void)hv_breaker_signal(&b, HV_CALL_LATE);
	assert_int_equal(b.state, HV_BREAKER_OPEN);
}

/* One passed deadline is enough; once closed again, the count begins anew. */
static void test_round(void **state)
{
	struct hv_breaker b = { .limit = LIMIT };

	(void)state;
	(void)hv_breaker_signal(&b, HV_CALL_TIMED_OUT);
	assert_int_equal(b.state, HV_BREAKER_OPEN);
	(void)hv_breaker_signal(&b, HV_PROBE_BEGUN);
	(void)hv_breaker_signal(&b, HV_PROBE_FAILED);
	assert_int_equal(b.state, HV_BREAKER_OPEN);
	(void)hv_breaker_signal(&b, HV_CALL_FAILED);
	(void)hv_breaker_signal(&b, HV_CALL_FAILED);
	(void)hv_breaker_signal(&b, HV_PROBE_BEGUN);
	(void)hv_breaker_signal(&b, HV_PROBE_ANSWERED);
	assert_int_equal(b.state, HV_BREAKER_CLOSED);
	(void)hv_breaker_signal(&b, HV_CALL_FAILED);
	assert_int_equal(b.state, HV_BREAKER_CLOSED);
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < HV_BREAKER_COUNT; i++)
		assert_non_null(hv_breaker_name((enum hv_breaker_state)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pair),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
