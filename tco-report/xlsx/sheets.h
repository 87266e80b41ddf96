/* sheets.h - the workbook's sheets, in order, and the cells they share. */
#ifndef HANSE_TCO_REPORT_XLSX_SHEETS_H
#define HANSE_TCO_REPORT_XLSX_SHEETS_H

#include "tco-report/xlsx/book.h"

/** Cells by what they mean, for formulas of later sheets. */
struct xl_parts {
	/* Inputs; sheet is NULL for what is neither given nor zero without */
	struct xl_cell param[TCO_PARAM_COUNT];
	struct xl_cell *servers, *domains;    /* by enterprise */
	struct xl_cell *own[TCO_PARAM_COUNT]; /* by enterprise; NULL: nobody
					       * has a figure of its own */
};

/** A parameter, as a formula says it; 0 for what is not in the model. */
struct xl_expr xl_param(const struct xl_sheet *s, const struct xl_parts *parts,
    enum tco_param_id id);
/** What counts for an enterprise: its own figure, else the case's. */
struct xl_expr xl_param_of(const struct xl_sheet *s,
    const struct xl_parts *parts, size_t enterprise, enum tco_param_id id);

void xl_inputs_write(struct xl_sheet *s, struct xl_parts *parts);

#endif
