/* probe.h - private: what can be found out about a host. */
#ifndef HANSE_HV_PROBE_H
#define HANSE_HV_PROBE_H

#include "hv/hv.h"

/**
 * One thing a driver needs.
 * Returns 0, or -1 with the reason and the remedy in *probe.
 */
typedef int hv_need(const struct hv_probe_guest *guest, struct hv_probe *probe);

hv_need hv_need_lxc_cgroups, hv_need_idmap, hv_need_shared_mounts,
    hv_need_walls;

/** Record what is missing. Returns -1. */
int hv_missing(struct hv_probe *probe, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
