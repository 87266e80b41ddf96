/* edge_meter.h - how many requests each enterprise's portal was sent. */
#ifndef HANSE_PROVISIONING_EDGE_METER_H
#define HANSE_PROVISIONING_EDGE_METER_H

#include <jansson.h>

#include "provisioning/plat.h"

struct hs_err;

/** Readings of all enterprises. Errors: HS_EREMOTE (there is no edge). */
int edge_meter_read(
    struct plat *plat, json_t **ret_readings, struct hs_err *err);

#endif
