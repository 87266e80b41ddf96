/* page_scenario.c - what if: the case with other figures, worked out anew. The
 * same answer with a script (a part of the page, as one types) and without
 * (the whole page, by the button).
 */

#include <stdlib.h>
#include <string.h>

#include "portal/console/study.h"
#include "tco-report/words.h"

/* What was typed for a parameter, and what came of it. */
struct field {
	const char *typed;   /* as the person sees it */
	const char *decimal; /* what counts instead of the case's; NULL: none */
	const char *problem; /* NULL: there is none */
};

struct scenario {
	struct study base, changed;
	struct field fields[TCO_PARAM_COUNT];
	struct tco_setting settings[TCO_PARAM_COUNT];
	size_t count;
	bool is_bad;
	const char *detail; /* of the model, why these do not fit together */
};

static void scenario_done(struct scenario *s)
{
	study_done(&s->base);
	study_done(&s->changed);
}

/* "-2,5" of a German reader as "-2.5"; NULL: no number. */
static const char *read_decimal(const struct page *page, const char *typed)
{
	bool negative = typed[0] == '-';
	const char *decimal = NULL;

	if (!i18n_parse_decimal(
		page->arena, page->lang, typed + negative, &decimal))
		return NULL;
	return negative ? hs_arena_printf(page->arena, "-%s", decimal)
			: decimal;
}

static const char *bounds_text(struct page *page, const struct tco_kind *kind)
{
	return page_format(page, MSG_SCENARIO_BOUNDS,
	    page_number(page, kind->min).s, page_number(page, kind->max).s)
	    .s;
}

/* NULL, or what is wrong with a figure, in the reader's language. */
static const char *judge(struct page *page, const struct tco_kind *kind,
    const char *decimal, struct num_pool *pool, const struct num **ret_value)
{
	const struct num *min = NULL, *max = NULL;

	if (decimal == NULL || num_parse(pool, decimal, ret_value, NULL) < 0)
		return i18n_text(page->lang, MSG_SCENARIO_NO_NUMBER);
	if (num_parse(pool, kind->min, &min, NULL) < 0 ||
	    num_parse(pool, kind->max, &max, NULL) < 0)
		return NULL;
	if (num_cmp(*ret_value, min) < 0 || num_cmp(*ret_value, max) > 0)
		return bounds_text(page, kind);
	if (kind->is_whole && !num_is_whole(*ret_value))
		return i18n_text(page->lang, MSG_SCENARIO_NOT_WHOLE);
	return NULL;
}

static void read_field(
    struct page *page, struct scenario *s, enum tco_param_id id)
{
	const struct tco_kind *kind = &tco_kinds[id];
	struct num_pool *pool = s->base.tcase->pool;
	const struct num *was = s->base.tcase->params[id].value, *value = NULL;
	struct field *f = &s->fields[id];
	const char *typed = page_field_or_null(
	    page, hs_arena_printf(page->arena, "p.%s", kind->name));

	if (typed == NULL)
		return;
	f->typed = typed;
	f->decimal = read_decimal(page, typed);
	f->problem = judge(page, kind, f->decimal, pool, &value);
	if (f->problem != NULL) {
		s->is_bad = true;
		return;
	}
	/* What is as it was keeps its source. */
	if (was != NULL && num_cmp(was, value) == 0) {
		f->decimal = NULL;
		return;
	}
	s->settings[s->count++] =
	    (struct tco_setting) { kind->name, f->decimal };
}

/* Read the form and work it out. Errors: as study_open() of the case. */
static int scenario_open(
    struct page *page, struct scenario *s, struct hs_err *err)
{
	struct hs_err changed_err = { 0 };

	*s = (struct scenario) { 0 };
	if (study_open(page, NULL, 0, &s->base, err) < 0)
		return -1;
	if (page->request->method != WEB_POST)
		return 0;
	for (int id = 0; id < TCO_PARAM_COUNT; id++)
		read_field(page, s, (enum tco_param_id)id);
	if (s->is_bad || s->count == 0)
		return 0;
	if (study_open(page, s->settings, s->count, &s->changed, &changed_err) <
	    0) {
		s->is_bad = true;
		s->detail = hs_arena_strdup(page->arena, changed_err.msg);
	}
	return 0;
}

/* -- The answer ---------------------------------------------------------- */

static struct h_text shown(
    struct page *page, const struct num *value, bool input)
{
	hs_auto(hs_freep) char *text =
	    value != NULL ? num_text_short(value) : NULL;

	if (text == NULL)
		return h_text(NULL);
	return input ? h_text(i18n_input(page->arena, page->lang, text))
		     : page_number(page, text);
}

static void fill_changes(
    struct page *page, const struct scenario *s, struct view_answer *v)
{
	struct view_answer_changes *list =
	    PAGE_NEW(page, struct view_answer_changes, s->count);

	for (size_t i = 0; i < s->count; i++) {
		int found = tco_kind_find(s->settings[i].name);
		enum tco_param_id id = (enum tco_param_id)found;
		struct doc *words = s->base.doc;

		list[i] = (struct view_answer_changes) {
			.label = h_text(hs_arena_strdup(
			    page->arena, tco_words_param(words, id))),
			.unit = h_text(hs_arena_strdup(
			    page->arena, tco_words_unit(words,
					     s->base.tcase->currency, id))),
			.before =
			    shown(page, s->base.tcase->params[id].value, false),
			.after = page_number(page, s->settings[i].value),
		};
	}
	v->changes = list;
	v->changes_count = s->count;
	v->change_count = (long)s->count;
}

static void fill_figures(
    struct page *page, const struct scenario *s, struct view_answer *v)
{
	const struct doc_block *before =
	    study_figures(study_section(&s->base, "verdict"));
	const struct doc_block *after =
	    study_figures(study_section(&s->changed, "verdict"));
	struct view_answer_figures *list;

	if (before == NULL || after == NULL || before->count != after->count)
		return;
	list = PAGE_NEW(page, struct view_answer_figures, after->count);
	for (size_t i = 0; i < after->count; i++) {
		const char *was = before->figures[i].value.text;
		const char *is = after->figures[i].value.text;

		list[i] = (struct view_answer_figures) {
			.label = h_text(hs_arena_strdup(
			    page->arena, after->figures[i].label)),
			.before = h_text(hs_arena_strdup(page->arena, was)),
			.after = h_text(hs_arena_strdup(page->arena, is)),
			.moved = strcmp(was, is) != 0,
		};
	}
	v->figures = list;
	v->figures_count = after->count;
}

static void fill_problems(
    struct page *page, const struct scenario *s, struct view_answer *v)
{
	struct view_answer_problems *list =
	    PAGE_NEW(page, struct view_answer_problems, TCO_PARAM_COUNT);

	for (int id = 0; id < TCO_PARAM_COUNT; id++)
		if (s->fields[id].problem != NULL)
			list[v->problems_count++] =
			    (struct view_answer_problems) {
				    .label = h_text(hs_arena_strdup(page->arena,
					tco_words_param(s->base.doc,
					    (enum tco_param_id)id))),
				    .message = h_text(s->fields[id].problem),
			    };
	v->problems = list;
}

static const struct view_answer *answer_view(
    struct page *page, const struct scenario *s)
{
	struct view_answer *v = PAGE_NEW(page, struct view_answer, 1);
	const struct study *study =
	    s->changed.doc != NULL ? &s->changed : &s->base;
	const struct doc_table *bills = doc_find_table(study->doc, "bills");

	if (s->is_bad) {
		v->problem = page_text(page, MSG_SCENARIO_PROBLEM);
		v->detail = h_text(s->detail);
		fill_problems(page, s, v);
		return v;
	}
	v->changed = s->changed.doc != NULL;
	if (v->changed) {
		fill_changes(page, s, v);
		fill_figures(page, s, v);
	}
	v->verdict = study_view(page, study_section(study, "verdict"), NULL);
	if (bills != NULL)
		v->bills = study_view(page, NULL, bills);
	return v;
}

/* -- The form ------------------------------------------------------------ */

/* "published: Eurostat, 2023": who says so. */
static struct h_text origin_text(
    struct page *page, const struct scenario *s, enum tco_param_id id)
{
	const struct tco_param *p = &s->base.tcase->params[id];
	const char *how;

	if (p->value == NULL)
		return h_text(NULL);
	how = tco_words_confidence(s->base.doc, p->confidence);
	return h_text(hs_arena_printf(page->arena, "%s%s%s%s%s", how,
	    p->source != NULL ? ": " : "", p->source != NULL ? p->source : "",
	    p->date != NULL ? ", " : "", p->date != NULL ? p->date : ""));
}

static void fill_field(struct page *page, const struct scenario *s,
    enum tco_param_id id, struct view_scenario_groups_fields *v)
{
	const struct field *f = &s->fields[id];
	const char *name = tco_kinds[id].name;
	struct doc *words = s->base.doc;

	*v = (struct view_scenario_groups_fields) {
		.id = h_text(hs_arena_printf(page->arena, "p.%s", name)),
		.name = h_text(hs_arena_printf(page->arena, "p.%s", name)),
		.label = h_text(
		    hs_arena_strdup(page->arena, tco_words_param(words, id))),
		.unit = h_text(hs_arena_strdup(page->arena,
		    tco_words_unit(words, s->base.tcase->currency, id))),
		.value =
		    f->typed != NULL
			? h_text(f->typed)
			: shown(page, s->base.tcase->params[id].value, true),
		.origin = origin_text(page, s, id),
		.problem = h_text(f->problem),
		.bad = f->problem != NULL,
		.changed = f->problem == NULL && f->decimal != NULL,
	};
}

static void fill_groups(
    struct page *page, const struct scenario *s, struct view_scenario *v)
{
	struct view_scenario_groups *groups =
	    PAGE_NEW(page, struct view_scenario_groups, TCO_GROUP_COUNT);
	struct view_scenario_groups_fields *fields =
	    PAGE_NEW(page, struct view_scenario_groups_fields, TCO_PARAM_COUNT);
	size_t at = 0;

	for (int group = 0; group < TCO_GROUP_COUNT; group++) {
		struct view_scenario_groups *g = &groups[group];

		g->label = h_text(hs_arena_strdup(page->arena,
		    tco_words_group(s->base.doc, (enum tco_group)group)));
		g->fields = &fields[at];
		g->opened = group == TCO_GROUP_FINANCE;
		for (int id = 0; id < TCO_PARAM_COUNT; id++) {
			if (tco_kinds[id].group != (enum tco_group)group)
				continue;
			fill_field(page, s, (enum tco_param_id)id, &fields[at]);
			g->opened =
			    g->opened || fields[at].bad || fields[at].changed;
			g->fields_count++;
			at++;
		}
	}
	v->groups = groups;
	v->groups_count = TCO_GROUP_COUNT;
}

static void send_scenario(
    struct page *page, int status, const struct scenario *s)
{
	struct html out = { .lang = page->lang };
	struct view_scenario v = { .csrf = page_csrf(page) };

	if (s->base.doc != NULL) {
		v.ready = true;
		v.answer = answer_view(page, s);
		fill_groups(page, s, &v);
	}
	view_scenario(&out, &v);
	page->response->policy = WEB_POLICY_LIVE;
	page_send(page, status, MSG_SCENARIO_TITLE, &out);
}

int page_scenario(struct page *page, struct hs_err *err)
{
	struct scenario s;

	/* Without a case the page says so; why is on the reports' page. */
	(void)scenario_open(page, &s, err);
	send_scenario(page, s.is_bad ? 422 : 200, &s);
	scenario_done(&s);
	return 0;
}

int page_scenario_post(struct page *page, struct hs_err *err)
{
	return page_scenario(page, err);
}

int page_scenario_answer_post(struct page *page, struct hs_err *err)
{
	struct html out = { .lang = page->lang };
	struct scenario s;
	int failed = scenario_open(page, &s, err);

	if (failed < 0) {
		failed = hs_fail(err, HS_ENOTFOUND, "there is no case");
	} else {
		view_answer(&out, answer_view(page, &s));
		web_respond_page(page->response, s.is_bad ? 422 : 200, &out);
	}
	scenario_done(&s);
	return failed;
}
