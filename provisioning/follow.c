/* follow.c - what a job does, from its beginning until it is over. */

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/job.h"

#define TICK_MS 200

/** Where one is in a job's story. */
struct follower {
	struct hs_db *store;
	const char *id;
	char *cursor;
	job_listener *listener;
	void *arg;
};

static int tell_new(struct follower *f, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (HS_DB_QUERY(f->store, prov_sql_event_of_job, &rows, err, f->id,
		f->cursor) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		json_t *data =
		    json_loads(hs_rows_get(rows, i, "data"), 0, NULL);

		(void)json_object_set_new(data, "cursor",
		    json_integer(
			strtoll(hs_rows_get(rows, i, "event_id"), NULL, 10)));
		if (data != NULL && f->listener != NULL)
			f->listener(f->arg, data);
		json_decref(data);
		free(f->cursor);
		f->cursor = hs_strdup(hs_rows_get(rows, i, "event_id"));
	}
	return 0;
}

/* The job's state; how it failed, if it did, is *ret_why. */
static int look(struct follower *f, enum job_state *ret_state,
    struct hs_err *ret_why, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	const char *message;

	if (HS_DB_QUERY(f->store, prov_sql_job_get, &rows, err, f->id) < 0)
		return -1;
	if (hs_rows_count(rows) == 0 ||
	    !job_state_find(hs_rows_get(rows, 0, "state"), ret_state))
		return hs_fail(err, HS_ENOTFOUND,
		    "there is no job %s (see: hanse get jobs)", f->id);
	message = hs_rows_get(rows, 0, "message");
	if (*ret_state == JOB_DONE || !job_is_over(*ret_state))
		return 0;
	return hs_fail(ret_why, hs_code_find(hs_rows_get(rows, 0, "code")),
		   "job %s is %s: %s", f->id, job_state_name(*ret_state),
		   message != NULL ? message : "before it began") < 0
		   ? 0
		   : 0;
}

static int follow(
    struct follower *f, bool (*is_left)(void *arg), struct hs_err *err)
{
	for (;;) {
		struct pollfd p = { .fd = hs_db_fd(f->store),
			.events = POLLIN };
		struct hs_err why = { 0 };
		enum job_state state = JOB_QUEUED;

		/* The state first: what is told after it is the rest. */
		if (look(f, &state, &why, err) < 0 || tell_new(f, err) < 0)
			return -1;
		if (state == JOB_DONE)
			return 0;
		if (job_is_over(state))
			return hs_fail(err, why.code, "%s", why.msg);
		if (is_left != NULL && is_left(f->arg))
			return hs_fail(
			    err, HS_EREMOTE, "nobody listens any more");
		(void)poll(&p, 1, TICK_MS);
		(void)hs_db_notified(f->store);
	}
}

int job_follow(struct plat *plat, const char *id, long long since,
    job_listener *listener, bool (*is_left)(void *arg), void *arg,
    struct hs_err *err)
{
	struct follower f = {
		.id = id,
		.listener = listener,
		.arg = arg,
	};
	int failed;

	if (plat_store(plat, &f.store, err) < 0 ||
	    hs_db_run(f.store, "LISTEN hanse_event", err) < 0)
		return -1;
	f.cursor = hs_printf("%lld", since);
	failed = follow(&f, is_left, err);
	/* The connection serves others after us. */
	(void)hs_db_run(f.store, "UNLISTEN *", NULL);
	free(f.cursor);
	return failed;
}
