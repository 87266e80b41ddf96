/* host_pool.h - private: what hosts.c needs of one host. */
#ifndef HANSE_HV_HOST_POOL_H
#define HANSE_HV_HOST_POOL_H

#include "hv/hv.h"

/** Another one who has it; hv_host_unref() ends that. */
void hv_host_ref(struct hv_host *host);
void hv_host_unref(struct hv_host *host);

/** The first half of hv_host_free(): begin to end, without waiting. */
void hv_host_end(struct hv_host *host);

/** Whether its URIs are these. */
bool hv_host_is_at(
    const struct hv_host *host, const char *const uris[HV_DRIVER_COUNT]);

#endif
