/* audit.h - hansed's own reader of the event log: counts what comes, checks the
 * chain as it grows, and keeps the last event it has seen in a file, so that a
 * log that was cut or rewritten is found out.
 */
#ifndef HANSE_PROVISIONING_AUDIT_H
#define HANSE_PROVISIONING_AUDIT_H

#include <pthread.h>

#include "provisioning/plat.h"

struct hs_err;

/**
 * Start its thread, one a process.
 *
 * @stop_fd:     becomes readable at the end
 * @ret_thread:  to be joined then
 *
 * Errors: HS_ESYSTEM.
 */
int audit_start(const struct plat_conf *conf, int stop_fd,
    pthread_t *ret_thread, struct hs_err *err);

#endif
