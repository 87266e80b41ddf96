/* want_part.h - the parts of want.c; private to them. */
#ifndef HANSE_PROVISIONING_WANT_PART_H
#define HANSE_PROVISIONING_WANT_PART_H

#include "provisioning/instance.h"
#include "provisioning/place.h"
#include "provisioning/spec.h"
#include "provisioning/want.h"

#define WANT_DATA_NETWORK "hanse-data"

/* The last part of a domain's address. */
#define WANT_FIRST_HOST 10
#define WANT_LAST_HOST  250

/** The list in the making. */
struct want {
	struct plat *plat;
	const struct store_ves *ves;
	struct instances instances;
	struct objects objects;
	struct place_host *hosts;
	size_t hosts_count;
	struct place_domain *placed;
	size_t placed_count;
	struct hs_rows *made_memory; /* of database domains */
};

/** What a domain needs to be described. */
struct place {
	const char *owner; /* "VE.ENTERPRISE", "db.shared", "db.replicated.1" */
	const char *name;  /* of this instance of it */
	const char *ve, *enterprise;
	const char *template; /* "app-large", "db" */
	const char *server;   /* the database server of its VE */
	const char *host;
	const char *driver;
	bool has_kvm; /* that host */
	const char *network;
	const char *hosts; /* allocation kind of its address */
	const char *peers; /* addresses of domains it reaches; NULL: none */
	unsigned subnet;
	unsigned vcpus, memory_mib;
	unsigned connections; /* that a member may have */
};

/**
 * Learn of the hosts and who is where. The hosts have been asked already: see
 * host_ask_all(). Errors: HS_EREMOTE.
 */
int want_hosts(struct want *w, struct hs_err *err);
void want_hosts_done(struct want *w);

/**
 * Choose host and driver of a member's domain, and write the place down.
 * Errors: HS_EINVAL (a driver the isolation rules out), HS_ECONFLICT (no host
 * can have it; says why).
 */
int want_place(struct want *w, const struct spec_enterprise *e, struct place *p,
    struct hs_err *err);

/** The same for what must be where hansed runs; the driver is given. */
int want_place_local(struct want *w, struct place *p, struct hs_err *err);

/** Whether VE.ENTERPRISE or a database domain is of a stored VE. */
bool want_is_owner(const struct store_ves *ves, const char *owner);

/** Add a domain; params is taken. Errors: HS_ELIMIT, HS_ENOTFOUND. */
int want_domain(struct want *w, enum object_kind kind, const struct place *p,
    json_t *params, struct hs_err *err);

/** Add a certificate; params is taken. */
void want_credential(struct want *w, const char *name, const char *ve,
    const char *enterprise, json_t *params);

/** Add every database domain and the gateway's list of them. */
int want_servers(struct want *w, struct hs_err *err);

#endif
