/* state.h - what one program of the gateway leaves to the next one in its
 * process: JSON in a memory file, and descriptors that stay open.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_STATE_H
#define HANSE_SHARED_DB_GATEWAY_STATE_H

#include <stdbool.h>

#include "base/mem.h"

struct hs_err;
struct json_t;

/**
 * Put it into a memory file that outlives exec.
 *
 * @ret_fd:  the caller's
 *
 * Errors: HS_ESYSTEM.
 */
int gw_state_write(const struct json_t *state, int *ret_fd, struct hs_err *err);

/** The same back; the file is closed. Errors: HS_ESYSTEM, HS_EINVAL. */
int gw_state_read(int fd, struct json_t **ret_state, struct hs_err *err);

/** Descriptors in it, "fd" and "clients_fd" at any depth, stay open over exec,
 * or not any more. */
void gw_state_keep(const struct json_t *state, bool keep);

#endif
