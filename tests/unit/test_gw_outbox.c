/* test_gw_outbox.c - what is posted leaves at the end of the round, all of it
 * and once, whatever becomes of the others meanwhile.
 */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/outbox.h"
#include "shared-db-gateway/stream.h"

#define MANY 40 /* more than go at once */

struct end {
	struct gw_stream stream;
	int peer;
	unsigned runs;
	struct gw_stream *victim; /* whom its owner closes when it is run */
};

static struct ground {
	struct hs_loop *loop;
	struct gw_outbox *box;
	struct end ends[MANY];
} g;

static void on_run(void *owner, unsigned events)
{
	struct end *e = owner;

	gw_stream_ready(&e->stream, events);
	e->runs++;
	if (e->victim != NULL)
		gw_stream_close(e->victim);
}

static int begin(void **state)
{
	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	memset(&g, 0, sizeof(g));
	assert_int_equal(hs_loop_new(&g.loop, NULL), 0);
	g.box = gw_outbox_new(g.loop);
	for (int i = 0; i < MANY; i++) {
		struct end *e = &g.ends[i];
		int pair[2];

		assert_int_equal(
		    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair),
		    0);
		e->peer = pair[1];
		e->stream.watch.fn = on_run;
		e->stream.watch.owner = e;
		e->stream.outbox = g.box;
		assert_int_equal(
		    gw_stream_open(&e->stream, g.loop, pair[0], NULL), 0);
	}
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (int i = 0; i < MANY; i++) {
		gw_stream_close(&g.ends[i].stream);
		(void)close(g.ends[i].peer);
	}
	gw_outbox_free(g.box);
	hs_loop_free(g.loop);
	return 0;
}

static void post(int i, const char *text)
{
	assert_true(gw_bytes_add(&g.ends[i].stream.out, text, strlen(text)));
	gw_stream_post(&g.ends[i].stream);
}

/* What its peer has got, all of it. */
static void assert_got(int i, const char *text)
{
	char got[256] = "";
	ssize_t n = recv(g.ends[i].peer, got, sizeof(got) - 1, MSG_DONTWAIT);

	assert_string_equal(n > 0 ? got : "", text);
}

static void step(void)
{
	assert_int_equal(hs_loop_step(g.loop, 0, NULL), 0);
}

static void test_many(void **state)
{
	(void)state;
	for (int i = 0; i < MANY; i++)
		post(i, i % 2 == 0 ? "even" : "odd");
	/* The last ones wait. */
	assert_got(MANY - 1, "");
	assert_true(gw_stream_is_flowing(&g.ends[MANY - 1].stream));
	step();
	for (int i = 0; i < MANY; i++) {
		assert_got(i, i % 2 == 0 ? "even" : "odd");
		assert_int_equal(g.ends[i].runs, 0);
		assert_int_equal(gw_bytes_len(&g.ends[i].stream.out), 0);
		assert_true(g.ends[i].stream.sent > 0);
	}
	step();
	assert_got(0, "");
}

static void test_awaited(void **state)
{
	(void)state;
	post(0, "a");
	assert_false(gw_stream_is_clear(&g.ends[0].stream));
	post(1, "b");
	step();
	assert_int_equal(g.ends[0].runs, 1);
	assert_int_equal(g.ends[1].runs, 0);
	assert_true(gw_stream_is_clear(&g.ends[0].stream));
}

/* What comes behind it in the round goes with it. */
static void test_more(void **state)
{
	(void)state;
	post(0, "first, ");
	post(0, "second");
	step();
	assert_got(0, "first, second");
}

static void test_flushed(void **state)
{
	(void)state;
	post(0, "now");
	assert_true(gw_stream_flush(&g.ends[0].stream));
	assert_got(0, "now");
	step();
	assert_got(0, "");
}

static void test_closed(void **state)
{
	(void)state;
	post(0, "last words");
	gw_stream_close(&g.ends[0].stream);
	post(1, "others");
	step();
	assert_got(0, "last words");
	assert_got(1, "others");
}

static void test_forgotten(void **state)
{
	(void)state;
	post(0, "never");
	post(1, "others");
	gw_stream_forget(&g.ends[0].stream);
	step();
	assert_got(0, "");
	assert_int_equal(g.ends[0].stream.sent, 0);
	assert_true(g.ends[0].stream.ended);
	assert_got(1, "others");
}

static void test_gone(void **state)
{
	(void)state;
	(void)close(g.ends[0].peer);
	g.ends[0].peer = -1;
	post(0, "nobody");
	post(1, "others");
	step();
	assert_true(g.ends[0].stream.ended);
	assert_true(g.ends[0].runs > 0);
	assert_int_equal(g.ends[0].stream.sent, 0);
	assert_got(1, "others");
}

/* Who is run ends another that was to be run. */
static void test_victim(void **state)
{
	(void)state;
	post(0, "a");
	post(1, "b");
	(void)gw_stream_is_clear(&g.ends[0].stream);
	(void)gw_stream_is_clear(&g.ends[1].stream);
	g.ends[0].victim = &g.ends[1].stream;
	step();
	assert_int_equal(g.ends[0].runs, 1);
	assert_int_equal(g.ends[1].runs, 0);
	assert_got(1, "b");
}

/* One that takes no more is the loop's to tell of. */
static void test_full(void **state)
{
	static const char block[4096];
	struct gw_stream *s = &g.ends[0].stream;
	char sink[65536];

	(void)state;
	while (send(s->fd, block, sizeof(block), MSG_DONTWAIT) > 0)
		;
	post(0, "late");
	step();
	assert_false(s->writable);
	assert_int_equal(g.ends[0].runs, 1);
	gw_stream_rearm(s, true);
	while (recv(g.ends[0].peer, sink, sizeof(sink), MSG_DONTWAIT) > 0)
		;
	step();
	assert_true(s->writable);
	assert_true(gw_stream_flush(s));
	assert_got(0, "late");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_many, begin, end),
		cmocka_unit_test_setup_teardown(test_awaited, begin, end),
		cmocka_unit_test_setup_teardown(test_more, begin, end),
		cmocka_unit_test_setup_teardown(test_flushed, begin, end),
		cmocka_unit_test_setup_teardown(test_closed, begin, end),
		cmocka_unit_test_setup_teardown(test_forgotten, begin, end),
		cmocka_unit_test_setup_teardown(test_gone, begin, end),
		cmocka_unit_test_setup_teardown(test_victim, begin, end),
		cmocka_unit_test_setup_teardown(test_full, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
