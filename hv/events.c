/* events.c - the event loop libvirt's connections live in: libvirt's six
 * functions on one epoll.
 *
 * libvirt has one of its own, but it keeps to itself which socket belongs to
 * which connection, and a call that takes too long ends only when its socket
 * is shut. Here each socket comes by in the thread that opens the connection,
 * before the first word is said on it.
 *
 * libvirt registers one loop a process and passes no pointer to it: hence the
 * global. It adds and removes from any thread: hence not base/loop.h, which
 * belongs to one.
 */

#include "hv/events.h"

#include <errno.h>
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"

#define BATCH    64
#define GONE_MAX 256 /* then the loop is woken to bury them */

/* A descriptor that is watched, or a timer. Only the loop's thread frees one,
 * between two rounds: until then others may still look at it. */
struct entry {
	int id; /* never used again */
	bool is_gone;
	void *data;
	virFreeCallback done;
	/* a descriptor */
	int fd, events;
	virEventHandleCallback on_ready;
	/* a timer */
	int every_ms; /* < 0: off */
	int64_t due_ms;
	virEventTimeoutCallback on_due;
};

/* In the order of their ids: they only ever count up. */
struct entries {
	struct entry **list;
	size_t count, size;
};

static struct {
	pthread_mutex_t lock;
	int epoll, wake, last_id;
	int64_t sleeps_until_ms;
	size_t gone;
	struct entries handles, timers;
} loop = { .lock = PTHREAD_MUTEX_INITIALIZER, .epoll = -1, .wake = -1 };

static _Thread_local atomic_int *catching;

static void lock(void)
{
	(void)pthread_mutex_lock(&loop.lock);
}

static void unlock(void)
{
	(void)pthread_mutex_unlock(&loop.lock);
}

static void wake(void)
{
	(void)eventfd_write(loop.wake, 1);
}

static struct entry *add(
    struct entries *entries, void *data, virFreeCallback done)
{
	struct entry *e = hs_alloc(sizeof(*e));

	e->id = ++loop.last_id;
	e->data = data;
	e->done = done;
	if (entries->count == entries->size) {
		entries->size = entries->size * 2 + 16;
		entries->list = hs_realloc_array(
		    entries->list, entries->size, sizeof(struct entry *));
	}
	entries->list[entries->count++] = e;
	return e;
}

/* The one with that id; NULL if it is gone. */
static struct entry *find(const struct entries *entries, int id)
{
	size_t low = 0, high = entries->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		struct entry *e = entries->list[middle];

		if (e->id == id)
			return e->is_gone ? NULL : e;
		if (e->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int remove_entry(struct entries *entries, int id)
{
	struct entry *e = find(entries, id);

	if (e == NULL)
		return -1;
	e->is_gone = true;
	if (++loop.gone >= GONE_MAX || e->on_ready != NULL)
		wake();
	return 0;
}

/* -- Descriptors -------------------------------------------------------- */

static uint32_t to_epoll(int events)
{
	return ((events & VIR_EVENT_HANDLE_READABLE) != 0 ? EPOLLIN : 0U) |
	       ((events & VIR_EVENT_HANDLE_WRITABLE) != 0 ? EPOLLOUT : 0U);
}

static int from_epoll(uint32_t events)
{
	return ((events & EPOLLIN) != 0 ? VIR_EVENT_HANDLE_READABLE : 0) |
	       ((events & EPOLLOUT) != 0 ? VIR_EVENT_HANDLE_WRITABLE : 0) |
	       ((events & EPOLLERR) != 0 ? VIR_EVENT_HANDLE_ERROR : 0) |
	       ((events & EPOLLHUP) != 0 ? VIR_EVENT_HANDLE_HANGUP : 0);
}

/* One that wants nothing is taken out: epoll reports a hang-up to anybody,
 * and a thread in a call watches the socket itself. */
static void watch(struct entry *e, int events)
{
	struct epoll_event ev = { .events = to_epoll(events), .data.ptr = e };

	if (events == 0 && e->events != 0)
		(void)epoll_ctl(loop.epoll, EPOLL_CTL_DEL, e->fd, NULL);
	else if (events != 0)
		(void)epoll_ctl(loop.epoll,
		    e->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, e->fd, &ev);
	e->events = events;
}

static int handle_add(int fd, int events, virEventHandleCallback fn, void *data,
    virFreeCallback done)
{
	struct entry *e;
	int id;

	if (catching != NULL && atomic_load(catching) < 0)
		atomic_store(catching, fcntl(fd, F_DUPFD_CLOEXEC, 3));
	lock();
	e = add(&loop.handles, data, done);
	e->fd = fd;
	e->on_ready = fn;
	watch(e, events);
	id = e->id;
	unlock();
	return id;
}

static void handle_update(int id, int events)
{
	struct entry *e;

	lock();
	e = find(&loop.handles, id);
	if (e != NULL && e->events != events)
		watch(e, events);
	unlock();
}

static int handle_remove(int id)
{
	struct entry *e;
	int done;

	lock();
	e = find(&loop.handles, id);
	if (e != NULL)
		watch(e, 0);
	done = remove_entry(&loop.handles, id);
	unlock();
	return done;
}

/* -- Timers ------------------------------------------------------------- */

static void set(struct entry *e, int every_ms)
{
	e->every_ms = every_ms;
	e->due_ms = hs_now_ms() + every_ms;
	if (every_ms >= 0 && e->due_ms < loop.sleeps_until_ms)
		wake();
}

static int timer_add(
    int every_ms, virEventTimeoutCallback fn, void *data, virFreeCallback done)
{
	struct entry *e;
	int id;

	lock();
	e = add(&loop.timers, data, done);
	e->fd = -1;
	e->on_due = fn;
	set(e, every_ms);
	id = e->id;
	unlock();
	return id;
}

static void timer_update(int id, int every_ms)
{
	struct entry *e;

	lock();
	e = find(&loop.timers, id);
	if (e != NULL)
		set(e, every_ms);
	unlock();
}

static int timer_remove(int id)
{
	int done;

	lock();
	done = remove_entry(&loop.timers, id);
	unlock();
	return done;
}

int hv_timer_add(int every_ms, void (*fn)(int timer, void *data), void *data,
    void (*done)(void *data))
{
	return timer_add(every_ms, fn, data, done);
}

void hv_timer_remove(int timer)
{
	(void)timer_remove(timer);
}

void hv_events_catch(atomic_int *fd)
{
	catching = fd;
}

/* -- The thread --------------------------------------------------------- */

/* Milliseconds to sleep; -1: until something happens. */
static int sleep_begin(void)
{
	int64_t now = hs_now_ms(), until = INT64_MAX;

	lock();
	for (size_t i = 0; i < loop.timers.count; i++) {
		const struct entry *e = loop.timers.list[i];

		if (!e->is_gone && e->every_ms >= 0 && e->due_ms < until)
			until = e->due_ms;
	}
	loop.sleeps_until_ms = until;
	unlock();
	if (until == INT64_MAX)
		return -1;
	return until <= now ? 0 : (int)(until - now);
}

static void sleep_end(void)
{
	lock();
	loop.sleeps_until_ms = 0; /* nobody need wake it now */
	unlock();
}

static void serve_handle(struct entry *e, uint32_t events)
{
	bool wanted;

	lock();
	wanted = !e->is_gone && e->events != 0;
	unlock();
	if (wanted)
		e->on_ready(e->id, e->fd, from_epoll(events), e->data);
}

/* Those that callbacks add meanwhile have their turn in the next round. */
static void serve_timers(void)
{
	int64_t now = hs_now_ms();
	size_t count;

	lock();
	count = loop.timers.count;
	for (size_t i = 0; i < count; i++) {
		struct entry *e = loop.timers.list[i];

		if (e->is_gone || e->every_ms < 0 || e->due_ms > now)
			continue;
		e->due_ms = now + e->every_ms;
		unlock();
		e->on_due(e->id, e->data);
		lock();
	}
	unlock();
}

/* Take out those that are gone; the caller buries them without the lock. */
static void take_gone(struct entries *entries, struct entries *gone)
{
	size_t kept = 0;

	for (size_t i = 0; i < entries->count; i++)
		if (entries->list[i]->is_gone)
			gone->list[gone->count++] = entries->list[i];
		else
			entries->list[kept++] = entries->list[i];
	entries->count = kept;
}

static void bury(void)
{
	struct entries gone = { 0 };

	lock();
	if (loop.gone > 0) {
		gone.list =
		    hs_realloc_array(NULL, loop.gone, sizeof(struct entry *));
		take_gone(&loop.handles, &gone);
		take_gone(&loop.timers, &gone);
		loop.gone = 0;
	}
	unlock();
	for (size_t i = 0; i < gone.count; i++) {
		if (gone.list[i]->done != NULL)
			gone.list[i]->done(gone.list[i]->data);
		free(gone.list[i]);
	}
	free(gone.list);
}

static void *run(void *arg)
{
	struct epoll_event ready[BATCH];
	eventfd_t ignored;

	(void)arg;
	for (;;) {
		int count = epoll_wait(loop.epoll, ready, BATCH, sleep_begin());

		sleep_end();
		for (int i = 0; i < count; i++)
			if (ready[i].data.ptr == NULL)
				(void)eventfd_read(loop.wake, &ignored);
			else
				serve_handle(
				    ready[i].data.ptr, ready[i].events);
		serve_timers();
		bury();
	}
	return NULL;
}

int hv_events_start(struct hs_err *err)
{
	struct epoll_event ev = { .events = EPOLLIN };
	pthread_t thread;
	int e;

	loop.epoll = epoll_create1(EPOLL_CLOEXEC);
	loop.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop.epoll < 0 || loop.wake < 0 ||
	    epoll_ctl(loop.epoll, EPOLL_CTL_ADD, loop.wake, &ev) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "event loop");
	virEventRegisterImpl(handle_add, handle_update, handle_remove,
	    timer_add, timer_update, timer_remove);
	e = pthread_create(&thread, NULL, run, NULL);
	if (e != 0)
		return hs_fail(
		    err, HS_ESYSTEM, "event thread: %s", strerror(e));
	(void)pthread_detach(thread);
	return 0;
}
