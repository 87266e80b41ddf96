/* backend_part.h - what the files of a backend share. */
#ifndef HANSE_SHARED_DB_GATEWAY_BACKEND_PART_H
#define HANSE_SHARED_DB_GATEWAY_BACKEND_PART_H

#include "shared-db-gateway/backend.h"
#include "shared-db-gateway/sqlstate.h"

/** What has become of it in a step. */
enum stride {
	WAITS,
	GOES_ON,
	GONE, /* and perhaps its memory */
};

/**
 * It will not be ready; whoever waits for it is told, and the operator.
 *
 * @refusal:  GW_OK: there is nothing to tell of
 *
 * Returns GONE.
 */
enum stride gw_backend_fail(
    struct gw_backend *b, enum gw_refusal refusal, const char *why);
/** The same: what is there is not what it should be, or nothing is. */
enum stride gw_backend_broken(struct gw_backend *b, const char *why);
enum stride gw_backend_down(struct gw_backend *b, const char *why);

/** A scout's errand is over; returns GONE. */
enum stride gw_backend_end_scout(struct gw_backend *b, enum gw_refusal found);
/** A scout has found the primary; GONE: nobody needs one. */
enum stride gw_backend_land(struct gw_backend *b);

/** A socket that connects; -1: it cannot. */
int gw_backend_dial(const struct gw_target *target);

/** The steps to being ready, or to having brought a cancel. */
enum stride gw_backend_dial_step(struct gw_backend *b);
enum stride gw_backend_ask_tls_step(struct gw_backend *b);
enum stride gw_backend_tls_step(struct gw_backend *b);
enum stride gw_backend_start_step(struct gw_backend *b);

#endif
