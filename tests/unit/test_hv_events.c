/* test_hv_events.c - the event loop: descriptors, timers, and their end. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libvirt/libvirt.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/clock.h"
#include "hv/events.h"

#define WAIT_MS 5000

static atomic_int calls, ends, last_events;

static int begin(void **state)
{
	(void)state;
	return hv_events_start(NULL);
}

static int reset(void **state)
{
	(void)state;
	atomic_store(&calls, 0);
	atomic_store(&ends, 0);
	atomic_store(&last_events, 0);
	return 0;
}

static bool reaches(atomic_int *value, int wanted)
{
	for (int64_t end = hs_now_ms() + WAIT_MS;
	     atomic_load(value) < wanted && hs_now_ms() < end; hs_pause_ms(1))
		;
	return atomic_load(value) >= wanted;
}

static void ended(void *data)
{
	(void)data;
	atomic_fetch_add(&ends, 1);
}

static void on_due(int timer, void *data)
{
	(void)timer;
	(void)data;
	atomic_fetch_add(&calls, 1);
}

/* Takes itself away when it is due. */
static void once(int timer, void *data)
{
	(void)data;
	atomic_fetch_add(&calls, 1);
	hv_timer_remove(timer);
}

static void on_ready(int watch, int fd, int events, void *data)
{
	char c;

	(void)watch;
	(void)data;
	atomic_store(&last_events, events);
	if ((events & VIR_EVENT_HANDLE_READABLE) != 0 && read(fd, &c, 1) == 1)
		atomic_fetch_add(&calls, 1);
}

static void test_timer(void **state)
{
	int64_t since = hs_now_ms();
	int timer = hv_timer_add(50, on_due, NULL, ended);

	(void)state;
	assert_true(reaches(&calls, 3));
	assert_true(hs_now_ms() - since >= 150);
	hv_timer_remove(timer);
	hv_timer_remove(timer);
	assert_int_equal(virEventRemoveTimeout(timer), -1);
	timer = hv_timer_add(10, once, NULL, ended);
	assert_true(reaches(&ends, 2));
}

/* One that is removed before its time never runs, and is let go all the same
 * even if nothing else happens. */
static void test_removed(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++)
		hv_timer_remove(hv_timer_add(60000, on_due, NULL, ended));
	assert_true(reaches(&ends, 700));
	hv_timer_remove(hv_timer_add(1, once, NULL, ended));
	(void)hv_timer_add(1, once, NULL, ended);
	assert_true(reaches(&ends, 1002));
}

static void test_disabled(void **state)
{
	int timer = virEventAddTimeout(-1, on_due, NULL, ended);

	(void)state;
	hs_pause_ms(50);
	assert_int_equal(atomic_load(&calls), 0);
	virEventUpdateTimeout(timer, 0);
	assert_true(reaches(&calls, 10));
	virEventUpdateTimeout(timer, -1);
	assert_int_equal(virEventRemoveTimeout(timer), 0);
	/* It may be amidst a call, which the next test would count. */
	(void)hv_timer_add(1, once, NULL, ended);
	assert_true(reaches(&ends, 2));
}

static void test_descriptor(void **state)
{
	int ends_of[2], watch;

	(void)state;
	assert_int_equal(pipe(ends_of), 0);
	watch = virEventAddHandle(
	    ends_of[0], VIR_EVENT_HANDLE_READABLE, on_ready, NULL, ended);
	assert_int_equal(write(ends_of[1], "a", 1), 1);
	assert_true(reaches(&calls, 1));
	virEventUpdateHandle(watch, 0);
	assert_int_equal(write(ends_of[1], "b", 1), 1);
	hs_pause_ms(50);
	assert_int_equal(atomic_load(&calls), 1);
	virEventUpdateHandle(watch, VIR_EVENT_HANDLE_READABLE);
	assert_true(reaches(&calls, 2));
	(void)close(ends_of[1]);
	assert_true(reaches(&last_events, VIR_EVENT_HANDLE_HANGUP));
	assert_int_equal(virEventRemoveHandle(watch), 0);
	assert_int_equal(virEventRemoveHandle(watch), -1);
	assert_true(reaches(&ends, 1));
	(void)close(ends_of[0]);
}

/* The first descriptor of this thread is caught, those of others are not. */
static void *add_other(void *fd)
{
	(void)virEventRemoveHandle(virEventAddHandle(
	    *(int *)fd, VIR_EVENT_HANDLE_READABLE, on_ready, NULL, NULL));
	return NULL;
}

static void test_catch(void **state)
{
	atomic_int caught = -1;
	pthread_t thread;
	int a[2], watch, fd;

	(void)state;
	assert_int_equal(pipe(a), 0);
	hv_events_catch(&caught);
	assert_int_equal(pthread_create(&thread, NULL, add_other, &a[0]), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(atomic_load(&caught), -1);
	watch = virEventAddHandle(
	    a[0], VIR_EVENT_HANDLE_READABLE, on_ready, NULL, NULL);
	fd = atomic_load(&caught);
	assert_true(fd >= 0 && fd != a[0]);
	hv_events_catch(NULL);
	(void)virEventRemoveHandle(watch);
	(void)close(fd);
	(void)close(a[0]);
	(void)close(a[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_timer, reset),
		cmocka_unit_test_setup(test_removed, reset),
		cmocka_unit_test_setup(test_disabled, reset),
		cmocka_unit_test_setup(test_descriptor, reset),
		cmocka_unit_test_setup(test_catch, reset),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
