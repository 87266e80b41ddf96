/* observe.c - what exists: the parts put together. */

#include "provisioning/observe.h"

#include <string.h>

#include "base/err.h"
#include "provisioning/mark.h"

#define GIB (1024ULL * 1024 * 1024)

typedef int observer(struct observation *o, struct hs_err *err);

static observer *const observers[] = {
	observe_hosts,
	observe_files,
	observe_directory,
	observe_databases,
	observe_portals,
	observe_images,
};

/* Which of them see a kind; some look at what those before them have found. */
#define HOSTS     (1U << 0)
#define FILES     (1U << 1)
#define DIRECTORY (1U << 2)
#define DATABASES (1U << 3)
#define PORTALS   (1U << 4)
#define IMAGES    (1U << 5)

/* clang-format off */
static const unsigned seen_by[OBJECT_KIND_COUNT] = {
	[OBJ_IMAGE]      = IMAGES,
	[OBJ_NETWORK]    = HOSTS,
	[OBJ_VOLUME]     = FILES,
	[OBJ_CREDENTIAL] = FILES,
	[OBJ_VE]         = DIRECTORY,
	[OBJ_ENTERPRISE] = DIRECTORY,
	[OBJ_SERVICE]    = DIRECTORY,
	[OBJ_PERSON]     = DIRECTORY,
	[OBJ_DB_DOMAIN]  = HOSTS,
	[OBJ_SERVERS]    = FILES,
	[OBJ_DATABASE]   = HOSTS | FILES | DATABASES,
	[OBJ_ROLE]       = HOSTS | FILES | DATABASES,
	[OBJ_MEMBERS]    = HOSTS | FILES | DATABASES,
	[OBJ_ROUTE]      = FILES,
	[OBJ_DOMAIN]     = HOSTS,
	[OBJ_EDGE]       = FILES,
	[OBJ_PORTAL]     = HOSTS | PORTALS,
	[OBJ_DOCUMENTS]  = HOSTS | FILES | DATABASES,
};
/* clang-format on */
static void take_for_there(struct observation *o, const struct object *w)
{
	if (w != NULL)
		(void)objects_add(&o->found, w->kind, w->name, w->ve,
		    w->enterprise, json_incref(w->attrs),
		    json_incref(w->params));
}

void observe_unknown(struct observation *o, enum object_kind kind,
    const char *name, const char *reason)
{
	(void)json_array_append_new(o->unknown,
	    json_pack("{s:s, s:s, s:s}", "kind", object_kind_name(kind), "name",
		name, "reason", reason));
}

void observe_assume(struct observation *o, enum object_kind kind,
    const char *name, const char *reason)
{
	const struct object *w = objects_find(o->wanted, kind, name);

	observe_unknown(o, kind, name, reason);
	take_for_there(o, w);
}

void observe_assume_on(struct observation *o, const struct object *wanted,
    const char *host, const char *reason)
{
	(void)json_array_append_new(o->unknown,
	    json_pack("{s:s, s:s, s:s*, s:s, s:s}", "kind",
		object_kind_name(wanted->kind), "name", wanted->name, "ve",
		wanted->ve, "host", host, "reason", reason));
	take_for_there(o, wanted);
}

json_t *observe_gib(uint64_t bytes)
{
	return bytes % GIB == 0 ? json_integer((json_int_t)(bytes / GIB))
				: json_real((double)bytes / (double)GIB);
}

bool observe_is_asked(const struct observation *o, const char *ve)
{
	return o->ve == NULL || ve == NULL || strcmp(ve, o->ve) == 0;
}

/* The observers of a mask, in their order. */
static int observe(struct observation *o, unsigned mask, struct hs_err *err)
{
	int failed;

	o->marks = mark_list(o->plat, err);
	failed = o->marks == NULL ? -1 : 0;
	for (size_t i = 0; failed == 0 && i < ARRAY_LEN(observers); i++)
		if ((mask & 1U << i) != 0)
			failed = observers[i](o, err);
	json_decref(o->marks);
	o->marks = NULL;
	if (failed < 0) {
		objects_done(&o->found);
		json_decref(o->unknown);
		return hs_wrap(err, "look at what is there");
	}
	objects_sort(&o->found);
	return 0;
}

int observe_objects(struct plat *plat, const char *ve,
    const struct objects *wanted, struct objects *ret_objects,
    json_t **ret_unknown, struct hs_err *err)
{
	struct observation o = {
		.plat = plat,
		.ve = ve,
		.wanted = wanted,
		.unknown = json_array(),
	};

	if (observe(&o, ~0U, err) < 0)
		return -1;
	*ret_objects = o.found;
	if (ret_unknown != NULL)
		*ret_unknown = o.unknown;
	else
		json_decref(o.unknown);
	return 0;
}

/* For a step that is under way, a host that does not answer is a failure: what
 * is unknown must not pass for made. */
int observe_kind(struct plat *plat, enum object_kind kind, const char *ve,
    const struct objects *wanted, struct objects *ret_objects,
    struct hs_err *err)
{
	struct observation o = {
		.plat = plat,
		.ve = ve,
		.wanted = wanted,
	};

	if (observe(&o, seen_by[kind], err) < 0)
		return -1;
	*ret_objects = o.found;
	return 0;
}
