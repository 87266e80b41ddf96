/* setup.h - what the platform needs before its services can start. */
#ifndef HANSE_PROVISIONING_SETUP_H
#define HANSE_PROVISIONING_SETUP_H

#include "provisioning/plat.h"

struct hs_err;

/**
 * Make folders, the certification authorities, the services' certificates,
 * the gateway's first routes, and find out once whether KVM boots a guest.
 * Repeating it renews what ends within 30 days and changes nothing else.
 *
 * Errors: HS_ESYSTEM.
 */
int setup_run(struct plat *plat, struct hs_err *err);

#endif
