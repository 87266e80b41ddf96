/* test_metric.c - figures from many threads at once, and their text. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "provisioning/metric.h"
#include "provisioning/metric_http.h"

#define THREADS 8
#define ROUNDS  20000

/* The value of one line; NaN if it is not there. */
static double value_of(const char *name)
{
	hs_auto(hs_text_done) struct hs_text text = { 0 };
	hs_auto(hs_freep) char *line = hs_printf("\n%s ", name);
	const char *at;

	metric_write(&text);
	at = strstr(text.data, line);
	return at != NULL ? strtod(at + strlen(line), NULL) : NAN;
}

static void assert_value(const char *name, double expected)
{
	double value = value_of(name);

	if (value != expected)
		fail_msg("%s is %g instead of %g", name, value, expected);
}

static void test_empty(void **state)
{
	(void)state;
	assert_value("hanse_events_total", 0);
	assert_value("hanse_job_queue_seconds_count", 0);
	assert_value("hanse_job_queue_seconds_bucket{le=\"+Inf\"}", 0);
	assert_true(isnan(value_of("hanse_jobs{state=\"queued\"}")));
	assert_true(isnan(value_of("hanse_control_database_up")));
}

static void *count(void *arg)
{
	char host[24];

	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		(void)snprintf(host, sizeof(host), "h%d", i % 100);
		metric_count(METRIC_EVENTS, NULL, 2);
		metric_count(METRIC_HOST_CALLS, METRIC_OF(host, "ok"), 1);
		metric_add(METRIC_JOBS, METRIC_OF("running"), 1);
		metric_add(METRIC_JOBS, METRIC_OF("running"), -1);
		metric_add(METRIC_JOBS, METRIC_OF("done"), 1);
		metric_observe(METRIC_STEP_SECONDS,
		    METRIC_OF("domain", "create", "done"), 0.25);
	}
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, count, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_value("hanse_events_total", 2.0 * THREADS * ROUNDS);
	for (int h = 0; h < 100; h++) {
		hs_auto(hs_freep) char *name = hs_printf(
		    "hanse_host_calls_total{host=\"h%d\",result=\"ok\"}", h);

		assert_value(name, THREADS * ROUNDS / 100);
	}
	assert_value("hanse_jobs{state=\"running\"}", 0);
	assert_value("hanse_jobs{state=\"done\"}", THREADS * ROUNDS);
	assert_value("hanse_step_seconds_count{kind=\"domain\","
		     "action=\"create\",result=\"done\"}",
	    THREADS * ROUNDS);
	assert_value("hanse_step_seconds_sum{kind=\"domain\","
		     "action=\"create\",result=\"done\"}",
	    THREADS * ROUNDS / 4.0);
}

static void test_histogram(void **state)
{
	static const double observed[] = { 0, 0.001, 0.0011, 0.5, 60, 60.1, 1e6,
		-1, NAN };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(observed); i++)
		metric_observe(METRIC_JOB_QUEUE_SECONDS, NULL, observed[i]);
	assert_value("hanse_job_queue_seconds_bucket{le=\"0.001\"}", 4);
	assert_value("hanse_job_queue_seconds_bucket{le=\"0.005\"}", 5);
	assert_value("hanse_job_queue_seconds_bucket{le=\"0.25\"}", 5);
	assert_value("hanse_job_queue_seconds_bucket{le=\"0.5\"}", 6);
	assert_value("hanse_job_queue_seconds_bucket{le=\"60\"}", 7);
	assert_value("hanse_job_queue_seconds_bucket{le=\"+Inf\"}", 9);
	assert_value("hanse_job_queue_seconds_count", 9);
	assert_value("hanse_job_queue_seconds_sum", 1000120.6021);
}

static void test_gauges(void **state)
{
	(void)state;
	metric_set(METRIC_BREAKER_STATE, METRIC_OF("a"), 2);
	metric_set(METRIC_BREAKER_STATE, METRIC_OF("b"), 0);
	assert_value("hanse_breaker_state{host=\"a\"}", 2);
	assert_value("hanse_breaker_state{host=\"b\"}", 0);
	metric_drop(METRIC_BREAKER_STATE, METRIC_OF("a"));
	assert_true(isnan(value_of("hanse_breaker_state{host=\"a\"}")));
	metric_set(METRIC_BREAKER_STATE, METRIC_OF("a"), 1);
	assert_value("hanse_breaker_state{host=\"a\"}", 1);
	metric_set(METRIC_STORE_UP, NULL, 1);
	assert_true(metric_value(METRIC_STORE_UP, NULL) == 1);
	assert_value("hanse_control_database_up", 1);
}

static void test_labels(void **state)
{
	hs_auto(hs_text_done) struct hs_text wide = { 0 };
	hs_auto(hs_freep) char *name = NULL;

	(void)state;
	metric_set(METRIC_DRIFT, METRIC_OF("a\"b\\c\nd{}=,"), 3);
	assert_value("hanse_drift{problem=\"a\\\"b\\\\c\\nd{}=,\"}", 3);
	metric_set(METRIC_DRIFT, METRIC_OF(NULL), 4);
	assert_value("hanse_drift{problem=\"\"}", 4);
	/* Cut at a character: 31 of two bytes, not 31 and a half. */
	for (int i = 0; i < 40; i++)
		hs_text_add(&wide, "ü");
	metric_set(METRIC_DRIFT, METRIC_OF(wide.data), 5);
	name = hs_printf("hanse_drift{problem=\"%.62s\"}", wide.data);
	assert_value(name, 5);
	/* Values do not run into each other. */
	metric_count(METRIC_HOST_CALLS, METRIC_OF("ab", "c"), 1);
	metric_count(METRIC_HOST_CALLS, METRIC_OF("a", "bc"), 2);
	assert_value("hanse_host_calls_total{host=\"ab\",result=\"c\"}", 1);
	assert_value("hanse_host_calls_total{host=\"a\",result=\"bc\"}", 2);
}

/* What has no room is counted as that, and spoils nothing. */
static void test_full(void **state)
{
	char state_name[16];

	(void)state;
	for (int i = 0; i < 50; i++) {
		(void)snprintf(state_name, sizeof(state_name), "s%d", i);
		metric_set(METRIC_DOMAINS, METRIC_OF(state_name), i);
	}
	assert_value("hanse_domains{state=\"s15\"}", 15);
	assert_true(isnan(value_of("hanse_domains{state=\"s16\"}")));
	assert_value("hanse_metric_lost_total", 34);
}

/* It is cheap, and nothing is allocated. */
static void test_hot_path(void **state)
{
	struct mallinfo2 before, after;
	int64_t since;

	(void)state;
	(void)count(NULL);
	before = mallinfo2();
	since = hs_now_ms();
	(void)count(NULL);
	after = mallinfo2();
	(void)fprintf(stderr, "%d rounds of 6 in %lld ms\n", ROUNDS,
	    (long long)(hs_now_ms() - since));
	assert_true(before.uordblks == after.uordblks);
}

/* Prometheus's own parser, and its taste. */
static void test_promtool(void **state)
{
	hs_auto(hs_text_done) struct hs_text text = { 0 };
	FILE *tool = popen("promtool check metrics", "w");

	(void)state;
	assert_non_null(tool);
	metric_write(&text);
	assert_int_equal(fwrite(text.data, 1, text.len, tool), text.len);
	assert_int_equal(pclose(tool), 0);
}

static void test_listen(void **state)
{
	static const char *const good[] = { "127.0.0.1:9464", "127.9.9.9:1",
		"[::1]:65535" };
	static const char *const bad[] = { "", "none", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:80x",
		"0.0.0.0:80", "10.90.0.1:80", "[::]:80", "::1:80",
		"localhost:80", ":80", "[]:80", "127.0.0.1:-1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_int_equal(metric_http_check(good[i], NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct hs_err err = { 0 };

		assert_int_equal(metric_http_check(bad[i], &err), -1);
		assert_int_equal(err.code, HS_EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_histogram),
		cmocka_unit_test(test_gauges),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_hot_path),
		cmocka_unit_test(test_promtool),
		cmocka_unit_test(test_listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
