/* job_journal.c - what a job is about to do, and has done. */

#include "provisioning/job_journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"

/* -- Transitions of the job ------------------------------------------------ */

static char *job_event(
    const char *id, enum job_state state, const struct hs_err *why)
{
	json_t *data = json_pack("{s:s, s:I, s:s, s:s*}", "event", "job", "job",
	    (json_int_t)strtoll(id, NULL, 10), "state", job_state_name(state),
	    "message", why != NULL ? why->msg : NULL);
	char *text = json_dumps(data, JSON_COMPACT);

	json_decref(data);
	return text;
}

int journal_move(struct hs_db *store, const char *id, enum job_state from,
    enum job_state to, const struct hs_err *why, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	hs_auto(hs_freep) char *data = job_event(id, to, why);
	hs_auto(hs_freep) char *event = hs_printf("job.%s", job_state_name(to));

	if (!job_may_move(from, to))
		return hs_fail(err, HS_ECONFLICT,
		    "a job that is %s cannot be %s", job_state_name(from),
		    job_state_name(to));
	if (HS_DB_QUERY(store, prov_sql_job_move, &rows, err, id,
		job_state_name(from), job_state_name(to),
		why != NULL ? why->msg : NULL,
		why != NULL ? hs_code_name(why->code) : NULL, event, data) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return hs_fail(err, HS_ECONFLICT, "job %s is not %s any more",
		    id, job_state_name(from));
	return 0;
}

int journal_told(struct hs_db *store, const char *id, const char *ve,
    enum job_state state, struct hs_err *err)
{
	hs_auto(hs_freep) char *data = job_event(id, state, NULL);
	hs_auto(hs_freep) char *event =
	    hs_printf("job.%s", job_state_name(state));

	return HS_DB_QUERY(store, prov_sql_event_tell, NULL, err, event, ve, id,
	    NULL, id, data);
}

/* -- Steps ----------------------------------------------------------------- */

static json_t *object_json(const struct object *o)
{
	if (o == NULL)
		return json_null();
	return json_pack("{s:s, s:s, s:s?, s:s?, s:O, s:O?}", "kind",
	    object_kind_name(o->kind), "name", o->name, "ve", o->ve,
	    "enterprise", o->enterprise, "attrs", o->attrs, "params",
	    o->params);
}

static bool object_read(struct objects *to, const char *text)
{
	json_t *json = text != NULL ? json_loads(text, 0, NULL) : NULL;
	const char *name = json_string_value(json_object_get(json, "name"));
	enum object_kind kind;
	bool ok = name != NULL &&
		  object_kind_find(
		      json_string_value(json_object_get(json, "kind")), &kind);

	if (ok)
		(void)objects_add(to, kind, name,
		    json_string_value(json_object_get(json, "ve")),
		    json_string_value(json_object_get(json, "enterprise")),
		    json_incref(json_object_get(json, "attrs")),
		    json_incref(json_object_get(json, "params")));
	json_decref(json);
	return ok;
}

int journal_plan(struct hs_db *store, const char *id, const struct plan *plan,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *count = hs_printf("%zu", plan->count);
	hs_auto(hs_freep) char *text = NULL;
	hs_auto(hs_freep) char *data = NULL;
	json_t *steps = json_array();
	json_t *event = json_pack(
	    "{s:s, s:I}", "event", "plan", "changes", (json_int_t)plan->count);

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_change *c = &plan->list[i];
		const struct object *o = plan_object(c);

		(void)json_array_append_new(
		    steps, json_pack("{s:s, s:s, s:s, s:o, s:o}", "action",
			       plan_action_name(c->action), "kind",
			       object_kind_name(o->kind), "name", o->name,
			       "wanted", object_json(c->wanted), "actual",
			       object_json(c->actual)));
	}
	text = json_dumps(steps, JSON_COMPACT);
	data = json_dumps(event, JSON_COMPACT);
	json_decref(steps);
	json_decref(event);
	if (hs_db_run(store, "BEGIN", err) < 0)
		return -1;
	if (HS_DB_QUERY(store, prov_sql_step_plan, NULL, err, id, text) == 0 &&
	    HS_DB_QUERY(
		store, prov_sql_job_changes, NULL, err, id, count, data) == 0)
		return hs_db_run(store, "COMMIT", err);
	(void)hs_db_run(store, "ROLLBACK", NULL);
	return hs_wrap(err, "journal");
}

static void step_read(
    struct journal_step *step, const struct hs_rows *rows, size_t row)
{
	size_t has_wanted;

	step->number = hs_strdup(hs_rows_get(rows, row, "step_no"));
	step->state = hs_strdup(hs_rows_get(rows, row, "state"));
	(void)plan_action_find(
	    hs_rows_get(rows, row, "action"), &step->change.action);
	has_wanted =
	    object_read(&step->objects, hs_rows_get(rows, row, "wanted"));
	(void)object_read(&step->objects, hs_rows_get(rows, row, "actual"));
	if (has_wanted > 0)
		step->change.wanted = &step->objects.list[0];
	if (step->objects.count > has_wanted)
		step->change.actual = &step->objects.list[has_wanted];
}

static int steps_read(struct hs_db *store, const char *sql, const char *id,
    struct journal_steps *ret_steps, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (HS_DB_QUERY(store, sql, &rows, err, id) < 0)
		return -1;
	*ret_steps = (struct journal_steps) {
		.list = hs_alloc(
		    (hs_rows_count(rows) + 1) * sizeof(*ret_steps->list)),
		.count = hs_rows_count(rows),
	};
	for (size_t i = 0; i < ret_steps->count; i++)
		step_read(&ret_steps->list[i], rows, i);
	return 0;
}

int journal_open(struct hs_db *store, const char *id,
    struct journal_steps *ret_steps, struct hs_err *err)
{
	return steps_read(store, prov_sql_step_open, id, ret_steps, err);
}

int journal_begun(struct hs_db *store, const char *id,
    struct journal_steps *ret_steps, struct hs_err *err)
{
	return steps_read(store, prov_sql_step_begun, id, ret_steps, err);
}

void journal_steps_done(struct journal_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++) {
		free(steps->list[i].number);
		free(steps->list[i].state);
		objects_done(&steps->list[i].objects);
	}
	free(steps->list);
	*steps = (struct journal_steps) { 0 };
}

int journal_step(struct hs_db *store, const char *id,
    const struct journal_step *step, const struct journal_note *note,
    struct hs_err *err)
{
	const struct object *o = plan_object(&step->change);
	hs_auto(hs_freep) char *subject =
	    hs_printf("%s %s %s", plan_action_name(step->change.action),
		object_kind_name(o->kind), o->name);
	hs_auto(hs_freep) char *text = NULL;
	json_t *data = json_pack("{s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:I, "
				 "s:s*}",
	    "event", "step", "index", (json_int_t)note->index, "of",
	    (json_int_t)note->of, "kind", object_kind_name(o->kind), "name",
	    o->name, "action", plan_action_name(step->change.action), "state",
	    note->state, "ms", (json_int_t)note->ms, "message", note->message);

	text = json_dumps(data, JSON_COMPACT);
	json_decref(data);
	return HS_DB_QUERY(store, prov_sql_step_move, NULL, err, id,
	    step->number, note->state, note->message, o->ve, subject, text);
}
