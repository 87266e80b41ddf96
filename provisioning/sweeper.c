/* sweeper.c - the thread that sweeps.
 *
 * libvirt tells of a domain's end at once; what was told while the thread looks
 * is looked at once more. A minute is for what nobody tells.
 */

#include "provisioning/sweeper.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "provisioning/inventory.h"
#include "provisioning/sweep.h"

#define SWEEP_MS  60000
#define SETTLE_MS 300 /* a domain that restarts tells of it several times */
#define BUSY_MS   1000

static struct sweeper {
	const struct plat_conf *conf;
	pthread_t thread;
	bool runs;
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t cond;
	bool stop, woken;
	atomic_bool lost; /* a watch is to be set up again */
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

/* -- Watching -------------------------------------------------------------- */

/** A connection of its own for each driver. */
struct watching {
	struct hv_conn *conn;
	struct hv_watch *watch;
};

static void happened(const struct hv_event *event, void *arg)
{
	(void)arg;
	if (event->change == HV_LOST)
		atomic_store(&sweeper.lost, true);
	inventory_expire();
	sweeper_wake();
}

static void unwatch(struct watching *w)
{
	hv_watch_stopp(&w->watch);
	hv_closep(&w->conn);
}

static void watch(struct watching *w, enum hv_driver driver)
{
	if (w->watch != NULL && hv_is_alive(w->conn))
		return;
	unwatch(w);
	if (hv_open(hv_caps(driver)->uri, &w->conn, NULL) < 0 ||
	    hv_watch_start(w->conn, happened, NULL, &w->watch, NULL) < 0) {
		unwatch(w);
		atomic_store(&sweeper.lost, true);
	}
}

/* -- Sweeping -------------------------------------------------------------- */

/* Until the time is over, or somebody wakes us; false: to end. */
static bool wait_for(int64_t ms)
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

static void *sweeper_thread(void *arg)
{
	struct watching watchings[] = { { 0 }, { 0 } };
	bool was_failing = false;
	int64_t wait_ms = BUSY_MS;
	struct plat plat;

	(void)arg;
	plat_init(&plat, sweeper.conf);
	while (wait_for(wait_ms)) {
		atomic_store(&sweeper.lost, false);
		watch(&watchings[0], HV_LXC);
		watch(&watchings[1], HV_QEMU);
		hs_pause_ms(SETTLE_MS);
		wait_ms = sweep(&plat, &was_failing);
		/* A lost host is asked again soon: it is told when it comes. */
		if (atomic_load(&sweeper.lost) && wait_ms > 5 * BUSY_MS)
			wait_ms = 5 * BUSY_MS;
	}
	unwatch(&watchings[0]);
	unwatch(&watchings[1]);
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
