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

struct gw_config {
	char **listen; /* "ADDRESS:PORT", IPv6 in brackets */
	unsigned listen_count;
	char *routes, *control_socket, *ca;
	struct gw_pair server, backend;
	unsigned max_sessions, max_pending;
	unsigned login_timeout_s, connect_timeout_s;
	unsigned wait_timeout_s;  /* for a backend of a pool */
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
