/* startup.h - the start-up message, and which of its parameters pass. */
#ifndef HANSE_SHARED_DB_GATEWAY_STARTUP_H
#define HANSE_SHARED_DB_GATEWAY_STARTUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared-db-gateway/sqlstate.h"
#include "shared-db-gateway/wire.h"

#define GW_FORWARD_MAX 8u

struct gw_parameter {
	char *name, *value;
};

/** A start-up message, read and judged; start with { 0 }. */
struct gw_startup {
	char *user, *database; /* database NULL: not given */
	struct gw_parameter forward[GW_FORWARD_MAX];
	size_t forward_count;
	char *refused; /* name in its "options" that is not permitted */
	/* What we do not speak and must say so: */
	unsigned minor;
	char *options[GW_FORWARD_MAX]; /* names "_pq_..." */
	size_t option_count;
};

/**
 * Read a whole start-up packet, from its length word on.
 *
 * Returns GW_OK or why it is refused.
 */
enum gw_refusal gw_startup_parse(
    const uint8_t *packet, size_t len, struct gw_startup *startup);

/** The value of a forwarded parameter, or "". */
const char *gw_startup_get(const struct gw_startup *startup, const char *name);

/** Write NegotiateProtocolVersion if the client asked for more than 3.0. */
bool gw_startup_negotiate(
    const struct gw_startup *startup, struct gw_bytes *out);

/** The parameters that are forwarded, and nothing else. */
void gw_startup_copy(const struct gw_startup *from, struct gw_startup *ret_to);

/** Forward one parameter less; that it is not there is fine. */
void gw_startup_drop(struct gw_startup *startup, const char *name);

/** Whether two forward the same; application_name is left aside. */
bool gw_startup_is_like(const struct gw_startup *a, const struct gw_startup *b);

void gw_startup_done(struct gw_startup *startup);

#endif
