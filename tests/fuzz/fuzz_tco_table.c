/* fuzz_tco_table.c - any bytes as the CSV of a spreadsheet: no row is read
 * beyond its text, and every row has as many fields as it says.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "tco-report/xlsx/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xl_table table = { .in = NULL };
	struct hs_err err = { 0 };
	unsigned line = 0;
	size_t bytes = 0;

	if (size == 0)
		return 0;
	table.in = fmemopen((void *)(uintptr_t)data, size, "r");
	assert(table.in != NULL);
	while (xl_table_next(&table, &err) == 1) {
		assert(table.count > 0 && table.line > line);
		line = table.line;
		for (size_t i = 0; i < table.count; i++)
			bytes += strlen(table.field[i]);
	}
	assert(bytes <= size);
	(void)fclose(table.in);
	xl_table_done(&table);
	return 0;
}
