/* present.h - present values, of the servers-due case, that drivers scale. */
#ifndef HANSE_TCO_REPORT_XLSX_PRESENT_H
#define HANSE_TCO_REPORT_XLSX_PRESENT_H

#include "tco-report/xlsx/sheets.h"

enum xl_present {
	HOSTS, /* hosts: bought, worth, and their part of the support */
	SHARED,
	SERVERS,
	PEOPLE,   /* dedicated minus platform */
	MACHINES, /* people who care for machines, both */
	DOMAINS,  /* people who care for domains */
	ENERGY,
	MIGRATION,
	PROJECT,
};
#define XL_PRESENT_COUNT (PROJECT + 1)

/** A table of them, from a row on. */
void xl_present_write(struct xl_sheet *s, struct xl_parts *parts, lxw_row_t row,
    struct xl_cell ret_cells[XL_PRESENT_COUNT]);

#endif
