/* webhook.h - the event log carried to webhooks.
 *
 * One thread delivers to all of them at once, to each one event after the
 * other. What a hook has stands in the control database: its cursor moves with
 * the note of the delivery, so after a crash an event may come twice, and none
 * is left out.
 */
#ifndef HANSE_PROVISIONING_WEBHOOK_H
#define HANSE_PROVISIONING_WEBHOOK_H

#include <pthread.h>

#include "provisioning/plat.h"

struct hs_err;

#define WEBHOOKS_MAX 64

/**
 * Start the thread, one a process.
 *
 * @stop_fd:     becomes readable at the end
 * @ret_thread:  to be joined then
 *
 * Errors: HS_ESYSTEM.
 */
int webhook_start(const struct plat_conf *conf, int stop_fd,
    pthread_t *ret_thread, struct hs_err *err);

#endif
