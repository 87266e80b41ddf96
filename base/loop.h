/* loop.h - the event loop: descriptors, timers and signals in one thread.
 *
 * Watches and timers live inside the structs of their owners; the loop keeps
 * pointers to them, so stop them before their memory goes. Stopping, starting
 * and freeing from inside a callback is fine, one's own included.
 */
#ifndef HANSE_BASE_LOOP_H
#define HANSE_BASE_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct hs_err;
struct hs_loop;

#define HS_LOOP_READ   1u /* there is something to read, or the end */
#define HS_LOOP_WRITE  2u /* there is room to write */
#define HS_LOOP_HANGUP 4u /* error or both ends closed; told unasked */

/** Interest in one descriptor; start with { 0 }. Level-triggered. */
struct hs_watch {
	struct hs_loop *loop; /* NULL while stopped */
	int fd;
	unsigned events;
	void (*fn)(void *owner, unsigned events);
	void *owner;
};

/** A one-shot timer; start with { 0 }. */
struct hs_timer {
	struct hs_loop *loop; /* NULL while stopped */
	uint64_t due_ms;
	size_t index;
	void (*fn)(void *owner);
	void *owner;
};

/** Make a loop. Errors: HS_ESYSTEM. */
int hs_loop_new(struct hs_loop **ret_loop, struct hs_err *err);

/** End a loop; watches and timers still on it are stopped. NULL is fine. */
void hs_loop_free(struct hs_loop *loop);

/**
 * Watch a descriptor; it stays the caller's.
 *
 * @watch:   fn and owner are set by the caller before; kept until stopped
 * @events:  HS_LOOP_READ, HS_LOOP_WRITE, both or 0
 *
 * Errors: HS_ESYSTEM.
 */
int hs_watch_start(struct hs_loop *loop, struct hs_watch *watch, int fd,
    unsigned events, struct hs_err *err);

/** Change the interest; costs nothing if it is the same. */
void hs_watch_set(struct hs_watch *watch, unsigned events);

/** End the interest; call before closing the descriptor. */
void hs_watch_stop(struct hs_watch *watch);

/**
 * Call timer->fn once, delay_ms from now; 0 is "after this round". A running
 * timer is moved.
 */
void hs_timer_start(
    struct hs_loop *loop, struct hs_timer *timer, uint64_t delay_ms);
void hs_timer_stop(struct hs_timer *timer);

/**
 * Take a signal through the loop from now on (it is blocked in this thread;
 * start threads after this). One function a signal.
 *
 * Errors: HS_ESYSTEM.
 */
int hs_loop_signal(struct hs_loop *loop, int signo,
    void (*fn)(void *owner, int signo), void *owner, struct hs_err *err);

/** Run until hs_loop_stop(). Errors: HS_ESYSTEM. */
int hs_loop_run(struct hs_loop *loop, struct hs_err *err);

/**
 * One round: wait at most timeout_ms (-1 is for ever), then serve what is due.
 * Errors: HS_ESYSTEM.
 */
int hs_loop_step(struct hs_loop *loop, int timeout_ms, struct hs_err *err);

/** Make hs_loop_run() return after this round. */
void hs_loop_stop(struct hs_loop *loop);

/** Monotonic milliseconds, as of the beginning of this round. */
uint64_t hs_loop_now_ms(const struct hs_loop *loop);

HS_FREEP(hs_loop_freep, struct hs_loop *, hs_loop_free)

#endif
