/* metric_http.h - /metrics and /healthz over HTTP, from memory alone: neither
 * the database nor a hypervisor is asked.
 */
#ifndef HANSE_PROVISIONING_METRIC_HTTP_H
#define HANSE_PROVISIONING_METRIC_HTTP_H

#include "base/mem.h"

struct hs_err;
struct metric_http;

/**
 * Serve in a thread of its own.
 *
 * @listen:      ADDRESS:PORT of the loopback, e.g. "127.0.0.1:9464" or
 *               "[::1]:9464"
 *
 * Errors: HS_EINVAL (no such address, or not of the loopback), HS_ESYSTEM.
 */
int metric_http_start(
    const char *listen, struct metric_http **ret_http, struct hs_err *err);
void metric_http_stop(struct metric_http *http);

/** Whether an address can be given. Errors: HS_EINVAL. */
int metric_http_check(const char *listen, struct hs_err *err);

HS_FREEP(metric_http_stopp, struct metric_http *, metric_http_stop)

#endif
