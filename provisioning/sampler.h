/* sampler.h - the threads that read what domains, the gateway and the edge have
 * counted, and write it into the ledger.
 */
#ifndef HANSE_PROVISIONING_SAMPLER_H
#define HANSE_PROVISIONING_SAMPLER_H

#include "provisioning/plat.h"

/** Once a process; what cannot start is logged. */
void sampler_start(const struct plat_conf *conf);
void sampler_stop(void);

/** A domain has begun or ended: all are read within a second. */
void sampler_wake(void);

#endif
