/* sweeper.h - the thread that sweeps: every minute, and when something has
 * happened.
 */
#ifndef HANSE_PROVISIONING_SWEEPER_H
#define HANSE_PROVISIONING_SWEEPER_H

#include "provisioning/plat.h"

/** Once a process; one that cannot start is logged. */
void sweeper_start(const struct plat_conf *conf);
void sweeper_stop(void);

/** Something has changed: it is looked at within a second. */
void sweeper_wake(void);

#endif
