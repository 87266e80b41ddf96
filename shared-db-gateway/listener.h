/* listener.h - the process that clients come to. It looks at their first bytes
 * to see whose they are, and hands them to that virtual enterprise's worker. It
 * holds no key, opens no file and no connection.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_LISTENER_H
#define HANSE_SHARED_DB_GATEWAY_LISTENER_H

struct gw_config;
struct hs_err;

/**
 * Serve until the master's end of the socket is closed.
 *
 * @master:  notes come from there
 *
 * Errors: HS_ESYSTEM.
 */
int gw_listener_run(
    const struct gw_config *config, int master, struct hs_err *err);

#endif
