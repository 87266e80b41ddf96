/* job_step.h - one step of a job carried out or taken back, and the lock that
 * keeps jobs from stepping on each other where VEs meet; private to jobs.
 */
#ifndef HANSE_PROVISIONING_JOB_STEP_H
#define HANSE_PROVISIONING_JOB_STEP_H

#include "provisioning/plan.h"
#include "provisioning/plat.h"

struct hs_err;

/**
 * While held, nothing of the platform's own is changed: what is seen and
 * planned stays true for as long as no VE's own job changes it.
 */
void job_platform_hold(void);
void job_platform_release(void);

/**
 * Carry out a change. What belongs to no VE is looked at again first, alone,
 * for another job may have been faster.
 *
 * @again:  it was begun before: it is done again, whatever is there already,
 *          but of a domain that is as wanted only the end
 *
 * Removals are tried several times.
 */
int job_step_run(struct plat *plat, const struct plan_change *change,
    bool again, struct hs_err *err);

/**
 * Take a change back: make the thing as is wanted now, or remove it if nobody
 * wants it. Tried several times.
 *
 * @ret_kept:  nothing was to be done
 */
int job_step_undo(struct plat *plat, const struct plan_change *change,
    bool *ret_kept, struct hs_err *err);

/** How many of a kind can be worked on at once. */
unsigned job_step_width(enum object_kind kind, enum plan_action action);

#endif
