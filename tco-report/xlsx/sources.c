/* sources.c - where the figures are from, and how they are used. */

#include "tco-report/xlsx/sheets.h"

#include "tco-report/input/date.h"

enum column { WHAT, VALUE, SOURCE, DATE, CONFIDENCE };

static lxw_row_t write_params(
    struct xl_sheet *s, lxw_row_t row, struct xl_parts *parts)
{
	const struct xl *xl = s->xl;

	for (enum tco_param_id id = 0; id < TCO_PARAM_COUNT; id++) {
		const struct tco_param *param = &xl->tcase->params[id];

		if (param->value == NULL || param->source == NULL)
			continue;
		xl_text(s, row, WHAT, XL_TEXT, xl_param_title(xl, id));
		xl_text(s, row, VALUE, XL_NOTE, parts->param[id].name);
		xl_text(s, row, SOURCE, XL_WRAP, param->source);
		xl_text(s, row, DATE, XL_TEXT, param->date);
		xl_label(s, row++, CONFIDENCE, XL_TEXT,
		    tco_confidence_name(param->confidence));
	}
	return row;
}

static void write_price(
    struct xl_sheet *s, lxw_row_t row, const struct tco_price *price)
{
	char from[TCO_DAY_TEXT], to[TCO_DAY_TEXT];

	tco_day_text(price->from, from);
	tco_day_text(price->to, to);
	xl_text(s, row, WHAT, XL_TEXT,
	    xl_printf(s->xl, "%s, %s - %s", price->unit, from, to));
	(void)xl_number(s, row, VALUE, XL_FIXED_NUMBER, price->price);
	xl_text(s, row, SOURCE, XL_WRAP,
	    price->source != NULL ? price->source
				  : xl_say(s->xl, XL_("your figure")));
	xl_text(s, row, DATE, XL_TEXT, price->date);
	xl_label(s, row, CONFIDENCE, XL_TEXT,
	    tco_confidence_name(price->confidence));
}

static lxw_row_t write_prices(struct xl_sheet *s, lxw_row_t row)
{
	const struct tco_price_book *book = s->xl->tcase->prices;

	if (book == NULL)
		return row;
	xl_label(s, row++, WHAT, XL_HEADING, XL_("Price book"));
	for (size_t i = 0; i < book->count; i++)
		write_price(s, row++, &book->list[i]);
	return row + 1;
}

static void write_method(struct xl_sheet *s, lxw_row_t row)
{
	static const char *const lines[] = {
		XL_("kWh a year = (idle + utilisation x (max - idle)) / 1000 x "
		    "8760 x PUE"),
		XL_("Cash cost of a server = support + kWh x tariff + space + "
		    "people / servers per administrator + backup + network"),
		XL_("Hosts = the peak of everybody's load together / (capacity "
		    "x how full), rounded up, and the spare"),
		XL_("Net present value = sum of the net flows / (1 + "
		    "rate)^year"),
		XL_("An internal rate of return is given where the flows "
		    "change their sign once, from cost to gain; else none"),
		XL_("Rate = a pool's cost / capacity that is sold; of network "
		    "and requests, / what all used"),
		XL_("Bill = rates x quantities + a share of the idle cost by "
		    "the rule, to cents by largest remainders"),
		XL_("The verdict is on hard savings alone."),
	};

	xl_label(s, row++, WHAT, XL_HEADING, XL_("Method"));
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		xl_label(s, row++, WHAT, XL_TEXT, lines[i]);
}

void xl_sources_write(struct xl_sheet *s, struct xl_parts *parts)
{
	static const char *const heads[] = { XL_("Figure"), XL_("Cell"),
		XL_("Source"), XL_("Date"), XL_("Confidence") };
	lxw_row_t row = 3;

	xl_label(s, 1, WHAT, XL_NOTE,
	    XL_("What is not listed here is your figure."));
	xl_sheet_widths(s, WHAT, WHAT, 46);
	xl_sheet_widths(s, VALUE, VALUE, 26);
	xl_sheet_widths(s, SOURCE, SOURCE, 60);
	xl_sheet_widths(s, DATE, CONFIDENCE, 14);
	for (lxw_col_t c = 0; c < ARRAY_LEN(heads); c++)
		xl_label(s, 2, c, XL_HEAD_LEFT, heads[c]);
	xl_sheet_freeze(s, 3, 0);
	row = write_params(s, row, parts) + 1;
	row = write_prices(s, row);
	write_method(s, row);
}
