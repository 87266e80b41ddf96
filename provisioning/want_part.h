/* want_part.h - the parts of want.c; private to them. */
#ifndef HANSE_PROVISIONING_WANT_PART_H
#define HANSE_PROVISIONING_WANT_PART_H

#include "provisioning/instance.h"
#include "provisioning/spec.h"
#include "provisioning/want.h"

#define WANT_DATA_NETWORK "hanse-data"

/** The list in the making. */
struct want {
	struct plat *plat;
	const struct store_ves *ves;
	struct instances instances;
	struct objects objects;
};

/** What a domain needs to be described. */
struct place {
	const char *owner; /* "VE.ENTERPRISE", "db.shared" */
	const char *name;  /* of this instance of it */
	const char *ve, *enterprise;
	const char *template; /* "app-large", "db" */
	const char *driver;
	const char *network;
	const char *hosts; /* allocation kind of its address */
	unsigned subnet;
	unsigned vcpus, memory_mib;
	unsigned connections; /* that a member may have */
};

/**
 * What a driver and an isolation of a spec come to on this host.
 * Errors: HS_EINVAL (ruled out, with the reason).
 */
int want_driver(const struct plat *plat, enum spec_driver driver,
    enum spec_isolation isolation, const char *name, const char **ret_driver,
    struct hs_err *err);

/** Add a domain; params is taken. Errors: HS_ELIMIT, HS_ENOTFOUND. */
int want_domain(struct want *w, enum object_kind kind, const struct place *p,
    json_t *params, struct hs_err *err);

/** Add a certificate; params is taken. */
void want_credential(struct want *w, const char *name, const char *ve,
    const char *enterprise, json_t *params);

/** The database domain of a VE; owned by the caller. */
char *want_server_name(const struct spec *spec);

/** Add every database domain and the gateway's list of them. */
int want_servers(struct want *w, struct hs_err *err);

#endif
