/* core.h - what the sessions of one event loop share. */
#ifndef HANSE_SHARED_DB_GATEWAY_CORE_H
#define HANSE_SHARED_DB_GATEWAY_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "shared-db-gateway/cancel.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/library.h"
#include "shared-db-gateway/route.h"
#include "shared-db-gateway/scram.h"
#include "shared-db-gateway/tls.h"

struct gw_audit;
struct gw_cluster;
struct gw_patroni;
struct gw_people;
struct gw_shapes;
struct hs_err;
struct hs_tries;

struct gw_core {
	const struct gw_config *config;
	struct hs_loop *loop;
	struct gw_outbox *outbox;
	struct gw_library library; /* of clients' TLS */
	BIO_METHOD *seal;          /* of all streams' */
	struct gw_tls tls;
	struct gw_table *table;
	struct gw_keys keys;
	struct gw_shapes *shapes;
	struct gw_audit *audit;   /* NULL: none */
	struct gw_people *people; /* NULL: none can log in */
	struct hs_tries *tries;   /* of people, by name */
	uint8_t mock_secret[GW_SECRET_LEN];
	struct gw_session *sessions;
	struct gw_backend *backends;
	struct gw_pool *pools;
	struct gw_cluster *clusters;
	struct gw_patroni *patroni;
	unsigned active, pending;
	unsigned open, most; /* sessions; most: since memory was given back */
	struct hs_timer trim_timer, lost_timer, limit_timer;
	bool draining, stopping;
	uint64_t last_id, accepted, logins, refused, reloads, began_ms;
	uint64_t dialled, evictions; /* backends */
	struct hs_timer stop_timer;
};

/**
 * Everything but routes and keys, which gw_core_reload() brings.
 *
 * @audit:  the folder of its chain; NULL: none
 *
 * Errors: HS_EINVAL, HS_ESYSTEM.
 */
int gw_core_open(struct gw_core *core, const struct gw_config *config,
    const char *audit, struct hs_err *err);
void gw_core_close(struct gw_core *core);

/**
 * Take new routes, keys and certificates; all or nothing. Sessions of routes
 * that have gone are ended.
 *
 * @fresh:  taken over, in any case
 * @keys:   of gw_keys_load()
 *
 * Errors: HS_EINVAL (names the file), HS_ESYSTEM.
 */
int gw_core_reload(struct gw_core *core, struct gw_table *fresh,
    const struct json_t *keys, struct hs_err *err);

/** No new clients come: end when the last session has. */
void gw_core_drain(struct gw_core *core);

/** End: idle sessions now, busy ones when they are done, all in 5 s. */
void gw_core_stop(struct gw_core *core);

/** Tell the core that a session has come, or gone. */
void gw_core_joined(struct gw_core *core);
void gw_core_left(struct gw_core *core);

#endif
