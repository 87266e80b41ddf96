/* engine.h - the threads that take jobs from the queue and work on them.
 *
 * One thread of each daemon waits for NOTIFY hanse_job, with a tick a second
 * beside it, and gives each job whose locks are free a thread of its own.
 */
#ifndef HANSE_PROVISIONING_ENGINE_H
#define HANSE_PROVISIONING_ENGINE_H

#include "provisioning/plat.h"

struct hs_err;

#define ENGINE_JOBS_MAX 8 /* at once */

/**
 * Go on with what a daemon before has left, then take what is queued. Once a
 * process. Errors: HS_ESYSTEM, HS_EREMOTE.
 */
int engine_start(const struct plat_conf *conf, struct hs_err *err);

/** Let every job come to a point where the next daemon goes on; wait. */
void engine_stop(void);

/** Something was queued; nothing happens in a process without an engine. */
void engine_wake(void);

/** A running job is to be undone. */
void engine_cancel(const char *id);

#endif
