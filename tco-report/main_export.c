/* main_export.c - a result for other programs: a workbook, FOCUS charges. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "tco-report/doc/doc.h"
#include "tco-report/focus/charges.h"
#include "tco-report/main.h"
#include "tco-report/xlsx/xlsx.h"

#define PROVIDER  "hanse" /* who bills, in FOCUS's columns */
#define BYTES_MAX (256 * 1024 * 1024)

/* The library writes files only. */
static int write_beside(const struct tco_result *result, const char *language,
    const char *path, struct hs_text *out, struct hs_err *err)
{
	const struct tco_xlsx_options options = { .language = language };
	hs_auto(hs_freep) char *data = NULL;
	size_t len;

	if (tco_xlsx_write(path, result, &options, err) < 0 ||
	    hs_file_read(path, BYTES_MAX, &data, &len, err) < 0)
		return -1;
	hs_text_add_len(out, data, len);
	return 0;
}

int tco_write_xlsx(const struct tco_call *call, const struct tco_result *result,
    const struct doc *doc, struct hs_text *out, struct hs_err *err)
{
	const char *folder = getenv("TMPDIR");
	hs_auto(hs_freep) char *path = hs_printf("%s/hanse-tco-XXXXXX",
	    folder != NULL && *folder != '\0' ? folder : "/tmp");
	int got, fd = mkstemp(path);

	(void)call;
	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "make '%s'", path);
	(void)close(fd);
	got = write_beside(result, doc->head.language, path, out, err);
	(void)unlink(path);
	return got;
}

static int find_rule(
    const char *name, enum tco_rule *ret_rule, struct hs_err *err)
{
	for (enum tco_rule rule = 0; rule < TCO_RULE_COUNT; rule++)
		if (strcmp(tco_rule_name(rule), name) == 0) {
			*ret_rule = rule;
			return 0;
		}
	return hs_fail(err, HS_EINVAL,
	    "--rule: found '%s'; expected operator, proportional, even, "
	    "stand-alone or equal-percent",
	    name);
}

int tco_write_focus(const struct tco_call *call,
    const struct tco_result *result, const struct doc *doc, struct hs_text *out,
    struct hs_err *err)
{
	enum tco_rule rule = TCO_IDLE_PROPORTIONAL;
	hs_auto(hs_freep) char *data = NULL;
	size_t len = 0;
	FILE *file;
	int got;

	(void)doc;
	if (call->rule != NULL && find_rule(call->rule, &rule, err) < 0)
		return -1;
	file = open_memstream(&data, &len);
	if (file == NULL)
		return hs_fail_errno(err, HS_ESYSTEM, "write charges");
	got = focus_write_bills(file, result, PROVIDER, rule, err);
	if (fclose(file) != 0 && got == 0)
		got = hs_fail_errno(err, HS_ESYSTEM, "write charges");
	if (got == 0)
		hs_text_add_len(out, data, len);
	return got;
}
