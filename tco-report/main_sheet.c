/* main_sheet.c - hanse-tco sheet: a table in CSV, of any size, as a
 * spreadsheet.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tco-report/main.h"
#include "tco-report/xlsx/table.h"

#define NAME_MAX_ 31 /* bytes of a sheet's name */

/* "bills/2026-11.csv" -> "2026-11", without what a sheet's name may not have */
static void name_of(const char *path, char ret_name[NAME_MAX_ + 1])
{
	const char *slash = strrchr(path, '/');
	const char *base = slash == NULL ? path : slash + 1;
	size_t len = strcspn(base, ".");

	if (strcmp(path, "-") == 0 || len == 0)
		base = "Table", len = strlen(base);
	if (len > NAME_MAX_)
		len = NAME_MAX_;
	for (size_t i = 0; i < len; i++)
		ret_name[i] = strchr("[]:*?/\\'", base[i]) != NULL ||
				      (base[i] & 0x80) != 0
				  ? '-'
				  : base[i];
	ret_name[len] = '\0';
}

static int open_table(const char *path, FILE **ret_file, struct hs_err *err)
{
	*ret_file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (*ret_file != NULL)
		return 0;
	return hs_fail_errno(err, errno == ENOENT ? HS_ENOTFOUND : HS_ESYSTEM,
	    "open '%s'", path);
}

int tco_write_sheet(const struct tco_call *call, struct hs_err *err)
{
	hs_auto(hs_freep) char *fresh = NULL;
	char name[NAME_MAX_ + 1];
	FILE *in;
	int got;

	if (call->target == NULL)
		return hs_fail(err, HS_EINVAL, "sheet: give its file by -O");
	if (open_table(call->file, &in, err) < 0)
		return -1;
	fresh = hs_printf("%s.new", call->target);
	name_of(call->file, name);
	got = xl_table_write(in, fresh, name, err);
	if (in != stdin)
		(void)fclose(in);
	if (got < 0)
		return hs_wrap(err, "%s", call->file);
	if (rename(fresh, call->target) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "write '%s'", call->target);
	return 0;
}
