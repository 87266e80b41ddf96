/* master.h - the first process: it reads the routes, starts a listener and a
 * worker for each virtual enterprise, starts again who dies, and answers on the
 * control socket. No byte of a client comes near it.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_MASTER_H
#define HANSE_SHARED_DB_GATEWAY_MASTER_H

struct gw_config;
struct hs_err;

/**
 * Serve until SIGTERM. SIGHUP reads the routes again.
 *
 * @path:   of the configuration, for those who are started
 * @state:  what the program before in this process has left; -1: there was none
 *
 * Errors: HS_EINVAL (the configuration, routes or keys cannot be used),
 * HS_ESYSTEM.
 */
int gw_master_run(const struct gw_config *config, const char *path, int state,
    struct hs_err *err);

/** Whether it could serve that, routes and keys included. Errors: as above. */
int gw_master_check(const struct gw_config *config, struct hs_err *err);

#endif
