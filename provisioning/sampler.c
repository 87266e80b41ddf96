/* sampler.c - readings on their way into the ledger.
 *
 * A dispatcher says every few seconds whose turn it is, and a few hands ask:
 * each host over a connection of its own, so that one that does not answer
 * holds up one hand for some seconds and nobody else. Meanwhile what it has
 * said last stands in the ledger, and gets old.
 */

#include "provisioning/sampler.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "gen/prov_sql.h"
#include "provisioning/edge_meter.h"
#include "provisioning/host.h"
#include "provisioning/lives.h"
#include "provisioning/meter.h"
#include "provisioning/meter_last.h"
#include "provisioning/metric.h"
#include "provisioning/source.h"
#include "shared-db-gateway/gateway.h"

#define HANDS     4
#define NICE      10
#define SOON_MS   1000 /* after a reading at the least */
#define PER_S     400 /* readings of domains: no more, however many there are */
#define SETTLE_MS 200 /* a domain that has begun is seen running then */

static struct sampler {
	const struct plat_conf *conf;
	pthread_t dispatcher, hands[HANDS];
	size_t hands_count;
	bool runs;
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t changed;
	bool stop, woken;
	struct sources sources;
} sampler = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
};

void sampler_wake(void)
{
	(void)pthread_mutex_lock(&sampler.lock);
	sampler.woken = true;
	(void)pthread_cond_broadcast(&sampler.changed);
	(void)pthread_mutex_unlock(&sampler.lock);
}

/* -- Hands ----------------------------------------------------------------- */

/* Over a new connection it may be another boot of the host: first of all it
 * says which. */
static int connect_to(struct source *source, struct hs_err *err)
{
	if (source->conn != NULL && !hv_is_alive(source->conn))
		hv_closep(&source->conn);
	if (source->conn != NULL)
		return 0;
	if (hv_open(source->uri, &source->conn, err) < 0)
		return -1;
	if (!source->is_local)
		lives_forget(&source->lives);
	return 0;
}

static int read_domains(struct plat *plat, struct source *source,
    json_t **ret_readings, struct hs_err *err)
{
	hs_auto(hv_usages_done) struct hv_usages usages = { 0 };

	if (connect_to(source, err) < 0 ||
	    (!source->is_local && lives_learn(&source->lives, plat,
				      source->host, source->driver, err) < 0) ||
	    hv_usage_list(source->conn, &usages, err) < 0)
		return -1;
	if (source->is_local)
		last_volumes(plat, &usages);
	else
		lives_tell(&source->lives, &usages);
	source->domains = usages.count;
	*ret_readings = meter_domains(
	    &usages, source->is_local ? hv_boot() : source->lives.boot);
	return 0;
}

static int read_gateway(struct plat *plat, struct source *source,
    json_t **ret_readings, struct hs_err *err)
{
	hs_auto(hs_freep) char *socket =
	    hs_printf("%s/gateway/control.sock", plat->conf->run);
	hs_auto(hs_freep) char *text = NULL;
	json_t *status;

	(void)source;
	if (gw_control_status(socket, &text, err) < 0)
		return -1;
	status = json_loads(text, 0, NULL);
	*ret_readings = meter_gateway(status);
	json_decref(status);
	return 0;
}

static int read_edge(struct plat *plat, struct source *source,
    json_t **ret_readings, struct hs_err *err)
{
	(void)source;
	return edge_meter_read(plat, ret_readings, err);
}

static int (*const readers[SOURCE_KIND_COUNT])(struct plat *plat,
    struct source *source, json_t **ret_readings, struct hs_err *err) = {
	[SOURCE_DOMAINS] = read_domains,
	[SOURCE_GATEWAY] = read_gateway,
	[SOURCE_EDGE] = read_edge,
};

/* Once, until it answers again. */
static void complain(
    struct plat *plat, struct source *source, const struct hs_err *why)
{
	struct hs_db *store;

	if (!source->is_failing)
		hs_warn("meter.silent", "source=%s err=\"%s\"", source->name,
		    why->msg);
	source->is_failing = true;
	if (plat_store(plat, &store, NULL) == 0)
		(void)HS_DB_QUERY(store, prov_sql_meter_fail, NULL, NULL,
		    source->name, why->msg);
}

static void read_source(struct plat *plat, struct source *source)
{
	struct meter_reading reading = { .asked_us = meter_us() };
	struct hs_err err = { 0 };
	struct hs_db *store;
	int failed = readers[source->kind](plat, source, &reading.things, &err);

	reading.told_us = meter_us();
	if (failed < 0 || plat_store(plat, &store, &err) < 0 ||
	    meter_take(store, source->name, &reading, &err) < 0)
		complain(plat, source, &err);
	else {
		source->is_failing = false;
		metric_set(METRIC_METER_READ, METRIC_OF(source->name),
		    (double)time(NULL));
	}
	json_decref(reading.things);
}

/* Who only counts is in nobody's way. */
static void be_nice(void)
{
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
}

static void *hand_thread(void *arg)
{
	struct plat plat;

	(void)arg;
	be_nice();
	plat_init(&plat, sampler.conf);
	(void)pthread_mutex_lock(&sampler.lock);
	while (!sampler.stop) {
		struct source *source = sources_next(&sampler.sources);

		if (source == NULL) {
			(void)pthread_cond_wait(
			    &sampler.changed, &sampler.lock);
			continue;
		}
		(void)pthread_mutex_unlock(&sampler.lock);
		read_source(&plat, source);
		(void)pthread_mutex_lock(&sampler.lock);
		source->turn = SOURCE_IDLE;
	}
	(void)pthread_mutex_unlock(&sampler.lock);
	plat_done(&plat);
	return NULL;
}

/* -- The dispatcher -------------------------------------------------------- */

/* At each new hour: the one before is rolled up, and old samples go. */
static void look_at_hour(
    struct hs_db *store, int64_t hour, int64_t *rolled_hour)
{
	hs_auto(hs_freep) char *days =
	    hs_printf("%u", sampler.conf->metering.raw_days);
	struct hs_err err = { 0 };

	if (hour == *rolled_hour)
		return;
	if (hs_db_query(store, prov_sql_meter_roll, 0, NULL, NULL, &err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_meter_expire, NULL, &err, days) < 0)
		hs_warn("meter.roll", "err=\"%s\"", err.msg);
	else
		*rolled_hour = hour;
}

static int tell_sources(struct hs_db *store, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = NULL;

	(void)pthread_mutex_lock(&sampler.lock);
	text = sources_names(&sampler.sources);
	(void)pthread_mutex_unlock(&sampler.lock);
	return HS_DB_QUERY(store, prov_sql_meter_sources, NULL, err, text);
}

/* The clock first: what is read after a step belongs to its epoch. */
static int begin_round(
    struct plat *plat, int64_t *rolled_hour, struct hs_err *err)
{
	const struct hosts *hosts;
	struct hs_db *store;
	int64_t hour = 0;

	if (plat_store(plat, &store, err) < 0 ||
	    meter_tick(store, &hour, err) < 0 || host_reload(plat, err) < 0 ||
	    host_list(plat, &hosts, err) < 0)
		return -1;
	look_at_hour(store, hour, rolled_hour);
	(void)pthread_mutex_lock(&sampler.lock);
	sources_update(&sampler.sources, plat, hosts);
	(void)pthread_mutex_unlock(&sampler.lock);
	if (tell_sources(store, err) < 0)
		return -1;
	(void)pthread_mutex_lock(&sampler.lock);
	sources_queue(&sampler.sources);
	(void)pthread_cond_broadcast(&sampler.changed);
	(void)pthread_mutex_unlock(&sampler.lock);
	return 0;
}

static void wait_until(int64_t ms)
{
	struct timespec until;
	int64_t left = ms - hs_now_ms();

	if (left <= 0)
		return;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += left / 1000;
	until.tv_nsec += left % 1000 * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	(void)pthread_cond_timedwait(&sampler.changed, &sampler.lock, &until);
}

/* Until it is time, or a domain has begun or ended; false: to end. */
static bool wait_for_turn(int64_t since)
{
	int64_t soon, next;
	bool goes_on;

	(void)pthread_mutex_lock(&sampler.lock);
	soon = (int64_t)sources_domains(&sampler.sources) * 1000 / PER_S;
	next = (int64_t)sampler.conf->metering.every_s * 1000;
	if (soon < SOON_MS)
		soon = SOON_MS;
	if (next < soon)
		next = soon;
	while (!sampler.stop && hs_now_ms() < since + next &&
	       !(sampler.woken && hs_now_ms() >= since + soon))
		wait_until(since + (sampler.woken ? soon : next));
	goes_on = !sampler.stop;
	if (goes_on && sampler.woken) {
		sampler.woken = false;
		(void)pthread_mutex_unlock(&sampler.lock);
		hs_pause_ms(SETTLE_MS);
		return true;
	}
	(void)pthread_mutex_unlock(&sampler.lock);
	return goes_on;
}

static void *dispatcher_thread(void *arg)
{
	struct plat plat;
	int64_t rolled_hour = -1, since;
	bool was_failing = false;

	(void)arg;
	be_nice();
	plat_init(&plat, sampler.conf);
	do {
		struct hs_err err = { 0 };
		bool failed;

		since = hs_now_ms();
		failed = begin_round(&plat, &rolled_hour, &err) < 0;
		if (failed && !was_failing)
			hs_warn("meter.failed", "err=\"%s\"", err.msg);
		was_failing = failed;
	} while (wait_for_turn(since));
	plat_done(&plat);
	return NULL;
}

/* -- Begin and end --------------------------------------------------------- */

void sampler_start(const struct plat_conf *conf)
{
	sampler.conf = conf;
	for (; sampler.hands_count < HANDS; sampler.hands_count++)
		if (pthread_create(&sampler.hands[sampler.hands_count], NULL,
			hand_thread, NULL) != 0)
			break;
	errno =
	    pthread_create(&sampler.dispatcher, NULL, dispatcher_thread, NULL);
	sampler.runs = errno == 0;
	if (!sampler.runs || sampler.hands_count == 0)
		hs_err_log("meter.off", "err=\"%s\"", strerror(errno));
}

void sampler_stop(void)
{
	(void)pthread_mutex_lock(&sampler.lock);
	sampler.stop = true;
	(void)pthread_cond_broadcast(&sampler.changed);
	(void)pthread_mutex_unlock(&sampler.lock);
	if (sampler.runs)
		(void)pthread_join(sampler.dispatcher, NULL);
	while (sampler.hands_count > 0)
		(void)pthread_join(sampler.hands[--sampler.hands_count], NULL);
	sampler.runs = false;
	sources_done(&sampler.sources);
}
