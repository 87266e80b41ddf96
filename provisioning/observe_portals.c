/* observe_portals.c - whether each portal answers, asked through the edge. */

#include <string.h>

#include "base/err.h"
#include "provisioning/edge.h"
#include "provisioning/observe.h"

/* Whichever of its instances it is that runs. */
static bool is_running(const struct observation *o, const struct object *portal)
{
	for (size_t i = 0; i < o->found.count; i++) {
		const struct object *f = &o->found.list[i];

		if (object_is_member(
			f, OBJ_DOMAIN, portal->ve, portal->enterprise) &&
		    strcmp(object_text(f, "state"), "running") == 0)
			return true;
	}
	return false;
}

/* That of a host that does not answer. */
static bool is_assumed(const struct observation *o, const char *name)
{
	for (size_t i = 0; i < o->found.count; i++)
		if (o->found.list[i].kind == OBJ_PORTAL &&
		    strcmp(o->found.list[i].name, name) == 0)
			return true;
	return false;
}

int observe_portals(struct observation *o, struct hs_err *err)
{
	(void)err;
	for (size_t i = 0; i < o->wanted->count; i++) {
		const struct object *w = &o->wanted->list[i];

		if (w->kind != OBJ_PORTAL || !observe_is_asked(o, w->ve) ||
		    !is_running(o, w) || is_assumed(o, w->name))
			continue;
		(void)objects_add(&o->found, OBJ_PORTAL, w->name, w->ve,
		    w->enterprise,
		    json_pack("{s:b}", "answers",
			edge_portal_answers(
			    o->plat, w->ve, w->enterprise, 1500, NULL) == 0),
		    NULL);
	}
	return 0;
}
