/* step.h - what makes and removes a thing of each kind. */
#ifndef HANSE_PROVISIONING_STEP_H
#define HANSE_PROVISIONING_STEP_H

#include "provisioning/plan.h"
#include "provisioning/plat.h"

struct hs_err;

/** Both are idempotent: what is there already, or gone already, is fine. */
struct step_ops {
	/** Make the thing, or bring it to what is wanted. */
	int (*make)(struct plat *plat, const struct plan_change *change,
	    struct hs_err *err);
	/** The end of make() alone, of a thing that is as wanted but was made
	 * by somebody who may not have come so far; NULL: make() again does
	 * not interrupt it. */
	int (*finish)(
	    struct plat *plat, const struct object *wanted, struct hs_err *err);
	/** Remove it. */
	int (*remove)(
	    struct plat *plat, const struct object *object, struct hs_err *err);
	/** What was changed can be made as it was: growing a disk and a newer
	 * schema cannot. */
	bool can_go_back;
};

const struct step_ops *step_ops_of(enum object_kind kind);

/* One or more a file. */
extern const struct step_ops step_image;
extern const struct step_ops step_network, step_volume;
extern const struct step_ops step_credential;
extern const struct step_ops step_ve, step_enterprise, step_service,
    step_person;
extern const struct step_ops step_domain, step_db_domain;
extern const struct step_ops step_servers, step_route;
extern const struct step_ops step_database, step_role, step_members;
extern const struct step_ops step_documents;
extern const struct step_ops step_edge, step_portal;

/**
 * The provisioner's connection to a database of a server; one that was
 * started a moment ago is waited for.
 */
int step_database_open(struct plat *plat, const char *name, const char *server,
    struct hs_db **ret_db, struct hs_err *err);

/**
 * Whether a server's data may go: no database of a VE is left on it.
 * Errors: HS_ECONFLICT (one is, or that cannot be seen).
 */
int step_server_is_empty(
    struct plat *plat, const char *server, struct hs_err *err);

/** Write the gateway's first file: the provisioner's way in, no servers. */
int step_servers_begin(struct plat *plat, struct hs_err *err);

/**
 * Write the files a domain finds in /etc/hanse.
 *
 * @domain:    OBJ_DOMAIN or OBJ_DB_DOMAIN, with its params
 * @ret_dir:   the folder, for LXC; owned by the caller
 * @ret_disk:  the same as a squashfs, for QEMU; NULL for LXC
 */
int step_config_write(struct plat *plat, const struct object *domain,
    char **ret_dir, char **ret_disk, struct hs_err *err);

/** Where a credential is: that of the platform's authority, or of the one that
 * database domains know each other and the gateway by; owned by the caller. */
char *credential_dir(const struct plat *plat, const char *name);

#define GATEWAY_UID 62901 /* whose its routes and keys are */

/** Make the gateway read its routes and keys again. Errors: HS_EREMOTE,
 * HS_EINVAL. */
int gateway_reload(struct plat *plat, struct hs_err *err);

/** Of a server with such replicas, as in a route; 0: there are none. */
unsigned step_patroni_port(const char *replicas);

#endif
