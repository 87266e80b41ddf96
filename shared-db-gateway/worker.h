/* worker.h - the process that serves the clients of one virtual enterprise. */
#ifndef HANSE_SHARED_DB_GATEWAY_WORKER_H
#define HANSE_SHARED_DB_GATEWAY_WORKER_H

struct gw_config;
struct hs_err;

/** What the master gives it. */
struct gw_worker_place {
	const char *ve;
	unsigned slot; /* in the cancel keys of its clients */
	int master;    /* lines: commands, and their answers */
	int clients;   /* notes: the clients */
};

/**
 * Serve until the master says stop, or is gone.
 *
 * Errors: HS_EINVAL, HS_ESYSTEM.
 */
int gw_worker_run(const struct gw_config *config,
    const struct gw_worker_place *place, struct hs_err *err);

#endif
