/* workbook.c - a result's workbook: its sheets in order, each written when what
 * its formulas refer to is there.
 */

#include "tco-report/xlsx/xlsx.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tco-report/input/date.h"
#include "tco-report/xlsx/sheets.h"

enum sheet {
	VERDICT,
	INPUTS,
	DEDICATED,
	PLATFORM,
	CASH,
	ACCOUNTING,
	SHOWBACK,
	SENSITIVITY,
	MONTE_CARLO,
	CARBON,
	HARDWARE,
	SOURCES,
};
#define SHEET_COUNT (SOURCES + 1)

/* clang-format off */
static const struct {
	const char *name, *title;
} sheets[SHEET_COUNT] = {
	[VERDICT]     = { XL_("Verdict"),     XL_("Is the platform cheaper?") },
	[INPUTS]      = { XL_("Inputs"),      XL_("Every figure that goes in") },
	[DEDICATED]   = { XL_("Dedicated"),   XL_("Servers of the enterprises' own") },
	[PLATFORM]    = { XL_("Platform"),    XL_("The platform, year by year") },
	[CASH]        = { XL_("Cash"),        XL_("Cash flows: the platform instead of own servers") },
	[ACCOUNTING]  = { XL_("Accounting"),  XL_("Costs by year, as the books show them") },
	[SHOWBACK]    = { XL_("Showback"),    XL_("What each enterprise owes") },
	[SENSITIVITY] = { XL_("Sensitivity"), XL_("What the verdict hangs on") },
	[MONTE_CARLO] = { XL_("Monte Carlo"), XL_("How sure the verdict is") },
	[CARBON]      = { XL_("Carbon"),      XL_("Energy and CO2e") },
	[HARDWARE]    = { XL_("Hardware"),    XL_("What is bought when, and what it is worth") },
	[SOURCES]     = { XL_("Sources"),     XL_("Where the figures are from, and how they are used") },
};

/* After whom each is written: formulas refer to cells that are there. */
static const struct {
	enum sheet sheet;
	void (*write)(struct xl_sheet *s, struct xl_parts *parts);
} order[] = {
	{ INPUTS,      xl_inputs_write },
	{ DEDICATED,   xl_dedicated_write },
	{ PLATFORM,    xl_platform_write },
	{ HARDWARE,    xl_hardware_write },
	{ PLATFORM,    xl_platform_worn_write },
	{ ACCOUNTING,  xl_accounting_write },
	{ CASH,        xl_cash_write },
	{ SHOWBACK,    xl_showback_write },
	{ MONTE_CARLO, xl_simulation_write },
	{ SENSITIVITY, xl_sensitivity_write },
	{ CARBON,      xl_carbon_write },
	{ SOURCES,     xl_sources_write },
	{ VERDICT,     xl_verdict_write },
};
/* clang-format on */

static void write_sheets(struct xl *xl)
{
	struct xl_sheet *made[SHEET_COUNT];
	struct xl_parts *parts = hs_arena_alloc(xl->arena, sizeof(*parts));

	for (enum sheet i = 0; i < SHEET_COUNT; i++)
		made[i] = xl_sheet_add(xl, sheets[i].name, sheets[i].title);
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		order[i].write(made[order[i].sheet], parts);
	worksheet_set_tab_color(made[VERDICT]->sheet, 0x1F3A5F);
	worksheet_set_tab_color(made[INPUTS]->sheet, 0xFFD966);
	worksheet_activate(made[VERDICT]->sheet);
}

/* The same result gives the same bytes: no clock, no user's name. */
static void set_properties(struct xl *xl)
{
	lxw_doc_properties properties = {
		.title = (char *)(uintptr_t)xl->tcase->title,
		.author = (char *)(uintptr_t) "hanse",
		.created = 946684800, /* 2000-01-01 */
	};

	if (xl->tcase->has_usage)
		properties.created = (time_t)tco_day_start_s(xl->tcase->from);
	workbook_set_properties(xl->book, &properties);
}

static int save(
    struct xl *xl, const char *path, const char *temporary, struct hs_err *err)
{
	lxw_error error = workbook_close(xl->book);

	if (xl->err->code != HS_OK) {
		(void)unlink(temporary);
		if (err != NULL)
			*err = *xl->err;
		return -1;
	}
	if (error != LXW_NO_ERROR) {
		(void)unlink(temporary);
		return hs_fail(err, HS_ESYSTEM, "'%s' cannot be written: %s",
		    path, lxw_strerror(error));
	}
	if (rename(temporary, path) < 0) {
		(void)hs_fail_errno(err, HS_ESYSTEM, "write '%s'", path);
		(void)unlink(temporary);
		return -1;
	}
	return 0;
}

int tco_xlsx_write(const char *path, const struct tco_result *result,
    const struct tco_xlsx_options *options, struct hs_err *err)
{
	hs_auto(hs_freep) char *temporary = hs_printf("%s.new", path);
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct hs_err failed = { 0 };
	struct xl xl = { .arena = arena,
		.pool = pool,
		.result = result,
		.tcase = result->tcase,
		.err = &failed };

	xl.language = xl_language(options != NULL ? options->language : NULL);

	xl.book = workbook_new(temporary);
	if (xl.book == NULL)
		return hs_fail(err, HS_ESYSTEM, "no workbook '%s'", path);
	set_properties(&xl);
	xl_styles_make(&xl);
	write_sheets(&xl);
	return save(&xl, path, temporary, err);
}
