/* master_ask.c - a question to some workers, until the last has answered. */

#include <jansson.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/command.h"
#include "shared-db-gateway/control.h"
#include "shared-db-gateway/master_part.h"

#define ASK_MS 8000 /* those who ask wait 10 s */

static void ask_unref(struct ask *a)
{
	if (--a->refs > 0)
		return;
	hs_timer_stop(&a->deadline);
	json_decref(a->own);
	free(a);
}

static void say_answer(struct ask *a, json_t *answer)
{
	char *text;

	if (a->own != NULL && json_is_true(json_object_get(answer, "ok"))) {
		gw_master_add_sessions(a->own, answer);
		(void)json_object_update(answer, a->own);
	}
	text = json_dumps(answer, JSON_COMPACT);
	if (a->caller != NULL)
		gw_caller_answer(
		    a->caller, text != NULL ? text : "{\"ok\":false}");
	else if (!json_is_true(json_object_get(answer, "ok")))
		hs_err_log("master.failed", "answer=%s", text);
	free(text);
}

static void ask_end(struct ask *a)
{
	json_t *answer;

	if (a->is_over)
		return;
	a->is_over = true;
	hs_timer_stop(&a->deadline);
	answer = gw_gather_end(&a->gather);
	say_answer(a, answer);
	json_decref(answer);
	ask_unref(a);
}

static void on_ask_deadline(void *owner)
{
	const struct hs_err late = { .code = HS_EREMOTE,
		.msg = "a worker does not answer" };

	gw_ask_fail(owner, &late);
}

struct ask *gw_ask_new(struct master *m, struct gw_caller *caller, bool any)
{
	struct ask *a = hs_alloc(sizeof(*a));

	a->master = m;
	a->caller = caller;
	a->refs = 1;
	gw_gather_begin(&a->gather, any);
	a->deadline.fn = on_ask_deadline;
	a->deadline.owner = a;
	hs_timer_start(m->loop, &a->deadline, ASK_MS);
	return a;
}

void gw_ask_worker(
    struct ask *a, struct worker *w, const char *line, uint64_t routes)
{
	struct part *part = hs_alloc(sizeof(*part));

	part->ask = a;
	part->routes = routes;
	if (routes != 0) {
		w->telling++;
		w->told = 0;
	}
	a->refs++;
	a->left++;
	*w->parts_end = part;
	w->parts_end = &part->next;
	gw_line_say(&w->line, line);
}

static void take_answer(
    struct ask *a, const struct worker *w, const json_t *answer)
{
	struct hs_err err = { 0 };
	json_t *fault;

	if (answer != NULL || !a->all) {
		if (answer != NULL)
			gw_gather_add(&a->gather, answer);
		return;
	}
	(void)hs_fail(&err, HS_EREMOTE,
	    "the worker of '%s' ended over it; see the gateway's log", w->name);
	fault = gw_answer(NULL, &err);
	gw_gather_add(&a->gather, fault);
	json_decref(fault);
}

/* Sure only when nothing else is on its way. */
static void note_told(
    struct worker *w, const struct part *part, const json_t *answer)
{
	if (part->routes == 0)
		return;
	w->told =
	    --w->telling == 0 && json_is_true(json_object_get(answer, "ok"))
		? part->routes
		: 0;
}

void gw_ask_part_done(struct worker *w, const json_t *answer)
{
	struct part *part = w->parts;
	struct ask *a = part->ask;

	w->parts = part->next;
	if (w->parts == NULL)
		w->parts_end = &w->parts;
	note_told(w, part, answer);
	free(part);
	if (!a->is_over)
		take_answer(a, w, answer);
	if (--a->left == 0)
		ask_end(a);
	ask_unref(a);
}

/* When all have been asked: there may have been nobody. */
void gw_ask_asked(struct ask *a)
{
	if (a->left == 0)
		ask_end(a);
}

void gw_ask_fail(struct ask *a, const struct hs_err *err)
{
	json_t *answer = gw_answer(NULL, err);

	gw_gather_add(&a->gather, answer);
	json_decref(answer);
	ask_end(a);
}
