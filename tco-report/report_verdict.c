/* report_verdict.c - the first page: three sentences, the four numbers behind
 * them, who loses, and what would change the verdict.
 */

#include <string.h>

#include "base/text.h"
#include "tco-report/report_part.h"

#define NAMES_MOST 4 /* in a sentence */

static bool loses(
    const struct tco_showback *s, size_t enterprise, enum tco_rule rule)
{
	return s->bill[enterprise].gain[rule] < 0;
}

/* By at least one of the rules about idle capacity. */
static bool may_lose(const struct tco_showback *s, size_t enterprise)
{
	for (int rule = TCO_IDLE_OPERATOR; rule <= TCO_IDLE_STANDALONE; rule++)
		if (loses(s, enterprise, (enum tco_rule)rule))
			return true;
	return false;
}

/* "A, B, C and 4 more"; names: in the enterprises' order. */
static const char *shorten(
    const struct report *rep, const char *const *names, size_t count)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };

	hs_text_add(&out, "");
	for (size_t i = 0; i < count && i < NAMES_MOST; i++) {
		if (i > 0)
			hs_text_add(&out, say(rep, TCO_MSG_DOC_COMMA));
		hs_text_add(&out, names[i]);
	}
	if (count > NAMES_MOST)
		return say_with(rep, TCO_MSG_DOC_AND_MORE, out.data,
		    say_count(rep, count - NAMES_MOST), NULL);
	return doc_printf(rep->doc, "%s", out.data);
}

static const char *losers_of_all(const struct report *rep, size_t *ret_count)
{
	const struct tco_showback *s = &rep->r->showback;
	hs_auto(hs_freep) const char **names =
	    hs_alloc((s->count + 1) * sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++)
		if (may_lose(s, i))
			names[count++] = s->bill[i].enterprise->title;
	*ret_count = count;
	return shorten(rep, names, count);
}

static const char *losers_of_rule(const struct report *rep, enum tco_rule rule)
{
	const struct tco_showback *s = &rep->r->showback;
	hs_auto(hs_freep) const char **names =
	    hs_alloc((s->count + 1) * sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct num *more =
		    num_of_cents(rep->pool, -s->bill[i].gain[rule]);

		if (loses(s, i, rule))
			names[count++] = say_with(rep, TCO_MSG_VERDICT_LOSER,
			    s->bill[i].enterprise->title,
			    say_price(rep, more).text, NULL);
	}
	return shorten(rep, names, count);
}

static const char *answer(const struct report *rep)
{
	switch (rep->r->verdict.answer) {
	case TCO_CHEAPER:
		return say(rep, TCO_MSG_VERDICT_CHEAPER);
	case TCO_WHEN_DUE:
		return say(rep, TCO_MSG_VERDICT_WHEN_DUE);
	case TCO_DEARER:
		return say(rep, TCO_MSG_VERDICT_DEARER);
	}
	return "";
}

/* A number without its sign, where the words say which way. */
static const struct num *size_of(
    const struct report *rep, const struct num *number)
{
	return number != NULL && num_sign(number) < 0
		   ? num_sub(rep->pool, num_int(rep->pool, 0), number)
		   : number;
}

static const char *how_much(const struct report *rep)
{
	const struct tco_verdict *v = &rep->r->verdict;

	return say_with(rep,
	    num_sign(v->saving) < 0 ? TCO_MSG_VERDICT_COSTS
				    : TCO_MSG_VERDICT_SAVES,
	    say_price(rep, size_of(rep, v->saving)).text,
	    say_percent(rep, size_of(rep, v->saving_part), 2).text,
	    say_price(rep, v->npv[TCO_DUE]).text, say_count(rep, rep->r->draws),
	    say_percent(rep, v->loss_part, 2).text, NULL);
}

static const char *for_whom(const struct report *rep)
{
	const struct tco_showback *s = &rep->r->showback;
	size_t count = 0;
	const char *names;

	if (s->bill == NULL)
		return say(rep, TCO_MSG_VERDICT_UNKNOWN);
	names = losers_of_all(rep, &count);
	if (count == 0)
		return say(rep, TCO_MSG_VERDICT_NOBODY_LOSES);
	return say_with(rep,
	    s->subsidy_cents > 0 ? TCO_MSG_VERDICT_ALWAYS_LOSES
				 : TCO_MSG_VERDICT_WHO_LOSES,
	    names, NULL);
}

static enum doc_tone tone_of(const struct num *number)
{
	return num_sign(number) < 0 ? DOC_BAD : DOC_GOOD;
}

static void add_numbers(const struct report *rep, struct doc_section *sec)
{
	const struct tco_verdict *v = &rep->r->verdict;
	struct doc_block *figures = doc_figures(rep->doc, sec);
	const char *npv_hint = say_with(rep, TCO_MSG_VERDICT_NPV_HINT,
	    say_count(rep, rep->r->horizon),
	    part_param_value(rep, TCO_DISCOUNT_RATE,
		rep->r->tcase->params[TCO_DISCOUNT_RATE].value),
	    NULL);
	const struct doc_figure list[] = {
		{ say(rep, TCO_MSG_VERDICT_SAVING), say_price(rep, v->saving),
		    say_with(rep, TCO_MSG_VERDICT_SAVING_HINT,
			say_percent(rep, v->saving_part, 2).text,
			say_price(rep, rep->r->dedicated_annual).text, NULL),
		    tone_of(v->saving) },
		{ say(rep, TCO_MSG_VERDICT_NPV_DUE),
		    say_price(rep, v->npv[TCO_DUE]), npv_hint,
		    tone_of(v->npv[TCO_DUE]) },
		{ say(rep, TCO_MSG_VERDICT_NPV_BOUGHT),
		    say_price(rep, v->npv[TCO_BOUGHT]), npv_hint,
		    tone_of(v->npv[TCO_BOUGHT]) },
		{ say(rep, TCO_MSG_VERDICT_RISK),
		    say_percent(rep, v->loss_part, 2),
		    say_with(rep, TCO_MSG_VERDICT_RISK_HINT,
			say_count(rep, rep->r->draws), NULL),
		    DOC_PLAIN },
	};

	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		doc_figure(rep->doc, figures, &list[i]);
}

static void add_rule(const struct report *rep, struct doc_block *list,
    enum tco_rule rule, bool *ret_lost)
{
	if (rep->r->showback.losers[rule] == 0)
		return;
	*ret_lost = true;
	doc_item(rep->doc, list,
	    say_with(rep, TCO_MSG_VERDICT_LOSER_LINE,
		say_named(rep, "rule.", tco_rule_name(rule)),
		losers_of_rule(rep, rule), NULL));
}

/* Under which rules nobody loses, in one line. */
static const char *safe_rules(const struct report *rep)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };

	hs_text_add(&out, "");
	for (int rule = 0; rule < TCO_RULE_COUNT; rule++) {
		if (rep->r->showback.losers[rule] != 0)
			continue;
		if (out.len > 0)
			hs_text_add(&out, say(rep, TCO_MSG_DOC_COMMA));
		hs_text_add(&out, say_named(rep, "rule.",
				      tco_rule_name((enum tco_rule)rule)));
	}
	return out.len > 0
		   ? say_with(rep, TCO_MSG_VERDICT_NOBODY_RULE, out.data, NULL)
		   : NULL;
}

static void add_losers(const struct report *rep, struct doc_section *sec)
{
	struct doc_block *list;
	const char *safe;
	bool lost = false;

	if (rep->r->showback.bill == NULL)
		return;
	list = doc_list(rep->doc, sec, say(rep, TCO_MSG_VERDICT_LOSERS));
	for (int rule = 0; rule < TCO_RULE_COUNT; rule++)
		add_rule(rep, list, (enum tco_rule)rule, &lost);
	safe = safe_rules(rep);
	if (!lost)
		doc_item(rep->doc, list, say(rep, TCO_MSG_VERDICT_NOBODY_TEXT));
	else if (safe != NULL)
		doc_item(rep->doc, list, safe);
}

static void add_change(const struct report *rep, struct doc_block *list,
    const struct tco_break_even *even)
{
	const struct num *at = even->at[TCO_DUE];

	doc_item(rep->doc, list,
	    say_with(rep, TCO_MSG_VERDICT_CHANGE_LINE, part_turning(rep, even),
		part_param_value(rep, even->param, num_round(rep->pool, at, 2)),
		part_param_value(rep, even->param, even->value),
		say_percent(rep, even->distance[TCO_DUE], 1).text, NULL));
}

static void add_changes(const struct report *rep, struct doc_section *sec)
{
	const struct tco_verdict *v = &rep->r->verdict;
	struct doc_block *list =
	    doc_list(rep->doc, sec, say(rep, TCO_MSG_VERDICT_CHANGE));

	for (size_t i = 0; i < v->change_count; i++)
		add_change(rep, list, &rep->r->break_even[v->change[i]]);
	if (v->change_count == 0)
		doc_item(rep->doc, list, say(rep, TCO_MSG_VERDICT_CHANGE_NONE));
}

void report_verdict(const struct report *rep)
{
	struct doc_section *sec = doc_section(
	    rep->doc, 1, "verdict", say(rep, TCO_MSG_VERDICT_TITLE));

	doc_lead(rep->doc, sec,
	    doc_printf(rep->doc,
		rep->lang == TCO_LANG_ZH ? "%s%s%s" : "%s %s %s", answer(rep),
		how_much(rep), for_whom(rep)));
	add_numbers(rep, sec);
	add_losers(rep, sec);
	add_changes(rep, sec);
	doc_notice(rep->doc, sec, DOC_PLAIN, say(rep, TCO_MSG_VERDICT_HARD),
	    say(rep, TCO_MSG_VERDICT_HARD_TEXT));
}
