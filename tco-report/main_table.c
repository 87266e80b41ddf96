/* main_table.c - a result as plain tables for a terminal. */

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tco-report/main.h"

#define WIDTH 16 /* of a column of figures */

static void cell(FILE *out, const struct num *n, unsigned decimals)
{
	hs_auto(hs_freep) char *text =
	    n != NULL ? num_text(n, decimals) : hs_strdup("none");

	(void)fprintf(out, " %*s", WIDTH, text);
}

static void cents(FILE *out, int64_t amount)
{
	hs_auto(hs_freep) char *text = num_cents_text(amount);

	(void)fprintf(out, " %*s", WIDTH, text);
}

static void row(FILE *out, const char *name, const struct num *a,
    const struct num *b, unsigned decimals)
{
	(void)fprintf(out, "%-28s", name);
	cell(out, a, decimals);
	cell(out, b, decimals);
	(void)fputc('\n', out);
}

static void head(FILE *out, const char *title, const char *a, const char *b)
{
	(void)fprintf(out, "\n%-28s %*s %*s\n", title, WIDTH, a, WIDTH, b);
}

static void verdict(const struct tco_result *r, FILE *out)
{
	static const char *const answers[] = {
		[TCO_CHEAPER] = "cheaper, whenever the servers are due",
		[TCO_WHEN_DUE] = "cheaper only if the servers are due for a "
				 "refresh",
		[TCO_DEARER] = "dearer, whenever the servers are due",
	};
	const struct tco_verdict *v = &r->verdict;
	hs_auto(hs_freep) char *saving = num_text(v->saving, 2);
	hs_auto(hs_freep) char *due = num_text(v->npv[TCO_DUE], 2);
	hs_auto(hs_freep) char *bought = num_text(v->npv[TCO_BOUGHT], 2);
	hs_auto(hs_freep) char *loss = num_text(v->loss_part, 4);

	(void)fprintf(out, "%s (%s, %u years)\n\nThe platform is %s.\n",
	    r->tcase->title, r->tcase->currency, r->horizon,
	    answers[v->answer]);
	(void)fprintf(out,
	    "Annual saving %s; NPV, refresh due %s; NPV, just bought %s; "
	    "probability of a loss, refresh due %s.\n",
	    saving, due, bought, loss);
	if (v->change_count > 0)
		(void)fprintf(out, "What would change that:\n");
	for (size_t i = 0; i < v->change_count; i++) {
		const struct tco_break_even *b = &r->break_even[v->change[i]];
		hs_auto(hs_freep) char *value = num_text_short(b->value);
		hs_auto(hs_freep) char *at = num_text(b->at[TCO_DUE], 2);

		(void)fprintf(out, "  %s %s instead of %s %s\n",
		    tco_kinds[b->param].name, at, value,
		    r->tcase->params[b->param].unit);
	}
}

static void costs(const struct tco_result *r, FILE *out)
{
	const struct tco_year *y = &r->year[0];

	head(out, "FIRST YEAR", "OWN SERVERS", "PLATFORM");
	for (int i = 0; i < TCO_LINE_COUNT; i++)
		row(out, tco_line_name((enum tco_line)i), y->dedicated[i],
		    y->platform[i], 2);
	row(out, "cash", y->dedicated_opex, y->platform_opex, 2);
	row(out, "annual TCO", y->dedicated_annual, y->platform_annual, 2);
	row(out, "domain and month", r->unit.dedicated_domain,
	    r->unit.platform_domain, 2);
	if (r->carbon.dedicated != NULL)
		row(out, "kg CO2e", r->carbon.dedicated, r->carbon.platform, 2);
}

static void cash(const struct tco_result *r, FILE *out)
{
	const struct tco_cash *due = &r->cash[TCO_DUE];
	const struct tco_cash *bought = &r->cash[TCO_BOUGHT];

	head(out, "CASH", "REFRESH DUE", "JUST BOUGHT");
	row(out, "investment", due->investment, bought->investment, 2);
	row(out, "NPV", due->npv, bought->npv, 2);
	row(out, "IRR", due->irr, bought->irr, 4);
	row(out, "MIRR", due->mirr, bought->mirr, 4);
	row(out, "payback, years", due->payback, bought->payback, 2);
	row(out, "discounted payback, years", due->discounted_payback,
	    bought->discounted_payback, 2);
	head(out, "MONTE CARLO", "REFRESH DUE", "JUST BOUGHT");
	row(out, "mean", r->simulation[0].mean, r->simulation[1].mean, 2);
	row(out, "P10", r->simulation[0].p10, r->simulation[1].p10, 2);
	row(out, "P50", r->simulation[0].p50, r->simulation[1].p50, 2);
	row(out, "P90", r->simulation[0].p90, r->simulation[1].p90, 2);
	row(out, "probability of a loss", r->simulation[0].loss_part,
	    r->simulation[1].loss_part, 4);
}

static void bills(const struct tco_result *r, FILE *out)
{
	const struct tco_showback *s = &r->showback;

	if (s->bill == NULL)
		return;
	(void)fprintf(out, "\n%-16s %*s", "BILLS", WIDTH, "ALONE");
	for (int k = 0; k < TCO_RULE_COUNT; k++)
		(void)fprintf(
		    out, " %*s", WIDTH, tco_rule_name((enum tco_rule)k));
	(void)fputc('\n', out);
	for (size_t i = 0; i < s->count; i++) {
		const struct tco_bill *b = &s->bill[i];

		(void)fprintf(out, "%-16s", b->enterprise->name);
		cents(out, b->standalone_cents);
		for (int k = 0; k < TCO_RULE_COUNT; k++)
			cents(out, b->cents[k]);
		(void)fputc('\n', out);
	}
	(void)fprintf(out, "%-16s %*s", "operator", WIDTH, "");
	for (int k = 0; k < TCO_RULE_COUNT; k++)
		cents(out, s->operator_cents[k]);
	(void)fputc('\n', out);
}

static void losers(const struct tco_result *r, FILE *out)
{
	const struct tco_showback *s = &r->showback;

	for (size_t i = 0; i < s->count; i++)
		for (int k = 0; k < TCO_RULE_COUNT; k++) {
			hs_auto(hs_freep) char *loss = NULL, *alone = NULL;

			if (!s->bill[i].is_loser[k])
				continue;
			loss = num_cents_text(-s->bill[i].gain[k]);
			alone = num_cents_text(s->bill[i].standalone_cents);
			(void)fprintf(out,
			    "%s loses %s under '%s'; at %s it does not\n",
			    s->bill[i].enterprise->name, loss,
			    tco_rule_name((enum tco_rule)k), alone);
		}
}

static void tornado(const struct tco_result *r, FILE *out)
{
	head(out, "TORNADO", "SWING OF THE NPV", "");
	for (size_t i = 0; i < r->tornado_count; i++) {
		(void)fprintf(out, "%-28s", r->tornado[i].driver.name);
		cell(out, r->tornado[i].swing, 2);
		(void)fputc('\n', out);
	}
}

static void break_even(const struct tco_result *r, FILE *out)
{
	(void)fprintf(out, "\n%-28s %*s %*s %*s\n", "BREAK-EVEN", WIDTH,
	    "VALUE", WIDTH, "REFRESH DUE", WIDTH, "JUST BOUGHT");
	for (size_t i = 0; i < r->break_even_count; i++) {
		const struct tco_break_even *b = &r->break_even[i];

		(void)fprintf(out, "%-28s", tco_kinds[b->param].name);
		cell(out, b->value, 4);
		cell(out, b->at[TCO_DUE], 4);
		cell(out, b->at[TCO_BOUGHT], 4);
		(void)fputc('\n', out);
	}
}

static void parameters(const struct tco_result *r, FILE *out)
{
	(void)fprintf(out, "\n%-28s %*s %-16s %s\n", "PARAMETERS", WIDTH,
	    "VALUE", "UNIT", "SOURCE");
	for (size_t i = 0; i < TCO_PARAM_COUNT; i++) {
		const struct tco_param *p = &r->tcase->params[i];
		hs_auto(hs_freep) char *value =
		    p->value != NULL ? num_text_short(p->value) : NULL;

		if (value == NULL)
			continue;
		(void)fprintf(out, "%-28s %*s %-16s %s", tco_kinds[i].name,
		    WIDTH, value, p->unit,
		    p->source != NULL ? p->source : "your figure");
		if (p->source != NULL)
			(void)fprintf(out, ", %s (%s)", p->date,
			    tco_confidence_name(p->confidence));
		(void)fputc('\n', out);
	}
}

int tco_write_table(
    const struct tco_result *result, FILE *out, struct hs_err *err)
{
	(void)err; /* main looks whether the stream is well at its end */
	verdict(result, out);
	costs(result, out);
	cash(result, out);
	bills(result, out);
	losers(result, out);
	tornado(result, out);
	break_even(result, out);
	parameters(result, out);
	return 0;
}
