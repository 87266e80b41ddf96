/* metric.h - what hansed counts about itself, for Prometheus.
 *
 * The metrics are fixed (the table in metric.c); of each there is one series
 * for every set of label values that was seen. Every function may be called
 * from any thread, neither blocks nor allocates, and costs less than a
 * microsecond.
 */
#ifndef HANSE_PROVISIONING_METRIC_H
#define HANSE_PROVISIONING_METRIC_H

#include <stdint.h>

struct hs_text;

enum metric {
	METRIC_JOB_QUEUE_SECONDS, /* histogram */
	METRIC_STEP_SECONDS,      /* histogram: kind, action, result */
	METRIC_JOBS,              /* gauge: state */
	METRIC_EVENTS,            /* counter */
	METRIC_BREAKER_STATE, /* gauge: host; 0 closed, 1 half-open, 2 open */
	METRIC_HOST_CALLS,    /* counter: host, result */
	METRIC_DOMAINS,       /* gauge: state */
	METRIC_DRIFT,         /* gauge: problem */
	METRIC_WEBHOOK_DELIVERIES,    /* counter: result */
	METRIC_STORE_UP,              /* gauge: 0 or 1 */
	METRIC_AUDIT_WHOLE,           /* gauge: 0 or 1 */
	METRIC_GATEWAY_UP,            /* gauge: 0 or 1 */
	METRIC_GATEWAY_SESSIONS,      /* gauge: ve, enterprise */
	METRIC_GATEWAY_BACKENDS,      /* gauge: ve, enterprise */
	METRIC_GATEWAY_STATEMENTS,    /* counter: ve, enterprise */
	METRIC_GATEWAY_TRANSACTIONS,  /* counter: ve, enterprise */
	METRIC_GATEWAY_ROWS,          /* counter: ve, enterprise */
	METRIC_GATEWAY_BYTES,         /* counter: ve, enterprise, direction */
	METRIC_GATEWAY_WAITED,        /* counter: ve, enterprise; in ms */
	METRIC_GATEWAY_CUT,           /* counter: ve, enterprise */
	METRIC_GATEWAY_AUDIT_LOST,    /* counter */
	METRIC_GATEWAY_AUDIT_FAILING, /* gauge: 0 or 1 */
	METRIC_METER_READ,            /* gauge: source; Unix time */
	METRIC_SERIES_LOST,           /* counter */
};
#define METRIC_COUNT (METRIC_SERIES_LOST + 1)

#define METRIC_LABELS_MAX  3
#define METRIC_LABEL_BYTES 64 /* of a value; what is longer is cut */

/** The values of a metric's labels, in the order above; NULL where it has none:
 * metric_count(METRIC_HOST_CALLS, METRIC_OF("local", "ok"), 1) */
#define METRIC_OF(...) ((const char *const[METRIC_LABELS_MAX]) { __VA_ARGS__ })

/** A counter, so much more. */
void metric_count(enum metric metric, const char *const *labels, uint64_t more);

/** A counter that somebody else counts. */
void metric_total(
    enum metric metric, const char *const *labels, uint64_t total);

/** A gauge is so much, or so much more (or less). */
void metric_set(enum metric metric, const char *const *labels, double value);
void metric_add(enum metric metric, const char *const *labels, double more);

/** A gauge's subject is gone (a host): not shown until it is set again. */
void metric_drop(enum metric metric, const char *const *labels);

/** A histogram, one more. */
void metric_observe(
    enum metric metric, const char *const *labels, double seconds);

/** A gauge as it is; 0 if it was never set. */
double metric_value(enum metric metric, const char *const *labels);

/** Everything, and the process's own figures, as Prometheus text 0.0.4. */
void metric_write(struct hs_text *text);

#endif
