/* watching.h - what happens on all hosts, told as it does: a connection of its
 * own and a watch for each host and driver.
 */
#ifndef HANSE_PROVISIONING_WATCHING_H
#define HANSE_PROVISIONING_WATCHING_H

#include <stdbool.h>

#include "hv/hv.h"
#include "provisioning/plat.h"

struct watching;

/** Nothing is watched yet. @fn: of every watch, see hv_event_fn. */
struct watching *watching_new(hv_event_fn *fn, void *arg);
void watching_free(struct watching *w);

/**
 * Watch what is there now: begin with hosts that have come or have answered
 * again, end with those that have gone.
 *
 * @ret_all:  whether every host is watched
 *
 * Returns whether a watch has begun: what happened before it is not told.
 */
bool watching_look(struct watching *w, struct plat *plat, bool *ret_all);

HS_FREEP(watching_freep, struct watching *, watching_free)

#endif
