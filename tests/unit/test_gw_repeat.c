/* test_gw_repeat.c - what may be sent again, and what nobody can know. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/mem.h"
#include "shared-db-gateway/patroni.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"
#include "shared-db-gateway/verb.h"

#define PLAIN  GW_VERB_PLAIN
#define COMMIT GW_VERB_COMMIT
#define OTHER  GW_VERB_OTHER

/* clang-format off */
static const struct {
	const char *text;
	unsigned verbs;
} texts[] = {
	{ "", 0 },
	{ " ; ;\n", 0 },
	{ "SELECT 1", PLAIN },
	{ "select'x'", PLAIN },
	{ "\t(SELECT 1) UNION SELECT 2;", PLAIN },
	{ "-- $1: an id\nSELECT 1 -- done", PLAIN },
	{ "/* a /* b */ CALL p() */ INSERT INTO t VALUES (1)", PLAIN },
	{ "BEGIN; INSERT INTO t VALUES (1); COMMIT", PLAIN | COMMIT },
	{ "end", COMMIT },
	{ "ROLLBACK TO SAVEPOINT s", PLAIN },
	{ "ROLLBACK PREPARED 'x'", OTHER },
	{ "COMMIT /* it */ PREPARED 'x'", OTHER },
	{ "PREPARE TRANSACTION 'x'", OTHER },
	{ "COMMIT AND CHAIN", OTHER },
	{ "commit and no chain", OTHER },
	{ "CALL p()", OTHER },
	{ "DO $$ BEGIN COMMIT; END $$", OTHER | COMMIT },
	{ "SELECT 1; CALL p()", PLAIN | OTHER },
	{ "SELECT 1;CALL p()", PLAIN | OTHER },
	{ "VACUUM", OTHER },
	{ "CREATE DATABASE d", OTHER },
	{ "COPY t TO PROGRAM 'x'", OTHER },
	{ "selection", OTHER },
	{ "select1", OTHER },
	{ "1", OTHER },
	/* Where a comment goes on behind a cut, nothing is believed. */
	{ "-- a; SELECT 1\nCALL p()", OTHER | PLAIN },
	{ "/* a; */ SELECT 1", OTHER },
	{ "/* a /* b */ SELECT 1", OTHER },
	{ "SELECT 'a;b'", PLAIN | OTHER },
};
/* clang-format on */

static void test_verbs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (gw_verbs(texts[i].text, strlen(texts[i].text)) !=
		    texts[i].verbs)
			fail_msg("%s: %u", texts[i].text,
			    gw_verbs(texts[i].text, strlen(texts[i].text)));
}

/* -- What comes ------------------------------------------------------------ */

struct ground {
	struct gw_session session;
	struct gw_backend backend;
};

static void put(struct ground *g, uint8_t type, const char *body, size_t len)
{
	struct gw_writer w = gw_put_begin(&g->backend.stream.in, type);

	gw_put_raw(&w, body, len);
	assert_true(gw_put_end(&w));
}

/* 'B' and the like are CommandComplete of what they begin with. */
static void come(struct ground *g, const char *types)
{
	static const char fatal[] = "SFATAL\0VFATAL\0C57P01\0Mx\0";
	static const char error[] = "SERROR\0VERROR\0C57P01\0Mx\0";
	static const char crash[] = "SFATAL\0VFATAL\0C57P02\0Mx\0";

	for (; *types != '\0'; types++)
		switch (*types) {
		case 'F':
			put(g, 'E', fatal, sizeof(fatal));
			break;
		case 'E':
			put(g, 'E', error, sizeof(error));
			break;
		case 'X':
			put(g, 'E', crash, sizeof(crash));
			break;
		case 'b':
			put(g, 'C', "BEGIN", 6);
			break;
		case 'i':
			put(g, 'C', "INSERT 0 1", 11);
			break;
		case 'c':
			put(g, 'C', "COMMIT", 7);
			break;
		case 'N':
			put(g, 'N', fatal, sizeof(fatal));
			break;
		case 'Z':
			put(g, 'Z', "I", 1);
			break;
		default:
			put(g, (uint8_t)*types, "", 0);
		}
}

/* clang-format off */
static const struct {
	const char *types;
	unsigned verbs;
	bool has_query, is_cut;
} cuts[] = {
	{ "F",          PLAIN,          true,  true  },
	{ "F",          PLAIN | COMMIT, true,  true  },
	{ "F",          OTHER,          true,  false },
	{ "X",          PLAIN,          true,  false },
	{ "E",          PLAIN,          true,  false },
	{ "",           PLAIN,          true,  false },
	/* The last statement of a text is committed before it is told. */
	{ "iF",         PLAIN,          true,  false },
	{ "biF",        PLAIN | COMMIT, true,  true  },
	{ "bicF",       PLAIN | COMMIT, true,  false },
	{ "ibF",        PLAIN | COMMIT, true,  false },
	/* A message each: committed by its Sync, or by what says so. */
	{ "12iF",       PLAIN,          false, true  },
	{ "12iZF",      PLAIN,          false, false },
	{ "12b12i2cF",  PLAIN | COMMIT, false, false },
	{ "12b12iF",    PLAIN | COMMIT, false, true  },
	/* A commit that waited for its standby is cut off with a warning. */
	{ "N",          PLAIN,          false, false },
	{ "NF",         PLAIN,          false, false },
};
/* clang-format on */

static void test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		struct ground g = { .backend.repeat = { .is_kept = true,
					.verbs = cuts[i].verbs,
					.has_query = cuts[i].has_query } };

		come(&g, cuts[i].types);
		if (gw_repeat_is_cut(&g.backend) != cuts[i].is_cut)
			fail_msg("%s", cuts[i].types);
		g.backend.repeat.is_kept = false;
		assert_false(gw_repeat_is_cut(&g.backend));
		gw_bytes_done(&g.backend.stream.in);
	}
}

/* A part of the FATAL proves nothing. */
static void test_parts(void **state)
{
	struct ground g = { .backend.repeat = {
				.is_kept = true, .verbs = PLAIN } };
	struct gw_bytes *in = &g.backend.stream.in;
	size_t len;

	(void)state;
	come(&g, "12F");
	len = in->end;
	for (in->end = 0; in->end < len; in->end++)
		assert_false(gw_repeat_is_cut(&g.backend));
	assert_true(gw_repeat_is_cut(&g.backend));
	gw_bytes_done(in);
}

static void test_finished(void **state)
{
	struct ground g = { 0 };
	struct gw_pool pool = { 0 };

	(void)state;
	(void)gw_replies_add(&g.backend.replies, GW_ASKED_SYNC, GW_SHARE_PASS);
	gw_repeat_completed(&g.backend, "COMMIT");
	assert_false(gw_repeat_is_finished(&g.backend));
	come(&g, "F");
	assert_true(gw_repeat_is_finished(&g.backend));
	gw_bytes_done(&g.backend.stream.in);
	come(&g, "E");
	assert_false(gw_repeat_is_finished(&g.backend));
	gw_bytes_done(&g.backend.stream.in);
	come(&g, "X");
	assert_false(gw_repeat_is_finished(&g.backend));
	gw_bytes_done(&g.backend.stream.in);
	g.backend.stream.ended = true;
	assert_true(gw_repeat_is_finished(&g.backend));
	g.backend.pool = &pool;
	assert_true(gw_repeat_is_finished(&g.backend));
	g.backend.repeat.verbs = OTHER;
	assert_false(gw_repeat_is_finished(&g.backend));
	g.backend.repeat.verbs = COMMIT;
	gw_repeat_completed(&g.backend, "INSERT 0 1");
	assert_false(gw_repeat_is_finished(&g.backend));
	gw_repeat_completed(&g.backend, "COMMIT");
	(void)gw_replies_add(&g.backend.replies, GW_ASKED_SYNC, GW_SHARE_PASS);
	assert_false(gw_repeat_is_finished(&g.backend));
	gw_replies_done(&g.backend.replies);
	gw_bytes_done(&g.backend.stream.in);
}

/* -- What is told ---------------------------------------------------------- */

/* clang-format off */
static const struct {
	char transaction;
	int asked; /* -1: nothing */
	unsigned verbs;
	enum gw_refusal verdict;
} verdicts[] = {
	{ 'I', GW_ASKED_QUERY,   PLAIN,  GW_END_UNKNOWN },
	{ 'I', GW_ASKED_EXECUTE, PLAIN,  GW_END_UNKNOWN },
	{ 'I', GW_ASKED_SYNC,    0,      GW_END_UNKNOWN },
	{ 'I', GW_ASKED_PARSE,   PLAIN,  GW_END_LOST    },
	{ 'I', -1,               0,      GW_END_LOST    },
	{ 'T', GW_ASKED_QUERY,   PLAIN,  GW_END_LOST    },
	{ 'T', GW_ASKED_QUERY,   COMMIT, GW_END_UNKNOWN },
	{ 'T', GW_ASKED_QUERY,   OTHER,  GW_END_UNKNOWN },
	{ 'T', -1,               0,      GW_END_LOST    },
	{ 'E', GW_ASKED_QUERY,   COMMIT, GW_END_LOST    },
};
/* clang-format on */

static void test_verdicts(void **state)
{
	struct gw_pool pool = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
		struct ground g = { .session.pool = &pool,
			.backend.repeat.since_rest = verdicts[i].verbs };

		g.session.backend = &g.backend;
		g.backend.stream.sent = 10;
		g.backend.replies.transaction = verdicts[i].transaction;
		if (verdicts[i].asked >= 0)
			(void)gw_replies_add(&g.backend.replies,
			    (enum gw_asked)verdicts[i].asked, GW_SHARE_PASS);
		if (gw_repeat_verdict(&g.session) != verdicts[i].verdict)
			fail_msg("%zu", i);
		/* No byte of it has left us. */
		g.backend.repeat.sent = 10;
		assert_int_equal(gw_repeat_verdict(&g.session), GW_END_LOST);
		gw_replies_done(&g.backend.replies);
	}
	assert_string_equal(gw_refusal_sqlstate(GW_END_UNKNOWN), "08007");
	assert_string_equal(gw_refusal_sqlstate(GW_END_LOST), "08006");
}

/* -- What is planned ------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *at;
	uint64_t ms;
} times[] = {
	{ "2026-11-28T09:30:00+00:00",        1795858200000 },
	{ "2026-11-28T09:30:00Z",             1795858200000 },
	{ "2026-11-28T09:30:00.250+00:00",    1795858200250 },
	{ "2026-11-28T11:30:00.250000+02:00", 1795858200250 },
	{ "2026-11-28T04:00:00-05:30",        1795858200000 },
	{ "2026-11-28T09:30:00",              1795858200000 },
	{ "2026-11-28 09:30:00+00:00",        0             },
	{ "2026-11-28T09:30:00+x",            0             },
	{ "2026-11-28T09:30:00*00:00",        0             },
	{ "soon",                             0             },
	{ "",                                 0             },
};
/* clang-format on */

static uint64_t schedule(const char *json)
{
	return gw_patroni_schedule(json, strlen(json));
}

static void test_schedule(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		hs_auto(hs_freep) char *json =
		    hs_printf("{\"members\": [], \"scheduled_switchover\": "
			      "{\"at\": \"%s\", \"from\": \"n1\"}}",
			times[i].at);

		if (schedule(json) != times[i].ms)
			fail_msg("%s: %llu", times[i].at,
			    (unsigned long long)schedule(json));
	}
	assert_int_equal(schedule("{\"members\": []}"), 0);
	assert_int_equal(schedule("{\"scheduled_switchover\": 5}"), 0);
	assert_int_equal(
	    schedule("{\"scheduled_switchover\": {\"at\": 5}}"), 0);
	assert_int_equal(schedule("[]"), 0);
	assert_int_equal(schedule(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verbs),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_finished),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_schedule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
