/* control.h - hansed's socket: requests of hanse, checked by who sends them. */
#ifndef HANSE_PROVISIONING_CONTROL_H
#define HANSE_PROVISIONING_CONTROL_H

#include "provisioning/plat.h"

struct hs_err;

/**
 * Serve until stop_fd becomes readable; a running job is waited for.
 *
 * @path:  of the socket
 *
 * Errors: HS_ESYSTEM.
 */
int control_serve(const struct plat_conf *conf, const char *path, int stop_fd,
    struct hs_err *err);

#endif
