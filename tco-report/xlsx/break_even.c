/* break_even.c - where the verdict turns: values of the model. */

#include "tco-report/xlsx/sheets.h"

static void write_break_even(
    struct xl_sheet *s, lxw_row_t row, const struct tco_break_even *b)
{
	const char *never = xl_say(s->xl, XL_("nowhere"));

	xl_text(s, row, 0, XL_TEXT, xl_turning_title(s->xl, b));
	(void)xl_number(s, row, 1, XL_FIXED_NUMBER, b->value);
	for (size_t k = 0; k < TCO_TIMING_COUNT; k++) {
		lxw_col_t col = (lxw_col_t)(2 + 2 * k);

		if (b->at[k] == NULL) {
			xl_text(s, row, col, XL_NOTE_RIGHT, never);
			continue;
		}
		(void)xl_number(s, row, col, XL_FIXED_NUMBER, b->at[k]);
		(void)xl_number(
		    s, row, col + 1, XL_FIXED_PERCENT, b->distance[k]);
	}
}

void xl_break_even_write(struct xl_sheet *s, lxw_row_t row)
{
	static const char *const heads[] = { XL_("Parameter"), XL_("Value"),
		XL_("Turns at, servers due"), XL_("away"),
		XL_("Turns at, just bought"), XL_("away") };
	const struct tco_result *result = s->xl->result;

	xl_label(s, row++, 0, XL_HEADING,
	    XL_("Break-even: where the net present value is 0 (values, not "
		"formulas)"));
	xl_sheet_tall(s, row);
	for (lxw_col_t c = 0; c < ARRAY_LEN(heads); c++)
		xl_label(s, row, c, c == 0 ? XL_HEAD_LEFT : XL_HEAD, heads[c]);
	for (size_t i = 0; i < result->break_even_count; i++)
		write_break_even(s, ++row, &result->break_even[i]);
}
