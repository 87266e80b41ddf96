/* core.h - what the sessions of one event loop share. */
#ifndef HANSE_SHARED_DB_GATEWAY_CORE_H
#define HANSE_SHARED_DB_GATEWAY_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "shared-db-gateway/cancel.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/route.h"
#include "shared-db-gateway/scram.h"
#include "shared-db-gateway/tls.h"

struct gw_audit;
struct gw_cluster;
struct gw_patroni;
struct gw_shapes;
struct hs_err;

struct gw_core {
	const struct gw_config *config;
	struct hs_loop *loop;
	struct gw_tls tls;
	struct gw_table *table;
	struct gw_keys keys;
	struct gw_shapes *shapes;
	struct gw_audit *audit; /* NULL: none */
	uint8_t mock_secret[GW_SECRET_LEN];
	struct gw_session *sessions;
	struct gw_backend *backends;
	struct gw_pool *pools;
	struct gw_cluster *clusters;
	struct gw_patroni *patroni;
	unsigned active, pending;
	unsigned open, most; /* sessions; most: since memory was given back */
	struct hs_timer trim_timer, lost_timer, limit_timer;
	bool stopping;
	uint64_t last_id, accepted, logins, refused, reloads, began_ms;
	uint64_t dialled, evictions; /* backends */
	struct hs_timer stop_timer;
};

/** Everything but the sockets. Errors: HS_EINVAL, HS_ESYSTEM. */
int gw_core_open(
    struct gw_core *core, const struct gw_config *config, struct hs_err *err);
void gw_core_close(struct gw_core *core);

/**
 * Read routes, keys and certificates again; all or nothing. Sessions of routes
 * that have gone are ended. Errors: HS_EINVAL (names the file), HS_ESYSTEM.
 */
int gw_core_reload(struct gw_core *core, struct hs_err *err);

/** End: idle sessions now, busy ones when they are done, all in 5 s. */
void gw_core_stop(struct gw_core *core);

/** Tell the core that a session has come, or gone. */
void gw_core_joined(struct gw_core *core);
void gw_core_left(struct gw_core *core);

#endif
