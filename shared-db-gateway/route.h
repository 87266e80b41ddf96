/* route.h - the table of routes the gateway serves now. */
#ifndef HANSE_SHARED_DB_GATEWAY_ROUTE_H
#define HANSE_SHARED_DB_GATEWAY_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "shared-db-gateway/gateway.h"
#include "shared-db-gateway/limit.h"

struct hs_err;

/** A VE in use; counted by its entries. */
struct gw_ve {
	unsigned refs;
	char *name;
	struct gw_limits limits;
	unsigned sessions, backends;
	unsigned starving; /* pools that wait for a place for a backend */
	struct gw_rate transaction_rate, byte_rate;
};

/** A route in use; counted by the table and by each session on it. */
struct gw_entry {
	unsigned refs;
	bool removed; /* no longer served: its sessions must end */
	struct gw_ve *ve;
	struct gw_route route;
	struct gw_rate transaction_rate, byte_rate;
	uint32_t refuses; /* kinds of statements */
	/* The meter. */
	unsigned sessions, backends;
	unsigned kept; /* backends that their sessions keep to themselves */
	uint64_t logins, transactions, statements, rows, bytes_in, bytes_out;
	uint64_t waited_ms;    /* for its turn, by its rates */
	uint64_t cut;          /* what took too long */
	uint64_t connected_ms; /* of all its sessions together, until: */
	uint64_t counted_ms;
};

struct gw_table {
	struct gw_entry **list; /* by user */
	size_t count;
	struct gw_server *servers;
	size_t server_count;
	struct gw_routes **elsewhere; /* of VEs that are another worker's */
	size_t elsewhere_count;
};

/** Where a session's backend is. */
struct gw_target {
	char *host, *server_name, *database;
	unsigned port;
	char *replicas; /* NULL: none; see struct gw_route */
	unsigned patroni_port;
};

/**
 * Read all files of the folder, and check them together.
 *
 * @ret_files:  {"VE": what VE.json holds}, owned by the caller
 *
 * Errors: HS_EINVAL, HS_ESYSTEM.
 */
int gw_files_load(
    const char *dir, struct json_t **ret_files, struct hs_err *err);

/**
 * Make a table of files.
 *
 * @dir:        for messages
 * @files:      as of gw_files_load(): whose users may log in
 * @elsewhere:  others, only for where their databases are; NULL: none
 *
 * Errors: HS_EINVAL.
 */
int gw_table_make(const char *dir, const struct json_t *files,
    const struct json_t *elsewhere, struct gw_table **ret_table,
    struct hs_err *err);

/**
 * Put a freshly read table in the place of the old one: entries that mean the
 * same stay, with their sessions; the rest of the old ones is marked removed.
 *
 * @old:  freed; NULL is fine
 */
void gw_table_replace(struct gw_table *fresh, struct gw_table *old);
void gw_table_free(struct gw_table *table);

/**
 * Whether a route accepts a certificate.
 *
 * @digest:  its SHA-256, hexadecimal
 */
bool gw_route_accepts(const struct gw_route *route, const char *digest);

/** Whether its sessions share backends. */
bool gw_route_is_pooled(const struct gw_route *route);

/** The entry of a user, or NULL. */
struct gw_entry *gw_table_find(const struct gw_table *table, const char *user);

struct gw_entry *gw_entry_ref(struct gw_entry *entry);

/** A session more, or (-1) less. @now_ms: of the worker's loop */
void gw_entry_seat(struct gw_entry *entry, int more, uint64_t now_ms);
/** How long sessions have been there, all together, in milliseconds. */
uint64_t gw_entry_connected(const struct gw_entry *entry, uint64_t now_ms);
void gw_ve_unref(struct gw_ve *ve);
void gw_entry_unref(struct gw_entry *entry);

/**
 * Where the start-up's database is for this entry.
 *
 * @database:  NULL if the client named none
 *
 * Returns 0, or -1 if it is not there for this user.
 */
int gw_table_target(const struct gw_table *table, const struct gw_entry *entry,
    const char *database, struct gw_target *ret_target);
struct gw_target gw_target_copy(const struct gw_target *target);
void gw_target_done(struct gw_target *target);

HS_FREEP(gw_table_freep, struct gw_table *, gw_table_free)

#endif
