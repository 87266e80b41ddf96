/* supervise.c - keep the one service running until the domain shall stop. */

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

struct guard {
	const struct init_service *service;
	struct init_relay relay;
	struct init_power power;
	int signal_fd;
	int cpus_fd;         /* -1: none */
	pid_t pid;           /* 0: not running */
	int64_t started_ms;  /* of the last start */
	int64_t delay_ms;    /* before the last start */
	int64_t deadline_ms; /* next start, or the end of patience; 0: none */
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

/* One domain, one service: what else runs is a leftover of its last run. */
static void sweep(void)
{
	(void)kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void start(struct guard *g)
{
	struct hs_err err = { 0 };

	sweep();
	g->started_ms = now_ms();
	g->deadline_ms = 0;
	if (init_service_start(g->service, g->relay.write_fd, &g->pid, &err) ==
	    0) {
		hs_info("service.started", "service=%s", g->service->name);
		return;
	}
	hs_err_log("service.failed", "service=%s msg=\"%s\"", g->service->name,
	    err.msg);
	g->delay_ms = init_backoff_ms(g->delay_ms, 0);
	g->deadline_ms = now_ms() + g->delay_ms;
}

static void ended(struct guard *g, int status)
{
	int64_t now = now_ms();

	g->pid = 0;
	if (g->stopping)
		return;
	g->delay_ms = init_backoff_ms(g->delay_ms, now - g->started_ms);
	g->deadline_ms = now + g->delay_ms;
	hs_warn("service.ended", "service=%s status=%d signal=%d wait_ms=%lld",
	    g->service->name, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
	    WIFSIGNALED(status) ? WTERMSIG(status) : 0, (long long)g->delay_ms);
}

static void reap(struct guard *g)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == g->pid)
			ended(g, status);
}

static void stop(struct guard *g, const char *why)
{
	if (g->stopping)
		return;
	hs_info("domain.stop", "by=%s", why);
	g->stopping = true;
	g->deadline_ms = now_ms() + g->service->stop_ms;
	if (g->pid != 0)
		(void)kill(g->pid, g->service->stop_signal);
}

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

static void deadline(struct guard *g)
{
	if (g->deadline_ms == 0 || now_ms() < g->deadline_ms)
		return;
	if (!g->stopping) {
		start(g);
		return;
	}
	hs_warn("service.killed", "service=%s", g->service->name);
	g->pid = 0; /* the sweep at the end takes it */
}

static int wait_ms(const struct guard *g)
{
	int64_t left;

	if (g->deadline_ms == 0)
		return -1;
	left = g->deadline_ms - now_ms();
	return left > 0 ? (int)left : 0;
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
	deadline(g);
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

int init_supervise(const struct init_service *service, struct hs_err *err)
{
	struct guard g = { .service = service };

	if (signals_open(&g.signal_fd, err) < 0 ||
	    init_relay_open(&g.relay, err) < 0)
		return -1;
	init_power_open(&g.power);
	g.cpus_fd = init_cpus_open();
	start(&g);
	while (!g.stopping || g.pid != 0)
		turn(&g);
	sweep();
	hs_info("domain.stopped", "service=%s", service->name);
	init_relay_pump(&g.relay);
	return 0;
}
