/* loop.c - the event loop, over epoll and signalfd. */

#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

#define BATCH 64

struct handler {
	int signo;
	void (*fn)(void *owner, int signo);
	void *owner;
};

struct hs_loop {
	int epoll_fd;
	bool stopped;
	uint64_t now_ms;
	/* What epoll told last; a watch stopped meanwhile is NULL here. */
	struct epoll_event ready[BATCH];
	int ready_count;
	/* A binary heap by due_ms. */
	struct hs_timer **timers;
	size_t timer_count, timer_size;
	sigset_t signals;
	struct hs_watch signal_watch;
	struct handler *handlers;
	size_t handler_count;
};

static uint64_t clock_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int hs_loop_new(struct hs_loop **ret_loop, struct hs_err *err)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);
	struct hs_loop *loop;

	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "make an event loop");
	loop = hs_alloc(sizeof(*loop));
	loop->epoll_fd = fd;
	loop->now_ms = clock_ms();
	(void)sigemptyset(&loop->signals);
	*ret_loop = loop;
	return 0;
}

void hs_loop_free(struct hs_loop *loop)
{
	if (loop == NULL)
		return;
	if (loop->signal_watch.loop != NULL) {
		int fd = loop->signal_watch.fd;

		hs_watch_stop(&loop->signal_watch);
		(void)close(fd);
	}
	for (size_t i = 0; i < loop->timer_count; i++)
		loop->timers[i]->loop = NULL;
	(void)close(loop->epoll_fd);
	free(loop->timers);
	free(loop->handlers);
	free(loop);
}

uint64_t hs_loop_now_ms(const struct hs_loop *loop)
{
	return loop->now_ms;
}

void hs_loop_stop(struct hs_loop *loop)
{
	loop->stopped = true;
}

/* Watches. */

static uint32_t to_epoll(unsigned events)
{
	return ((events & HS_LOOP_READ) != 0 ? (uint32_t)EPOLLIN : 0) |
	       ((events & HS_LOOP_WRITE) != 0 ? (uint32_t)EPOLLOUT : 0);
}

static unsigned from_epoll(uint32_t events)
{
	unsigned out = 0;

	if ((events & EPOLLIN) != 0)
		out |= HS_LOOP_READ;
	if ((events & EPOLLOUT) != 0)
		out |= HS_LOOP_WRITE;
	if ((events & (EPOLLERR | EPOLLHUP)) != 0)
		out |= HS_LOOP_HANGUP;
	return out;
}

int hs_watch_start(struct hs_loop *loop, struct hs_watch *watch, int fd,
    unsigned events, struct hs_err *err)
{
	struct epoll_event ev = {
		.events = to_epoll(events),
		.data.ptr = watch,
	};

	assert(watch->loop == NULL && watch->fn != NULL);
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "watch descriptor %d", fd);
	watch->loop = loop;
	watch->fd = fd;
	watch->events = events;
	return 0;
}

void hs_watch_set(struct hs_watch *watch, unsigned events)
{
	struct epoll_event ev = {
		.events = to_epoll(events),
		.data.ptr = watch,
	};
	int rc;

	if (watch->loop == NULL || watch->events == events)
		return;
	rc = epoll_ctl(watch->loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &ev);
	/* Only a descriptor closed behind our back can fail here. */
	assert(rc == 0);
	(void)rc;
	watch->events = events;
}

void hs_watch_stop(struct hs_watch *watch)
{
	struct hs_loop *loop = watch->loop;

	if (loop == NULL)
		return;
	(void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
	for (int i = 0; i < loop->ready_count; i++)
		if (loop->ready[i].data.ptr == watch)
			loop->ready[i].data.ptr = NULL;
	watch->loop = NULL;
}

/* Timers. */

static void timer_place(struct hs_loop *loop, struct hs_timer *timer, size_t i)
{
	loop->timers[i] = timer;
	timer->index = i;
}

static void timer_up(struct hs_loop *loop, struct hs_timer *timer)
{
	size_t i = timer->index;

	while (i > 0) {
		struct hs_timer *parent = loop->timers[(i - 1) / 2];

		if (parent->due_ms <= timer->due_ms)
			break;
		timer_place(loop, parent, i);
		i = (i - 1) / 2;
	}
	timer_place(loop, timer, i);
}

static void timer_down(struct hs_loop *loop, struct hs_timer *timer)
{
	size_t i = timer->index, child;

	while ((child = 2 * i + 1) < loop->timer_count) {
		if (child + 1 < loop->timer_count &&
		    loop->timers[child + 1]->due_ms <
			loop->timers[child]->due_ms)
			child++;
		if (timer->due_ms <= loop->timers[child]->due_ms)
			break;
		timer_place(loop, loop->timers[child], i);
		i = child;
	}
	timer_place(loop, timer, i);
}

void hs_timer_start(
    struct hs_loop *loop, struct hs_timer *timer, uint64_t delay_ms)
{
	assert(timer->fn != NULL);
	hs_timer_stop(timer);
	if (loop->timer_count == loop->timer_size) {
		loop->timer_size = loop->timer_size * 2 + 16;
		loop->timers = hs_realloc_array(
		    loop->timers, loop->timer_size, sizeof(struct hs_timer *));
	}
	timer->loop = loop;
	timer->due_ms = loop->now_ms + delay_ms;
	timer_place(loop, timer, loop->timer_count++);
	timer_up(loop, timer);
}

void hs_timer_stop(struct hs_timer *timer)
{
	struct hs_loop *loop = timer->loop;
	struct hs_timer *last;

	if (loop == NULL)
		return;
	timer->loop = NULL;
	last = loop->timers[--loop->timer_count];
	if (last == timer)
		return;
	timer_place(loop, last, timer->index);
	timer_up(loop, last);
	timer_down(loop, last);
}

/* From this place of the heap on: behind one that is not due, none is. */
static size_t count_due(const struct hs_loop *loop, size_t i)
{
	if (i >= loop->timer_count || loop->timers[i]->due_ms > loop->now_ms)
		return 0;
	return 1 + count_due(loop, 2 * i + 1) + count_due(loop, 2 * i + 2);
}

/*
 * Timers started by those that run now wait for the next round, so that a
 * timer of 0 ms cannot starve the descriptors.
 */
static void run_timers(struct hs_loop *loop)
{
	size_t due = count_due(loop, 0);

	while (due-- > 0 && loop->timer_count > 0) {
		struct hs_timer *timer = loop->timers[0];

		if (timer->due_ms > loop->now_ms)
			break;
		hs_timer_stop(timer);
		timer->fn(timer->owner);
	}
}

/* Signals. */

static void on_signal(void *owner, unsigned events)
{
	struct hs_loop *loop = owner;
	struct signalfd_siginfo info;

	(void)events;
	if (read(loop->signal_watch.fd, &info, sizeof(info)) !=
	    (ssize_t)sizeof(info))
		return;
	for (size_t i = 0; i < loop->handler_count; i++)
		if (loop->handlers[i].signo == (int)info.ssi_signo)
			loop->handlers[i].fn(
			    loop->handlers[i].owner, loop->handlers[i].signo);
}

int hs_loop_signal(struct hs_loop *loop, int signo,
    void (*fn)(void *owner, int signo), void *owner, struct hs_err *err)
{
	bool first = loop->signal_watch.loop == NULL;
	int fd;

	(void)sigaddset(&loop->signals, signo);
	if (pthread_sigmask(SIG_BLOCK, &loop->signals, NULL) != 0)
		return hs_fail(err, HS_ESYSTEM, "block signal %d", signo);
	fd = signalfd(first ? -1 : loop->signal_watch.fd, &loop->signals,
	    SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "take signal %d", signo);
	loop->signal_watch.fn = on_signal;
	loop->signal_watch.owner = loop;
	if (first && hs_watch_start(loop, &loop->signal_watch, fd, HS_LOOP_READ,
			 err) < 0) {
		(void)close(fd);
		return -1;
	}
	loop->handlers = hs_realloc_array(
	    loop->handlers, loop->handler_count + 1, sizeof(struct handler));
	loop->handlers[loop->handler_count++] =
	    (struct handler) { signo, fn, owner };
	return 0;
}

/* Running. */

static int wait_ms(const struct hs_loop *loop, int timeout_ms)
{
	uint64_t now = clock_ms(), due;

	if (loop->timer_count == 0)
		return timeout_ms;
	due = loop->timers[0]->due_ms;
	due = due > now ? due - now : 0;
	if (timeout_ms >= 0 && due > (uint64_t)timeout_ms)
		return timeout_ms;
	return due > INT32_MAX ? INT32_MAX : (int)due;
}

int hs_loop_step(struct hs_loop *loop, int timeout_ms, struct hs_err *err)
{
	int n = epoll_wait(
	    loop->epoll_fd, loop->ready, BATCH, wait_ms(loop, timeout_ms));

	loop->now_ms = clock_ms();
	if (n < 0 && errno != EINTR)
		return hs_fail_errno(err, HS_ESYSTEM, "wait for events");
	loop->ready_count = n > 0 ? n : 0;
	for (int i = 0; i < loop->ready_count; i++) {
		struct hs_watch *watch = loop->ready[i].data.ptr;

		if (watch != NULL)
			watch->fn(
			    watch->owner, from_epoll(loop->ready[i].events));
	}
	loop->ready_count = 0;
	run_timers(loop);
	return 0;
}

int hs_loop_run(struct hs_loop *loop, struct hs_err *err)
{
	loop->stopped = false;
	while (!loop->stopped)
		if (hs_loop_step(loop, -1, err) < 0)
			return -1;
	return 0;
}
