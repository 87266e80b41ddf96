/* job_work.h - private: a job while it is worked on, and the parts of the work.
 */
#ifndef HANSE_PROVISIONING_JOB_WORK_H
#define HANSE_PROVISIONING_JOB_WORK_H

#include "provisioning/job.h"
#include "provisioning/job_journal.h"
#include "provisioning/view.h"

struct hs_err;

#define JOB_CREW_MAX   8
#define JOB_STORE_WAIT 200 /* ms, while the control database is away */
#define JOB_LOOK_AGAIN 200 /* ms, while a database server begins to answer */

struct job {
	const char *id;
	char *command, *ve;
	json_t *args;
	const struct job_kind *kind;
	bool undo, intended, removes; /* as of the journal */
	int64_t answers_ms; /* until then a server of databases may be silent */
	struct plat plat;
	struct plat crew[JOB_CREW_MAX]; /* connections of its other hands */
	atomic_bool *stop, *cancel;
};

/** A transition is written, however long that takes; -1: the daemon ends. */
int job_move(struct job *job, enum job_state from, enum job_state to,
    const struct hs_err *why);

/**
 * Give back reservations, and numbers of what no stored spec has any more,
 * unless a job that is not undone may still use them.
 */
int job_release(struct job *job, struct hs_err *err);

/* -- Steps: job_crew.c ----------------------------------------------------- */

/** Journal what a step has come to. */
int job_note(struct job *job, struct plat *plat,
    const struct journal_steps *steps, size_t i, struct journal_note *note,
    struct hs_err *err);
void job_count_step(
    const struct journal_step *step, const char *result, long long ms);

/** Carry out steps that are journalled; then those that an earlier hansed has
 * left. */
int job_run_steps(
    struct job *job, struct journal_steps *steps, struct hs_err *err);
int job_run_open_steps(struct job *job, struct hs_err *err);

/* -- Rounds: job_round.c --------------------------------------------------- */

/** Look at everything the job is about. */
int job_look(struct job *job, struct view *view, struct hs_err *err);

/**
 * Nothing to change as far as one can see; is there more that one cannot?
 *
 * @ret_again:  one should look again: what is not seen was restarted a moment
 *              ago
 *
 * Errors: HS_EREMOTE (there is more).
 */
int job_all_is_known(const struct job *job, const struct view *view,
    bool *ret_again, struct hs_err *err);

/** Plan and carry out, until a plan is empty. */
int job_converge(struct job *job, struct hs_err *err);

/* -- Undo: job_undo.c ------------------------------------------------------ */

/** The old specs, in one transaction with the transition to undoing. */
int job_restore(struct job *job, const struct hs_err *why);
/** Undo the steps and end. @why: what went wrong before */
void job_undo(struct job *job, struct hs_err *why);
/** The same with a broken job: nobody is waited for. */
void job_undo_again(struct job *job, struct hs_err *why);

#endif
