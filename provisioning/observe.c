/* observe.c - what exists: the parts put together. */

#include "provisioning/observe.h"

#include <string.h>

#include "base/err.h"

typedef int observer(struct observation *o, struct hs_err *err);

static observer *const observers[] = {
	observe_hosts,
	observe_files,
	observe_directory,
	observe_databases,
	observe_portals,
};

void observe_assume(struct observation *o, enum object_kind kind,
    const char *name, const char *reason)
{
	const struct object *w = objects_find(o->wanted, kind, name);

	(void)json_array_append_new(o->unknown,
	    json_pack("{s:s, s:s, s:s}", "kind", object_kind_name(kind), "name",
		name, "reason", reason));
	if (w != NULL)
		(void)objects_add(&o->found, kind, w->name, w->ve,
		    w->enterprise, json_incref(w->attrs),
		    json_incref(w->params));
}

int observe_objects(struct plat *plat, const struct objects *wanted,
    struct objects *ret_objects, json_t **ret_unknown, struct hs_err *err)
{
	struct observation o = {
		.plat = plat,
		.wanted = wanted,
		.unknown = json_array(),
	};

	for (size_t i = 0; i < ARRAY_LEN(observers); i++)
		if (observers[i](&o, err) < 0) {
			objects_done(&o.found);
			json_decref(o.unknown);
			return hs_wrap(err, "look at what is there");
		}
	objects_sort(&o.found);
	*ret_objects = o.found;
	if (ret_unknown != NULL)
		*ret_unknown = o.unknown;
	else
		json_decref(o.unknown);
	return 0;
}
