/* test_gw_wire.c - the wire's bytes: blocks, and the traces of tests/wire/. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "shared-db-gateway/wire.h"

#define TRACE "tests/wire/frames.trace"
#define MAX   1000000u /* the longest body the traces allow */

static void test_blocks(void **state)
{
	hs_auto(gw_bytes_done) struct gw_bytes b = { 0 };
	static char big[GW_BLOCK];

	(void)state;
	assert_int_equal(gw_bytes_room(&b), GW_BLOCK);
	assert_true(gw_bytes_add(&b, "hello", 5));
	gw_bytes_drop(&b, 2);
	assert_false(gw_bytes_add(&b, big, GW_BLOCK - 2));
	assert_true(gw_bytes_add(&b, big, GW_BLOCK - 3));
	assert_memory_equal(b.data, "llo", 3);
	gw_bytes_drop(&b, GW_BLOCK);
	assert_null(b.data);
}

/* A message that does not fit leaves nothing behind. */
static void test_no_room(void **state)
{
	hs_auto(gw_bytes_done) struct gw_bytes b = { 0 };
	static char big[GW_BLOCK];
	struct gw_writer w;

	(void)state;
	w = gw_put_begin(&b, 'E');
	gw_put_raw(&w, big, sizeof(big));
	assert_false(gw_put_end(&w));
	assert_int_equal(gw_bytes_len(&b), 0);
	assert_true(gw_bytes_add(&b, "xy", 2));
	gw_bytes_drop(&b, 1);
	w = gw_put_begin(&b, 'K');
	gw_put_u32(&w, 7);
	assert_true(gw_put_end(&w));
	assert_memory_equal(b.data + b.start, "yK\0\0\0\10\0\0\0\7", 10);
}

static void test_reader(void **state)
{
	struct gw_reader r = { (const uint8_t *)"a\0bc", 4, false };

	(void)state;
	assert_string_equal(gw_get_text(&r), "a");
	assert_string_equal(gw_get_text(&r), "");
	assert_true(r.bad);
	assert_int_equal(gw_get_u32(&r), 0);
	assert_int_equal(gw_get_u8(&r), 0);
	assert_null(gw_get_raw(&r, 0));
}

static void test_trouble(void **state)
{
	struct gw_trouble t;
	static const char good[] = "SFATAL\0VFATAL\0C53300\0Mfull\0";

	(void)state;
	assert_true(gw_trouble_parse((const uint8_t *)good, sizeof(good), &t));
	assert_string_equal(t.sqlstate, "53300");
	assert_true(t.is_fatal);
	assert_false(gw_trouble_parse((const uint8_t *)"SE\0", 4, &t));
	assert_false(gw_trouble_parse((const uint8_t *)"C5330\0", 7, &t));
	assert_false(gw_trouble_parse((const uint8_t *)"Cabcde\0", 8, &t));
	assert_false(gw_trouble_parse((const uint8_t *)good, 20, &t));
	assert_false(gw_trouble_parse((const uint8_t *)"", 0, &t));
}

static size_t unhex(const char *text, uint8_t *out)
{
	size_t n = 0;

	for (; *text != '\0' && *text != '='; text++) {
		char pair[3] = { text[0], text[1], '\0' };

		if (isspace((unsigned char)*text))
			continue;
		out[n++] = (uint8_t)strtoul(pair, NULL, 16);
		text++;
	}
	return n;
}

static const char *judge(const char *side, const uint8_t *data, size_t len)
{
	static const char *const hellos[] = { "more", "bad", "ssl", "gss",
		"cancel", "startup" };
	static const char *const verdicts[] = { "more", "good", "bad" };
	struct gw_frame frame;
	size_t size;

	if (strcmp(side, "hello") == 0)
		return hellos[gw_hello_parse(data, len, &size)];
	return verdicts[gw_frame_parse(
	    strcmp(side, "client") == 0 ? GW_FRONTEND : GW_BACKEND, data, len,
	    MAX, &frame)];
}

/* "SIDE HEX... = VERDICT" a line; from the top of the source tree. */
static void test_traces(void **state)
{
	hs_auto(hs_fclosep) FILE *file = fopen(TRACE, "re");
	char line[512], side[16], want[16];
	unsigned number = 0, rows = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		const char *equals = strchr(line, '=');
		uint8_t data[256];
		size_t len;

		number++;
		if (line[0] == '#' || equals == NULL)
			continue;
		assert_int_equal(sscanf(line, "%15s", side), 1);
		assert_int_equal(sscanf(equals, "= %15s", want), 1);
		len = unhex(line + strlen(side), data);
		if (strcmp(judge(side, data, len), want) != 0)
			fail_msg(
			    TRACE ":%u: %s", number, judge(side, data, len));
		rows++;
	}
	assert_true(rows > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_reader),
		cmocka_unit_test(test_trouble),
		cmocka_unit_test(test_traces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
