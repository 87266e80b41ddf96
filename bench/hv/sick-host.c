/* sick-host.c - operations in a loop on several hosts, one of which stops
 * answering for a while; what the others notice of it.
 *
 *   sick-host PID SECONDS NAME=URI...   PID: of the first host's libvirtd
 *
 * A third of the time is before, during and after PID is stopped. Prints as
 * many lines of figures as there are, then "ok" or what is out of bounds.
 */

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "hv/hv.h"

#define BORROW_MS  5000
#define BAR_OPEN   15000
#define BAR_RESYNC 5000
#define BAR_P99    1.10
#define THREADS    3 /* of each host */

enum phase { BEFORE, DURING, AFTER, ENDED };

static const char *const phase_names[] = { "before", "during", "after" };

struct sample {
	int64_t us;
	enum phase phase;
};

/* One thread that works on one host. */
struct worker {
	pthread_t thread;
	struct hv_host *host;
	struct sample *samples;
	size_t count, size;
	unsigned refused, longest_ms;
	bool is_sick;
};

static atomic_int phase;
static atomic_llong opened_ms;
/* When the first host's domains were listed again. */
static atomic_llong listed_ms;

static int64_t now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void changed(const char *name, enum hv_breaker_state to, void *arg)
{
	(void)name;
	(void)arg;
	if (to == HV_BREAKER_OPEN)
		atomic_store(&opened_ms, hs_now_ms());
}

static void note(struct worker *w, enum phase began, int64_t took_us)
{
	if (w->count == w->size) {
		w->size = w->size * 2 + 1024;
		w->samples =
		    hs_realloc_array(w->samples, w->size, sizeof(*w->samples));
	}
	w->samples[w->count++] =
	    (struct sample) { .us = took_us, .phase = began };
}

/* One round of what a manager asks all day. */
static int work_once(struct hv_host *host, enum hv_driver driver)
{
	hs_auto(hv_returnp) struct hv_conn *conn = NULL;
	hs_auto(hv_objects_done) struct hv_objects objects = { 0 };
	hs_auto(hv_objects_done) struct hv_objects networks = { 0 };

	if (hv_host_borrow(host, driver, BORROW_MS, &conn, NULL) < 0 ||
	    hv_list(conn, HV_DOMAIN, &objects, NULL) < 0 ||
	    hv_list(conn, HV_NETWORK, &networks, NULL) < 0)
		return -1;
	return 0;
}

static void *work(void *arg)
{
	struct worker *w = arg;

	while (atomic_load(&phase) != ENDED) {
		enum phase began = (enum phase)atomic_load(&phase);
		int64_t since = now_us(), took;
		int done = work_once(w->host, HV_QEMU);

		took = now_us() - since;
		if (took / 1000 > w->longest_ms)
			w->longest_ms = (unsigned)(took / 1000);
		if (done == 0 && began == (enum phase)atomic_load(&phase))
			note(w, began, took);
		w->refused += done < 0;
		if (done == 0 && w->is_sick && began == AFTER &&
		    atomic_load(&listed_ms) == 0)
			atomic_store(&listed_ms, hs_now_ms());
		hs_pause_ms(10);
	}
	return NULL;
}

/* -- Figures ------------------------------------------------------------ */

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* p50 and p99 of all workers but those of the first host, in that phase. */
static void percentiles(const struct worker *workers, size_t count,
    enum phase of, int64_t *ret_p50, int64_t *ret_p99)
{
	hs_auto(hs_freep) int64_t *all = NULL;
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += workers[i].count;
	all = hs_alloc((n + 1) * sizeof(*all));
	n = 0;
	for (size_t i = THREADS; i < count; i++)
		for (size_t k = 0; k < workers[i].count; k++)
			if (workers[i].samples[k].phase == of)
				all[n++] = workers[i].samples[k].us;
	qsort(all, n, sizeof(*all), by_time);
	*ret_p50 = n > 0 ? all[n / 2] : 0;
	*ret_p99 = n > 0 ? all[n * 99 / 100] : 0;
	printf("%-7s calls=%zu p50_us=%lld p99_us=%lld\n", phase_names[of], n,
	    (long long)*ret_p50, (long long)*ret_p99);
}

static unsigned entries_of(const char *dir)
{
	DIR *d = opendir(dir);
	unsigned count = 0;

	for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
		count += e->d_name[0] != '.';
	if (d != NULL)
		(void)closedir(d);
	return count;
}

static void show_size(enum phase of)
{
	printf("%-7s threads=%u fds=%u\n", phase_names[of],
	    entries_of("/proc/self/task"), entries_of("/proc/self/fd"));
}

static bool in_bounds(const char *what, double value, double bar)
{
	bool fits = value >= 0 && value <= bar;

	printf("%-14s %.2f (bar %.2f): %s\n", what, value, bar,
	    fits ? "ok" : "OUT OF BOUNDS");
	return fits;
}

static int report(const struct worker *workers, size_t count,
    int64_t stopped_ms, int64_t continued_ms)
{
	int64_t p50, before, during, after;
	unsigned longest = 0;
	bool ok;

	percentiles(workers, count, BEFORE, &p50, &before);
	percentiles(workers, count, DURING, &p50, &during);
	percentiles(workers, count, AFTER, &p50, &after);
	for (size_t i = 0; i < THREADS; i++)
		if (workers[i].longest_ms > longest)
			longest = workers[i].longest_ms;
	printf("sick    refused=%u longest_wait_ms=%u\n", workers[0].refused,
	    longest);
	ok = in_bounds("p99 ratio",
	    before > 0 ? (double)during / (double)before : -1, BAR_P99);
	ok &= in_bounds("opens ms",
	    (double)(atomic_load(&opened_ms) - stopped_ms), BAR_OPEN);
	ok &= in_bounds("resync ms",
	    (double)(atomic_load(&listed_ms) - continued_ms), BAR_RESYNC);
	puts(ok ? "ok" : "not ok");
	return ok ? 0 : 1;
}

/* -- The run ------------------------------------------------------------ */

static int start(struct worker *workers, char **hosts, int count)
{
	for (int i = 0; i < count; i++) {
		hs_auto(hs_freep) char *name =
		    hs_strndup(hosts[i], strcspn(hosts[i], "="));
		struct hv_host_conf conf = { .name = name,
			.changed = i == 0 ? changed : NULL };
		struct hv_host *host = NULL;
		struct hs_err err = { 0 };

		conf.uris[HV_QEMU] = hosts[i] + strlen(name) + 1;
		if (hv_host_new(&conf, &host, &err) < 0) {
			(void)fprintf(stderr, "%s\n", err.msg);
			return -1;
		}
		for (int t = 0; t < THREADS; t++) {
			struct worker *w = &workers[i * THREADS + t];

			w->host = host;
			w->is_sick = i == 0;
			if (pthread_create(&w->thread, NULL, work, w) != 0)
				return -1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	pid_t pid = argc > 3 ? (pid_t)strtol(argv[1], NULL, 10) : 0;
	int64_t third_ms = argc > 3 ? strtol(argv[2], NULL, 10) * 1000 / 3 : 0;
	size_t count = argc > 3 ? (size_t)(argc - 3) * THREADS : 0;
	struct worker *workers = hs_alloc((count + 1) * sizeof(*workers));
	int64_t stopped_ms, continued_ms;

	if (pid <= 1 || third_ms <= 0 || hv_init(NULL) < 0 ||
	    start(workers, argv + 3, argc - 3) < 0)
		return 2;
	hs_pause_ms(third_ms);
	show_size(BEFORE);
	atomic_store(&phase, DURING);
	stopped_ms = hs_now_ms();
	if (kill(pid, SIGSTOP) < 0)
		return 2;
	hs_pause_ms(third_ms);
	show_size(DURING);
	(void)kill(pid, SIGCONT);
	continued_ms = hs_now_ms();
	atomic_store(&phase, AFTER);
	hs_pause_ms(third_ms);
	show_size(AFTER);
	atomic_store(&phase, ENDED);
	for (size_t i = 0; i < count; i++)
		(void)pthread_join(workers[i].thread, NULL);
	return report(workers, count, stopped_ms, continued_ms);
}
