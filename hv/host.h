/* host.h - private: what a host must have before its networks start. */
#ifndef HANSE_HV_HOST_H
#define HANSE_HV_HOST_H

struct hs_err;

/** Errors: HS_ESYSTEM. */
int hv_host_prepare(struct hs_err *err);

/**
 * Forget who had an address: another MAC, which the kernel remembers for half a
 * minute, and connections to somebody who was destroyed and cannot end them. A
 * failure is worth no more than a warning.
 */
void hv_address_forget(const char *address);

#endif
