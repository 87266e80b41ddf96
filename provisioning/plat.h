/* plat.h - the platform as one thread of hansed sees it: its configuration and
 * its own connections to everything that steps and queries touch.
 */
#ifndef HANSE_PROVISIONING_PLAT_H
#define HANSE_PROVISIONING_PLAT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/db.h"
#include "base/mem.h"
#include "hv/hv.h"
#include "tenant-mgr/tenant.h"

struct hosts;
struct hs_conf;
struct hs_err;

/** hansed.yaml, defaults filled in. */
struct plat_conf {
	char *state, *run, *config, *share;
	char *pool;
	char *platform_address;
	char *underlay; /* this host's address between hosts; NULL: alone */
	struct {
		char *listen;
		char *domain;
	} edge;
	struct {
		char *listen; /* "none": not at all */
	} metrics;
	unsigned gateway_port, directory_port;
	struct hv_hosts *hypervisors; /* connections, for all threads */
	time_t started; /* when it was read: at the start of the program */
	struct {
		char *restart, *filters, *others; /* "auto" or "manual" */
	} drift;
	struct {
		unsigned memory_mib; /* 0: what its connections take */
		unsigned disk_gib;
		char *driver;
	} database;
	struct {
		unsigned *keep_days; /* NULL: not said */
	} archive;
	struct {
		char *app, *app_large; /* kinds of statements */
	} refuses;
	struct {
		unsigned every_s;  /* between readings */
		unsigned raw_days; /* how long they are kept one by one */
	} metering;
};

/**
 * Read the configuration.
 *
 * @path:      the file; one that is not there gives the defaults
 * @ret_keep:  owns the values; ended with hs_conf_free(), may become NULL
 */
int plat_conf_load(const char *path, struct hs_conf **ret_keep,
    struct plat_conf *ret_conf, struct hs_err *err);

/** Kinds of statements that the gateway refuses to sessions of enterprises with
 * that template. */
const char *plat_refuses(const struct plat_conf *conf, const char *template);

/** How long archives of who has left are kept; 0: there are none. */
unsigned plat_archive_days(const struct plat_conf *conf);

#define PLAT_SERVER_START_MS 45000
/* In an undo: it holds what mending the server needs. */
#define PLAT_SERVER_UNDO_MS 10000

/** A server of databases that does not answer; see plat_server_wait(). */
struct plat_silent {
	struct plat_silent *next;
	char *server, *why;
	int64_t since_ms, asked_ms;
	bool given_up;
};

/** One thread's view. */
struct plat {
	const struct plat_conf *conf;
	struct hs_db *store;
	struct tenant *tenant;
	struct hs_db *server; /* of databases; see plat_server() */
	char *server_name;
	char *asked; /* the server a statement was last meant for */
	struct plat_silent *silent;
	int64_t server_wait_ms; /* how long a silent one is waited for */
	struct hosts *hosts;    /* with their connections; see host.h */
	bool edge_changed;      /* nginx must read its files again */
	/* Of a job: what waits for something gives up when one is true. */
	const atomic_bool *stop, *cancel;
};

void plat_init(struct plat *plat, const struct plat_conf *conf);
void plat_done(struct plat *plat);

/** Whether nobody waits for this any more. Errors: HS_ECONFLICT. */
int plat_gives_up(const struct plat *plat, struct hs_err *err);

/** The connection of that kind, opened at the first call and again when dead.
 */
int plat_store(struct plat *plat, struct hs_db **ret_store, struct hs_err *err);
int plat_tenant(
    struct plat *plat, struct tenant **ret_tenant, struct hs_err *err);
/** The libvirt of a host. Errors: HS_ENOTFOUND (no such host), HS_EREMOTE. */
int plat_hv(struct plat *plat, const char *host, enum hv_driver driver,
    struct hv_conn **ret_hv, struct hs_err *err);

/**
 * A new connection through the gateway, as the provisioner. Its statements
 * take as long as they take, while the server answers others.
 *
 * @database:  "ve_VE@SERVER", or "postgres@SERVER" for its maintenance one
 */
int plat_database(struct plat *plat, const char *database,
    struct hs_db **ret_db, struct hs_err *err);

/**
 * The same, or one that was left open by who returned it: for statements that
 * look, or take back what they set. It ends with plat_database_return().
 */
int plat_database_borrow(struct plat *plat, const char *database,
    struct hs_db **ret_db, struct hs_err *err);
void plat_database_return(
    const struct plat *plat, const char *database, struct hs_db *db);

/** End those that wait to be borrowed, to a server or (NULL) to all. */
void plat_database_forget(const char *server);

/** The connection has answered, and is now used for this. */
void plat_server_use(struct plat *plat, const char *server, struct hs_db *db);

/**
 * The connection to a server's maintenance database, lent, and kept for the
 * next call that names the same server. Errors: as plat_database().
 */
int plat_server(struct plat *plat, const char *server, struct hs_db **ret_db,
    struct hs_err *err);

/**
 * Wait a moment before a server is asked again; -1, with what it said last, if
 * it has been waited for long enough. It is given up then: whoever asks again
 * gets one short try, and most get none. An answer, or plat_server_expect(),
 * ends that.
 *
 * Errors: as in @last; HS_ECONFLICT (nobody waits for this any more).
 */
int plat_server_wait(struct plat *plat, const char *server,
    const struct hs_err *last, struct hs_err *err);

/** It has been started: it is worth waiting for. */
void plat_server_expect(struct plat *plat, const char *server);

/** Whether it has been given up. */
bool plat_server_is_silent(const struct plat *plat, const char *server);

/** End the connection and forget who was silent. */
void plat_servers_done(struct plat *plat);

/** Paths and names; owned by the caller. */
char *plat_path(const struct plat *plat, const char *fmt, ...)
    __attribute__((format(printf, 2, 3))); /* below state */
char *plat_edge_name(
    const struct plat *plat, const char *ve, const char *enterprise);
char *plat_url(const struct plat *plat, const char *ve, const char *enterprise);

/** Run a program and wait; its output is in the error if it fails. */
int plat_run(const char *const *argv, struct hs_err *err);

#endif
