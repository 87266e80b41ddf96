/* job_journal.h - what a job is about to do, and has done, in the control
 * database; private to the job's files.
 */
#ifndef HANSE_PROVISIONING_JOB_JOURNAL_H
#define HANSE_PROVISIONING_JOB_JOURNAL_H

#include "base/db.h"
#include "provisioning/job.h"
#include "provisioning/plan.h"

struct hs_err;

/**
 * One transition of a job, with its event.
 *
 * @why:  what went wrong, kept with the job; NULL: nothing
 *
 * Errors: HS_ECONFLICT (it is not in that state), HS_EREMOTE.
 */
int journal_move(struct hs_db *store, const char *id, enum job_state from,
    enum job_state to, const struct hs_err *why, struct hs_err *err);

/** The event of a state that the caller has written itself. */
int journal_told(struct hs_db *store, const char *id, const char *ve,
    enum job_state state, struct hs_err *err);

/** A step as the journal has it; it owns its objects. */
struct journal_step {
	char *number; /* in the job */
	char *state;
	struct plan_change change;
	struct objects objects; /* wanted, then actual, as far as there */
};

struct journal_steps {
	struct journal_step *list;
	size_t count;
};

void journal_steps_done(struct journal_steps *steps);

/** Write down what a round is going to do, before it does any of it. */
int journal_plan(struct hs_db *store, const char *id, const struct plan *plan,
    struct hs_err *err);

/** The steps of the last round, in their order. */
int journal_open(struct hs_db *store, const char *id,
    struct journal_steps *ret_steps, struct hs_err *err);

/** What has been begun and not been undone, newest first. */
int journal_begun(struct hs_db *store, const char *id,
    struct journal_steps *ret_steps, struct hs_err *err);

/** What is told of a step. */
struct journal_note {
	const char *state; /* "running" */
	size_t index, of;  /* in its round, from 1 */
	long long ms;
	const char *message;
};

int journal_step(struct hs_db *store, const char *id,
    const struct journal_step *step, const struct journal_note *note,
    struct hs_err *err);

#endif
