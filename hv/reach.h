/* reach.h - private: whether a host can be reached at all. */
#ifndef HANSE_HV_REACH_H
#define HANSE_HV_REACH_H

struct hs_err;

/**
 * Try the address of a URI that goes by TCP, within the time: libvirt's own
 * attempt would wait two minutes for a host that is off. Other URIs pass.
 *
 * Errors: HS_EREMOTE, HS_EINVAL.
 */
int hv_reach(const char *uri, int timeout_ms, struct hs_err *err);

#endif
