/* bind.h - the sockets that clients come to. */
#ifndef HANSE_SHARED_DB_GATEWAY_BIND_H
#define HANSE_SHARED_DB_GATEWAY_BIND_H

struct hs_err;

/**
 * Listen on "ADDRESS:PORT", in numbers.
 *
 * @ret_fd:  the caller's
 *
 * Errors: HS_EINVAL, HS_ENOTFOUND (no interface has it), HS_EEXISTS (another
 * program has it), HS_ESYSTEM.
 */
int gw_bind(const char *text, int *ret_fd, struct hs_err *err);

#endif
