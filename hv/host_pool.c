/* host_pool.c - the connections to one host, lent out; and its breaker.
 *
 * A thread of the host's own asks it every few seconds, so that a silent one
 * is known to be so even if nobody calls. Then the sockets of all calls under
 * way are shut: no thread waits for a host that is not there. The lock guards
 * lists and numbers, and is never held while libvirt is waited for.
 */

#include "hv/host_pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "hv/breaker.h"
#include "hv/conn.h"
#include "hv/pool.h"

#define STACK_BYTES 262144 /* of a probe; there may be a thousand of them */

struct pool {
	struct hv_conn **list;
	unsigned count, opening;
};

struct hv_host {
	struct hv_host_conf conf; /* its texts are ours */
	pthread_mutex_t lock;
	pthread_cond_t changed; /* for borrowers */
	/* For the probe, which is not woken by each connection that comes and
	 * goes: there may be a thousand of them. */
	pthread_cond_t probe_due;
	pthread_t prober;
	struct hv_breaker breaker;
	struct hv_host_stat stat;
	struct pool pools[HV_DRIVER_COUNT];
	bool is_ending, asks_now;
	atomic_int refs; /* the owner's, and one a borrower */
};

/* Connections to be closed as soon as the lock is free. */
struct closing {
	struct hv_conn **list;
	size_t count;
};

static void lock(struct hv_host *host)
{
	(void)pthread_mutex_lock(&host->lock);
}

static void unlock(struct hv_host *host)
{
	(void)pthread_mutex_unlock(&host->lock);
}

static void closing_done(struct closing *closing)
{
	for (size_t i = 0; i < closing->count; i++)
		hv_close(closing->list[i]);
	free(closing->list);
}

/* Until then at the latest. */
static void wait_until(
    struct hv_host *host, pthread_cond_t *cond, int64_t due_ms)
{
	struct timespec due = { .tv_sec = due_ms / 1000,
		.tv_nsec = due_ms % 1000 * 1000000 };

	(void)pthread_cond_timedwait(cond, &host->lock, &due);
}

/* -- The breaker -------------------------------------------------------- */

static void cut_all(struct hv_host *host)
{
	for (size_t d = 0; d < HV_DRIVER_COUNT; d++)
		for (unsigned i = 0; i < host->pools[d].count; i++)
			hv_cut(host->pools[d].list[i]);
}

/* Only that it opens and that it closes is worth telling. */
static void tell(
    struct hv_host *host, enum hv_breaker_state from, enum hv_breaker_state to)
{
	if (host->conf.changed != NULL && from != to &&
	    (from == HV_BREAKER_CLOSED || to == HV_BREAKER_CLOSED))
		host->conf.changed(host->conf.name, to, host->conf.arg);
}

static void wake_all(struct hv_host *host)
{
	(void)pthread_cond_broadcast(&host->changed);
	(void)pthread_cond_signal(&host->probe_due);
}

static void note(struct hv_host *host, enum hv_signal signal)
{
	enum hv_breaker_state from, to;

	lock(host);
	from = host->breaker.state;
	if (hv_breaker_signal(&host->breaker, signal))
		cut_all(host);
	to = host->breaker.state;
	if (from == HV_BREAKER_CLOSED && to == HV_BREAKER_OPEN) {
		host->stat.opens++;
		host->stat.since = time(NULL);
		/* What says so may be one call; the probe knows more. */
		host->asks_now = signal != HV_PROBE_FAILED;
	}
	if (to == HV_BREAKER_CLOSED)
		host->stat.since = 0;
	if (from != to)
		wake_all(host);
	unlock(host);
	tell(host, from, to);
}

static int fail_since(
    const struct hv_host *host, int64_t since, struct hs_err *err)
{
	time_t at = since != 0 ? (time_t)since : time(NULL);
	char text[32];
	struct tm tm;

	(void)strftime(
	    text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &tm));
	return hs_fail(err, HS_EREMOTE, "host '%s' does not answer (since %s)",
	    host->conf.name, text);
}

int hv_host_fail(struct hv_host *host, struct hs_err *err)
{
	int64_t since;

	lock(host);
	since = host->stat.since;
	unlock(host);
	return fail_since(host, since, err);
}

int hv_host_check(struct hv_host *host, struct hs_err *err)
{
	bool closed;

	lock(host);
	closed = host->breaker.state == HV_BREAKER_CLOSED;
	unlock(host);
	return closed ? 0 : hv_host_fail(host, err);
}

static enum hv_signal signal_of(struct hv_conn *conn, bool is_slow)
{
	if (atomic_load(&conn->is_late))
		return HV_CALL_TIMED_OUT;
	if (!hv_is_alive(conn))
		return HV_CALL_FAILED;
	return is_slow ? HV_CALL_LATE : HV_CALL_ANSWERED;
}

void hv_host_called(struct hv_conn *conn, bool is_slow)
{
	struct hv_host *host = conn->host;
	enum hv_signal signal = signal_of(conn, is_slow);

	lock(host);
	host->stat.calls++;
	host->stat.failed += signal == HV_CALL_FAILED;
	host->stat.late += signal == HV_CALL_LATE;
	host->stat.timed_out += signal == HV_CALL_TIMED_OUT;
	unlock(host);
	/* That one which was cut has failed is no news. */
	if (!atomic_load(&conn->is_cut))
		note(host, signal);
}

/* -- The probe ---------------------------------------------------------- */

static const char *probe_uri(const struct hv_host *host)
{
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		if (host->conf.uris[i] != NULL)
			return host->conf.uris[i];
	return NULL;
}

static int ask_once(struct hv_host *host, struct hv_conn **conn)
{
	if (*conn == NULL && hv_open_within(probe_uri(host),
				 host->conf.answer_ms, conn, NULL) < 0)
		return -1;
	if (hv_ask(*conn, host->conf.answer_ms, NULL) == 0)
		return 0;
	hv_closep(conn);
	return -1;
}

/* A connection that broke while nobody looked says nothing of the host as it
 * is now; one on which nobody answers does. */
static int ask(struct hv_host *host, struct hv_conn **conn)
{
	int64_t since = hs_now_ms();
	bool is_old = *conn != NULL;

	if (ask_once(host, conn) == 0)
		return 0;
	if (!is_old || hs_now_ms() - since >= host->conf.answer_ms)
		return -1;
	return ask_once(host, conn);
}

static void drop(struct pool *pool, unsigned i, struct closing *closing)
{
	closing->list = hs_realloc_array(
	    closing->list, closing->count + 1, sizeof(*closing->list));
	closing->list[closing->count++] = pool->list[i];
	pool->list[i] = pool->list[--pool->count];
}

/* What nobody uses, or can use. */
static void drop_idle(struct hv_host *host, struct closing *closing)
{
	int64_t old = hs_now_ms() - host->conf.idle_ms;

	for (size_t d = 0; d < HV_DRIVER_COUNT; d++) {
		struct pool *pool = &host->pools[d];

		for (unsigned i = pool->count; i-- > 0;)
			if (pool->list[i]->borrowers == 0 &&
			    (pool->list[i]->idle_ms < old ||
				!hv_is_alive(pool->list[i])))
				drop(pool, i, closing);
	}
}

static void probe(struct hv_host *host, struct hv_conn **conn)
{
	hs_auto(closing_done) struct closing closing = { 0 };

	lock(host);
	host->stat.probes++;
	drop_idle(host, &closing);
	unlock(host);
	note(host, HV_PROBE_BEGUN);
	note(host, ask(host, conn) == 0 ? HV_PROBE_ANSWERED : HV_PROBE_FAILED);
}

/* Whether it is time to ask; false: the host ends. */
static bool wait_for_probe(struct hv_host *host, int64_t since)
{
	int64_t due;
	bool goes_on;

	lock(host);
	do {
		due = since + (host->breaker.state == HV_BREAKER_CLOSED
				      ? host->conf.probe_ms
				      : host->conf.retry_ms);
		if (host->is_ending || host->asks_now || hs_now_ms() >= due)
			break;
		wait_until(host, &host->probe_due, due);
	} while (true);
	host->asks_now = false;
	goes_on = !host->is_ending;
	unlock(host);
	return goes_on;
}

/* A thousand hosts that became known together are not asked all at once, the
 * first time or ever: what was borrowed for tells more until then. */
static int64_t share_of(const struct hv_host *host)
{
	unsigned hash = 0;

	for (const char *p = host->conf.name; *p != '\0'; p++)
		hash = hash * 31 + (unsigned char)*p;
	return hash % (unsigned)host->conf.probe_ms;
}

static void *run_probes(void *arg)
{
	struct hv_host *host = arg;
	hs_auto(hv_closep) struct hv_conn *conn = NULL;
	int64_t since = hs_now_ms() - share_of(host);

	while (wait_for_probe(host, since)) {
		probe(host, &conn);
		since = hs_now_ms();
	}
	return NULL;
}

/* -- Lending ------------------------------------------------------------ */

/* The one with the fewest borrowers; those that are dead are dropped as soon
 * as they have none. NULL if there is none to be had. */
static struct hv_conn *pick(struct pool *pool, struct closing *closing)
{
	struct hv_conn *best = NULL;

	for (unsigned i = pool->count; i-- > 0;) {
		struct hv_conn *conn = pool->list[i];

		if (!hv_is_alive(conn)) {
			if (conn->borrowers == 0)
				drop(pool, i, closing);
		} else if (conn->borrowers < HV_SHARES &&
			   (best == NULL || conn->borrowers < best->borrowers))
			best = conn;
	}
	return best;
}

/* How long opening took tells apart who is silent and who is not there. */
static void note_open(struct hv_host *host, const struct hs_err *why,
    int64_t took_ms, int allowed_ms)
{
	if (why->code != HS_EREMOTE)
		return;
	if (took_ms < allowed_ms)
		note(host, HV_CALL_FAILED);
	else if (allowed_ms >= host->conf.answer_ms)
		note(host, HV_CALL_TIMED_OUT);
}

static int open_one(struct hv_host *host, enum hv_driver driver, int64_t due,
    struct hv_conn **ret_conn, struct hs_err *err)
{
	int64_t since = hs_now_ms(), left = due - since;
	int allowed =
	    left < host->conf.answer_ms ? (int)left + 1 : host->conf.answer_ms;
	struct hs_err why = { 0 };

	if (hv_open_within(host->conf.uris[driver], allowed, ret_conn, &why) ==
	    0)
		return 0;
	note_open(host, &why, hs_now_ms() - since, allowed);
	return hs_fail(err, why.code, "%s", why.msg);
}

/* With the lock, which is let go of meanwhile. */
static int open_more(struct hv_host *host, enum hv_driver driver, int64_t due,
    struct hv_conn **ret_conn, struct hs_err *err)
{
	struct pool *pool = &host->pools[driver];
	struct hv_conn *conn = NULL;
	int opened;

	pool->opening++;
	unlock(host);
	opened = open_one(host, driver, due, &conn, err);
	lock(host);
	pool->opening--;
	(void)pthread_cond_broadcast(&host->changed);
	if (opened < 0)
		return -1;
	conn->host = host;
	pool->list[pool->count++] = conn;
	*ret_conn = conn;
	return 0;
}

/* With the lock. Several callers may use one connection, but each gets one of
 * its own while there are enough. */
static int find_one(struct hv_host *host, enum hv_driver driver, int64_t due,
    struct hv_conn **ret_conn, struct closing *closing, struct hs_err *err)
{
	struct pool *pool = &host->pools[driver];

	for (;;) {
		if (host->breaker.state != HV_BREAKER_CLOSED)
			return fail_since(host, host->stat.since, err);
		*ret_conn = pick(pool, closing);
		if ((*ret_conn == NULL || (*ret_conn)->borrowers > 0) &&
		    pool->count + pool->opening < host->conf.connections)
			return open_more(host, driver, due, ret_conn, err);
		if (*ret_conn != NULL)
			return 0;
		if (hs_now_ms() >= due)
			return hs_fail(err, HS_ELIMIT,
			    "host '%s' is busy: all %u connections are taken",
			    host->conf.name, host->conf.connections);
		host->stat.waiting++;
		wait_until(host, &host->changed, due);
		host->stat.waiting--;
	}
}

int hv_host_borrow(struct hv_host *host, enum hv_driver driver, int timeout_ms,
    struct hv_conn **ret_conn, struct hs_err *err)
{
	hs_auto(closing_done) struct closing closing = { 0 };
	int64_t due = hs_now_ms() + timeout_ms;
	struct hv_conn *conn = NULL;
	int found;

	if (host->conf.uris[driver] == NULL)
		return hs_fail(err, HS_ENOTFOUND, "host '%s' has no %s",
		    host->conf.name, hv_caps(driver)->name);
	lock(host);
	found = find_one(host, driver, due, &conn, &closing, err);
	if (found == 0) {
		conn->borrowers++;
		host->stat.borrowed++;
		hv_host_ref(host);
		*ret_conn = conn;
	}
	unlock(host);
	return found;
}

void hv_host_return(struct hv_conn *conn)
{
	struct hv_host *host;

	if (conn == NULL)
		return;
	host = conn->host;
	lock(host);
	assert(conn->borrowers > 0);
	conn->borrowers--;
	conn->idle_ms = hs_now_ms();
	host->stat.borrowed--;
	(void)pthread_cond_broadcast(&host->changed);
	unlock(host);
	hv_host_unref(host);
}

/* -- The host ----------------------------------------------------------- */

static void fill_defaults(struct hv_host_conf *c)
{
	c->connections = c->connections != 0 ? c->connections : 4;
	c->failures = c->failures != 0 ? c->failures : 3;
	c->probe_ms = c->probe_ms != 0 ? c->probe_ms : 2000;
	c->retry_ms = c->retry_ms != 0 ? c->retry_ms : 1000;
	c->answer_ms = c->answer_ms != 0 ? c->answer_ms : 5000;
	c->idle_ms = c->idle_ms != 0 ? c->idle_ms : 60000;
}

static void copy_conf(struct hv_host *host, const struct hv_host_conf *conf)
{
	host->conf = *conf;
	fill_defaults(&host->conf);
	host->conf.name = hs_strdup(conf->name);
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++) {
		host->conf.uris[i] = hs_strdup(conf->uris[i]);
		host->pools[i].list = hs_alloc(
		    host->conf.connections * sizeof(*host->pools[i].list));
	}
}

static void host_destroy(struct hv_host *host)
{
	for (size_t d = 0; d < HV_DRIVER_COUNT; d++) {
		for (unsigned i = 0; i < host->pools[d].count; i++)
			hv_close(host->pools[d].list[i]);
		free(host->pools[d].list);
		free((char *)(uintptr_t)host->conf.uris[d]);
	}
	free((char *)(uintptr_t)host->conf.name);
	(void)pthread_mutex_destroy(&host->lock);
	(void)pthread_cond_destroy(&host->changed);
	(void)pthread_cond_destroy(&host->probe_due);
	free(host);
}

void hv_host_ref(struct hv_host *host)
{
	(void)atomic_fetch_add(&host->refs, 1);
}

void hv_host_unref(struct hv_host *host)
{
	if (atomic_fetch_sub(&host->refs, 1) == 1)
		host_destroy(host);
}

static void init_locks(struct hv_host *host)
{
	pthread_condattr_t attr;

	(void)pthread_mutex_init(&host->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&host->changed, &attr);
	(void)pthread_cond_init(&host->probe_due, &attr);
	(void)pthread_condattr_destroy(&attr);
}

static int start_prober(struct hv_host *host, struct hs_err *err)
{
	pthread_attr_t attr;
	int e;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	e = pthread_create(&host->prober, &attr, run_probes, host);
	(void)pthread_attr_destroy(&attr);
	return e == 0 ? 0
		      : hs_fail(err, HS_ESYSTEM, "probe of host '%s': %s",
			    host->conf.name, strerror(e));
}

int hv_host_new(const struct hv_host_conf *conf, struct hv_host **ret_host,
    struct hs_err *err)
{
	struct hv_host *host = hs_alloc(sizeof(*host));

	copy_conf(host, conf);
	init_locks(host);
	host->breaker.limit = host->conf.failures;
	atomic_init(&host->refs, 1);
	if (probe_uri(host) == NULL) {
		(void)hs_fail(err, HS_EINVAL, "host '%s' has no hypervisor",
		    host->conf.name);
		host_destroy(host);
		return -1;
	}
	if (start_prober(host, err) < 0) {
		host_destroy(host);
		return -1;
	}
	*ret_host = host;
	return 0;
}

void hv_host_end(struct hv_host *host)
{
	lock(host);
	host->is_ending = true;
	wake_all(host);
	unlock(host);
}

void hv_host_free(struct hv_host *host)
{
	if (host == NULL)
		return;
	hv_host_end(host);
	(void)pthread_join(host->prober, NULL);
	hv_host_unref(host);
}

const char *hv_host_name(const struct hv_host *host)
{
	return host->conf.name;
}

void hv_host_stat(struct hv_host *host, struct hv_host_stat *ret_stat)
{
	lock(host);
	*ret_stat = host->stat;
	ret_stat->state = host->breaker.state;
	ret_stat->connections = 0;
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		ret_stat->connections += host->pools[i].count;
	unlock(host);
}

bool hv_host_is_at(
    const struct hv_host *host, const char *const uris[HV_DRIVER_COUNT])
{
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++) {
		const char *a = host->conf.uris[i], *b = uris[i];

		if (a == NULL || b == NULL ? a != b : strcmp(a, b) != 0)
			return false;
	}
	return true;
}
