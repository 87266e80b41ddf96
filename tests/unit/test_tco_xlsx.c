/* test_tco_xlsx.c - the workbook of the worked example is written, and says
 * what the model says; the same result gives the same bytes. Whether its
 * formulas calculate to that is tests/tco/xlsx.sh's.
 */

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/text.h"
#include "tco-report/tco.h"
#include "tco-report/xlsx/rows.h"
#include "tco-report/xlsx/table.h"
#include "tco-report/xlsx/xlsx.h"

#define EXAMPLE "etc/tco/example/case.yaml"

struct loaded {
	struct tco_case *tcase;
	struct tco_result *result;
	char folder[32], path[64];
};

static void load(
    struct loaded *l, const struct tco_setting *settings, size_t count)
{
	struct hs_err err = { 0 };
	const struct tco_options options = { .seed = 1, .draws = 200 };

	(void)strcpy(l->folder, "/tmp/hanse-xlsx-XXXXXX");
	assert_non_null(mkdtemp(l->folder));
	(void)snprintf(l->path, sizeof(l->path), "%s/a.xlsx", l->folder);
	if (tco_case_load(
		EXAMPLE, NULL, settings, count, &l->tcase, NULL, &err) < 0 ||
	    tco_model_run(l->tcase, &options, &l->result, &err) < 0)
		fail_msg("%s", err.msg);
}

static void done(struct loaded *l)
{
	(void)unlink(l->path);
	assert_int_equal(rmdir(l->folder), 0);
	tco_result_free(l->result);
	tco_case_free(l->tcase);
}

static char *written(const struct loaded *l, size_t *ret_len)
{
	struct hs_err err = { 0 };
	char *data = NULL;

	if (tco_xlsx_write(l->path, l->result, NULL, &err) < 0 ||
	    hs_file_read(l->path, 1 << 24, &data, ret_len, &err) < 0)
		fail_msg("%s", err.msg);
	return data;
}

static void test_same_bytes(void **state)
{
	struct loaded l;
	size_t first, second;
	hs_auto(hs_freep) char *a = NULL, *b = NULL;

	(void)state;
	load(&l, NULL, 0);
	a = written(&l, &first);
	b = written(&l, &second);
	assert_int_equal(first, second);
	assert_memory_equal(a, b, first);
	done(&l);
}

/* Every path of the formulas: growth, prices that change, short lives. */
static void test_settings(void **state)
{
	static const struct tco_setting settings[] = {
		{ "finance.horizon", "7" },
		{ "finance.growth", "5" },
		{ "finance.price_increase", "2.5" },
		{ "finance.labour_increase", "3" },
		{ "finance.hardware_change", "-4" },
		{ "server.life", "3" },
		{ "server.residual", "10" },
		{ "server.resale", "35" },
		{ "platform.life", "4" },
		{ "platform.residual", "5" },
		{ "platform.shared_capex", "12000" },
		{ "platform.project", "8000" },
		{ "server.licences", "120" },
		{ "platform.licences", "900" },
	};
	hs_auto(hs_freep) char *data = NULL;
	struct loaded l;
	size_t len;

	(void)state;
	for (size_t i = 0; i <= ARRAY_LEN(settings); i++) {
		load(&l, settings, i);
		data = written(&l, &len);
		hs_freep(&data);
		done(&l);
	}
}

static void test_not_written(void **state)
{
	struct loaded l;
	struct hs_err err = { 0 };

	(void)state;
	load(&l, NULL, 0);
	assert_int_equal(
	    tco_xlsx_write("/nowhere/a.xlsx", l.result, NULL, &err), -1);
	assert_int_equal(err.code, HS_ESYSTEM);
	done(&l);
}

/* A model that says something else than the formulas: no workbook. */
static void test_contradicted(void **state)
{
	struct loaded l;
	struct hs_err err = { 0 };

	(void)state;
	load(&l, NULL, 0);
	l.result->year[2].platform[TCO_ENERGY] =
	    num_add(l.tcase->pool, l.result->year[2].platform[TCO_ENERGY],
		num_ratio(l.tcase->pool, 1, 1000000000));
	assert_int_equal(tco_xlsx_write(l.path, l.result, NULL, &err), -1);
	assert_int_equal(err.code, HS_ESYSTEM);
	assert_non_null(strstr(err.msg, "sheet 'Platform', cell D"));
	assert_int_equal(access(l.path, F_OK), -1);
	done(&l);
}

static void test_rows(void **state)
{
	static const struct xl_column columns[] = {
		{ "Enterprise", XL_ROWS_TEXT, 20 },
		{ "Amount", XL_ROWS_MONEY, 12 },
	};
	static const char *const good[] = { "a", "12.50" };
	static const char *const bad[] = { "a", "12,50" };
	char path[] = "/tmp/hanse-rows-XXXXXX";
	struct hs_err err = { 0 };
	struct xl_rows *rows;

	(void)state;
	(void)close(mkstemp(path));
	assert_int_equal(
	    xl_rows_open(path, "Usage", columns, 2, &rows, &err), 0);
	assert_int_equal(xl_rows_add(rows, good, &err), 0);
	assert_int_equal(xl_rows_add(rows, bad, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_non_null(strstr(err.msg, "Amount: '12,50'"));
	assert_int_equal(xl_rows_close(rows, &err), 0);
	assert_int_equal(
	    xl_rows_open(path, "a[b]", columns, 2, &rows, &err), -1);
	assert_int_equal(unlink(path), 0);
}

static int read_rows(
    const char *text, struct xl_table *table, struct hs_err *err)
{
	int got = 1, rows = 0;

	*table = (struct xl_table) { .in = fmemopen((void *)(uintptr_t)text,
					 strlen(text), "r") };
	assert_non_null(table->in);
	while (rows < 2 && (got = xl_table_next(table, err)) == 1)
		rows++;
	(void)fclose(table->in);
	return got < 0 ? -1 : rows;
}

static void test_table(void **state)
{
	static const struct {
		const char *text, *message;
	} wrong[] = {
		{ "a,b\n1,\"x", "line 2: a quoted field does not end" },
		{ "a,b\n1,\"x\"y\n", "line 2: a quoted field does not end" },
		{ "a,b\n1,x\"y\n", "line 2: a quote, or a zero" },
		{ "a\n\x01\n", "line 2: bytes that are no text" },
		{ "a\n\xff\n", "line 2: bytes that are no text" },
	};
	struct hs_err err = { 0 };
	struct xl_table table;

	(void)state;
	assert_int_equal(
	    read_rows("n,m\r\n\r\n\"a \"\"b\"\", c\nd\",\r\n", &table, &err),
	    2);
	assert_int_equal(table.count, 2);
	assert_int_equal(table.line, 3);
	assert_string_equal(table.field[0], "a \"b\", c\nd");
	assert_string_equal(table.field[1], "");
	xl_table_done(&table);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_int_equal(read_rows(wrong[i].text, &table, &err), -1);
		assert_non_null(strstr(err.msg, wrong[i].message));
		xl_table_done(&table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_not_written),
		cmocka_unit_test(test_contradicted),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
