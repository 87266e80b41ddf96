/* breaker.h - private: whether a host is worth a call, as one table. Pure: no
 * clock, no lock, no connection.
 */
#ifndef HANSE_HV_BREAKER_H
#define HANSE_HV_BREAKER_H

#include "hv/hv.h"

enum hv_signal {
	HV_CALL_ANSWERED,
	HV_CALL_FAILED,    /* the connection broke, or none could be made */
	HV_CALL_LATE,      /* answered, after more than half its time */
	HV_CALL_TIMED_OUT, /* its deadline has passed */
	HV_PROBE_BEGUN,
	HV_PROBE_ANSWERED,
	HV_PROBE_FAILED,
};
#define HV_SIGNAL_COUNT (HV_PROBE_FAILED + 1)

struct hv_breaker {
	enum hv_breaker_state state;
	unsigned limit;    /* this many failures in a row are too many */
	unsigned failures; /* in a row */
};

/**
 * Take note of what has happened.
 *
 * Returns whether the calls that are under way must be ended: nobody is there
 * to answer them.
 */
bool hv_breaker_signal(struct hv_breaker *breaker, enum hv_signal signal);

#endif
