/* operator.h - who asks hansed for what, written into the event log. */
#ifndef HANSE_PROVISIONING_OPERATOR_H
#define HANSE_PROVISIONING_OPERATOR_H

#include <jansson.h>

#include "base/db.h"

struct hs_err;

/**
 * Write "operator.command", and before it "operator.login" if this operator's
 * session is new to us. What cannot be written must not be run.
 *
 * @fd:       the accepted connection
 * @request:  as it came; of its values only those listed in operator.c are
 *            written, and never a password
 */
int operator_record(
    struct hs_db *store, int fd, const json_t *request, struct hs_err *err);

/**
 * Note that a connection was refused; never blocks. operator_flush() writes it.
 *
 * @why:  a static string
 */
void operator_refuse(int fd, const char *why);

/** Write "operator.refused" for what was noted. */
int operator_flush(struct hs_db *store, struct hs_err *err);

#endif
