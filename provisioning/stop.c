/* stop.c - hanse stop: every domain and network, no data touched. */

#include <string.h>

#include "base/err.h"
#include "provisioning/manager.h"
#include "provisioning/query.h"

static int stop_domain(
    struct plat *plat, const struct object *o, struct hs_err *err)
{
	enum hv_driver driver;
	struct hv_conn *hv;

	if (!hv_driver_find(object_text(o, "driver"), &driver))
		return 0;
	if (plat_hv(plat, driver, &hv, err) < 0 ||
	    hv_domain_shutdown(hv, o->name, 20000, err) < 0)
		return -1;
	return hv_mounts_remove(o->name, err);
}

static int stop_network(
    struct plat *plat, const struct object *o, struct hs_err *err)
{
	struct hv_conn *hv;

	if (plat_hv(plat, HV_LXC, &hv, err) < 0)
		return -1;
	return hv_network_destroy(hv, o->name, err);
}

/* In the reverse order of creation: portals, then databases, then networks.
 * Only the hosts are asked: the directory may be what is down. */
int stop_all(struct plat *plat, const json_t *args, struct hs_err *err)
{
	hs_auto(objects_done) struct objects found = { 0 };

	(void)args;
	if (query_hosts(plat, &found, err) < 0)
		return -1;
	for (size_t i = found.count; i-- > 0;) {
		const struct object *o = &found.list[i];
		int failed = 0;

		if (strcmp(object_text(o, "state"), "running") != 0 &&
		    strcmp(object_text(o, "state"), "paused") != 0)
			continue;
		if (o->kind == OBJ_DOMAIN || o->kind == OBJ_DB_DOMAIN)
			failed = stop_domain(plat, o, err);
		else if (o->kind == OBJ_NETWORK)
			failed = stop_network(plat, o, err);
		if (failed < 0)
			return hs_wrap(err, "stop '%s'", o->name);
	}
	return 0;
}
