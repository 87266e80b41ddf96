/* gateway_meter.h - what the gateway has counted, as hansed's metrics. */
#ifndef HANSE_PROVISIONING_GATEWAY_METER_H
#define HANSE_PROVISIONING_GATEWAY_METER_H

struct json_t;

/** @status: the gateway's answer to "status"; NULL: there was none */
void gateway_meter(const struct json_t *status);

#endif
