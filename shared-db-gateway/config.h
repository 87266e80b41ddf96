/* config.h - gateway.yaml. */
#ifndef HANSE_SHARED_DB_GATEWAY_CONFIG_H
#define HANSE_SHARED_DB_GATEWAY_CONFIG_H

#include <stdbool.h>

#include "shared-db-gateway/audit.h"
#include "shared-db-gateway/people.h"

struct hs_conf;
struct hs_err;

struct gw_pair {
	char *certificate, *key;
};

/** What PostgreSQL sees: a pair for each role, FOLDER/role.ROLE.crt and .key,
 * or one for all, or both: then one for those who have none of their own. */
struct gw_backend_keys {
	char *folder, *certificate, *key; /* NULL: not so */
};

struct gw_config {
	char **listen; /* "ADDRESS:PORT", IPv6 in brackets; " VE" behind
			* it: whose clients come there, whatever they say */
	unsigned listen_count;
	char *routes, *control_socket, *ca;
	struct gw_pair server;
	struct gw_backend_keys backend;
	unsigned max_sessions, max_pending;
	unsigned login_timeout_s, connect_timeout_s;
	unsigned wait_timeout_s;  /* for a backend of a pool */
	unsigned drain_timeout_s; /* of a worker that has been replaced */
	unsigned message_max_mib; /* longest message of a client */
	struct gw_audit_config audit;
	struct gw_people_config directory;
	char *log; /* warn, info, debug */
	/* Without TLS, for measurements: on both sides, and only where both
	 * are this machine's loopback. */
	bool plaintext;
};

/**
 * Read the file and fill in what it leaves out.
 *
 * @ret_config:  owned by *ret_conf
 *
 * Errors: HS_EINVAL, HS_ENOTFOUND.
 */
int gw_config_load(const char *path, struct hs_conf **ret_conf,
    struct gw_config **ret_config, struct hs_err *err);

#endif
