/* test_loop.c - the event loop. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/loop.h"

struct box {
	struct hs_loop *loop;
	struct hs_watch watch, *victim;
	struct hs_timer timer;
	unsigned events;
	int fd, calls, order;
	int *next;
};

static void on_ready(void *owner, unsigned events)
{
	struct box *box = owner;
	char c;

	box->events = events;
	box->calls++;
	if ((events & HS_LOOP_READ) != 0)
		(void)!read(box->fd, &c, 1);
	if (box->victim != NULL)
		hs_watch_stop(box->victim);
}

static void on_timer(void *owner)
{
	struct box *box = owner;

	box->order = ++*box->next;
	if (++box->calls == 3)
		hs_loop_stop(box->loop);
}

static void on_again(void *owner)
{
	struct box *box = owner;

	if (++box->calls == 5)
		hs_loop_stop(box->loop);
	else
		hs_timer_start(box->loop, &box->timer, 0);
}

static void on_term(void *owner, int signo)
{
	struct box *box = owner;

	box->order = signo;
	hs_loop_stop(box->loop);
}

static struct hs_loop *loop_new(void)
{
	struct hs_loop *loop = NULL;
	struct hs_err err = { 0 };

	if (hs_loop_new(&loop, &err) < 0)
		fail_msg("%s", err.msg);
	return loop;
}

static void test_watch(void **state)
{
	hs_auto(hs_loop_freep) struct hs_loop *loop = loop_new();
	struct box a = { .watch = { .fn = on_ready } };
	struct hs_err err = { 0 };
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	a.fd = pair[0];
	a.watch.owner = &a;
	assert_int_equal(
	    hs_watch_start(loop, &a.watch, pair[0], HS_LOOP_READ, &err), 0);
	assert_int_equal(hs_loop_step(loop, 0, &err), 0);
	assert_int_equal(a.calls, 0);
	assert_int_equal(write(pair[1], "x", 1), 1);
	assert_int_equal(hs_loop_step(loop, 0, &err), 0);
	assert_int_equal(a.calls, 1);
	assert_int_equal(a.events, HS_LOOP_READ);
	hs_watch_set(&a.watch, HS_LOOP_WRITE);
	assert_int_equal(hs_loop_step(loop, 0, &err), 0);
	assert_int_equal(a.events, HS_LOOP_WRITE);
	hs_watch_stop(&a.watch);
	assert_int_equal(hs_loop_step(loop, 0, &err), 0);
	assert_int_equal(a.calls, 2);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

/* Whoever is served first stops the other, whose event was told already. */
static void test_stop_within_round(void **state)
{
	hs_auto(hs_loop_freep) struct hs_loop *loop = loop_new();
	struct box a = { .watch = { .fn = on_ready } }, b = a;
	struct hs_err err = { 0 };
	int p[2], q[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(pipe(q), 0);
	a.fd = p[0];
	b.fd = q[0];
	a.watch.owner = &a;
	b.watch.owner = &b;
	a.victim = &b.watch;
	b.victim = &a.watch;
	(void)hs_watch_start(loop, &a.watch, p[0], HS_LOOP_READ, &err);
	(void)hs_watch_start(loop, &b.watch, q[0], HS_LOOP_READ, &err);
	assert_int_equal(write(p[1], "x", 1), 1);
	assert_int_equal(write(q[1], "x", 1), 1);
	assert_int_equal(hs_loop_step(loop, 0, &err), 0);
	assert_int_equal(a.calls + b.calls, 1);
	hs_watch_stop(&a.watch);
	hs_watch_stop(&b.watch);
	for (int i = 0; i < 2; i++) {
		(void)close(p[i]);
		(void)close(q[i]);
	}
}

static void test_timer_order(void **state)
{
	hs_auto(hs_loop_freep) struct hs_loop *loop = loop_new();
	static const uint64_t delays[] = { 9, 3, 7, 1, 5, 0, 8 };
	struct box boxes[7] = { 0 };
	struct hs_err err = { 0 };
	int next = 0;

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		boxes[i].loop = loop;
		boxes[i].next = &next;
		boxes[i].timer.fn = on_timer;
		boxes[i].timer.owner = &boxes[i];
		hs_timer_start(loop, &boxes[i].timer, delays[i]);
	}
	hs_timer_stop(&boxes[2].timer);
	hs_timer_start(loop, &boxes[5].timer, 20);
	while (next < 6)
		assert_int_equal(hs_loop_step(loop, -1, &err), 0);
	assert_int_equal(boxes[3].order, 1);
	assert_int_equal(boxes[1].order, 2);
	assert_int_equal(boxes[4].order, 3);
	assert_int_equal(boxes[6].order, 4);
	assert_int_equal(boxes[0].order, 5);
	assert_int_equal(boxes[5].order, 6);
	assert_int_equal(boxes[2].calls, 0);
}

static void test_timer_again(void **state)
{
	hs_auto(hs_loop_freep) struct hs_loop *loop = loop_new();
	struct box a = { .loop = loop, .timer = { .fn = on_again } };
	struct hs_err err = { 0 };

	(void)state;
	a.timer.owner = &a;
	hs_timer_start(loop, &a.timer, 0);
	assert_int_equal(hs_loop_step(loop, 0, &err), 0);
	assert_int_equal(a.calls, 1);
	assert_int_equal(hs_loop_run(loop, &err), 0);
	assert_int_equal(a.calls, 5);
}

static void test_signal(void **state)
{
	hs_auto(hs_loop_freep) struct hs_loop *loop = loop_new();
	struct box a = { .loop = loop };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(hs_loop_signal(loop, SIGUSR1, on_term, &a, &err), 0);
	assert_int_equal(hs_loop_signal(loop, SIGTERM, on_term, &a, &err), 0);
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	assert_int_equal(hs_loop_run(loop, &err), 0);
	assert_int_equal(a.order, SIGTERM);
	assert_int_equal(kill(getpid(), SIGUSR1), 0);
	assert_int_equal(hs_loop_run(loop, &err), 0);
	assert_int_equal(a.order, SIGUSR1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_stop_within_round),
		cmocka_unit_test(test_timer_order),
		cmocka_unit_test(test_timer_again),
		cmocka_unit_test(test_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
