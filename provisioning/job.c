/* job.c - the queue of jobs: in, out, cancelled, tried again. */

#include "provisioning/job.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/engine.h"
#include "provisioning/job_journal.h"
#include "provisioning/metric.h"

/* clang-format off */
static const char *const state_names[JOB_STATE_COUNT] = {
	[JOB_QUEUED]    = "queued",
	[JOB_RUNNING]   = "running",
	[JOB_UNDOING]   = "undoing",
	[JOB_DONE]      = "done",
	[JOB_FAILED]    = "failed",
	[JOB_CANCELLED] = "cancelled",
	[JOB_BROKEN]    = "broken",
};

/* Every move there is; what is not here is refused. */
static const struct {
	enum job_state from, to;
} moves[] = {
	{ JOB_QUEUED,    JOB_RUNNING   }, /* its locks are free */
	{ JOB_QUEUED,    JOB_CANCELLED },
	{ JOB_RUNNING,   JOB_DONE      },
	{ JOB_RUNNING,   JOB_UNDOING   }, /* failed or cancelled */
	{ JOB_RUNNING,   JOB_FAILED    }, /* before it had done anything */
	{ JOB_RUNNING,   JOB_CANCELLED },
	{ JOB_RUNNING,   JOB_BROKEN    }, /* a removal that does not succeed */
	{ JOB_UNDOING,   JOB_FAILED    },
	{ JOB_UNDOING,   JOB_CANCELLED },
	{ JOB_UNDOING,   JOB_BROKEN    },
	{ JOB_BROKEN,    JOB_QUEUED    }, /* tried again */
	{ JOB_FAILED,    JOB_QUEUED    },
	{ JOB_CANCELLED, JOB_QUEUED    },
};
/* clang-format on */

const char *job_state_name(enum job_state state)
{
	assert(state < JOB_STATE_COUNT);
	return state_names[state];
}

bool job_state_find(const char *name, enum job_state *ret_state)
{
	for (size_t i = 0; name != NULL && i < JOB_STATE_COUNT; i++)
		if (strcmp(state_names[i], name) == 0) {
			*ret_state = (enum job_state)i;
			return true;
		}
	return false;
}

bool job_may_move(enum job_state from, enum job_state to)
{
	for (size_t i = 0; i < ARRAY_LEN(moves); i++)
		if (moves[i].from == from && moves[i].to == to)
			return true;
	return false;
}

bool job_is_over(enum job_state state)
{
	return state == JOB_DONE || state == JOB_FAILED ||
	       state == JOB_CANCELLED || state == JOB_BROKEN;
}

/* -- Into the queue -------------------------------------------------------- */

static int add_lock(struct hs_db *store, const char *id, const char *name,
    bool exclusive, struct hs_err *err)
{
	return HS_DB_QUERY(store, prov_sql_job_lock_add, NULL, err, id, name,
	    exclusive ? "true" : "false");
}

/* The whole platform for itself, or one VE of it. */
static int add_locks(struct hs_db *store, const char *id,
    const struct job_request *r, struct hs_err *err)
{
	hs_auto(hs_freep) char *ve = NULL;

	if (add_lock(store, id, "platform", r->ve == NULL, err) < 0)
		return -1;
	if (r->ve == NULL)
		return 0;
	ve = hs_printf("ve/%s", r->ve);
	return add_lock(store, id, ve, true, err);
}

static int insert(struct hs_db *store, const struct job_request *r,
    const char *args, char **ret_id, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	const char *id;

	if (HS_DB_QUERY(store, prov_sql_job_add, &rows, err, r->command, r->ve,
		args, r->key) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return 0; /* the key is known */
	id = hs_rows_get(rows, 0, "job_id");
	if (add_locks(store, id, r, err) < 0 ||
	    journal_told(store, id, r->ve, JOB_QUEUED, err) < 0)
		return -1;
	*ret_id = hs_strdup(id);
	return 0;
}

static int known(struct hs_db *store, const struct job_request *r,
    const char *args, char **ret_id, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (HS_DB_QUERY(store, prov_sql_job_by_key, &rows, err, r->key,
		r->command, args) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return hs_fail(err, HS_ECONFLICT, "the job vanished; repeat");
	if (strcmp(hs_rows_get(rows, 0, "same"), "true") != 0)
		return hs_fail(err, HS_ECONFLICT,
		    "the key '%s' belongs to job %s, which was another "
		    "request; use a new key",
		    r->key, hs_rows_get(rows, 0, "job_id"));
	*ret_id = hs_strdup(hs_rows_get(rows, 0, "job_id"));
	return 0;
}

int job_submit(struct plat *plat, const struct job_request *request,
    char **ret_id, struct hs_err *err)
{
	hs_auto(hs_freep) char *args =
	    json_dumps(request->args, JSON_COMPACT | JSON_SORT_KEYS);
	struct hs_db *store;
	int failed;

	*ret_id = NULL;
	if (plat_store(plat, &store, err) < 0 ||
	    hs_db_run(store, "BEGIN", err) < 0)
		return -1;
	failed = insert(store, request, args, ret_id, err);
	if (failed == 0 && *ret_id == NULL)
		failed = known(store, request, args, ret_id, err);
	if (failed == 0)
		failed = hs_db_run(store, "COMMIT", err);
	else
		(void)hs_db_run(store, "ROLLBACK", NULL);
	if (failed < 0)
		hs_freep(ret_id);
	else
		engine_wake();
	return failed;
}

/* -- Out of it ------------------------------------------------------------- */

static int claim(struct hs_db *store, char **ret_id, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (hs_db_query(store, prov_sql_job_claim_lock, 0, NULL, NULL, err) <
		0 ||
	    hs_db_query(store, prov_sql_job_claim, 0, NULL, &rows, err) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return 0;
	*ret_id = hs_strdup(hs_rows_get(rows, 0, "job_id"));
	metric_observe(METRIC_JOB_QUEUE_SECONDS, NULL,
	    strtod(hs_rows_get(rows, 0, "waited"), NULL));
	return 0;
}

int job_claim(struct plat *plat, char **ret_id, struct hs_err *err)
{
	struct hs_db *store;

	*ret_id = NULL;
	if (plat_store(plat, &store, err) < 0 ||
	    hs_db_run(store, "BEGIN", err) < 0)
		return -1;
	if (claim(store, ret_id, err) == 0 &&
	    hs_db_run(store, "COMMIT", err) == 0)
		return 0;
	hs_freep(ret_id);
	(void)hs_db_run(store, "ROLLBACK", NULL);
	return -1;
}

/* -- On request ------------------------------------------------------------ */

static int look_up(struct plat *plat, const char *id, struct hs_rows **ret_rows,
    enum job_state *ret_state, struct hs_err *err)
{
	struct hs_db *store;

	if (id == NULL || id[0] == '\0' ||
	    strspn(id, "0123456789") != strlen(id) || strlen(id) > 18)
		return hs_fail(err, HS_EINVAL,
		    "a job is named by its number (see: hanse get jobs)");
	if (plat_store(plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_job_get, ret_rows, err, id) < 0)
		return -1;
	if (hs_rows_count(*ret_rows) == 0 ||
	    !job_state_find(hs_rows_get(*ret_rows, 0, "state"), ret_state))
		return hs_fail(err, HS_ENOTFOUND,
		    "there is no job %s (see: hanse get jobs)", id);
	return 0;
}

int job_check(struct plat *plat, const char *id, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	enum job_state state;

	return look_up(plat, id, &rows, &state, err);
}

int job_cancel(struct plat *plat, const char *id, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	const struct job_kind *kind;
	enum job_state state;
	struct hs_db *store;

	if (look_up(plat, id, &rows, &state, err) < 0 ||
	    plat_store(plat, &store, err) < 0)
		return -1;
	kind = job_kind_find(hs_rows_get(rows, 0, "command"));
	if (job_is_over(state))
		return hs_fail(err, HS_ECONFLICT, "job %s is %s already", id,
		    job_state_name(state));
	if (state == JOB_QUEUED &&
	    journal_move(store, id, JOB_QUEUED, JOB_CANCELLED, NULL, NULL) == 0)
		return 0;
	if (kind == NULL || !kind->can_undo)
		return hs_fail(err, HS_ECONFLICT,
		    "job %s (%s) cannot be taken back", id,
		    hs_rows_get(rows, 0, "command"));
	if (HS_DB_QUERY(store, prov_sql_job_cancel, NULL, err, id) < 0)
		return -1;
	engine_cancel(id);
	return 0;
}

int job_retry(struct plat *plat, const char *id, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	enum job_state state;
	struct hs_db *store;

	if (look_up(plat, id, &rows, &state, err) < 0 ||
	    plat_store(plat, &store, err) < 0)
		return -1;
	if (!job_may_move(state, JOB_QUEUED))
		return hs_fail(err, HS_ECONFLICT,
		    "job %s is %s; only one that failed can be tried again", id,
		    job_state_name(state));
	if (HS_DB_QUERY(store, prov_sql_step_forget, NULL, err, id) < 0 ||
	    journal_move(store, id, state, JOB_QUEUED, NULL, err) < 0)
		return -1;
	engine_wake();
	return 0;
}
