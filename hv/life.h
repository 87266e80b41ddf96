/* life.h - private: when a domain of this host began. */
#ifndef HANSE_HV_LIFE_H
#define HANSE_HV_LIFE_H

#include "hv/hv.h"

/**
 * When the process that is a running domain began, in ticks since the host's
 * boot; HV_NOT_TOLD where there is none.
 */
uint64_t hv_domain_began(enum hv_driver driver, const char *name, int id);

/** The same of a text as in /proc/PID/stat. */
uint64_t hv_began_of(const char *stat);

#endif
