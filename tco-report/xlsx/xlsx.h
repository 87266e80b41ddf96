/* xlsx.h - a result as a workbook that can be worked with.
 *
 * Every figure that follows from others is a formula, and every parameter a
 * named cell: whoever changes an input in a spreadsheet program sees everything
 * move. Each formula cell holds the value of the exact model as well, so that
 * a program that does not calculate shows the same numbers; a formula that
 * says something else than the model is a bug, and the workbook is not written.
 *
 * What cannot be a formula (Monte Carlo, break-evens, the tornado of what is
 * not linear) is a value, and its sheet says so.
 */
#ifndef HANSE_TCO_REPORT_XLSX_XLSX_H
#define HANSE_TCO_REPORT_XLSX_XLSX_H

#include "tco-report/model/model.h"

struct hs_err;

struct tco_xlsx_options {
	const char *language; /* "en", "de", "zh", also "zh-Hans"; NULL or
			       * another: English */
};

/**
 * Write a result's workbook; the same result and language give the same bytes.
 *
 * @path:     of the file, which is replaced
 * @options:  NULL: English
 *
 * Errors: HS_ESYSTEM.
 */
int tco_xlsx_write(const char *path, const struct tco_result *result,
    const struct tco_xlsx_options *options, struct hs_err *err);

#endif
