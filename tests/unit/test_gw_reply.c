/* test_gw_reply.c - what a backend owes, and statements by names of ours. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/mem.h"
#include "shared-db-gateway/reply.h"
#include "shared-db-gateway/statement.h"

/* What is sent, in the letters of the protocol; 'd' is said of a portal. */
static void send(struct gw_replies *r, const char *types)
{
	for (; *types != '\0'; types++)
		switch (*types) {
		case 'P':
			(void)gw_replies_add(r, GW_ASKED_PARSE, GW_SHARE_PASS);
			break;
		case 'B':
			(void)gw_replies_add(r, GW_ASKED_BIND, GW_SHARE_PASS);
			break;
		case 'D':
			(void)gw_replies_add(
			    r, GW_ASKED_STATEMENT, GW_SHARE_PASS);
			break;
		case 'E':
			(void)gw_replies_add(
			    r, GW_ASKED_EXECUTE, GW_SHARE_PASS);
			break;
		case 'Q':
			(void)gw_replies_add(r, GW_ASKED_QUERY, GW_SHARE_PASS);
			break;
		case 'S':
			gw_replies_sync(r);
			break;
		case 'd':
			gw_replies_data(r);
			break;
		case 'c':
			gw_replies_copied(r);
			break;
		default:
			fail();
		}
}

/* What comes; how many of the letters were taken before one that may not. */
static size_t come(struct gw_replies *r, const char *types)
{
	struct gw_owed ended;
	bool has_ended, is_first;

	for (size_t i = 0; types[i] != '\0'; i++) {
		/* An upper-case I behind a Z is not a message: its status. */
		if (gw_replies_take(r, (uint8_t)types[i], 'I', &ended,
			&has_ended) == GW_USE_BROKEN)
			return i;
		if (types[i] != 'E')
			continue;
		is_first = true;
		while (gw_replies_skip(r, is_first, &ended))
			is_first = false;
	}
	return strlen(types);
}

/* clang-format off */
static const struct {
	const char *sent, *come;
	size_t good; /* letters that may come */
	bool is_free;
} talks[] = {
	{ "Q",         "TDDCZ",     5, true  },
	{ "Q",         "TDCTDCEZ",  8, true  },
	{ "Q",         "TDC",       3, false },
	{ "PBDES",     "12tTDDCZ",  8, true  },
	{ "PBDES",     "12tnCZ",    6, true  },
	{ "PBES",      "1EZ",       3, true  },
	{ "PBESQ",     "1EZTDCZ",   7, true  }, /* a Query behind the Sync counts */
	{ "PBEQS",     "EZ",        2, true  }, /* one before it does not */
	{ "PBES",      "12NSADCZ",  8, true  },
	{ "PBES",      "2",         0, false },
	{ "PBES",      "1D",        1, false },
	{ "PBES",      "Z",         0, false },
	{ "",          "1",         0, false },
	{ "",          "Z",         0, false },
	{ "",          "T",         0, false },
	{ "S",         "W",         0, false },
	{ "BEBES",     "2s2DCZ",    6, true  },
	{ "BESddcS",   "2GCZ",      4, true  }, /* that Sync is skipped */
	{ "BESddcS",   "2GEZ",      4, true  },
	{ "BEdSdcS",   "2GE",       2, false }, /* and of that nobody knows */
	{ "PBESc",     "12GC",      4, false }, /* and ends no batch */
	{ "PBEScS",    "12GCZ",     5, true  },
	{ "QSc",       "GCZ",       3, true  },
	{ "Qdc",       "GCZ",       3, true  },
	{ "QcS",       "GCZZ",      4, true  },
	{ "Q",         "HddcCZ",    6, true  },
};
/* clang-format on */

static void test_talks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(talks); i++) {
		struct gw_replies r = { .transaction = 'I' };
		size_t good;

		send(&r, talks[i].sent);
		good = come(&r, talks[i].come);
		if (good != talks[i].good ||
		    (good == strlen(talks[i].come) &&
			gw_replies_is_free(&r) != talks[i].is_free))
			fail_msg("row %zu: %s, %s: %zu", i, talks[i].sent,
			    talks[i].come, good);
		gw_replies_done(&r);
	}
}

/* After an error what is sent before the next Sync owes nothing. */
static void test_skips(void **state)
{
	struct gw_replies r = { .transaction = 'I' };

	(void)state;
	send(&r, "PB");
	assert_int_equal(come(&r, "E"), 1);
	assert_true(r.skips);
	assert_false(gw_replies_is_free(&r));
	send(&r, "S");
	assert_false(r.skips);
	assert_int_equal(come(&r, "Z"), 1);
	assert_true(gw_replies_is_free(&r));
	gw_replies_done(&r);
}

/* Nor does a Sync that is sent when it is known to copy in. */
static void test_sync_amidst_copy(void **state)
{
	struct gw_replies r = { .transaction = 'I' };

	(void)state;
	send(&r, "BE");
	assert_int_equal(come(&r, "2G"), 2);
	send(&r, "Sc");
	assert_int_equal(come(&r, "C"), 1);
	assert_false(gw_replies_is_free(&r));
	send(&r, "S");
	assert_int_equal(come(&r, "Z"), 1);
	assert_true(gw_replies_is_free(&r));
	gw_replies_done(&r);
}

static struct gw_statement *take(struct gw_texts *texts, const char *text)
{
	return gw_texts_take(texts, (const uint8_t *)text, strlen(text) + 1);
}

static void test_texts(void **state)
{
	struct gw_texts *texts = gw_texts_new();
	struct gw_statement *a = take(texts, "SELECT 1"), *b, *many[100];
	char one[GW_STATEMENT_NAME], other[GW_STATEMENT_NAME];

	(void)state;
	b = take(texts, "SELECT 1");
	assert_ptr_equal(a, b);
	for (size_t i = 0; i < ARRAY_LEN(many); i++) {
		hs_auto(hs_freep) char *text = hs_printf("SELECT %zu", i + 2);

		many[i] = take(texts, text);
	}
	assert_int_equal(gw_texts_count(texts), 101);
	gw_statement_name(a, one);
	gw_statement_name(many[0], other);
	assert_string_not_equal(one, other);
	gw_statement_unref(a);
	gw_statement_unref(b);
	for (size_t i = 0; i + 1 < ARRAY_LEN(many); i++)
		gw_statement_unref(many[i]);
	assert_int_equal(gw_texts_count(texts), 1);
	gw_texts_free(texts); /* and lives as long as its last statement */
	gw_statement_unref(many[99]);
}

static void test_prepared(void **state)
{
	struct gw_texts *texts = gw_texts_new();
	struct gw_prepared set = { 0 };
	struct gw_statement *all[200], *oldest;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		hs_auto(hs_freep) char *text = hs_printf("SELECT %zu", i);

		all[i] = take(texts, text);
		assert_int_equal(gw_prepared_has(&set, all[i], 1), GW_HAS_NOT);
		gw_prepared_add(&set, all[i], 1);
		assert_int_equal(
		    gw_prepared_has(&set, all[i], 1), GW_HAS_IF_ANY);
		assert_int_equal(
		    gw_prepared_has(&set, all[i], 2), GW_HAS_PERHAPS);
	}
	assert_null(gw_prepared_oldest(&set));
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		gw_prepared_confirm(&set, all[i]);
	assert_int_equal(gw_prepared_has(&set, all[0], 3), GW_HAS);
	oldest = gw_prepared_oldest(&set);
	assert_ptr_equal(oldest, all[1]);
	gw_statement_unref(oldest);
	for (size_t i = 0; i < ARRAY_LEN(all); i += 2)
		gw_prepared_remove(&set, all[i]);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		assert_int_equal(gw_prepared_has(&set, all[i], 3),
		    i % 2 == 0 || i == 1 ? GW_HAS_NOT : GW_HAS);
	gw_prepared_done(&set);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		gw_statement_unref(all[i]);
	gw_texts_free(texts);
}

static void test_names(void **state)
{
	struct gw_texts *texts = gw_texts_new();
	struct gw_names names = { 0 };

	(void)state;
	assert_null(gw_names_look(&names, ""));
	for (size_t i = 0; i < 300; i++) {
		hs_auto(hs_freep) char *name = hs_printf("s%zu", i);
		struct gw_slot *slot = gw_names_slot(&names, name);

		assert_ptr_equal(slot, gw_names_slot(&names, name));
		if (i % 3 == 0)
			slot->statement = take(texts, name);
	}
	gw_names_trim(&names);
	assert_int_equal(names.count, 100);
	assert_non_null(gw_names_look(&names, "s3"));
	assert_null(gw_names_look(&names, "s4"));
	gw_names_done(&names);
	assert_int_equal(gw_texts_count(texts), 0);
	gw_texts_free(texts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_talks),
		cmocka_unit_test(test_skips),
		cmocka_unit_test(test_sync_amidst_copy),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_prepared),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
