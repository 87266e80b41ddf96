/* metric.c - what hansed counts about itself: a fixed table, atomic values.
 *
 * The series of a metric stand in an open hash table of fixed size in static
 * memory, by their label values. A slot is claimed once and never given back,
 * so that readers need no lock; pages of slots nobody uses are never touched.
 */

#include "provisioning/metric.h"

#include <assert.h>
#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "provisioning/metric_process.h"

static const double bounds[] = { 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
	0.5, 1, 2.5, 5, 10, 30, 60 };

enum slot_state { SLOT_FREE, SLOT_CLAIMED, SLOT_USED };

struct series {
	atomic_int state;   /* enum slot_state */
	atomic_bool hidden; /* dropped */
	char labels[METRIC_LABELS_MAX][METRIC_LABEL_BYTES];
	/* A counter's number, a gauge's double as bits, a histogram's sum in
	 * microseconds. */
	atomic_uint_least64_t value;
	/* Not cumulative; the last one has no bound. */
	atomic_uint_least64_t buckets[ARRAY_LEN(bounds) + 1];
};

enum metric_type { TYPE_COUNTER, TYPE_GAUGE, TYPE_HISTOGRAM };

static const char *const type_names[] = {
	[TYPE_COUNTER] = "counter",
	[TYPE_GAUGE] = "gauge",
	[TYPE_HISTOGRAM] = "histogram",
};

/* Writable and global: a process has one set of figures. */
#define SERIES(name, size) static struct series name[size]
SERIES(single, METRIC_COUNT);
SERIES(of_steps, 512);
SERIES(of_jobs, 16);
SERIES(of_breakers, 2048);
SERIES(of_calls, 8192);
SERIES(of_domains, 16);
SERIES(of_drift, 64);
SERIES(of_webhooks, 8);
SERIES(of_gateway_sessions, 4096);
SERIES(of_gateway_backends, 4096);
SERIES(of_gateway_statements, 4096);
SERIES(of_gateway_transactions, 4096);
SERIES(of_gateway_rows, 4096);
SERIES(of_gateway_bytes, 8192);
SERIES(of_gateway_waited, 4096);
SERIES(of_gateway_cut, 4096);
SERIES(of_meters, 4096);

#define ONE(metric) &single[metric], 1
#define MANY(list)  list, ARRAY_LEN(list)

/* clang-format off */
static const struct definition {
	const char *name;
	enum metric_type type;
	struct series *series;
	size_t size; /* a power of two */
	const char *help;
	const char *labels[METRIC_LABELS_MAX];
} definitions[METRIC_COUNT] = {
	[METRIC_JOB_QUEUE_SECONDS]  = { "hanse_job_queue_seconds", TYPE_HISTOGRAM, ONE(METRIC_JOB_QUEUE_SECONDS), "Time a job waited before it ran.", { NULL } },
	[METRIC_STEP_SECONDS]       = { "hanse_step_seconds", TYPE_HISTOGRAM, MANY(of_steps), "Time a step took.", { "kind", "action", "result" } },
	[METRIC_JOBS]               = { "hanse_jobs", TYPE_GAUGE, MANY(of_jobs), "Jobs by state.", { "state" } },
	[METRIC_EVENTS]             = { "hanse_events_total", TYPE_COUNTER, ONE(METRIC_EVENTS), "Events seen in the log since the start.", { NULL } },
	[METRIC_BREAKER_STATE]      = { "hanse_breaker_state", TYPE_GAUGE, MANY(of_breakers), "A host's circuit breaker: 0 closed, 1 half-open, 2 open.", { "host" } },
	[METRIC_HOST_CALLS]         = { "hanse_host_calls_total", TYPE_COUNTER, MANY(of_calls), "Calls to a host's hypervisor.", { "host", "result" } },
	[METRIC_DOMAINS]            = { "hanse_domains", TYPE_GAUGE, MANY(of_domains), "Domains by state, as last seen.", { "state" } },
	[METRIC_DRIFT]              = { "hanse_drift", TYPE_GAUGE, MANY(of_drift), "Things that are not as they should be, by problem.", { "problem" } },
	[METRIC_WEBHOOK_DELIVERIES] = { "hanse_webhook_deliveries_total", TYPE_COUNTER, MANY(of_webhooks), "Tried deliveries of events to webhooks.", { "result" } },
	[METRIC_STORE_UP]           = { "hanse_control_database_up", TYPE_GAUGE, ONE(METRIC_STORE_UP), "Whether the control database answered last time.", { NULL } },
	[METRIC_AUDIT_WHOLE]        = { "hanse_audit_whole", TYPE_GAUGE, ONE(METRIC_AUDIT_WHOLE), "Whether the event log was whole as far as hansed has seen it grow.", { NULL } },
	[METRIC_GATEWAY_UP]         = { "hanse_gateway_up", TYPE_GAUGE, ONE(METRIC_GATEWAY_UP), "Whether the gateway answered last time.", { NULL } },
	[METRIC_GATEWAY_SESSIONS]   = { "hanse_gateway_sessions", TYPE_GAUGE, MANY(of_gateway_sessions), "Sessions at the gateway, as last seen.", { "ve", "enterprise" } },
	[METRIC_GATEWAY_BACKENDS]   = { "hanse_gateway_backends", TYPE_GAUGE, MANY(of_gateway_backends), "Connections to databases, as last seen.", { "ve", "enterprise" } },
	[METRIC_GATEWAY_STATEMENTS] = { "hanse_gateway_statements_total", TYPE_COUNTER, MANY(of_gateway_statements), "Statements that were passed on.", { "ve", "enterprise" } },
	[METRIC_GATEWAY_TRANSACTIONS] = { "hanse_gateway_transactions_total", TYPE_COUNTER, MANY(of_gateway_transactions), "Transactions that began.", { "ve", "enterprise" } },
	[METRIC_GATEWAY_ROWS]       = { "hanse_gateway_rows_total", TYPE_COUNTER, MANY(of_gateway_rows), "Rows that statements returned or changed.", { "ve", "enterprise" } },
	[METRIC_GATEWAY_BYTES]      = { "hanse_gateway_bytes_total", TYPE_COUNTER, MANY(of_gateway_bytes), "Bytes from (in) and to (out) sessions.", { "ve", "enterprise", "direction" } },
	[METRIC_GATEWAY_WAITED]     = { "hanse_gateway_waited_milliseconds_total", TYPE_COUNTER, MANY(of_gateway_waited), "Time that transactions waited for their turn, by limits of rates.", { "ve", "enterprise" } },
	[METRIC_GATEWAY_CUT]        = { "hanse_gateway_cut_total", TYPE_COUNTER, MANY(of_gateway_cut), "Statements and sessions ended for they took too long.", { "ve", "enterprise" } },
	[METRIC_GATEWAY_AUDIT_LOST] = { "hanse_gateway_audit_lost_total", TYPE_COUNTER, ONE(METRIC_GATEWAY_AUDIT_LOST), "Records of the audit that could not be kept.", { NULL } },
	[METRIC_GATEWAY_AUDIT_FAILING] = { "hanse_gateway_audit_failing", TYPE_GAUGE, ONE(METRIC_GATEWAY_AUDIT_FAILING), "Whether the audit could not be written last time.", { NULL } },
	[METRIC_METER_READ]         = { "hanse_meter_last_reading_timestamp_seconds", TYPE_GAUGE, MANY(of_meters), "When what a source has counted was last written into the ledger.", { "source" } },
	[METRIC_SERIES_LOST]        = { "hanse_metric_lost_total", TYPE_COUNTER, ONE(METRIC_SERIES_LOST), "Values not counted for want of room for their labels.", { NULL } },
};
/* clang-format on */

/* -- Finding a series ------------------------------------------------------ */

/* As it is stored: a NULL is empty, what is too long is cut at a character. */
static void cut(char *to, const char *from)
{
	size_t len = from != NULL ? strlen(from) : 0;

	if (len >= METRIC_LABEL_BYTES) {
		len = METRIC_LABEL_BYTES - 1;
		while (len > 0 && ((unsigned char)from[len] & 0xc0) == 0x80)
			len--;
	}
	if (len > 0)
		memcpy(to, from, len);
	memset(to + len, 0, METRIC_LABEL_BYTES - len);
}

typedef char label_set[METRIC_LABELS_MAX][METRIC_LABEL_BYTES];

static size_t hash_of(label_set values)
{
	uint64_t hash = 14695981039346656037U; /* FNV-1a */

	for (size_t i = 0; i < METRIC_LABELS_MAX; i++) {
		for (const char *p = values[i]; *p != '\0'; p++)
			hash = (hash ^ (unsigned char)*p) * 1099511628211U;
		hash = (hash ^ 0xff) * 1099511628211U;
	}
	return (size_t)(hash ^ hash >> 32);
}

/* Whether the slot is, or has just become, the series with these values. */
static bool is_it(struct series *slot, label_set values)
{
	int state = SLOT_FREE;

	if (atomic_load_explicit(&slot->state, memory_order_acquire) ==
		SLOT_FREE &&
	    atomic_compare_exchange_strong(
		&slot->state, &state, SLOT_CLAIMED)) {
		memcpy(slot->labels, values, sizeof(slot->labels));
		atomic_store_explicit(
		    &slot->state, SLOT_USED, memory_order_release);
		return true;
	}
	while (atomic_load_explicit(&slot->state, memory_order_acquire) ==
	       SLOT_CLAIMED)
		(void)sched_yield(); /* another thread is copying its values */
	return memcmp(slot->labels, values, sizeof(slot->labels)) == 0;
}

static struct series *find(enum metric metric, const char *const *labels)
{
	const struct definition *d = &definitions[metric];
	label_set values;
	size_t at;

	for (size_t i = 0; i < METRIC_LABELS_MAX; i++)
		cut(values[i],
		    labels != NULL && d->labels[i] != NULL ? labels[i] : NULL);
	at = hash_of(values);
	for (size_t i = 0; i < d->size; i++) {
		struct series *slot = &d->series[(at + i) & (d->size - 1)];

		if (is_it(slot, values))
			return slot;
	}
	if (metric != METRIC_SERIES_LOST)
		metric_count(METRIC_SERIES_LOST, NULL, 1);
	return NULL;
}

/* -- Values ---------------------------------------------------------------- */

static double double_of(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

void metric_count(enum metric metric, const char *const *labels, uint64_t more)
{
	struct series *s = find(metric, labels);

	assert(definitions[metric].type == TYPE_COUNTER);
	if (s != NULL)
		(void)atomic_fetch_add_explicit(
		    &s->value, more, memory_order_relaxed);
}

void metric_set(enum metric metric, const char *const *labels, double value)
{
	struct series *s = find(metric, labels);

	assert(definitions[metric].type == TYPE_GAUGE);
	if (s == NULL)
		return;
	atomic_store_explicit(&s->value, bits_of(value), memory_order_relaxed);
	atomic_store_explicit(&s->hidden, false, memory_order_relaxed);
}

void metric_total(enum metric metric, const char *const *labels, uint64_t total)
{
	struct series *s = find(metric, labels);

	assert(definitions[metric].type == TYPE_COUNTER);
	if (s != NULL)
		atomic_store_explicit(&s->value, total, memory_order_relaxed);
}

void metric_add(enum metric metric, const char *const *labels, double more)
{
	struct series *s = find(metric, labels);
	uint64_t old;

	assert(definitions[metric].type == TYPE_GAUGE);
	if (s == NULL)
		return;
	old = atomic_load_explicit(&s->value, memory_order_relaxed);
	while (!atomic_compare_exchange_weak(
	    &s->value, &old, bits_of(double_of(old) + more)))
		;
	atomic_store_explicit(&s->hidden, false, memory_order_relaxed);
}

void metric_drop(enum metric metric, const char *const *labels)
{
	struct series *s = find(metric, labels);

	assert(definitions[metric].type == TYPE_GAUGE);
	if (s == NULL)
		return;
	atomic_store_explicit(&s->hidden, true, memory_order_relaxed);
	atomic_store_explicit(&s->value, 0, memory_order_relaxed);
}

void metric_observe(
    enum metric metric, const char *const *labels, double seconds)
{
	struct series *s = find(metric, labels);
	size_t i = 0;

	assert(definitions[metric].type == TYPE_HISTOGRAM);
	if (s == NULL)
		return;
	if (!(seconds > 0)) /* a NaN is nothing, too */
		seconds = 0;
	while (i < ARRAY_LEN(bounds) && seconds > bounds[i])
		i++;
	(void)atomic_fetch_add_explicit(
	    &s->buckets[i], 1, memory_order_relaxed);
	(void)atomic_fetch_add_explicit(
	    &s->value, (uint64_t)(seconds * 1e6 + 0.5), memory_order_relaxed);
}

double metric_value(enum metric metric, const char *const *labels)
{
	const struct series *s = find(metric, labels);

	assert(definitions[metric].type == TYPE_GAUGE);
	return s != NULL ? double_of(atomic_load_explicit(
			       &s->value, memory_order_relaxed))
			 : 0;
}

/* -- The text -------------------------------------------------------------- */

static void add_value(struct hs_text *text, const char *value)
{
	hs_text_add_char(text, '"');
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\n')
			hs_text_add(text, "\\n");
		else if (*p == '"' || *p == '\\')
			hs_text_addf(text, "\\%c", *p);
		else
			hs_text_add_char(text, *p);
	}
	hs_text_add_char(text, '"');
}

/* The name, and its labels with one more behind them (NULL: none). */
static void add_name(struct hs_text *text, const struct definition *d,
    const struct series *s, const char *suffix, const char *bound)
{
	const char *comma = "{";

	hs_text_addf(text, "%s%s", d->name, suffix);
	for (size_t i = 0; i < METRIC_LABELS_MAX && d->labels[i] != NULL; i++) {
		hs_text_addf(text, "%s%s=", comma, d->labels[i]);
		add_value(text, s->labels[i]);
		comma = ",";
	}
	if (bound != NULL) {
		hs_text_addf(text, "%sle=\"%s\"", comma, bound);
		comma = ",";
	}
	hs_text_add(text, *comma == ',' ? "} " : " ");
}

static void add_histogram(
    struct hs_text *text, const struct definition *d, const struct series *s)
{
	uint64_t sum = atomic_load(&s->value), count = 0;

	for (size_t i = 0; i <= ARRAY_LEN(bounds); i++) {
		char bound[24] = "+Inf";

		if (i < ARRAY_LEN(bounds))
			(void)snprintf(bound, sizeof(bound), "%g", bounds[i]);
		count += atomic_load(&s->buckets[i]);
		add_name(text, d, s, "_bucket", bound);
		hs_text_addf(text, "%llu\n", (unsigned long long)count);
	}
	add_name(text, d, s, "_sum", NULL);
	hs_text_addf(text, "%.6f\n", (double)sum / 1e6);
	add_name(text, d, s, "_count", NULL);
	hs_text_addf(text, "%llu\n", (unsigned long long)count);
}

static void add_gauge(struct hs_text *text, double value)
{
	if (isnan(value))
		hs_text_add(text, "NaN\n");
	else if (isinf(value))
		hs_text_add(text, value > 0 ? "+Inf\n" : "-Inf\n");
	else
		hs_text_addf(text, "%.15g\n", value);
}

static void add_series(
    struct hs_text *text, const struct definition *d, const struct series *s)
{
	if (d->type == TYPE_HISTOGRAM) {
		add_histogram(text, d, s);
		return;
	}
	add_name(text, d, s, "", NULL);
	if (d->type == TYPE_COUNTER)
		hs_text_addf(
		    text, "%llu\n", (unsigned long long)atomic_load(&s->value));
	else
		add_gauge(text, double_of(atomic_load(&s->value)));
}

static void add_metric(struct hs_text *text, const struct definition *d)
{
	hs_text_addf(text, "# HELP %s %s\n# TYPE %s %s\n", d->name, d->help,
	    d->name, type_names[d->type]);
	for (size_t i = 0; i < d->size; i++) {
		const struct series *s = &d->series[i];

		/* One without labels is there from the beginning, as 0. */
		if ((atomic_load_explicit(&s->state, memory_order_acquire) ==
			    SLOT_USED &&
			!atomic_load(&s->hidden)) ||
		    (d->labels[0] == NULL && d->type != TYPE_GAUGE))
			add_series(text, d, s);
	}
}

void metric_write(struct hs_text *text)
{
	for (size_t i = 0; i < METRIC_COUNT; i++)
		add_metric(text, &definitions[i]);
	metric_process_write(text);
}
