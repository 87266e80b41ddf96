/* edge_workers.h - which files nginx's workers have read; private to edge.c. */
#ifndef HANSE_PROVISIONING_EDGE_WORKERS_H
#define HANSE_PROVISIONING_EDGE_WORKERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "provisioning/plat.h"

struct hs_err;

/** Whether nginx was told of the files as they are now, by whomever. */
bool edge_is_told(const struct plat *plat);

/** Something that the files name has changed: nginx is to be told. */
void edge_touch(const struct plat *plat);

/** Tell it, and note the workers that have not read them. */
int edge_tell(const struct plat *plat, pid_t master, struct hs_err *err);

/**
 * Wait until those have ended what they began. Who takes longer is left
 * behind; one that still takes new requests is a failure.
 * Errors: HS_EREMOTE.
 */
int edge_wait_for_workers(
    const struct plat *plat, int timeout_ms, struct hs_err *err);

#endif
