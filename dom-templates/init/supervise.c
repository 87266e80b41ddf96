/* supervise.c - keep the services running until the domain shall stop. */

#include "dom-templates/init/init.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"

#define DELAY_MIN_MS 1000
#define DELAY_MAX_MS 30000
#define STEADY_MS    60000 /* who ran that long begins anew */

/** One service. */
struct run {
	const struct init_service *service;
	pid_t pid;           /* 0: not running */
	int64_t started_ms;  /* of the last start */
	int64_t delay_ms;    /* before the last start */
	int64_t deadline_ms; /* next start, or the end of patience; 0: none */
	bool stopping;
};

struct guard {
	struct run runs[INIT_SERVICES_MAX];
	size_t count;
	struct init_relay relay;
	struct init_power power;
	int signal_fd;
	int cpus_fd; /* -1: none */
	bool stopping;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t init_backoff_ms(int64_t last_delay_ms, int64_t ran_ms)
{
	if (last_delay_ms == 0 || ran_ms >= STEADY_MS)
		return DELAY_MIN_MS;
	if (last_delay_ms > DELAY_MAX_MS / 2)
		return DELAY_MAX_MS;
	return last_delay_ms * 2;
}

/* -- Ends ------------------------------------------------------------------ */

static void ended(struct run *r, int status)
{
	int64_t now = now_ms();

	r->pid = 0;
	if (r->stopping)
		return;
	r->delay_ms = init_backoff_ms(r->delay_ms, now - r->started_ms);
	r->deadline_ms = now + r->delay_ms;
	hs_warn("service.ended", "service=%s status=%d signal=%d wait_ms=%lld",
	    r->service->name, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
	    WIFSIGNALED(status) ? WTERMSIG(status) : 0, (long long)r->delay_ms);
}

static void reap(void *arg)
{
	struct guard *g = arg;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < g->count; i++)
			if (pid == g->runs[i].pid)
				ended(&g->runs[i], status);
}

/* -- Starts ---------------------------------------------------------------- */

/* What a service has left running is no part of its next run. (A primary whose
 * Patroni has ended is no primary any more: it goes with it.) */
static void start(struct guard *g, struct run *r)
{
	struct hs_err err = { 0 };

	init_sweep(r->service->uid, reap, g);
	r->started_ms = now_ms();
	r->deadline_ms = 0;
	if (init_service_start(r->service, g->relay.write_fd, &r->pid, &err) ==
	    0) {
		hs_info("service.started", "service=%s", r->service->name);
		return;
	}
	hs_err_log("service.failed", "service=%s msg=\"%s\"", r->service->name,
	    err.msg);
	r->delay_ms = init_backoff_ms(r->delay_ms, 0);
	r->deadline_ms = now_ms() + r->delay_ms;
}

/* -- The stop: one after the other, the last one first --------------------- */

static void stop_next(struct guard *g)
{
	for (size_t i = g->count; i-- > 0;) {
		struct run *r = &g->runs[i];

		if (r->stopping && r->pid != 0)
			return; /* it takes its time */
		if (r->stopping)
			continue;
		r->stopping = true;
		r->deadline_ms = now_ms() + r->service->stop_ms;
		if (r->pid != 0) {
			(void)kill(r->pid, r->service->stop_signal);
			return;
		}
	}
}

static void stop(struct guard *g, const char *why)
{
	if (g->stopping)
		return;
	hs_info("domain.stop", "by=%s", why);
	g->stopping = true;
}

static bool is_over(const struct guard *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (!g->runs[i].stopping || g->runs[i].pid != 0)
			return false;
	return true;
}

/* -- Turns ----------------------------------------------------------------- */

static void take_signal(struct guard *g)
{
	struct signalfd_siginfo info;

	if (read(g->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		reap(g);
	else
		stop(g, "signal");
}

static void deadline(struct guard *g, struct run *r)
{
	if (r->deadline_ms == 0 || now_ms() < r->deadline_ms)
		return;
	if (!r->stopping) {
		if (!g->stopping)
			start(g, r);
		return;
	}
	if (r->pid != 0)
		hs_warn("service.killed", "service=%s", r->service->name);
	r->pid = 0; /* the sweep takes it */
	r->deadline_ms = 0;
	init_sweep(r->service->uid, reap, g);
}

static int wait_ms(const struct guard *g)
{
	int64_t least = -1;

	for (size_t i = 0; i < g->count; i++) {
		const struct run *r = &g->runs[i];
		int64_t left = r->deadline_ms - now_ms();

		if (r->deadline_ms == 0 || (g->stopping && r->pid == 0))
			continue;
		if (left < 0)
			left = 0;
		if (least < 0 || left < least)
			least = left;
	}
	return (int)least;
}

static void turn(struct guard *g)
{
	struct pollfd fds[3 + ARRAY_LEN(g->power.fds)] = {
		{ .fd = g->signal_fd, .events = POLLIN },
		{ .fd = g->relay.read_fd, .events = POLLIN },
		{ .fd = g->cpus_fd, .events = POLLIN },
	};

	for (size_t i = 0; i < g->power.count; i++)
		fds[3 + i] =
		    (struct pollfd) { .fd = g->power.fds[i], .events = POLLIN };
	if (poll(fds, 3 + g->power.count, wait_ms(g)) > 0) {
		if (fds[1].revents != 0)
			init_relay_pump(&g->relay);
		if (fds[0].revents != 0)
			take_signal(g);
		if (fds[2].revents != 0)
			init_cpus_changed(g->cpus_fd);
		for (size_t i = 0; i < g->power.count; i++)
			if (fds[3 + i].revents != 0 &&
			    init_power_pressed(fds[3 + i].fd))
				stop(g, "button");
	}
	for (size_t i = 0; i < g->count; i++)
		deadline(g, &g->runs[i]);
	if (g->stopping)
		stop_next(g);
}

static int signals_open(int *ret_fd, struct hs_err *err)
{
	static const int wanted[] = { SIGCHLD, SIGTERM, SIGINT, SIGPWR,
		SIGHUP };
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		(void)sigaddset(&set, wanted[i]);
	(void)sigprocmask(SIG_SETMASK, &set, NULL);
	*ret_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (*ret_fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "signalfd");
	return 0;
}

int init_supervise(const struct init_conf *conf, struct hs_err *err)
{
	struct guard g = { .count = conf->service_count };

	for (size_t i = 0; i < g.count; i++)
		g.runs[i].service = conf->services[i];
	if (signals_open(&g.signal_fd, err) < 0 ||
	    init_relay_open(&g.relay, err) < 0)
		return -1;
	init_power_open(&g.power);
	g.cpus_fd = init_cpus_open();
	for (size_t i = 0; i < g.count; i++)
		start(&g, &g.runs[i]);
	while (!is_over(&g))
		turn(&g);
	for (size_t i = 0; i < g.count; i++)
		init_sweep(g.runs[i].service->uid, reap, &g);
	hs_info("domain.stopped", "name=%s", conf->name);
	init_relay_pump(&g.relay);
	return 0;
}
