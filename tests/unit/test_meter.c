/* test_meter.c - readings as the ledger takes them, and whose turn it is. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "provisioning/lives.h"
#include "provisioning/meter.h"
#include "provisioning/source.h"

static void check(json_t *got, const char *expected)
{
	hs_auto(hs_freep) char *text = json_dumps(got, JSON_COMPACT);

	json_decref(got);
	assert_string_equal(text, expected);
}

/* What is not told is no zero. */
static void test_domains(void **state)
{
	struct hv_usage list[] = {
		{ .name = "v.e",
		    .id = 7,
		    .began = 123,
		    .cpu_ns = 1,
		    .memory_kib = 99,
		    .used_kib = 2,
		    .rx_bytes = 3,
		    .tx_bytes = 4,
		    .disk_reads = 5,
		    .disk_writes = 6,
		    .disk_read_bytes = 7,
		    .disk_write_bytes = 8,
		    .data_kib = 9,
		    .volume = { 44, 1, 2, 3, 4 } },
		{ .name = "v.f",
		    .id = 8,
		    .began = HV_NOT_TOLD,
		    .cpu_ns = 1,
		    .used_kib = HV_NOT_TOLD,
		    .data_kib = HV_NOT_TOLD },
	};
	const struct hv_usages usages = { .list = list, .count = 2 };
	const struct hv_usages none = { 0 };

	(void)state;
	check(meter_domains(&usages, "b"),
	    "[{\"name\":\"v.e\",\"life\":\"7@b@123\","
	    "\"counts\":[1,2,3,4,5,6,7,8,9]},"
	    "{\"name\":\"v.e volume\",\"object\":\"v.e\",\"life\":\"44@b\","
	    "\"counts\":[null,null,null,null,1,2,3,4,null]},"
	    "{\"name\":\"v.f\",\"life\":\"8@b@\","
	    "\"counts\":[1,null,0,0,0,0,0,0,null]}]");
	check(meter_domains(&none, ""), "[]");
}

/* Each worker's own, so that one that ends takes nothing from the others. */
static void test_gateway(void **state)
{
	json_t *status = json_loads(
	    "{\"routes\": [{\"ve\": \"v\", \"enterprise\": \"e\", \"meters\": "
	    "{\"1.5\": [1, 2, 3, 4, 5, 6], \"2.7\": [6, 5, 4, 3, 2, 1]}}, "
	    "{\"ve\": \"v\", \"enterprise\": \"old\"}, {\"meters\": {}}]}",
	    0, NULL);

	(void)state;
	check(meter_gateway(status),
	    "[{\"name\":\"v.e 1.5\",\"object\":\"v.e\",\"life\":\"1.5\","
	    "\"counts\":[1,2,3,4,5,6]},{\"name\":\"v.e 2.7\",\"object\":\"v.e\""
	    ",\"life\":\"2.7\",\"counts\":[6,5,4,3,2,1]}]");
	check(meter_gateway(NULL), "[]");
	json_decref(status);
}

/* What hanse-host says, and who has begun since. */
static void test_lives(void **state)
{
	hs_auto(lives_done) struct lives lives = { 0 };
	struct hv_usage list[] = {
		{ .name = (char *)(uintptr_t) "v.e", .id = 7 },
		{ .name = (char *)(uintptr_t) "v.f", .id = 8 },
		{ .name = (char *)(uintptr_t) "v.x", .id = 9 },
	};
	struct hv_usages usages = { .list = list, .count = 2 };
	struct hs_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		list[i].began = HV_NOT_TOLD;
	assert_int_equal(lives_read(&lives, "", &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_int_equal(lives_read(&lives, "domain v.e 7 5\n", NULL), -1);
	assert_int_equal(
	    lives_read(&lives,
		"boot c0ffee\ndomain v.e 7 18446744\ndomain v.x 9 0\nwhat\n",
		NULL),
	    0);
	assert_string_equal(lives.boot, "c0ffee");
	assert_true(lives.is_known);
	lives_tell(&lives, &usages);
	assert_int_equal(list[0].began, 18446744);
	assert_int_equal(list[1].began, HV_NOT_TOLD);
	assert_false(lives.is_known);

	/* One that began under another number is another life. */
	lives.is_known = true;
	list[0].id = 6;
	list[0].began = HV_NOT_TOLD;
	usages.count = 1;
	lives_tell(&lives, &usages);
	assert_int_equal(list[0].began, HV_NOT_TOLD);
	assert_false(lives.is_known);

	/* One that is known not to be known is not asked for again. */
	lives.is_known = true;
	usages.list = &list[2];
	lives_tell(&lives, &usages);
	assert_int_equal(list[2].began, HV_NOT_TOLD);
	assert_true(lives.is_known);
	lives_forget(&lives);
	assert_string_equal(lives.boot, "");
	assert_false(lives.is_known);
}

/* -- Turns ----------------------------------------------------------------- */

static struct host one = { .name = (char *)(uintptr_t) "one",
	.address = (char *)(uintptr_t) "10.0.0.1",
	.can = { [HV_LXC] = true, [HV_QEMU] = true } };
static struct host *both[] = { &one };
static const struct plat_conf conf = { .run = (char *)(uintptr_t) "/run" };
static const struct plat plat = { .conf = &conf };

static void update(struct sources *sources, size_t count)
{
	const struct hosts hosts = { .list = both, .count = count };

	sources_update(sources, &plat, &hosts);
}

static void check_names(const struct sources *sources, const char *expected)
{
	hs_auto(hs_freep) char *text = sources_names(sources);

	assert_string_equal(text, expected);
}

#define ALL "[\"gateway\",\"edge\",\"domain/one/lxc\",\"domain/one/qemu\"]"

static void test_sources(void **state)
{
	hs_auto(sources_done) struct sources sources = { 0 };
	struct source *asked;

	(void)state;
	update(&sources, 1);
	update(&sources, 1);
	check_names(&sources, ALL);
	assert_null(sources_next(&sources));
	sources_queue(&sources);
	for (int i = 0; i < 3; i++)
		assert_non_null(sources_next(&sources));
	asked = sources_next(&sources);
	assert_string_equal(asked->name, "domain/one/qemu");
	assert_string_equal(asked->uri,
	    "qemu+unix:///system?socket=/run/hosts/one.libvirt-sock");
	assert_false(asked->is_local);
	sources_queue(&sources); /* they are still being asked */
	assert_null(sources_next(&sources));
	asked->turn = SOURCE_IDLE;
	sources_queue(&sources);
	assert_ptr_equal(sources_next(&sources), asked);
}

/* One that is being asked is not taken away from who asks. */
static void test_gone(void **state)
{
	hs_auto(sources_done) struct sources sources = { 0 };
	struct source *asked;

	(void)state;
	update(&sources, 1);
	sources_queue(&sources);
	for (int i = 0; i < 3; i++)
		asked = sources_next(&sources);
	asked->domains = 7;
	update(&sources, 0);
	check_names(&sources, "[\"gateway\",\"edge\",\"domain/one/lxc\"]");
	assert_int_equal(sources_domains(&sources), 7);
	asked->turn = SOURCE_IDLE;
	sources_queue(&sources);
	assert_int_equal(asked->turn, SOURCE_IDLE);
	update(&sources, 0);
	check_names(&sources, "[\"gateway\",\"edge\"]");
	assert_int_equal(sources_domains(&sources), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_gateway),
		cmocka_unit_test(test_lives),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
