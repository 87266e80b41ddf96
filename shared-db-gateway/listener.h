/* listener.h - the sockets clients come to. */
#ifndef HANSE_SHARED_DB_GATEWAY_LISTENER_H
#define HANSE_SHARED_DB_GATEWAY_LISTENER_H

#include "base/mem.h"

struct gw_core;
struct gw_listeners;
struct hs_err;

/** Listen on all of the configuration's addresses. Errors: HS_EINVAL. */
int gw_listeners_open(struct gw_core *core, struct gw_listeners **ret_listeners,
    struct hs_err *err);

/** No new clients; those who are in stay. NULL is fine. */
void gw_listeners_close(struct gw_listeners *listeners);

HS_FREEP(gw_listeners_closep, struct gw_listeners *, gw_listeners_close)

#endif
