/* sweeper.c - the thread that sweeps.
 *
 * libvirt tells of a domain's end at once; what was told while the thread looks
 * is looked at once more. A minute is for what nobody tells.
 */

#include "provisioning/sweeper.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "provisioning/bill_publish.h"
#include "provisioning/inventory.h"
#include "provisioning/sampler.h"
#include "provisioning/sweep.h"
#include "provisioning/watching.h"

#define SWEEP_MS  60000
#define NICE      10
#define SETTLE_MS 300 /* a domain that restarts tells of it several times */
#define BUSY_MS   1000
#define RETRY_MS  5000 /* with a host that is not watched */

static struct sweeper {
	const struct plat_conf *conf;
	pthread_t thread;
	bool runs;
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t cond;
	bool stop, woken;
} sweeper = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.cond = PTHREAD_COND_INITIALIZER,
};

void sweeper_wake(void)
{
	(void)pthread_mutex_lock(&sweeper.lock);
	sweeper.woken = true;
	(void)pthread_cond_signal(&sweeper.cond);
	(void)pthread_mutex_unlock(&sweeper.lock);
}

static void happened(const struct hv_event *event, void *arg)
{
	(void)event;
	(void)arg;
	inventory_expire();
	sampler_wake();
	sweeper_wake();
}

/* -- Sweeping -------------------------------------------------------------- */

/* Until the time is over, or somebody wakes us; false: to end. */
static bool wait_for(int64_t ms, bool *ret_woken)
{
	struct timespec until;
	bool goes_on;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	(void)pthread_mutex_lock(&sweeper.lock);
	while (!sweeper.stop && !sweeper.woken &&
	       pthread_cond_timedwait(&sweeper.cond, &sweeper.lock, &until) !=
		   ETIMEDOUT)
		;
	*ret_woken = sweeper.woken;
	sweeper.woken = false;
	goes_on = !sweeper.stop;
	(void)pthread_mutex_unlock(&sweeper.lock);
	return goes_on;
}

static int64_t sweep(struct plat *plat, bool *was_failing)
{
	struct hs_err err = { 0 };
	int64_t again_ms = 0;

	if (sweep_once(plat, NULL, &again_ms, &err) < 0) {
		if (!*was_failing)
			hs_warn("sweep.failed", "err=\"%s\"", err.msg);
		*was_failing = true;
		return SWEEP_MS;
	}
	*was_failing = false;
	return again_ms > 0 && again_ms < SWEEP_MS ? again_ms : SWEEP_MS;
}

/* A month may have been closed, by whomever. */
static void publish(struct plat *plat, bool *was_failing)
{
	struct hs_err err = { 0 };
	bool fails = bill_publish_due(plat, NULL, &err) < 0;

	if (fails && !*was_failing)
		hs_warn("bill.unpublished", "err=\"%s\"", err.msg);
	*was_failing = fails;
}

static int64_t until(int64_t next_ms, bool all_are_watched)
{
	int64_t ms = next_ms - hs_now_ms();

	if (!all_are_watched && ms > RETRY_MS)
		return RETRY_MS;
	return ms > 0 ? ms : 0;
}

static void *sweeper_thread(void *arg)
{
	hs_auto(watching_freep) struct watching *watching =
	    watching_new(happened, NULL);
	int64_t next_ms = hs_now_ms() + BUSY_MS, since;
	bool was_failing = false, unpublished = false, all = false, woken;
	struct plat plat;

	(void)arg;
	/* Who asks does not wait for who only looks. */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
	plat_init(&plat, sweeper.conf);
	while (wait_for(until(next_ms, all), &woken)) {
		bool begun = watching_look(watching, &plat, &all);

		if (!begun && !woken && hs_now_ms() < next_ms)
			continue;
		hs_pause_ms(SETTLE_MS);
		/* From one's beginning to the next one's, for one of many
		 * hosts takes its time. */
		since = hs_now_ms();
		next_ms = since + sweep(&plat, &was_failing);
		publish(&plat, &unpublished);
	}
	plat_done(&plat);
	return NULL;
}

void sweeper_start(const struct plat_conf *conf)
{
	sweeper.conf = conf;
	errno = pthread_create(&sweeper.thread, NULL, sweeper_thread, NULL);
	sweeper.runs = errno == 0;
	if (!sweeper.runs)
		hs_err_log("sweeper", "err=\"%s\"", strerror(errno));
}

void sweeper_stop(void)
{
	if (!sweeper.runs)
		return;
	(void)pthread_mutex_lock(&sweeper.lock);
	sweeper.stop = true;
	(void)pthread_cond_signal(&sweeper.cond);
	(void)pthread_mutex_unlock(&sweeper.lock);
	(void)pthread_join(sweeper.thread, NULL);
	sweeper.runs = false;
}
