/* host.h - private: what a host must have before its networks start. */
#ifndef HANSE_HV_HOST_H
#define HANSE_HV_HOST_H

struct hs_err;

/** Errors: HS_ESYSTEM. */
int hv_host_prepare(struct hs_err *err);

#endif
