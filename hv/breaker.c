/* breaker.c - whether a host is worth a call, as one table.
 *
 * Closed: calls go through. Open: none does, nobody waits for a host that does
 * not answer. Half open: the probe, and only it, finds out whether it does
 * again.
 */

#include "hv/breaker.h"

#include <assert.h>

/* clang-format off */
static const char *const state_names[HV_BREAKER_COUNT] = {
	[HV_BREAKER_CLOSED]    = "closed",
	[HV_BREAKER_OPEN]      = "open",
	[HV_BREAKER_HALF_OPEN] = "half-open",
};

/* How a signal counts towards the limit. */
static const enum { SAYS_NOTHING, IS_SUCCESS, IS_FAILURE } counts[] = {
	[HV_CALL_ANSWERED]  = IS_SUCCESS,
	[HV_CALL_FAILED]    = IS_FAILURE,
	[HV_CALL_LATE]      = IS_FAILURE,
	[HV_CALL_TIMED_OUT] = IS_FAILURE,
	/* That it answers the probe does not excuse what calls meet with. */
	[HV_PROBE_BEGUN]    = SAYS_NOTHING,
	[HV_PROBE_ANSWERED] = SAYS_NOTHING,
	[HV_PROBE_FAILED]   = SAYS_NOTHING,
};

/* What is not here changes nothing: in an open breaker that is the end of a
 * call which had begun before. A call that ran out of time may have been the
 * only thing that hung, so the others go on until the probe fails, too. */
static const struct rule {
	enum hv_breaker_state from;
	enum hv_signal signal;
	enum { AT_ONCE, AT_LIMIT } when;
	enum hv_breaker_state to;
	bool cuts;
} rules[] = {
	{ HV_BREAKER_CLOSED,    HV_CALL_FAILED,    AT_LIMIT, HV_BREAKER_OPEN,      false },
	{ HV_BREAKER_CLOSED,    HV_CALL_LATE,      AT_LIMIT, HV_BREAKER_OPEN,      false },
	{ HV_BREAKER_CLOSED,    HV_CALL_TIMED_OUT, AT_ONCE,  HV_BREAKER_OPEN,      false },
	{ HV_BREAKER_CLOSED,    HV_PROBE_FAILED,   AT_ONCE,  HV_BREAKER_OPEN,      true  },
	{ HV_BREAKER_OPEN,      HV_PROBE_BEGUN,    AT_ONCE,  HV_BREAKER_HALF_OPEN, false },
	{ HV_BREAKER_HALF_OPEN, HV_PROBE_FAILED,   AT_ONCE,  HV_BREAKER_OPEN,      true  },
	{ HV_BREAKER_HALF_OPEN, HV_PROBE_ANSWERED, AT_ONCE,  HV_BREAKER_CLOSED,    false },
};
/* clang-format on */

const char *hv_breaker_name(enum hv_breaker_state state)
{
	assert(state < HV_BREAKER_COUNT);
	return state_names[state];
}

static void count(struct hv_breaker *breaker, enum hv_signal signal)
{
	if (counts[signal] == IS_SUCCESS)
		breaker->failures = 0;
	else if (counts[signal] == IS_FAILURE)
		breaker->failures++;
}

bool hv_breaker_signal(struct hv_breaker *breaker, enum hv_signal signal)
{
	assert(signal < HV_SIGNAL_COUNT);
	count(breaker, signal);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct rule *r = &rules[i];

		if (r->from != breaker->state || r->signal != signal ||
		    (r->when == AT_LIMIT && breaker->failures < breaker->limit))
			continue;
		breaker->state = r->to;
		if (r->to == HV_BREAKER_CLOSED)
			breaker->failures = 0;
		return r->cuts;
	}
	return false;
}
