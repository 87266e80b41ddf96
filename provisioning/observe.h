/* observe.h - what exists, in the shape of what is wanted. */
#ifndef HANSE_PROVISIONING_OBSERVE_H
#define HANSE_PROVISIONING_OBSERVE_H

#include <stdint.h>

#include "provisioning/object.h"
#include "provisioning/plat.h"

struct hs_err;

/**
 * List everything of ours that exists: owned and normalised attributes only;
 * sorted.
 *
 * What cannot be seen (a database server that does not answer) is taken to be
 * as wanted, for it is unknown and not gone; @ret_unknown then says what.
 *
 * @ve:           what is costly to see is left out where it is another VE's;
 *                NULL: nothing is
 * @wanted:       sorted
 * @ret_unknown:  JSON array of {"kind","name","reason"}; NULL if not wanted
 */
int observe_objects(struct plat *plat, const char *ve,
    const struct objects *wanted, struct objects *ret_objects,
    json_t **ret_unknown, struct hs_err *err);

/** The same of one kind, as far as its observers see others on the way. */
int observe_kind(struct plat *plat, enum object_kind kind, const char *ve,
    const struct objects *wanted, struct objects *ret_objects,
    struct hs_err *err);

/** The parts, one file each. They add to the list. */
struct observation {
	struct plat *plat;
	const char *ve; /* NULL: all */
	const struct objects *wanted;
	struct objects found;
	json_t *unknown; /* NULL: a host that does not answer is a failure */
	json_t *marks;   /* see mark.h; NULL: edits are not looked for */
	/* Of the host that is looked at; NULL: not looked at yet. */
	char *walls;         /* this one: see hv_walls_read() */
	char *beside;        /* another one: see hv_beside_find() */
	char *beside_silent; /* why it did not say; NULL: it did */
};

int observe_images(struct observation *o, struct hs_err *err);

int observe_hosts(struct observation *o, struct hs_err *err);
int observe_files(struct observation *o, struct hs_err *err);
int observe_directory(struct observation *o, struct hs_err *err);
int observe_databases(struct observation *o, struct hs_err *err);
int observe_portals(struct observation *o, struct hs_err *err);

/**
 * "current", or "stale": a domain has copies of its certificates, and they are
 * not those it should have, or about to expire.
 *
 * @credential:  what they should be copies of, "VE.ENTERPRISE.2"
 * @name:        the domain
 */
const char *observe_certificate(const struct plat *plat, const char *credential,
    const char *name, bool is_db);

/** A number of bytes in GiB; one that is no whole number is nobody's wish. */
json_t *observe_gib(uint64_t bytes);

/** What a domain is among objects: of a database, or of a member. */
enum object_kind observe_domain_kind(const struct hv_object *d);

/** Whether a thing of that VE (NULL: the platform's) is to be looked at. */
bool observe_is_asked(const struct observation *o, const char *ve);

/** Say that something cannot be seen. */
void observe_unknown(struct observation *o, enum object_kind kind,
    const char *name, const char *reason);

/** Take what is wanted of that kind and name to exist. */
void observe_assume(struct observation *o, enum object_kind kind,
    const char *name, const char *reason);

/** The same of something on a host that does not answer. */
void observe_assume_on(struct observation *o, const struct object *wanted,
    const char *host, const char *reason);

#endif
