/* job.h - jobs: rows in the control database, from the queue to their end.
 *
 * A job changes what is wanted (its intent) and then brings everything in its
 * scope to it, step by step. It may be killed anywhere: what it is about to do
 * stands in its journal first (job_journal.h), and the next daemon goes on.
 */
#ifndef HANSE_PROVISIONING_JOB_H
#define HANSE_PROVISIONING_JOB_H

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "provisioning/plat.h"

struct hs_err;
struct job;
struct plan;

enum job_state {
	JOB_QUEUED,
	JOB_RUNNING,
	JOB_UNDOING,
	JOB_DONE,
	JOB_FAILED,    /* and undone: nothing of it is left */
	JOB_CANCELLED, /* the same */
	JOB_BROKEN,    /* something of it is left; it is tried again */
};
#define JOB_STATE_COUNT (JOB_BROKEN + 1)

const char *job_state_name(enum job_state state); /* "queued" */
bool job_state_find(const char *name, enum job_state *ret_state);
/** Whether a job may go from one state to the other. */
bool job_may_move(enum job_state from, enum job_state to);
/** Nothing happens to it any more unless somebody asks. */
bool job_is_over(enum job_state state);

/** What kind of work a command is; one row of the table in job_kind.c. */
struct job_kind {
	const char *command; /* "apply" */
	bool is_whole;       /* of the whole platform, not of one VE */
	bool can_undo;       /* else it is rolled forward until it is done */
	/** Change what is wanted, in a transaction that is the job's own;
	 * NULL if nothing of that changes. */
	int (*intend)(
	    struct plat *plat, const json_t *args, struct hs_err *err);
	/** Leave in a plan only what the job is about; NULL: all. */
	void (*narrow)(const json_t *args, struct plan *plan);
	/** Instead of making everything as wanted; NULL: that. */
	int (*run)(struct plat *plat, const json_t *args, struct hs_err *err);
};

const struct job_kind *job_kind_find(const char *command);

/** A request to make a job of. */
struct job_request {
	const char *command;
	const char *ve;     /* NULL: the whole platform */
	const json_t *args; /* kept with the job: no secrets */
	const char *key;    /* of idempotency; NULL: none */
};

/**
 * Put a job in the queue and wake the engine. The same key again is the same
 * job. @ret_id is owned by the caller.
 * Errors: HS_ECONFLICT (the key was another request's), HS_EREMOTE.
 */
int job_submit(struct plat *plat, const struct job_request *request,
    char **ret_id, struct hs_err *err);

/** Whether that is a job's number. Errors: HS_EINVAL, HS_ENOTFOUND. */
int job_check(struct plat *plat, const char *id, struct hs_err *err);

/**
 * Have a job undone, or taken out of the queue.
 * Errors: HS_ENOTFOUND, HS_ECONFLICT (it is over, or cannot be undone).
 */
int job_cancel(struct plat *plat, const char *id, struct hs_err *err);

/** Queue a job again that failed, was cancelled or is broken. Errors: as
 * above. */
int job_retry(struct plat *plat, const char *id, struct hs_err *err);

/**
 * Take the next job that may run. @ret_id is NULL if there is none; owned by
 * the caller.
 */
int job_claim(struct plat *plat, char **ret_id, struct hs_err *err);

/** Told of each event, in protocol.md's form; the event is lent. */
typedef void job_listener(void *arg, const json_t *event);

/**
 * Tell what a job does from its beginning until it is over.
 *
 * @since:    the "cursor" of the last event that is known; 0: none is
 * @is_left:  asked now and then; true ends it early. NULL: never.
 *
 * Returns 0 if it is done; else fails as the job did. Errors: HS_ENOTFOUND,
 * HS_ECONFLICT (cancelled), and those of steps.
 */
int job_follow(struct plat *plat, const char *id, long long since,
    job_listener *listener, bool (*is_left)(void *arg), void *arg,
    struct hs_err *err);

/**
 * Bring a claimed job to an end, or, if *stop becomes true, to a point where
 * the next daemon goes on with it. What goes wrong is the job's, not the
 * caller's.
 *
 * @stop:    the daemon is to end
 * @cancel:  somebody wants this job undone
 */
void job_work(const struct plat_conf *conf, const char *id, atomic_bool *stop,
    atomic_bool *cancel);

#endif
