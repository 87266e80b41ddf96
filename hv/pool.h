/* pool.h - private: what a connection tells the host it belongs to. */
#ifndef HANSE_HV_POOL_H
#define HANSE_HV_POOL_H

#include "hv/hv.h"

/** Whether the host is worth a call. Errors: HS_EREMOTE. */
int hv_host_check(struct hv_host *host, struct hs_err *err);

/** HS_EREMOTE "host 'h2' does not answer (since ...)". Returns -1. */
int hv_host_fail(struct hv_host *host, struct hs_err *err);

/** A call has ended; is_slow: it took more than half its time. */
void hv_host_called(struct hv_conn *conn, bool is_slow);

#endif
