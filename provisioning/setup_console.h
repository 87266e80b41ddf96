/* setup_console.h - the edge's part of hanse-console. */
#ifndef HANSE_PROVISIONING_SETUP_CONSOLE_H
#define HANSE_PROVISIONING_SETUP_CONSOLE_H

#include "provisioning/plat.h"

struct hs_err;

/**
 * Its certificate, for console.DOMAIN, and nginx's file of it; both are left
 * alone if they are right. Errors: HS_ESYSTEM.
 */
int setup_console(
    struct plat *plat, unsigned days, long renew_s, struct hs_err *err);

#endif
