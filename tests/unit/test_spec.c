/* test_spec.c - the example chain, defaults, JSON, code lists. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/spec.h"
#include "provisioning/spec_codes.h"

#define EXAMPLE "etc/examples/automotive.yaml"

static const char small[] =
    "ve: pair\ntitle: A pair\nisolation: container\n"
    "enterprises:\n"
    "  - {name: one, legal_name: One, role: oem, template: app, vcpus: 1, "
    "memory_mib: 128, driver: lxc,\n"
    "     sites: [{id: s, name: S, city: C, country: DE, time_zone: UTC}],\n"
    "     people: [{login: p, name: P, mail: p@one.example, roles: [buyer, "
    "admin]}]}\n"
    "  - {name: two, legal_name: Two, role: dealer, template: app, vcpus: 64, "
    "memory_mib: 65536, isolation: any, database_log_in: true,\n"
    "     sites: [{id: s, name: S, city: C, country: CN, time_zone: UTC}],\n"
    "     people: [{login: p, name: 李伟, mail: p@two.example, language: zh, "
    "roles: [seller]}]}\n";

static void test_example(void **state)
{
	hs_auto(spec_freep) struct spec *spec = NULL;
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	struct hs_err err = { 0 };
	const struct spec_enterprise *e;

	(void)state;
	assert_int_equal(spec_load(EXAMPLE, NULL, &spec, &faults, &err), 0);
	assert_int_equal(faults.count, 0);
	assert_string_equal(spec->ve, "automotive");
	assert_int_equal(spec->enterprises_count, 6);
	assert_int_equal(spec->relations_count, 5);
	assert_int_equal(spec->database.connections, 24);
	e = spec_enterprise_find(spec, "changjiang-wiring");
	assert_non_null(e);
	assert_string_equal(e->people[0].name, "李伟");
	assert_int_equal(e->people[0].language, SPEC_LANGUAGE_ZH);
	assert_int_equal(e->people[0].roles, SPEC_SELLER | SPEC_ADMIN);
	assert_string_equal(spec->relations[0].items[0].price, "41.80");
	assert_null(spec_enterprise_find(spec, "nobody"));
	assert_int_equal(hs_conf_line(spec->conf, "enterprises[0].name"), 16);
}

static void test_defaults(void **state)
{
	hs_auto(spec_freep) struct spec *spec = NULL;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(spec_load("small", small, &spec, NULL, &err), 0);
	assert_int_equal(spec->driver, SPEC_DRIVER_AUTO);
	assert_int_equal(spec->database.class, SPEC_CLASS_SHARED);
	assert_int_equal(spec->database.connections, 20);
	assert_int_equal(spec->database.memory_mib, 0);
	assert_int_equal(spec->enterprises[0].driver, SPEC_DRIVER_LXC);
	assert_int_equal(
	    spec->enterprises[0].isolation, SPEC_ISOLATION_CONTAINER);
	assert_int_equal(spec->enterprises[1].driver, SPEC_DRIVER_AUTO);
	assert_int_equal(spec->enterprises[1].isolation, SPEC_ISOLATION_ANY);
	assert_int_equal(
	    spec->enterprises[0].people[0].language, SPEC_LANGUAGE_EN);
	assert_int_equal(spec->relations_count, 0);
}

static void test_dedicated(void **state)
{
	hs_auto(hs_freep) char *text =
	    hs_printf("%sdatabase: {class: dedicated}\n", small);
	hs_auto(spec_freep) struct spec *spec = NULL;
	json_t *json;

	(void)state;
	assert_int_equal(spec_load("small", text, &spec, NULL, NULL), 0);
	assert_int_equal(spec->database.class, SPEC_CLASS_DEDICATED);
	assert_int_equal(spec->database.memory_mib, 0);
	assert_int_equal(spec->database.disk_gib, 8);
	json = spec_json(spec);
	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(json, "database"), "disk_gib")),
	    8);
	json_decref(json);
}

static void test_placement(void **state)
{
	hs_auto(hs_freep) char *text =
	    hs_printf("%.*s%s%s", (int)(strstr(small, "driver: lxc") - small),
		small, "placement: {host: h2, avoid: [two, db]}, ",
		strstr(small, "driver: lxc"));
	hs_auto(spec_freep) struct spec *spec = NULL;
	hs_auto(hs_freep) char *got = NULL;
	const struct spec_placement *p;
	json_t *json;

	(void)state;
	assert_int_equal(spec_load("small", text, &spec, NULL, NULL), 0);
	p = &spec->enterprises[0].placement;
	assert_string_equal(p->host, "h2");
	assert_int_equal(p->avoid_count, 2);
	assert_string_equal(p->avoid[1], "db");
	assert_null(spec->enterprises[1].placement.host);
	assert_int_equal(spec->enterprises[1].placement.avoid_count, 0);
	json = spec_json(spec);
	got = json_dumps(
	    json_object_get(
		json_array_get(json_object_get(json, "enterprises"), 0),
		"placement"),
	    JSON_COMPACT);
	assert_string_equal(
	    got, "{\"host\":\"h2\",\"avoid\":[\"two\",\"db\"]}");
	json_decref(json);
}

static void test_json(void **state)
{
	static const char want[] =
	    "{\"ve\":\"pair\",\"title\":\"A pair\","
	    "\"database\":{\"class\":\"shared\",\"connections\":20},"
	    "\"driver\":\"auto\",\"isolation\":\"container\",\"enterprises\":["
	    "{\"name\":\"one\",\"legal_name\":\"One\",\"role\":\"oem\","
	    "\"template\":\"app\",\"vcpus\":1,\"memory_mib\":128,"
	    "\"driver\":\"lxc\",\"isolation\":\"container\","
	    "\"pooling\":\"transaction\",\"limits\":{\"sessions\":160,"
	    "\"statement_ms\":60000,\"transaction_ms\":300000,"
	    "\"idle_transaction_ms\":60000},"
	    "\"sites\":[{\"id\":\"s\",\"name\":\"S\",\"city\":\"C\","
	    "\"country\":\"DE\",\"time_zone\":\"UTC\"}],"
	    "\"people\":[{\"login\":\"p\",\"name\":\"P\","
	    "\"mail\":\"p@one.example\",\"language\":\"en\","
	    "\"roles\":[\"buyer\",\"admin\"]}]},"
	    "{\"name\":\"two\",\"legal_name\":\"Two\",\"role\":\"dealer\","
	    "\"template\":\"app\",\"vcpus\":64,\"memory_mib\":65536,"
	    "\"driver\":\"auto\",\"isolation\":\"any\","
	    "\"pooling\":\"transaction\",\"database_log_in\":true,\"limits\":{"
	    "\"sessions\":160,"
	    "\"statement_ms\":60000,\"transaction_ms\":300000,"
	    "\"idle_transaction_ms\":60000},"
	    "\"sites\":[{\"id\":\"s\",\"name\":\"S\",\"city\":\"C\","
	    "\"country\":\"CN\",\"time_zone\":\"UTC\"}],"
	    "\"people\":[{\"login\":\"p\",\"name\":\"李伟\","
	    "\"mail\":\"p@two.example\",\"language\":\"zh\","
	    "\"roles\":[\"seller\"]}]}],\"relations\":[]}";
	hs_auto(spec_freep) struct spec *spec = NULL;
	hs_auto(hs_freep) char *text = NULL;
	json_t *json;

	(void)state;
	assert_int_equal(spec_load("small", small, &spec, NULL, NULL), 0);
	json = spec_json(spec);
	text = json_dumps(json, JSON_COMPACT);
	assert_string_equal(text, want);
	json_decref(json);
}

/* JSON is YAML: what was stored can be loaded again, and is the same. */
static void test_round_trip(void **state)
{
	hs_auto(spec_freep) struct spec *spec = NULL, *again = NULL;
	hs_auto(hs_freep) char *text = NULL;
	struct hs_err err = { 0 };
	json_t *first, *second;

	(void)state;
	assert_int_equal(spec_load(EXAMPLE, NULL, &spec, NULL, &err), 0);
	first = spec_json(spec);
	text = json_dumps(first, JSON_INDENT(1));
	assert_int_equal(spec_load("again", text, &again, NULL, &err), 0);
	second = spec_json(again);
	assert_true(json_equal(first, second));
	json_decref(first);
	json_decref(second);
}

static void test_refused(void **state)
{
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	struct spec *spec = NULL;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    spec_load("x", "ve: Pair\nvcpus: 1\n", &spec, &faults, &err), -1);
	assert_null(spec);
	assert_int_equal(err.code, HS_EINVAL);
	assert_int_equal(faults.count, 4);
	assert_string_equal(err.msg, "x:1: title: is missing");
	assert_int_equal(
	    spec_load("/nonexistent", NULL, &spec, &faults, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
}

static void test_codes(void **state)
{
	(void)state;
	assert_true(spec_is_unit("H87") && spec_is_unit("KGM") &&
		    spec_is_unit("E48") && spec_is_unit("58"));
	assert_false(spec_is_unit("") || spec_is_unit("H8") ||
		     spec_is_unit("H87 C62") || spec_is_unit("87"));
	assert_string_equal(spec_unit_meant("Kg"), "KGM");
	assert_null(spec_unit_meant("parsec"));
	assert_true(spec_is_currency("EUR") && spec_is_currency("CNY"));
	assert_false(spec_is_currency("DEM") || spec_is_currency("eur"));
	assert_true(spec_is_country("DE") && spec_is_country("ZW"));
	assert_false(spec_is_country("UK") || spec_is_country("D"));
	assert_true(
	    spec_is_time_zone("Europe/Berlin") && spec_is_time_zone("UTC"));
	assert_false(spec_is_time_zone("../etc/passwd") ||
		     spec_is_time_zone("Europe/") || spec_is_time_zone(""));
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(spec_driver_name(SPEC_DRIVER_QEMU), "qemu");
	assert_string_equal(spec_isolation_name(SPEC_ISOLATION_VM), "vm");
	assert_string_equal(spec_class_name(SPEC_CLASS_SHARED), "shared");
	assert_string_equal(spec_place_name(SPEC_LOGISTICS), "logistics");
	assert_string_equal(spec_language_name(SPEC_LANGUAGE_DE), "de");
	for (unsigned bit = 0; bit < SPEC_ROLE_COUNT; bit++)
		assert_non_null(spec_role_name(bit));
	assert_string_equal(spec_role_name(4), "admin");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_dedicated),
		cmocka_unit_test(test_placement),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
