/* main_json.c - every figure of a result as JSON, for programs and tests.
 *
 * Numbers are strings, so that no reader makes binary fractions of them: money
 * with two decimals, other figures as many as they have, twelve at most.
 */

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "tco-report/doc/doc.h"
#include "tco-report/doc/write.h"
#include "tco-report/main.h"

static json_t *figure(const struct num *n)
{
	hs_auto(hs_freep) char *text = n != NULL ? num_text_short(n) : NULL;

	return text != NULL ? json_string(text) : json_null();
}

static json_t *money(const struct num *n)
{
	hs_auto(hs_freep) char *text = n != NULL ? num_text(n, 2) : NULL;

	return text != NULL ? json_string(text) : json_null();
}

static json_t *cents(int64_t amount)
{
	hs_auto(hs_freep) char *text = num_cents_text(amount);

	return json_string(text);
}

static json_t *word(const char *text)
{
	return text != NULL ? json_string(text) : json_null();
}

static void put(json_t *object, const char *key, json_t *value)
{
	(void)json_object_set_new(object, key, value);
}

static json_t *parameter(const struct tco_param *p, const char *name)
{
	json_t *o = json_object();

	put(o, "name", word(name));
	put(o, "value", figure(p->value));
	put(o, "low", figure(p->low));
	put(o, "high", figure(p->high));
	put(o, "unit", word(p->unit));
	put(o, "source", word(p->source));
	put(o, "date", word(p->date));
	put(o, "confidence", word(tco_confidence_name(p->confidence)));
	return o;
}

static json_t *parameters(const struct tco_param table[TCO_PARAM_COUNT])
{
	json_t *list = json_array();

	for (size_t i = 0; i < TCO_PARAM_COUNT; i++)
		if (table[i].value != NULL)
			(void)json_array_append_new(
			    list, parameter(&table[i], tco_kinds[i].name));
	return list;
}

static json_t *lines(const struct num *const line[TCO_LINE_COUNT])
{
	json_t *o = json_object();

	for (int i = 0; i < TCO_LINE_COUNT; i++)
		put(o, tco_line_name((enum tco_line)i), money(line[i]));
	return o;
}

static json_t *dedicated(const struct tco_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->count; i++) {
		const struct tco_dedicated *d = &r->dedicated[i];
		json_t *o = json_object();

		put(o, "enterprise", word(d->enterprise->name));
		put(o, "servers", figure(d->servers));
		put(o, "price", money(d->price));
		put(o, "kwh", figure(d->kwh));
		put(o, "lines", lines(d->line));
		put(o, "opex", money(d->opex));
		put(o, "annual", money(d->annual));
		put(o, "own", parameters(d->enterprise->own));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *years(const struct tco_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->horizon; i++) {
		const struct tco_year *y = &r->year[i];
		json_t *o = json_object();

		put(o, "year", json_integer(y->year));
		put(o, "servers", figure(y->servers));
		put(o, "domains", figure(y->domains));
		put(o, "hosts", figure(y->hosts));
		put(o, "dedicated", lines(y->dedicated));
		put(o, "dedicated_opex", money(y->dedicated_opex));
		put(o, "dedicated_annual", money(y->dedicated_annual));
		put(o, "platform", lines(y->platform));
		put(o, "platform_opex", money(y->platform_opex));
		put(o, "platform_annual", money(y->platform_annual));
		put(o, "saving", money(y->saving));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *flows(const struct tco_cash *cash, unsigned n)
{
	json_t *list = json_array();

	for (unsigned t = 0; t <= n; t++) {
		const struct tco_flow *f = &cash->flow[t];
		json_t *o = json_object();

		put(o, "avoided", money(f->avoided));
		put(o, "investment", money(f->investment));
		put(o, "migration", money(f->migration));
		put(o, "saving", money(f->saving));
		put(o, "residual", money(f->residual));
		put(o, "net", money(f->net));
		put(o, "cumulative", money(f->cumulative));
		put(o, "factor", figure(f->factor));
		put(o, "discounted", money(f->discounted));
		put(o, "discounted_cumulative",
		    money(f->discounted_cumulative));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *simulation(const struct tco_simulation *s)
{
	json_t *o = json_object(), *bins = json_array();

	put(o, "mean", money(s->mean));
	put(o, "sd", money(s->sd));
	put(o, "min", money(s->min));
	put(o, "p10", money(s->p10));
	put(o, "p50", money(s->p50));
	put(o, "p90", money(s->p90));
	put(o, "max", money(s->max));
	put(o, "losses", json_integer(s->losses));
	put(o, "loss_part", figure(s->loss_part));
	for (size_t i = 0; i < TCO_BINS; i++)
		(void)json_array_append_new(bins, json_integer(s->bin[i]));
	put(o, "bins", bins);
	return o;
}

static json_t *timing(const struct tco_result *r, enum tco_timing timing)
{
	const struct tco_cash *cash = &r->cash[timing];
	json_t *o = json_object();

	put(o, "investment", money(cash->investment));
	put(o, "npv", money(cash->npv));
	put(o, "sign_changes", json_integer(cash->sign_changes));
	put(o, "irr", figure(cash->irr));
	put(o, "mirr", figure(cash->mirr));
	put(o, "payback", figure(cash->payback));
	put(o, "is_paid_back", json_boolean(cash->is_paid_back));
	put(o, "discounted_payback", figure(cash->discounted_payback));
	put(o, "flows", flows(cash, r->horizon));
	put(o, "simulation", simulation(&r->simulation[timing]));
	return o;
}

static json_t *pools(const struct tco_showback *s)
{
	json_t *o = json_object();

	for (size_t i = 0; i < TCO_RESOURCE_COUNT; i++) {
		const struct tco_pool *p = &s->pool[i];
		json_t *one = json_object();

		put(one, "unit", word(tco_resources[i].unit));
		put(one, "weight", figure(p->weight));
		put(one, "cost", figure(p->cost));
		put(one, "capacity", figure(p->capacity));
		put(one, "charged", figure(p->charged));
		put(one, "rate", figure(p->rate));
		put(one, "idle", figure(p->idle));
		put(one, "is_oversold", json_boolean(p->is_oversold));
		put(one, "list_price", figure(p->list_price));
		put(o, tco_resources[i].name, one);
	}
	return o;
}

static json_t *bill(const struct tco_bill *b)
{
	json_t *o = json_object(), *rules = json_object();

	put(o, "enterprise", word(b->enterprise->name));
	put(o, "direct", figure(b->direct));
	put(o, "standalone", cents(b->standalone_cents));
	put(o, "listed", cents(b->listed));
	put(o, "carbon_kg", figure(b->carbon_kg));
	for (int k = 0; k < TCO_RULE_COUNT; k++) {
		json_t *one = json_object();

		put(one, "bill", cents(b->cents[k]));
		put(one, "gain", cents(b->gain[k]));
		put(one, "is_loser", json_boolean(b->is_loser[k]));
		put(rules, tco_rule_name((enum tco_rule)k), one);
	}
	put(o, "rules", rules);
	return o;
}

static json_t *showback(const struct tco_result *r)
{
	const struct tco_showback *s = &r->showback;
	json_t *o = json_object(), *bills = json_array();
	json_t *rules = json_object();

	if (s->bill == NULL) {
		json_decref(o);
		json_decref(bills);
		json_decref(rules);
		return json_null();
	}
	put(o, "total", cents(s->total_cents));
	put(o, "pools", pools(s));
	put(o, "direct", figure(s->direct));
	put(o, "idle", figure(s->idle));
	put(o, "idle_part", figure(s->idle_part));
	for (size_t i = 0; i < s->count; i++)
		(void)json_array_append_new(bills, bill(&s->bill[i]));
	put(o, "bills", bills);
	for (int k = 0; k < TCO_RULE_COUNT; k++) {
		json_t *one = json_object();

		put(one, "operator", cents(s->operator_cents[k]));
		put(one, "losers", json_integer((json_int_t)s->losers[k]));
		put(one, "level", figure(s->level[k]));
		put(one, "level_cost", cents(s->level_cents[k]));
		put(rules, tco_rule_name((enum tco_rule)k), one);
	}
	put(o, "rules", rules);
	put(o, "subsidy", cents(s->subsidy_cents));
	put(o, "listed", cents(s->listed));
	return o;
}

static json_t *tornado(const struct tco_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->tornado_count; i++) {
		const struct tco_swing *s = &r->tornado[i];
		json_t *o = json_object();

		put(o, "driver", word(s->driver.name));
		put(o, "is_main", json_boolean(s->driver.is_main));
		put(o, "low", figure(s->low));
		put(o, "value", figure(s->value));
		put(o, "high", figure(s->high));
		put(o, "npv_low", money(s->npv_low));
		put(o, "npv_high", money(s->npv_high));
		put(o, "swing", money(s->swing));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *break_even(const struct tco_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->break_even_count; i++) {
		const struct tco_break_even *b = &r->break_even[i];
		json_t *o = json_object();

		put(o, "parameter", word(tco_kinds[b->param].name));
		put(o, "enterprise",
		    b->enterprise != NULL ? word(b->enterprise->name)
					  : json_null());
		put(o, "value", figure(b->value));
		put(o, "due", figure(b->at[TCO_DUE]));
		put(o, "bought", figure(b->at[TCO_BOUGHT]));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *carbon(const struct tco_carbon *c)
{
	json_t *o = json_object();

	put(o, "dedicated_kwh", figure(c->dedicated_kwh));
	put(o, "platform_kwh", figure(c->platform_kwh));
	put(o, "dedicated_use", figure(c->dedicated_use));
	put(o, "platform_use", figure(c->platform_use));
	put(o, "dedicated_embodied", figure(c->dedicated_embodied));
	put(o, "platform_embodied", figure(c->platform_embodied));
	return o;
}

static json_t *consolidation(const struct tco_consolidation *c)
{
	json_t *o = json_object(), *rows = json_object();

	put(o, "is_used", json_boolean(c->is_used));
	for (size_t i = 0; i < TCO_RESOURCE_COUNT; i++) {
		const struct tco_need_row *row = &c->row[i];
		json_t *one;

		if (row->peak_of_sum == NULL)
			continue;
		one = json_object();
		put(one, "sum_of_peaks", figure(row->sum_of_peaks));
		put(one, "peak_of_sum", figure(row->peak_of_sum));
		put(one, "time", word(row->time));
		put(one, "hosts", figure(row->hosts));
		put(rows, tco_resources[i].name, one);
	}
	put(o, "rows", rows);
	put(o, "binding",
	    c->is_known ? word(tco_resources[c->binding].name) : json_null());
	put(o, "hosts", figure(c->hosts));
	put(o, "ratio", figure(c->ratio));
	return o;
}

static json_t *verdict(const struct tco_result *r)
{
	static const char *const answers[] = { [TCO_CHEAPER] = "cheaper",
		[TCO_WHEN_DUE] = "when-due",
		[TCO_DEARER] = "dearer" };
	json_t *o = json_object(), *change = json_array();

	put(o, "answer", word(answers[r->verdict.answer]));
	put(o, "saving", money(r->verdict.saving));
	put(o, "saving_part", figure(r->verdict.saving_part));
	put(o, "npv_due", money(r->verdict.npv[TCO_DUE]));
	put(o, "npv_bought", money(r->verdict.npv[TCO_BOUGHT]));
	put(o, "loss_part", figure(r->verdict.loss_part));
	for (size_t i = 0; i < r->verdict.change_count; i++)
		(void)json_array_append_new(change,
		    word(tco_kinds[r->break_even[r->verdict.change[i]].param]
			     .name));
	put(o, "change", change);
	return o;
}

static json_t *soft_and_units(const struct tco_result *r)
{
	json_t *o = json_object();

	put(o, "soft_downtime", money(r->soft.downtime));
	put(o, "soft_provisioning", money(r->soft.provisioning));
	put(o, "soft_total", money(r->soft.total));
	put(o, "dedicated_domain_month", money(r->unit.dedicated_domain));
	put(o, "platform_domain_month", money(r->unit.platform_domain));
	put(o, "dedicated_order", figure(r->unit.dedicated_order));
	put(o, "platform_order", figure(r->unit.platform_order));
	return o;
}

static json_t *whole(const struct tco_result *r)
{
	json_t *o = json_object();

	put(o, "title", word(r->tcase->title));
	put(o, "currency", word(r->tcase->currency));
	put(o, "verdict", verdict(r));
	put(o, "parameters", parameters(r->tcase->params));
	put(o, "dedicated", dedicated(r));
	put(o, "dedicated_annual", money(r->dedicated_annual));
	put(o, "platform_annual", money(r->platform_annual));
	put(o, "years", years(r));
	put(o, "annuity", figure(r->annuity));
	put(o, "refresh_due", timing(r, TCO_DUE));
	put(o, "just_bought", timing(r, TCO_BOUGHT));
	put(o, "showback", showback(r));
	put(o, "tornado", tornado(r));
	put(o, "break_even", break_even(r));
	put(o, "carbon", carbon(&r->carbon));
	put(o, "beside", soft_and_units(r));
	put(o, "consolidation",
	    r->consolidation.is_known ? consolidation(&r->consolidation)
				      : json_null());
	put(o, "seed", json_integer((json_int_t)r->seed));
	put(o, "draws", json_integer(r->draws));
	return o;
}

/* The report as people see it is a member of its own. */
static void put_report(json_t *o, const struct doc *doc)
{
	hs_auto(hs_text_done) struct hs_text text = { 0 };

	doc_write_json(doc, &text);
	put(o, "report", json_loads(text.data, 0, NULL));
}

int tco_write_json(const struct tco_call *call, const struct tco_result *result,
    const struct doc *doc, struct hs_text *out, struct hs_err *err)
{
	json_t *o = whole(result);
	char *text;

	(void)call;
	put_report(o, doc);
	text = json_dumps(o, JSON_INDENT(2));
	json_decref(o);
	if (text == NULL)
		return hs_fail(err, HS_ESYSTEM, "write the report as JSON");
	hs_text_add(out, text);
	hs_text_add_char(out, '\n');
	free(text);
	return 0;
}
