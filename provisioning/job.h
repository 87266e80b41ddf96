/* job.h - a plan carried out: steps in order, undone in reverse on failure. */
#ifndef HANSE_PROVISIONING_JOB_H
#define HANSE_PROVISIONING_JOB_H

#include <jansson.h>

#include "provisioning/plan.h"
#include "provisioning/plat.h"

struct hs_err;

/** Told of each step, in protocol.md's form; the event is lent. */
typedef void job_listener(void *arg, const json_t *event);

/** Who asked for what. */
struct job_request {
	const char *command; /* "apply" */
	const char *ve;      /* NULL: all */
	job_listener *listener;
	void *arg;
};

/**
 * Run a plan as a job, recorded in the control database. If a step fails,
 * what the job has created is removed again, and the failure is returned.
 */
int job_run(struct plat *plat, const struct plan *plan,
    const struct job_request *request, struct hs_err *err);

#endif
