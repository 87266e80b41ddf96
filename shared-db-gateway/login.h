/* login.h - what the ways to log in share. */
#ifndef HANSE_SHARED_DB_GATEWAY_LOGIN_H
#define HANSE_SHARED_DB_GATEWAY_LOGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "shared-db-gateway/session.h"

/** Whether the client's certificate, if it has one, is this route's. */
bool gw_login_fits_certificate(
    const struct gw_session *s, const struct gw_entry *entry);

/** The body of a whole message 'p'; GW_MORE while it is not there. */
enum gw_verdict gw_login_take(
    struct gw_session *s, struct gw_reader *ret_body, size_t *ret_size);
/** What follows from a verdict that is not GW_GOOD. */
enum gw_progress gw_login_not_taken(
    struct gw_session *s, enum gw_verdict verdict);

/** The identity is known: pin it to its database, role and server. */
enum gw_progress gw_login_admit(struct gw_session *s, struct gw_entry *entry);

/**
 * Somebody calls himself a person of an enterprise; he is asked for his
 * password.
 *
 * @slash:  in the start-up's user
 */
enum gw_progress gw_person_begin(struct gw_session *s, const char *slash);

#endif
