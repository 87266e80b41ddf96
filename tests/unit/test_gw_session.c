/* test_gw_session.c - the table of a session's life, the refusals, the
 * start-up's parameters.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/mem.h"
#include "shared-db-gateway/session.h"

/* Walk every pair: how many moves, and none out of the end. */
static void test_moves(void **state)
{
	enum gw_state to;
	size_t allowed = 0;

	(void)state;
	for (int from = 0; from < GW_STATE_COUNT; from++)
		for (int event = 0; event < GW_EVENT_COUNT; event++) {
			if (!gw_state_allows(
				(enum gw_state)from, (enum gw_event)event, &to))
				continue;
			allowed++;
			assert_int_not_equal(from, GW_CLOSED);
			assert_true((int)to > from);
		}
	assert_int_equal(allowed, 33);
}

/* An identity is chosen at start-up and never again. */
static void test_identity_once(void **state)
{
	enum gw_state to;

	(void)state;
	for (int from = 0; from < GW_STATE_COUNT; from++) {
		bool may =
		    gw_state_allows((enum gw_state)from, GW_ADMITTED, &to);

		assert_int_equal(may, from == GW_STARTUP ||
					  from == GW_SASL_FINAL ||
					  from == GW_DIRECTORY);
		assert_true(strlen(gw_state_name((enum gw_state)from)) > 0);
	}
}

static void test_refusals(void **state)
{
	(void)state;
	for (int i = GW_OK + 1; i < GW_REFUSAL_COUNT; i++) {
		hs_auto(gw_bytes_done) struct gw_bytes out = { 0 };
		enum gw_refusal refusal = (enum gw_refusal)i;
		struct gw_trouble trouble;

		assert_true(gw_refusal_write(refusal, "%s%n", &out));
		assert_true(gw_trouble_parse(
		    out.data + 5, gw_bytes_len(&out) - 5, &trouble));
		assert_true(trouble.is_fatal);
		assert_string_equal(
		    trouble.sqlstate, gw_refusal_sqlstate(refusal));
	}
	assert_int_equal(
	    gw_refusal_of_backend("53300"), GW_REFUSE_BACKEND_FULL);
	assert_int_equal(
	    gw_refusal_of_backend("57P03"), GW_REFUSE_BACKEND_DOWN);
	assert_int_equal(
	    gw_refusal_of_backend("28000"), GW_REFUSE_BACKEND_BROKEN);
}

/* clang-format off */
#define PAIRS(text) text, sizeof(text)
static const struct {
	const char *pairs;
	size_t len; /* with the NUL of the literal as the closing one */
	enum gw_refusal want;
} startups[] = {
	{ PAIRS("user\0a\0"),                                  GW_OK },
	{ PAIRS("user\0a\0database\0b\0TIMEZONE\0UTC\0"),      GW_OK },
	{ PAIRS("user\0a\0_pq_.x\0y\0"),                       GW_OK },
	{ PAIRS(""),                                           GW_REFUSE_NO_USER },
	{ PAIRS("user\0\0"),                                   GW_REFUSE_NO_USER },
	{ PAIRS("database\0b\0"),                              GW_REFUSE_NO_USER },
	{ PAIRS("user\0a\0user\0b\0"),                         GW_REFUSE_MALFORMED },
	{ PAIRS("user\0a\0DateStyle\0x\0datestyle\0y\0"),      GW_REFUSE_MALFORMED },
	{ PAIRS("user\0a"),                                    GW_REFUSE_MALFORMED },
	{ PAIRS("user\0a\0\0more\0"),                          GW_REFUSE_MALFORMED },
	{ PAIRS("user\0a\0options\0-c=\0"),                    GW_REFUSE_OPTIONS },
	{ PAIRS("user\0a\0OPTIONS\0-c x=y\0"),                 GW_REFUSE_UNKNOWN_PARAMETER },
	{ PAIRS("user\0a\0options\0\0"),                       GW_OK },
	{ PAIRS("options\0-c TimeZone=UTC\0user\0a\0"),        GW_OK },
	{ PAIRS("user\0a\0options\0-cTimeZone=UTC\0"),         GW_OK },
	{ PAIRS("user\0a\0options\0x\0options\0y\0"),         GW_REFUSE_MALFORMED },
	{ PAIRS("user\0a\0options\0-c TimeZone\0"),            GW_REFUSE_OPTIONS },
	{ PAIRS("user\0a\0options\0-c\0"),                     GW_REFUSE_OPTIONS },
	{ PAIRS("user\0a\0options\0--\0"),                     GW_REFUSE_OPTIONS },
	{ PAIRS("user\0a\0options\0-c role=b\0"),              GW_REFUSE_OPTIONS },
	{ PAIRS("user\0a\0options\0--search-path=b\0"),        GW_REFUSE_OPTIONS },
	{ PAIRS("user\0a\0options\0-c options=-c\0"),          GW_REFUSE_OPTIONS },
	{ PAIRS("user\0a\0options\0-c user=b\0"),              GW_REFUSE_OPTIONS },
	{ PAIRS("user\0a\0options\0-e -c TimeZone=UTC\0"),     GW_REFUSE_OPTIONS },
	{ PAIRS("user\0a\0options\0TimeZone=UTC\0"),           GW_REFUSE_OPTIONS },
	{ PAIRS("user\0a\0replication\0true\0"),               GW_REFUSE_REPLICATION },
	{ PAIRS("user\0a\0role\0b\0"),                         GW_REFUSE_PARAMETER },
	{ PAIRS("user\0a\0search_path\0b\0"),                  GW_REFUSE_PARAMETER },
	{ PAIRS("user\0a\0session_authorization\0b\0"),        GW_REFUSE_PARAMETER },
	{ PAIRS("user\0a\0work_mem\0001GB\0"),                 GW_REFUSE_UNKNOWN_PARAMETER },
};
/* clang-format on */

static enum gw_refusal parse(
    uint32_t version, const char *pairs, size_t len, struct gw_startup *startup)
{
	hs_auto(gw_bytes_done) struct gw_bytes bytes = { 0 };
	struct gw_writer w = gw_put_begin(&bytes, 0);

	gw_put_u32(&w, version);
	gw_put_raw(&w, pairs, len);
	assert_true(gw_put_end(&w));
	return gw_startup_parse(bytes.data, gw_bytes_len(&bytes), startup);
}

static void test_startup(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(startups); i++) {
		hs_auto(gw_startup_done) struct gw_startup startup = { 0 };
		enum gw_refusal got = parse(GW_PROTOCOL_3_0, startups[i].pairs,
		    startups[i].len, &startup);

		if (got != startups[i].want)
			fail_msg("row %zu: %s", i, gw_refusal_name(got));
	}
}

/* clang-format off */
static const struct {
	const char *options;
	const char *name, *want; /* forwarded; or what is refused, and NULL */
} options[] = {
	{ "-c TimeZone=UTC",                          "TimeZone",         "UTC" },
	{ " \t-c\nTimeZone=UTC ",                     "TimeZone",         "UTC" },
	{ "-c timezone=UTC",                          "TimeZone",         "UTC" },
	{ "-cDateStyle=ISO,\\ DMY",                   "DateStyle",        "ISO, DMY" },
	{ "--application-name=a\\\\b",                "application_name", "a\\b" },
	{ "--application_name=a=b",                   "application_name", "a=b" },
	{ "-c application_name=",                     "application_name", "" },
	{ "-c application_name=a\\",                  "application_name", "a" },
	{ "-c TimeZone=UTC --TimeZone=CET",           "TimeZone",         "CET" },
	{ "-c client_encoding=LATIN1",                "client_encoding",  "UTF8" }, /* said outside, too */
	{ "-c TimeZone=UTC -c work_mem=1GB",          "work_mem",         NULL },
	{ "-c statement-timeout=0",                   "statement_timeout", NULL },
	{ "-c session_authorization=b",               "session_authorization", NULL },
	{ "-W 5",                                     "-W",               NULL },
	{ "TimeZone=UTC",                             "TimeZone=UTC",     NULL },
	{ "-c",                                       "-c",               NULL },
	{ "-c TimeZone",                              "TimeZone",         NULL },
	{ "-c =UTC",                                  "=UTC",             NULL },
	{ "\\",                                       "",                 NULL },
};
/* clang-format on */

static void test_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		hs_auto(gw_startup_done) struct gw_startup startup = { 0 };
		hs_auto(gw_bytes_done) struct gw_bytes pairs = { 0 };
		static const char front[] =
		    "user\0a\0client_encoding\0UTF8\0options";
		enum gw_refusal got;

		assert_true(gw_bytes_add(&pairs, front, sizeof(front)));
		assert_true(gw_bytes_add(&pairs, options[i].options,
		    strlen(options[i].options) + 1));
		assert_true(gw_bytes_add(&pairs, "", 1));
		got = parse(GW_PROTOCOL_3_0, (const char *)pairs.data,
		    gw_bytes_len(&pairs), &startup);
		if (options[i].want == NULL) {
			assert_int_equal(got, GW_REFUSE_OPTIONS);
			assert_string_equal(startup.refused, options[i].name);
		} else {
			assert_int_equal(got, GW_OK);
			assert_string_equal(
			    gw_startup_get(&startup, options[i].name),
			    options[i].want);
		}
	}
}

static void test_versions(void **state)
{
	hs_auto(gw_startup_done) struct gw_startup a = { 0 };
	hs_auto(gw_startup_done) struct gw_startup b = { 0 };
	hs_auto(gw_startup_done) struct gw_startup c = { 0 };
	hs_auto(gw_bytes_done) struct gw_bytes out = { 0 };

	(void)state;
	assert_int_equal(
	    parse(0x00020000, PAIRS("user\0a\0"), &a), GW_REFUSE_VERSION);
	assert_int_equal(parse(0x00030000, PAIRS("user\0a\0"), &b), GW_OK);
	assert_true(gw_startup_negotiate(&b, &out));
	assert_int_equal(gw_bytes_len(&out), 0);
	assert_int_equal(parse(0x00030002, PAIRS("user\0a\0"), &c), GW_OK);
	assert_true(gw_startup_negotiate(&c, &out));
	assert_int_equal(gw_bytes_len(&out), 13);
	assert_int_equal(out.data[0], 'v');
}

/* A key finds its session only whole, and not after the session has gone. */
static void test_keys(void **state)
{
	static struct gw_keys keys;
	static struct gw_session many[GW_KEY_BUCKETS * 3];
	struct gw_key wrong;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		assert_true(gw_keys_add(&keys, &many[i]));
	for (size_t i = 0; i < ARRAY_LEN(many); i++) {
		assert_int_not_equal(many[i].key.pid, 0);
		assert_true(many[i].key.pid <= INT32_MAX);
		assert_ptr_equal(gw_keys_find(&keys, &many[i].key), &many[i]);
	}
	wrong = many[7].key;
	wrong.secret ^= 1;
	assert_null(gw_keys_find(&keys, &wrong));
	wrong = many[7].key;
	gw_keys_remove(&keys, &many[7]);
	gw_keys_remove(&keys, &many[7]);
	assert_null(gw_keys_find(&keys, &wrong));
	assert_ptr_equal(gw_keys_find(&keys, &many[8].key), &many[8]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_identity_once),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_startup),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
