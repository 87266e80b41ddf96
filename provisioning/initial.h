/* initial.h - the passwords people were given first, until they have others:
 * one root-only file a VE, so that "make up" can say them again.
 */
#ifndef HANSE_PROVISIONING_INITIAL_H
#define HANSE_PROVISIONING_INITIAL_H

#include "provisioning/plat.h"

struct hs_err;

/** Note a password; NULL forgets it. Errors: HS_ESYSTEM. */
int initial_put(struct plat *plat, const char *ve, const char *enterprise,
    const char *login, const char *password, struct hs_err *err);

/** The password still noted, or NULL; owned by the caller. */
char *initial_get(struct plat *plat, const char *ve, const char *enterprise,
    const char *login);

#endif
