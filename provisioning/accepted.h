/* accepted.h - which certificates the gateway accepts from a member: the one
 * that is wanted, and those of its instances while there are any.
 */
#ifndef HANSE_PROVISIONING_ACCEPTED_H
#define HANSE_PROVISIONING_ACCEPTED_H

#include <stdbool.h>

#include "provisioning/plat.h"

/**
 * Their digests, as a route has them; owned by the caller.
 *
 * @user:        "VE.ENTERPRISE"
 * @credential:  that is wanted, "VE.ENTERPRISE.2"
 */
char *accepted_list(
    const struct plat *plat, const char *user, const char *credential);

/** Whether a route's list is that, and the wanted one is issued. */
bool accepted_is_current(const struct plat *plat, const char *user,
    const char *credential, const char *list);

#endif
