/* gateway.h - what provisioning needs of the gateway: its routes, and word
 * that it serves them.
 *
 * The public header of shared-db-gateway/ (library gw). All calls block.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_GATEWAY_H
#define HANSE_SHARED_DB_GATEWAY_GATEWAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

/** Servers of one cluster: the host and its replicas. */
#define GW_SERVERS_MAX 9u

struct hs_err;
struct json_t;

/** What an enterprise, or a whole VE, may use of a database; 0: no limit. It is
 * kept by the gateway, outside SQL, and changes with the next reload. */
struct gw_limits {
	unsigned connections; /* sessions at once; of a route always > 0 */
	unsigned backends;    /* connections to PostgreSQL at once */
	unsigned transactions_per_s, bytes_per_s; /* those above it wait */
	/* How long, in milliseconds: a statement (a message, if there are
	 * several in one), then it is cancelled; a
	 * transaction, and one in which nothing happens, then the session
	 * ends. */
	unsigned statement_ms, transaction_ms, idle_transaction_ms;
};

/** Who may log in, and as what they arrive at which server. */
struct gw_route {
	char *enterprise;
	char *user;     /* what the client calls itself, e.g. "ve.enterprise" */
	char *database; /* "*": any, by servers and routes; see gw_servers */
	char *role;     /* what PostgreSQL sees */
	char *host;     /* IP address; NULL where database is "*" */
	unsigned port;
	char *server_name; /* the name in the server's certificate */
	/* The other servers of the same cluster, "ADDRESS ADDRESS": each has
	 * the same port and a certificate of the same name. NULL: none. Which
	 * of them all is the primary the gateway finds out. */
	char *replicas;
	unsigned patroni_port; /* Patroni's REST API on each; 0: no Patroni */
	struct gw_limits limits;
	char *pooling;        /* "transaction" or "session"; NULL: "session" */
	char *refuses;        /* kinds of statements, see kinds.h; NULL: none */
	char *certificate_cn; /* NULL: no log-in by certificate */
	char *certificates;   /* "HEX HEX": SHA-256 of those of that name that
			       * are accepted; NULL: every one is */
	char *scram;          /* from gw_scram_verifier(); NULL: no password */
};

/** Those that are set, as an object in the words of the routes' files; owned by
 * the caller. */
struct json_t *gw_limits_json(const struct gw_limits *limits);

/** The other way. Errors: HS_EINVAL (names the member). */
int gw_limits_parse(const struct json_t *json, struct gw_limits *ret_limits,
    struct hs_err *err);

/**
 * Whether each word of a list, e.g. "lock set", is a kind of statements that a
 * route can refuse; docs/operations.md has them all. NULL is fine.
 *
 * Errors: HS_EINVAL (names the one that is not).
 */
int gw_kinds_check(const char *list, struct hs_err *err);

/** A database domain, or a cluster of them, for routes with database "*". */
struct gw_server {
	char *name; /* e.g. "db.shared" */
	char *host; /* IP address */
	unsigned port;
	char *server_name;
	char *replicas; /* as a route's, and so is patroni_port */
	unsigned patroni_port;
};

/** One file of the routes folder. */
struct gw_routes {
	char *ve; /* "platform" for the provisioner's */
	uint64_t generation;
	struct gw_limits limits;   /* of all of its enterprises together */
	struct gw_server *servers; /* only in platform.json */
	size_t server_count;
	struct gw_route *list;
	size_t count;
};

/**
 * Write DIR/VE.json: whole or not at all, 0600, owned by the folder's owner,
 * its generation one higher than before. The gateway learns of it by
 * gw_control_reload().
 *
 * @limits:  of the VE; NULL: none
 *
 * Errors: HS_EINVAL (a route the gateway would refuse), HS_ESYSTEM.
 */
int gw_routes_write(const char *dir, const char *ve,
    const struct gw_limits *limits, const struct gw_route *routes, size_t count,
    struct hs_err *err);

/**
 * The same for DIR/platform.json, which also names the servers. Routes in it
 * have database "*" and host NULL.
 */
int gw_platform_write(const char *dir, const struct gw_server *servers,
    size_t server_count, const struct gw_route *routes, size_t count,
    struct hs_err *err);

/** Remove DIR/VE.json; that it is not there is fine. Errors: HS_ESYSTEM. */
int gw_routes_remove(const char *dir, const char *ve, struct hs_err *err);

/**
 * Read and check DIR/VE.json ("platform" for the provisioner's).
 *
 * @ret_routes:  ended with gw_routes_free()
 *
 * Errors: HS_ENOTFOUND, HS_EINVAL (the message names the file), HS_ESYSTEM.
 */
int gw_routes_read(const char *dir, const char *ve,
    struct gw_routes **ret_routes, struct hs_err *err);
void gw_routes_free(struct gw_routes *routes);

/**
 * Make the gateway read its routes and keys again; returns when it serves them.
 * On failure it goes on serving the old ones, all of them.
 *
 * @socket:  path of the gateway's control socket
 *
 * Errors: HS_EINVAL (a file is bad; the message names it), HS_EREMOTE (no
 * gateway there, or no answer in 10 s), HS_EDENIED.
 */
int gw_control_reload(const char *socket, struct hs_err *err);

/**
 * Have a user's shared backends opened anew: what they know of their role (its
 * settings; whether it is still the same role) is of when they were opened.
 * Sessions go on. Errors: HS_EREMOTE, HS_EDENIED.
 */
int gw_control_retire(const char *socket, const char *user, struct hs_err *err);

/**
 * What the gateway does right now: JSON, owned by the caller. Per route:
 * sessions, logins, statements, bytes from and to the client.
 *
 * Errors: HS_EREMOTE, HS_EDENIED.
 */
int gw_control_status(const char *socket, char **ret_json, struct hs_err *err);

/**
 * End a session.
 *
 * @session:   its id, as in the answer to "sessions"
 * @ret_json:  whose it was; owned by the caller
 *
 * Errors: HS_EINVAL, HS_ENOTFOUND, HS_EREMOTE, HS_EDENIED.
 */
int gw_control_kill(const char *socket, const char *session, char **ret_json,
    struct hs_err *err);

/**
 * Send one command ("reload", "status", "sessions", "pools", "ping") and take
 * the answer; the others are made of it.
 */
int gw_control_call(const char *socket, const char *command, char **ret_json,
    struct hs_err *err);

/**
 * What a route stores in place of a password: "SCRAM-SHA-256$4096:..." with a
 * new salt each time. Passwords are UTF-8, used as they are where they are
 * ASCII; others are refused (SASLprep is not done).
 *
 * @ret_verifier:  owned by the caller
 *
 * Errors: HS_EINVAL, HS_ESYSTEM.
 */
int gw_scram_verifier(
    const char *password, char **ret_verifier, struct hs_err *err);

/** Which statements of the audit. */
struct gw_audit_filter {
	const char *ve, *enterprise; /* NULL: of all */
	uint64_t since_us;           /* since 1970; 0: from the beginning */
	size_t last;                 /* so many, the last ones; 0: all */
};

/**
 * Statements that the gateway has passed on, or refused, in the order of their
 * ends: an array of objects with time, ve, enterprise, user, application,
 * session, shape, statement (its text without values; absent where that is not
 * known), tag, rows, bytes, ms, verdict, sqlstate.
 *
 * @folder:    of the audit; read while it is written is fine
 * @ret_list:  owned by the caller
 *
 * Errors: HS_EINVAL (the chain is broken), HS_ESYSTEM.
 */
int gw_audit_list(const char *folder, const struct gw_audit_filter *filter,
    struct json_t **ret_list, struct hs_err *err);

/**
 * Check every block of the audit: an object with ok, segments, blocks, last
 * (the number of the last block), statements, lost (those that could not be
 * kept), torn (ends that were being written when the gateway was killed), head
 * (the hash of all), and why if it is not ok.
 *
 * Errors: HS_ESYSTEM.
 */
int gw_audit_verify(
    const char *folder, struct json_t **ret_report, struct hs_err *err);

HS_FREEP(gw_routes_freep, struct gw_routes *, gw_routes_free)

#endif
