/* xlsx.c - a ledger's rows as a spreadsheet: how long, in how much memory.
 *
 *   xlsx FILE ROWS
 *
 * Seven columns, as the export of usage has them. Prints seconds and the peak
 * resident size in KiB; every row has values of its own.
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/err.h"
#include "tco-report/xlsx/rows.h"

static const struct xl_column columns[] = {
	{ "Hour", XL_ROWS_TEXT, 20 },
	{ "Enterprise", XL_ROWS_TEXT, 24 },
	{ "Meter", XL_ROWS_TEXT, 18 },
	{ "Quantity", XL_ROWS_NUMBER, 16 },
	{ "Unit", XL_ROWS_TEXT, 10 },
	{ "Price", XL_ROWS_NUMBER, 14 },
	{ "Amount", XL_ROWS_MONEY, 14 },
};

static int add(struct xl_rows *rows, unsigned i, struct hs_err *err)
{
	static const char *const meters[] = { "cpu.reserved", "ram.reserved",
		"storage.reserved", "iops.used", "network.used" };
	char hour[32], enterprise[32], quantity[32], price[32], amount[32];
	const char *values[] = { hour, enterprise, meters[i % 5], quantity,
		"core-h", price, amount };

	(void)snprintf(hour, sizeof(hour), "2026-11-%02uT%02u:00:00Z",
	    1 + i / 12000 % 30, i / 500 % 24);
	(void)snprintf(
	    enterprise, sizeof(enterprise), "enterprise-%u", i / 5 % 100);
	(void)snprintf(
	    quantity, sizeof(quantity), "%u.%06u", i % 977, i * 7919 % 1000000);
	(void)snprintf(price, sizeof(price), "0.%08u", 15609152 + i % 5);
	(void)snprintf(
	    amount, sizeof(amount), "%u.%06u", i % 153, i * 104729 % 1000000);
	return xl_rows_add(rows, values, err);
}

int main(int argc, char **argv)
{
	unsigned count = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	int64_t since = hs_now_ms();
	struct hs_err err = { 0 };
	struct xl_rows *rows;
	struct rusage usage;

	if (count == 0 || xl_rows_open(argv[1], "Usage", columns,
			      ARRAY_LEN(columns), &rows, &err) < 0) {
		(void)fprintf(stderr, "xlsx FILE ROWS %s\n", err.msg);
		return 1;
	}
	for (unsigned i = 0; i < count; i++)
		if (add(rows, i, &err) < 0) {
			(void)fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
	if (xl_rows_close(rows, &err) < 0) {
		(void)fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("%.2f s, %ld KiB\n", (double)(hs_now_ms() - since) / 1000,
	    usage.ru_maxrss);
	return 0;
}
