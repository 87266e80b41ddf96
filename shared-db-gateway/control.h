/* control.h - the control socket: a JSON line in, one out; for root and the
 * gateway's own user.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_CONTROL_H
#define HANSE_SHARED_DB_GATEWAY_CONTROL_H

#include "base/mem.h"

struct gw_caller;
struct gw_control;
struct hs_err;
struct hs_loop;
struct json_t;

/** Told of each line; ends in gw_caller_answer(), now or later. */
typedef void gw_control_fn(
    void *owner, struct gw_caller *caller, const char *line);

/** Listen. Errors: HS_ESYSTEM. */
int gw_control_open(struct hs_loop *loop, const char *path, gw_control_fn *fn,
    void *owner, struct gw_control **ret_control, struct hs_err *err);

/** Questions wait from now on, or not any more. */
void gw_control_pause(struct gw_control *control);
void gw_control_go_on(struct gw_control *control);

/**
 * It as the next program needs it, while it pauses: its descriptors, and who
 * has asked what. Who has not taken its last answer is left out.
 *
 * @asker:  whose question is to be answered by the next program; NULL: nobody's
 *
 * Returns JSON, the caller's.
 */
struct json_t *gw_control_state(
    const struct gw_control *control, const struct gw_caller *asker);

/**
 * Go on with that of the program before.
 *
 * @ret_asker:  lent; NULL: nobody asks, or has gone
 *
 * Errors: HS_ESYSTEM.
 */
int gw_control_adopt(struct hs_loop *loop, const char *path,
    const struct json_t *state, gw_control_fn *fn, void *owner,
    struct gw_control **ret_control, struct gw_caller **ret_asker,
    struct hs_err *err);

/** Once for each line; the caller may have gone. */
void gw_caller_answer(struct gw_caller *caller, const char *text);

/** End it, and remove the socket; nobody may wait for an answer any more. NULL
 * is fine. */
void gw_control_close(struct gw_control *control);

HS_FREEP(gw_control_closep, struct gw_control *, gw_control_close)

#endif
