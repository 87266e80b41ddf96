/* control.h - the control socket's end in the gateway. */
#ifndef HANSE_SHARED_DB_GATEWAY_CONTROL_H
#define HANSE_SHARED_DB_GATEWAY_CONTROL_H

#include "base/mem.h"

struct gw_control;
struct gw_core;
struct hs_err;

/** Listen on the configuration's control socket. Errors: HS_ESYSTEM. */
int gw_control_open(
    struct gw_core *core, struct gw_control **ret_control, struct hs_err *err);

/** End it, and remove the socket. NULL is fine. */
void gw_control_close(struct gw_control *control);

HS_FREEP(gw_control_closep, struct gw_control *, gw_control_close)

#endif
