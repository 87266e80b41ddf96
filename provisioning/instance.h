/* instance.h - what is decided of a member beyond its spec: which instance of
 * its domain it should have, which credentials, and whether it serves.
 *
 * What cannot be changed in a domain while it serves is changed by putting a
 * new instance beside it. The first one is called VE.ENTERPRISE, the Nth
 * VE.ENTERPRISE.N; a label begins with a letter, so no name means two things.
 * Database domains have one instance each, for their data are one.
 */
#ifndef HANSE_PROVISIONING_INSTANCE_H
#define HANSE_PROVISIONING_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct hs_db;
struct hs_err;
struct plat;

/** A row of the control database. */
struct instance {
	char *owner; /* "VE.ENTERPRISE", "db.shared" */
	unsigned generation;
	unsigned credential; /* certificate and password of that number */
	bool suspended;
	char *image, *kernel, *initrd; /* NULL: none taken yet */
};

struct instances {
	struct instance *list;
	size_t count;
};

/** The name of an owner's Nth domain, and back; owned by the caller. */
char *instance_name(const char *owner, unsigned generation);
char *instance_owner(const char *name);

/** Where the Nth password of a portal is, below state; owned by the caller. */
char *instance_password(
    const char *ve, const char *enterprise, unsigned number);

int instance_list(
    struct hs_db *store, struct instances *ret_list, struct hs_err *err);
void instances_done(struct instances *list);
/** The row of an owner; one of generation 1 that has nothing if none is. */
const struct instance *instance_find(
    const struct instances *list, const char *owner);

/** The next instance is wanted from now on. */
int instance_raise(struct hs_db *store, const char *owner, struct hs_err *err);

/** The next certificate and password are wanted from now on. */
int instance_rotate(struct hs_db *store, const char *owner, struct hs_err *err);

/** It does not serve from now on, or does again. */
int instance_suspend(
    struct hs_db *store, const char *owner, bool suspended, struct hs_err *err);

/** Remember what it is made of; NULL leaves what is there. */
int instance_pin(
    struct hs_db *store, const struct instance *row, struct hs_err *err);

/**
 * Let a VE's members take the newest images when they are looked at next.
 * Database domains do not: they would stop for it.
 */
int instance_unpin(struct hs_db *store, const char *ve, struct hs_err *err);
/** Let one owner do so. */
int instance_unpin_one(
    struct hs_db *store, const char *owner, struct hs_err *err);

/**
 * Whether something of a domain may still be there, whatever the host says:
 * its files go last. Its numbers are nobody else's until then.
 */
bool instance_is_left(const struct plat *plat, const char *name);

#endif
