/* driver.h - private: which driver a URI names, and its flags. */
#ifndef HANSE_HV_DRIVER_H
#define HANSE_HV_DRIVER_H

#include <stdbool.h>

#include "hv/hv.h"

/**
 * The driver a URI names, and whether it is this machine's: neither an address
 * nor a socket is named. Another socket is another host's, forwarded or of
 * another namespace: its PIDs are not ours.
 * -1 for a URI of no driver of ours.
 */
int hv_driver_of_uri(
    const char *uri, enum hv_driver *ret_driver, bool *ret_is_local);

/** Flags of virDomainUndefineFlags() the driver takes. */
unsigned hv_undefine_flags(enum hv_driver driver);
/** Flags of virDomainShutdownFlags(). */
unsigned hv_shutdown_flags(enum hv_driver driver);

#endif
