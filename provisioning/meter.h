/* meter.h - what goes into the ledger of usage, control/011_meter.sql: the
 * time, and what hosts and the gateway have counted.
 */
#ifndef HANSE_PROVISIONING_METER_H
#define HANSE_PROVISIONING_METER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "hv/hv.h"

struct hs_db;
struct hs_err;

/**
 * Tell a transaction that has begun what time it is by the clock that nobody
 * sets: what it changes is billed from then on.
 */
int meter_tell(struct hs_db *store, struct hs_err *err);

/**
 * Let the ledger see the wall clock, in a transaction of its own: if it was
 * stepped, or the host has booted, an epoch begins.
 *
 * @ret_hour:  of the ledger's time, since 1970
 */
int meter_tick(struct hs_db *store, int64_t *ret_hour, struct hs_err *err);

/** Microseconds of that clock. */
int64_t meter_us(void);

/** What a source has said. */
struct meter_reading {
	/* As meter_take() of the database reads it; a source that has nothing
	 * says so with an empty list. */
	json_t *things;
	int64_t asked_us, told_us; /* meter_us() before and after */
	bool is_one; /* not all that it has: the last reading of one */
};

/** Take a reading, in a transaction of its own. */
int meter_take(struct hs_db *store, const char *source,
    const struct meter_reading *reading, struct hs_err *err);

/**
 * Readings of domains; the caller owns the reference.
 *
 * @boot:  which boot of their host; "" where it is not known
 */
json_t *meter_domains(const struct hv_usages *usages, const char *boot);

/** Readings of the gateway's meters, of its answer to "status". */
json_t *meter_gateway(const json_t *status);

#endif
