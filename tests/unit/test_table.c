/* test_table.c - tables as text: what a reader of JSON makes of them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "provisioning/table.h"

static const char *const columns[] = { "job_id", "ve", "list", NULL };

static void check(struct table *table, const char *wanted)
{
	char *parts[TABLE_PARTS];
	hs_auto(hs_freep) char *text = NULL;
	json_error_t error;
	json_t *made, *as_wanted = json_loads(wanted, 0, NULL);

	table_take(table, parts);
	text = hs_printf("%s%s", parts[0], parts[1]);
	for (size_t i = 0; i < TABLE_PARTS; i++)
		free(parts[i]);
	made = json_loads(text, 0, &error);
	if (made == NULL)
		fail_msg("%s at %d of %s", error.text, error.position, text);
	assert_non_null(as_wanted);
	if (!json_equal(made, as_wanted))
		fail_msg("%s instead of %s", text, wanted);
	json_decref(made);
	json_decref(as_wanted);
}

#define HEAD "{\"columns\": [\"JOB ID\", \"VE\", \"LIST\"], "

static void test_empty(void **state)
{
	struct table table = { .columns = columns };

	(void)state;
	assert_null(table_first(&table));
	check(&table, HEAD "\"rows\": [], \"items\": []}");
}

/* Keys that are no column are of the item alone, and what it has not is an
 * empty cell. */
static void test_items(void **state)
{
	struct table table = { .columns = columns };

	(void)state;
	table_add(&table, json_pack("{s:i, s:[s, s], s:s}", "job_id", 7, "list",
			      "a", "b", "more", "x"));
	table_add(&table, NULL); /* what could not be made */
	table_add(&table, json_pack("{s:n, s:s}", "job_id", "ve", "v\"\n"));
	check(&table,
	    HEAD "\"rows\": [[\"7\", \"\", \"a,b\"], [\"\", \"v\\\"\\n\", "
		 "\"\"]], \"items\": [{\"job_id\": 7, \"list\": [\"a\", "
		 "\"b\"], \"more\": \"x\"}, {\"job_id\": null, \"ve\": "
		 "\"v\\\"\\n\"}]}");
}

static void test_cells(void **state)
{
	struct table table = { .columns = columns };
	json_t *first;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		table_put_number(&table, 4294967294U + i);
		table_put_text(&table, "");
		table_put_text(&table, "\xc3\xa4\\");
	}
	first = table_first(&table);
	assert_int_equal(
	    json_integer_value(json_object_get(first, "job_id")), 4294967294);
	json_decref(first);
	check(&table,
	    HEAD "\"rows\": [[\"4294967294\", \"\", \"\xc3\xa4\\\\\"], "
		 "[\"4294967295\", \"\", \"\xc3\xa4\\\\\"]], \"items\": "
		 "[{\"job_id\": 4294967294, \"ve\": \"\", \"list\": "
		 "\"\xc3\xa4\\\\\"}, {\"job_id\": 4294967295, \"ve\": \"\", "
		 "\"list\": \"\xc3\xa4\\\\\"}]}");
}

/* Every byte there is in ASCII, as JSON's own reader has it. */
static void test_escapes(void **state)
{
	hs_auto(hs_text_done) struct hs_text text = { 0 };
	char all[128];
	json_t *read;

	(void)state;
	for (int i = 1; i < 128; i++)
		all[i - 1] = (char)i;
	all[127] = '\0';
	hs_text_add_json(&text, all);
	read = json_loads(text.data, JSON_DECODE_ANY, NULL);
	assert_non_null(read);
	assert_string_equal(json_string_value(read), all);
	json_decref(read);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
