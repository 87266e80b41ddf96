/* apart.c - below the accounts: costs by what they are for, and soft savings,
 * which are in no verdict.
 */

#include "tco-report/xlsx/sheets.h"

enum column { WHAT, OWN, SHARED };

static bool is_given(const struct xl_sheet *s, enum tco_param_id id)
{
	return s->xl->tcase->params[id].value != NULL;
}

static void write_unit(struct xl_sheet *s, lxw_row_t row, const char *title,
    const struct xl_expr costs[2], const struct num *models[2])
{
	xl_text(s, row, WHAT, XL_TEXT, title);
	(void)xl_put_as(s, row, OWN, XL_MONEY, costs[0], models[0]);
	(void)xl_put_as(s, row, SHARED, XL_MONEY, costs[1], models[1]);
}

static void write_units(
    struct xl_sheet *s, struct xl_parts *parts, lxw_row_t row)
{
	const struct xl *xl = s->xl;
	const struct tco_unit *u = &xl->result->unit;
	struct xl_expr own = xl_of(s, parts->dedicated_annual);
	struct xl_expr shared = xl_of(s, parts->platform_annual);
	struct xl_expr months =
	    xl_mul(s, xl_of(s, parts->domains_in[0]), xl_int(s, 12));
	struct xl_expr orders = xl_param(s, parts, TCO_ORDERS);

	xl_text(s, row, WHAT, XL_HEADING,
	    xl_say_named(xl, "unitcost", "title", "Unit cost"));
	xl_label(s, row, OWN, XL_HEAD, XL_("Servers of their own"));
	xl_label(s, row++, SHARED, XL_HEAD, XL_("The platform"));
	write_unit(s, row++, xl_say(xl, XL_("A domain, a month")),
	    (struct xl_expr[]) {
		xl_div(s, own, months), xl_div(s, shared, months) },
	    (const struct num *[]) { u->dedicated_domain, u->platform_domain });
	if (is_given(s, TCO_ORDERS))
		write_unit(s, row, xl_say(xl, XL_("An order")),
		    (struct xl_expr[]) {
			xl_div(s, own, orders), xl_div(s, shared, orders) },
		    (const struct num *[]) {
			u->dedicated_order, u->platform_order });
}

/* (with own servers - on the platform) * how often * what one is worth */
static struct xl_expr saved(struct xl_sheet *s, struct xl_parts *parts,
    const enum tco_param_id ids[4], int64_t count)
{
	struct xl_expr less =
	    xl_sub(s, xl_param(s, parts, ids[0]), xl_param(s, parts, ids[1]));
	struct xl_expr times = ids[3] == TCO_PARAM_COUNT
				   ? xl_int(s, count)
				   : xl_param(s, parts, ids[3]);

	return xl_mul(s, xl_mul(s, less, xl_param(s, parts, ids[2])), times);
}

static void write_soft(
    struct xl_sheet *s, struct xl_parts *parts, lxw_row_t row)
{
	static const enum tco_param_id downtime[] = { TCO_DOWNTIME_DEDICATED,
		TCO_DOWNTIME_PLATFORM, TCO_DOWNTIME_COST, TCO_PARAM_COUNT };
	static const enum tco_param_id work[] = { TCO_PROVISIONING_DEDICATED,
		TCO_PROVISIONING_PLATFORM, TCO_LABOUR_RATE, TCO_PROVISIONINGS };
	const struct xl *xl = s->xl;
	const struct tco_soft *soft = &xl->result->soft;
	struct xl_cell cells[2];
	size_t count = 0;

	if (soft->total == NULL)
		return;
	xl_label(s, row++, WHAT, XL_HEADING,
	    XL_("Soft savings a year, in no verdict"));
	if (soft->downtime != NULL) {
		xl_label(s, row, WHAT, XL_TEXT, XL_("Soft: less downtime"));
		cells[count++] = xl_put_as(s, row++, OWN, XL_MONEY,
		    saved(s, parts, downtime, (int64_t)xl->tcase->count),
		    soft->downtime);
	}
	if (soft->provisioning != NULL) {
		xl_label(s, row, WHAT, XL_TEXT, XL_("Soft: faster set-up"));
		cells[count++] = xl_put_as(s, row++, OWN, XL_MONEY,
		    saved(s, parts, work, 0), soft->provisioning);
	}
	xl_label(s, row, WHAT, XL_LABEL_SUM, XL_("Soft together"));
	(void)xl_put_as(
	    s, row, OWN, XL_MONEY_SUM, xl_sum(s, cells, count), soft->total);
}

void xl_apart_write(struct xl_sheet *s, struct xl_parts *parts, lxw_row_t row)
{
	write_units(s, parts, row);
	write_soft(s, parts, row + 4);
}
