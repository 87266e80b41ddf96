/* sweep.c - look at everything, and keep the rows of what has drifted. */

#include "provisioning/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "gen/prov_sql.h"
#include "provisioning/drift.h"
#include "provisioning/job.h"
#include "provisioning/repair.h"
#include "provisioning/store.h"
#include "provisioning/view.h"

#define TRIES_MAX     5 /* in ten minutes: drift_tries.sql */
#define WHILE_BUSY_MS 5000

/** What jobs have in hand. */
struct busy {
	bool all, platform;
	json_t *ves; /* names */
};

/** One sweep. */
struct sweep {
	struct plat *plat;
	struct hs_db *store;
	const struct sweep_hint *hint;
	struct view view;
	struct drifts drifts;
	struct busy busy;
	int64_t again_ms;
};

static void sweep_done(struct sweep *s)
{
	drifts_done(&s->drifts);
	view_done(&s->view);
	json_decref(s->busy.ves);
}

/* -- What is left alone ---------------------------------------------------- */

/* A job of one VE may settle what the platform's VEs share, too. */
static int read_busy(struct sweep *s, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (hs_db_query(s->store, prov_sql_job_locks, 0, NULL, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		const char *name = hs_rows_get(rows, i, "name");

		s->busy.platform = true;
		if (strcmp(name, "platform") != 0)
			(void)json_array_append_new(
			    s->busy.ves, json_string(name + strlen("ve/")));
		else if (strcmp(hs_rows_get(rows, i, "exclusive"), "t") == 0)
			s->busy.all = true;
	}
	return 0;
}

static bool is_busy(const struct sweep *s, const char *ve)
{
	size_t i;
	json_t *name;

	if (ve == NULL)
		return s->busy.platform;
	json_array_foreach (s->busy.ves, i, name)
		if (strcmp(json_string_value(name), ve) == 0)
			return true;
	return false;
}

/* -- Rows ------------------------------------------------------------------ */

static bool is_told(const struct sweep *s, const struct drift *d)
{
	return !d->follows && !is_busy(s, plan_object(d->change)->ve);
}

static char *seen_text(const struct sweep *s)
{
	json_t *seen = json_array();
	char *text;

	for (size_t i = 0; i < s->drifts.count; i++) {
		const struct drift *d = &s->drifts.list[i];
		const struct object *o = plan_object(d->change);
		hs_auto(hs_freep) char *detail = drift_detail(d);

		if (is_told(s, d))
			(void)json_array_append_new(seen,
			    json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s}", "kind",
				object_kind_name(o->kind), "name", o->name,
				"drift", d->row->name, "ve", o->ve, "severity",
				drift_severity_name(d->row->severity), "detail",
				detail));
	}
	text = json_dumps(seen, JSON_COMPACT);
	json_decref(seen);
	return text;
}

static void log_rows(const struct hs_rows *rows, const char *event)
{
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		hs_info(event != NULL ? event : hs_rows_get(rows, i, "event"),
		    "subject=\"%s %s\" drift=%s", hs_rows_get(rows, i, "kind"),
		    hs_rows_get(rows, i, "name"),
		    hs_rows_get(rows, i, "drift"));
}

static int put_rows(const struct sweep *s, const char *seen, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (HS_DB_QUERY(s->store, prov_sql_drift_put, &rows, err, seen) < 0)
		return -1;
	log_rows(rows, "drift.seen");
	return 0;
}

static int end_rows(const struct sweep *s, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	hs_auto(hs_freep) char *unknown =
	    json_dumps(s->view.unknown, JSON_COMPACT);
	hs_auto(hs_freep) char *ves = json_dumps(s->busy.ves, JSON_COMPACT);

	if (HS_DB_QUERY(s->store, prov_sql_drift_end, &rows, err, unknown, ves,
		s->busy.platform ? "true" : "false") < 0)
		return -1;
	log_rows(rows, NULL);
	return 0;
}

static int keep_rows(const struct sweep *s, struct hs_err *err)
{
	hs_auto(hs_freep) char *seen = seen_text(s);
	int failed;

	if (hs_db_run(s->store, "BEGIN", err) < 0)
		return -1;
	failed = put_rows(s, seen, err) < 0 || end_rows(s, err) < 0 ||
			 hs_db_query(s->store, prov_sql_drift_try_old, 0, NULL,
			     NULL, err) < 0
		     ? -1
		     : 0;
	if (hs_db_run(s->store, failed < 0 ? "ROLLBACK" : "COMMIT", err) < 0)
		return -1;
	return failed;
}

/* -- Repair by policy ------------------------------------------------------ */

static bool is_automatic(const struct plat_conf *conf, enum drift_class class)
{
	const char *const policies[DRIFT_CLASS_COUNT] = {
		[DRIFT_RESTART] = conf->drift.restart,
		[DRIFT_FILTERS] = conf->drift.filters,
		[DRIFT_OTHERS] = conf->drift.others,
	};

	return strcmp(policies[class], "auto") == 0;
}

static bool is_hinted(const struct sweep *s, const struct object *o)
{
	return s->hint == NULL ||
	       (strcmp(s->hint->name, o->name) == 0 &&
		   strcmp(s->hint->kind, object_kind_name(o->kind)) == 0);
}

/* Five times in ten minutes is enough: somebody must look. */
static void give_up(const struct sweep *s, const struct drift *d)
{
	const struct object *o = plan_object(d->change);
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	hs_auto(hs_freep) char *subject =
	    hs_printf("%s %s", object_kind_name(o->kind), o->name);

	if (HS_DB_QUERY(s->store, prov_sql_drift_give_up, &rows, NULL,
		object_kind_name(o->kind), o->name) < 0 ||
	    hs_rows_count(rows) == 0)
		return;
	store_event(s->store, "drift.gave-up", o->ve, subject, d->row->name);
	hs_warn(
	    "drift.gave-up", "subject=\"%s\" drift=%s", subject, d->row->name);
}

/* Whether one more try is due; else when. */
static bool is_due(struct sweep *s, const struct drift *d)
{
	const struct object *o = plan_object(d->change);
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	int64_t wait_ms;

	if (HS_DB_QUERY(s->store, prov_sql_drift_tries, &rows, NULL,
		object_kind_name(o->kind), o->name) < 0)
		return false;
	wait_ms = strtoll(hs_rows_get(rows, 0, "wait_ms"), NULL, 10);
	if (atoi(hs_rows_get(rows, 0, "tries")) >= TRIES_MAX) {
		give_up(s, d);
		return false;
	}
	if (wait_ms > 0 && (s->again_ms == 0 || wait_ms < s->again_ms))
		s->again_ms = wait_ms;
	return wait_ms <= 0;
}

static void repair(struct sweep *s, const struct drift *d)
{
	const struct object *o = plan_object(d->change);
	const char *kind = object_kind_name(o->kind);
	json_t *args = json_pack(
	    "{s:[o], s:s}", "only", repair_entry(o), "why", d->row->name);
	const struct job_request request = {
		.command = "repair", .ve = o->ve, .args = args
	};
	hs_auto(hs_freep) char *id = NULL;
	struct hs_err err = { 0 };

	if (HS_DB_QUERY(s->store, prov_sql_drift_try_put, NULL, &err, kind,
		o->name) < 0 ||
	    job_submit(s->plat, &request, &id, &err) < 0)
		hs_warn("drift.no_repair", "kind=%s name=%s err=\"%s\"", kind,
		    o->name, err.msg);
	else
		(void)HS_DB_QUERY(s->store, prov_sql_drift_job, NULL, NULL,
		    kind, o->name, id);
	json_decref(args);
}

static void repair_all(struct sweep *s)
{
	const struct plan_change *last = NULL;

	for (size_t i = 0; i < s->drifts.count; i++) {
		const struct drift *d = &s->drifts.list[i];

		if (d->change == last || d->row->alone || !is_told(s, d) ||
		    !is_automatic(s->plat->conf, d->row->class) ||
		    !is_hinted(s, plan_object(d->change)) || !is_due(s, d))
			continue;
		last = d->change; /* one job mends all of one thing */
		repair(s, d);
	}
}

int sweep_once(struct plat *plat, const struct sweep_hint *hint,
    int64_t *ret_again_ms, struct hs_err *err)
{
	hs_auto(sweep_done) struct sweep s = {
		.plat = plat,
		.hint = hint,
		.busy.ves = json_array(),
	};

	*ret_again_ms = 0;
	if (plat_store(plat, &s.store, err) < 0 || read_busy(&s, err) < 0)
		return -1;
	*ret_again_ms = WHILE_BUSY_MS;
	if (s.busy.all)
		return 0;
	/* Jobs that come while we look are busy as well. */
	if (view_look(plat, NULL, &s.view, err) < 0 || read_busy(&s, err) < 0)
		return -1;
	if (s.busy.all)
		return 0;
	drift_list(&s.view.plan, &s.drifts);
	if (keep_rows(&s, err) < 0)
		return -1;
	repair_all(&s);
	/* What was left alone is looked at when its job may be over. */
	if (json_array_size(s.busy.ves) > 0 && s.again_ms == 0)
		s.again_ms = WHILE_BUSY_MS;
	*ret_again_ms = s.again_ms;
	return 0;
}
