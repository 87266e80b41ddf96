/* test_db_size.c - the memory of a database domain, by its connections. */

#include "provisioning/db_size.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "provisioning/plat.h"
#include "provisioning/spec.h"
#include "provisioning/store.h"

static void test_memory(void **state)
{
	static const struct {
		unsigned connections, lxc, qemu;
	} cases[] = {
		{ 0, 512, 512 },
		{ 51, 512, 512 },
		{ 52, 640, 1024 },
		{ 76, 640, 1024 },
		{ 77, 768, 1024 },
		{ 153, 1024, 1024 },
		{ 154, 1152, 2048 },
		{ 1200, 6272, 8192 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned n = cases[i].connections;

		assert_int_equal(
		    db_size_memory_mib(n, false, HV_LXC), cases[i].lxc);
		assert_int_equal(
		    db_size_memory_mib(n, false, HV_QEMU), cases[i].qemu);
	}
	/* Patroni and etcd come on top. */
	assert_int_equal(db_size_memory_mib(0, true, HV_LXC), 512);
	assert_int_equal(db_size_memory_mib(51, true, HV_LXC), 640);
	assert_int_equal(db_size_memory_mib(68, true, HV_LXC), 768);
}

/* Whatever there are, the connections have what they take. */
static void buffers_fit(bool replicated)
{
	for (unsigned n = 0; n < 3000; n++) {
		unsigned memory = db_size_memory_mib(n, replicated, HV_LXC);

		assert_true(db_size_need_mib(n, replicated) - 128 +
				db_size_buffers_mib(memory, n, replicated) <=
			    memory);
		assert_true(
		    db_size_memory_mib(n + 1, replicated, HV_LXC) >= memory);
	}
}

static void test_buffers(void **state)
{
	(void)state;
	assert_int_equal(db_size_buffers_mib(256, 20, false), 64);
	assert_int_equal(db_size_buffers_mib(512, 20, false), 128);
	assert_int_equal(db_size_buffers_mib(512, 400, false), 128);
	assert_int_equal(db_size_buffers_mib(4096, 20, false), 1024);
	assert_int_equal(db_size_buffers_mib(768, 68, true), 172);
	buffers_fit(false);
	buffers_fit(true);
}

/* -- A number that was given ----------------------------------------------- */

static struct spec spec_of(const char *ve, enum spec_class class,
    unsigned enterprises, unsigned memory_mib)
{
	return (struct spec) {
		.ve = (char *)(uintptr_t)ve,
		.database = { .class = class,
		    .connections = 20,
		    .memory_mib = memory_mib },
		.enterprises_count = enterprises,
	};
}

/* -- Domains --------------------------------------------------------------- */

static void has_domains(const struct spec *spec, unsigned count,
    const char *server, const char *last)
{
	hs_auto(hs_freep) char *its = db_size_server(spec);
	hs_auto(hs_freep) char *name =
	    db_size_domain(spec, db_size_domains(spec));

	assert_int_equal(db_size_domains(spec), count);
	assert_string_equal(its, server);
	assert_string_equal(name, last);
	assert_true(db_size_is_domain(spec, last));
	assert_false(db_size_is_domain(spec, "db.other"));
}

/* One with replicas is nobody else's: their own name, their own domains. */
static void test_domains(void **state)
{
	struct spec spec = spec_of("v", SPEC_CLASS_SHARED, 1, 0);

	(void)state;
	has_domains(&spec, 1, "db.shared", "db.shared");
	assert_false(db_size_is_domain(&spec, "db.replicated.1"));
	spec.database.replicas = 2;
	has_domains(&spec, 3, "db.replicated", "db.replicated.3");
	assert_true(db_size_is_domain(&spec, "db.replicated.1"));
	assert_false(db_size_is_domain(&spec, "db.replicated"));
	assert_false(db_size_is_domain(&spec, "db.replicated.4"));
	assert_false(db_size_is_domain(&spec, "db.shared"));
	spec.database.class = SPEC_CLASS_DEDICATED;
	has_domains(&spec, 3, "db.v", "db.v.3");
	spec.database.replicas = 0;
	has_domains(&spec, 1, "db.v", "db.v");
}

/** A VE that is stored, one beside it on the shared server, and what is asked.
 */
struct asked {
	unsigned conf_mib;
	struct spec old, new;
};

static int check(struct asked *a, struct hs_err *err)
{
	struct plat_conf conf = { .config = (char *)(uintptr_t) "/etc/hanse",
		.database.memory_mib = a->conf_mib };
	struct spec beside = spec_of("beside", SPEC_CLASS_SHARED, 1, 0);
	struct store_ve list[] = {
		{ .name = beside.ve, .spec = &beside },
		{ .name = a->old.ve, .spec = &a->old },
	};
	const struct store_ves ves = { list, a->old.ve != NULL ? 2 : 1 };

	return db_size_check(&conf, &ves, &a->new, err);
}

static void test_check(void **state)
{
	const enum spec_class shared = SPEC_CLASS_SHARED;
	const enum spec_class own = SPEC_CLASS_DEDICATED;
	struct asked fit[] = {
		/* Nobody says a number; the number is enough, to the last. */
		{ 0, { 0 }, spec_of("v", shared, 100, 0) },
		{ 556, { 0 }, spec_of("v", shared, 1, 0) },
		{ 0, { 0 }, spec_of("v", own, 100, 0) },
		{ 0, { 0 }, spec_of("v", own, 2, 556) },
		/* Too small already, and no more is asked for. */
		{ 512, spec_of("v", shared, 9, 0), spec_of("v", shared, 9, 0) },
		{ 512, spec_of("v", shared, 9, 0), spec_of("v", shared, 8, 0) },
		{ 0, spec_of("v", own, 9, 512), spec_of("v", own, 9, 600) },
	};
	struct asked unfit[] = {
		{ 555, { 0 }, spec_of("v", shared, 1, 0) },
		{ 0, { 0 }, spec_of("v", own, 2, 555) },
		{ 512, spec_of("v", shared, 8, 0), spec_of("v", shared, 9, 0) },
		{ 0, spec_of("v", own, 9, 600), spec_of("v", own, 9, 512) },
		{ 0, spec_of("v", own, 9, 0), spec_of("v", own, 9, 512) },
	};
	struct hs_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fit); i++)
		if (check(&fit[i], &err) < 0)
			fail_msg("fit %zu: %s", i, err.msg);
	for (size_t i = 0; i < ARRAY_LEN(unfit); i++) {
		err.code = HS_OK;
		if (check(&unfit[i], &err) == 0)
			fail_msg("unfit %zu", i);
		assert_int_equal(err.code, HS_ELIMIT);
	}
}

static void test_check_says(void **state)
{
	struct asked a = { 512, { 0 }, spec_of("v", SPEC_CLASS_SHARED, 9, 0) };
	struct asked b = { 0, { 0 },
		spec_of("v", SPEC_CLASS_DEDICATED, 9, 300) };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(check(&a, &err), -1);
	assert_string_equal(err.msg,
	    "the database server 'db.shared' has 512 MiB, and 220 connections "
	    "(20 of them the platform's own) need 1356; in "
	    "/etc/hanse/hansed.yaml raise database.memory_mib to 1408, or "
	    "remove it, then: make up");
	assert_int_equal(check(&b, &err), -1);
	assert_string_equal(err.msg,
	    "the database server 'db.v' has 300 MiB, and 200 connections (20 "
	    "of them the platform's own) need 1256; in the spec raise "
	    "database.memory_mib to 1280, or remove it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_buffers),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_check_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
