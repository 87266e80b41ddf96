/* engine.c - the threads that take jobs from the queue and work on them. */

#include "provisioning/engine.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "gen/prov_sql.h"
#include "provisioning/archive.h"
#include "provisioning/host.h"
#include "provisioning/job.h"
#include "provisioning/metric.h"

#define TICK_MS      1000
#define BROKEN_S     "15" /* before what is left of a job is tried again */
#define BROKEN_TICKS 10
#define EXPIRY_MS    60000

/** A job that is being worked on. */
struct work {
	char *id; /* NULL: free */
	atomic_bool cancel;
};

static struct engine {
	const struct plat_conf *conf;
	pthread_t dispatcher;
	int wake; /* eventfd */
	atomic_bool stop;
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t idle;
	struct work works[ENGINE_JOBS_MAX];
	unsigned running;
} engine = {
	.wake = -1,
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.idle = PTHREAD_COND_INITIALIZER,
};

void engine_wake(void)
{
	const uint64_t one = 1;

	if (engine.wake >= 0)
		(void)!write(engine.wake, &one, sizeof(one));
}

void engine_cancel(const char *id)
{
	(void)pthread_mutex_lock(&engine.lock);
	for (size_t i = 0; i < ENGINE_JOBS_MAX; i++)
		if (engine.works[i].id != NULL &&
		    strcmp(engine.works[i].id, id) == 0)
			atomic_store(&engine.works[i].cancel, true);
	(void)pthread_mutex_unlock(&engine.lock);
}

/* -- Workers --------------------------------------------------------------- */

static void *work_thread(void *arg)
{
	struct work *work = arg;

	job_work(engine.conf, work->id, &engine.stop, &work->cancel);
	(void)pthread_mutex_lock(&engine.lock);
	hs_freep(&work->id);
	engine.running--;
	(void)pthread_cond_signal(&engine.idle);
	(void)pthread_mutex_unlock(&engine.lock);
	engine_wake(); /* its locks are free */
	return NULL;
}

static struct work *take_slot(char *id)
{
	struct work *slot = NULL;

	(void)pthread_mutex_lock(&engine.lock);
	for (size_t i = 0; i < ENGINE_JOBS_MAX && slot == NULL; i++)
		if (engine.works[i].id == NULL)
			slot = &engine.works[i];
	if (slot != NULL) {
		slot->id = id;
		atomic_store(&slot->cancel, false);
		engine.running++;
	}
	(void)pthread_mutex_unlock(&engine.lock);
	return slot;
}

/* The job is taken; without a thread it stays so for the next daemon. */
static void start_work(char *id)
{
	struct work *slot = take_slot(id);
	pthread_t thread;

	if (slot != NULL &&
	    pthread_create(&thread, NULL, work_thread, slot) == 0) {
		(void)pthread_detach(thread);
		return;
	}
	hs_err_log("job.no_thread", "job=%s", id);
	(void)pthread_mutex_lock(&engine.lock);
	if (slot != NULL) {
		slot->id = NULL;
		engine.running--;
	}
	(void)pthread_mutex_unlock(&engine.lock);
	free(id);
}

static bool has_room(void)
{
	bool room;

	(void)pthread_mutex_lock(&engine.lock);
	room = engine.running < ENGINE_JOBS_MAX;
	(void)pthread_mutex_unlock(&engine.lock);
	return room;
}

static bool is_at_work(const char *id)
{
	bool found = false;

	(void)pthread_mutex_lock(&engine.lock);
	for (size_t i = 0; i < ENGINE_JOBS_MAX; i++)
		found |= engine.works[i].id != NULL &&
			 strcmp(engine.works[i].id, id) == 0;
	(void)pthread_mutex_unlock(&engine.lock);
	return found;
}

/* -- The dispatcher -------------------------------------------------------- */

/* Once a tick, however often there is work. */
static void count_jobs(struct plat *plat, int64_t *counted_ms)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	static const enum job_state states[] = { JOB_QUEUED, JOB_RUNNING,
		JOB_UNDOING, JOB_BROKEN };
	double counts[JOB_STATE_COUNT] = { 0 };
	enum job_state state;
	struct hs_db *store;

	if (hs_now_ms() - *counted_ms < TICK_MS)
		return;
	*counted_ms = hs_now_ms();
	host_metrics(plat->conf);
	if (plat_store(plat, &store, NULL) < 0 ||
	    hs_db_query(store, prov_sql_job_states, 0, NULL, &rows, NULL) < 0)
		return;
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		if (job_state_find(hs_rows_get(rows, i, "state"), &state))
			counts[state] =
			    strtod(hs_rows_get(rows, i, "jobs"), NULL);
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		metric_set(METRIC_JOBS, METRIC_OF(job_state_name(states[i])),
		    counts[states[i]]);
}

/* Jobs that are taken and nobody works on: the last daemon's. */
static void resume(struct plat *plat)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	if (plat_store(plat, &store, NULL) < 0 ||
	    hs_db_query(store, prov_sql_job_live, 0, NULL, &rows, NULL) < 0)
		return;
	for (size_t i = 0; i < hs_rows_count(rows) && has_room(); i++) {
		const char *id = hs_rows_get(rows, i, "job_id");

		if (is_at_work(id))
			continue;
		hs_info("job.resumed", "job=%s", id);
		start_work(hs_strdup(id));
	}
}

static void take_queued(struct plat *plat)
{
	struct hs_err err = { 0 };

	while (!atomic_load(&engine.stop) && has_room()) {
		char *id = NULL;

		if (job_claim(plat, &id, &err) < 0) {
			hs_warn("job.claim", "err=\"%s\"", err.msg);
			return;
		}
		if (id == NULL)
			return;
		start_work(id);
	}
}

/* What is left of jobs that could neither be finished nor undone. */
static void try_broken(struct plat *plat)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	if (plat_store(plat, &store, NULL) < 0 ||
	    HS_DB_QUERY(store, prov_sql_job_broken, &rows, NULL, BROKEN_S) < 0)
		return;
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		(void)job_retry(plat, hs_rows_get(rows, i, "job_id"), NULL);
}

/* Once a minute: archives whose time is over. */
static void expire(struct plat *plat, int64_t *next)
{
	struct hs_err err = { 0 };

	if (hs_now_ms() < *next)
		return;
	*next = hs_now_ms() + EXPIRY_MS;
	if (archive_expire(plat, &err) < 0)
		hs_warn("archive.expire", "err=\"%s\"", err.msg);
}

static void wait_for_work(struct plat *plat)
{
	struct hs_db *store = NULL;
	bool listens = plat_store(plat, &store, NULL) == 0;
	struct pollfd p[2] = {
		{ .fd = engine.wake, .events = POLLIN },
		{ .fd = listens ? hs_db_fd(store) : -1, .events = POLLIN },
	};
	uint64_t count;

	(void)poll(p, 2, TICK_MS);
	if (p[0].revents != 0)
		(void)!read(engine.wake, &count, sizeof(count));
	if (listens)
		(void)hs_db_notified(store);
}

static void listen_once(struct plat *plat, const struct hs_db **listening)
{
	struct hs_db *store;

	if (plat_store(plat, &store, NULL) == 0 && store != *listening &&
	    hs_db_run(store, "LISTEN hanse_job", NULL) == 0)
		*listening = store;
}

static void *dispatcher_thread(void *arg)
{
	struct plat plat;
	const struct hs_db *listening = NULL;
	int64_t expiry = 0;
	int64_t counted_ms = hs_now_ms() - TICK_MS;

	(void)arg;
	plat_init(&plat, engine.conf);
	for (unsigned tick = 0; !atomic_load(&engine.stop); tick++) {
		listen_once(&plat, &listening);
		resume(&plat);
		take_queued(&plat);
		if (tick % BROKEN_TICKS == 0)
			try_broken(&plat);
		expire(&plat, &expiry);
		count_jobs(&plat, &counted_ms);
		wait_for_work(&plat);
	}
	plat_done(&plat);
	return NULL;
}

int engine_start(const struct plat_conf *conf, struct hs_err *err)
{
	engine.conf = conf;
	atomic_store(&engine.stop, false);
	engine.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (engine.wake < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "eventfd");
	errno =
	    pthread_create(&engine.dispatcher, NULL, dispatcher_thread, NULL);
	return errno == 0 ? 0 : hs_fail_errno(err, HS_ESYSTEM, "engine");
}

void engine_stop(void)
{
	if (engine.wake < 0)
		return;
	atomic_store(&engine.stop, true);
	engine_wake();
	(void)pthread_join(engine.dispatcher, NULL);
	(void)pthread_mutex_lock(&engine.lock);
	while (engine.running > 0)
		(void)pthread_cond_wait(&engine.idle, &engine.lock);
	(void)pthread_mutex_unlock(&engine.lock);
	hs_closep(&engine.wake);
}
