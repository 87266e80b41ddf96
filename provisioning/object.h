/* object.h - everything hanse manages, in one shape.
 *
 * Wanted and observed things are lists of objects; a plan is the difference.
 */
#ifndef HANSE_PROVISIONING_OBJECT_H
#define HANSE_PROVISIONING_OBJECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

/** Kinds, in the order in which they are made; removed the other way round. */
enum object_kind {
	OBJ_IMAGE, /* a file that domains begin from */
	OBJ_NETWORK,
	OBJ_VOLUME,
	OBJ_CREDENTIAL,
	OBJ_VE,         /* directory */
	OBJ_ENTERPRISE, /* directory */
	OBJ_SERVICE,    /* directory: the portal's account */
	OBJ_PERSON,     /* directory */
	OBJ_DB_DOMAIN,
	OBJ_SERVERS, /* the gateway's list of database domains */
	OBJ_DATABASE,
	OBJ_ROLE,
	OBJ_MEMBERS,
	OBJ_ROUTE, /* of a VE in the gateway */
	OBJ_DOMAIN,
	OBJ_EDGE,
	OBJ_PORTAL, /* it answers */
	/* Of an enterprise that has left. Never wanted, and the first to be
	 * removed: nothing else goes before its archive is made. */
	OBJ_DOCUMENTS,
};
#define OBJECT_KIND_COUNT (OBJ_DOCUMENTS + 1)

/** One thing. */
struct object {
	enum object_kind kind;
	char *name;
	char *ve;         /* NULL: the platform's */
	char *enterprise; /* NULL: the VE's or the platform's */
	json_t *attrs;    /* what hanse owns of it and compares */
	json_t *params;   /* what making it needs beyond that; not compared */
};

struct objects {
	struct object *list;
	size_t count;
	size_t size; /* there is room for so many */
};

const char *object_kind_name(enum object_kind kind);
bool object_kind_find(const char *name, enum object_kind *ret_kind);

/**
 * Add an object; name, ve and enterprise are copied, attrs and params taken.
 * The pointer is good until the next call.
 */
struct object *objects_add(struct objects *objects, enum object_kind kind,
    const char *name, const char *ve, const char *enterprise, json_t *attrs,
    json_t *params);

/** Keep those of the platform and of one VE. */
void objects_keep(struct objects *objects, const char *ve);

/** By kind, then name. */
void objects_sort(struct objects *objects);

/** The object of that identity in a sorted list, or NULL. */
const struct object *objects_find(
    const struct objects *objects, enum object_kind kind, const char *name);

void objects_done(struct objects *objects);

/** Whether it is of that kind and that enterprise's. */
bool object_is_member(const struct object *object, enum object_kind kind,
    const char *ve, const char *enterprise);

/** The text of a key of params, then attrs; "" if neither has it. */
const char *object_text(const struct object *object, const char *key);
json_int_t object_number(const struct object *object, const char *key);

#endif
