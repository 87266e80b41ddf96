/* stop.c - hanse stop: every domain and network, no data touched. */

#include <string.h>

#include "base/err.h"
#include "provisioning/host.h"
#include "provisioning/inventory.h"
#include "provisioning/manager.h"
#include "provisioning/observe.h"
#include "provisioning/step_host.h"

#define STOP_MS 20000

static int stop_domain(
    struct plat *plat, const struct object *o, struct hs_err *err)
{
	enum hv_driver driver;

	if (!hv_driver_find(object_text(o, "driver"), &driver))
		return 0;
	return step_host_stop(plat, o, driver, STOP_MS, err);
}

static int stop_network(
    struct plat *plat, const struct object *o, struct hs_err *err)
{
	hs_auto(hs_freep) char *name = object_bare(o);
	struct host *host;
	struct hv_conn *hv;

	if (host_find(plat, object_host(o), &host, err) < 0 ||
	    plat_hv(plat, host->name, host_driver(host), &hv, err) < 0)
		return -1;
	return hv_network_destroy(hv, name, err);
}

static int look(
    struct plat *plat, struct objects *ret_found, struct hs_err *err)
{
	const struct objects none = { 0 };
	struct observation o = { .plat = plat, .wanted = &none };

	if (observe_hosts(&o, err) < 0) {
		objects_done(&o.found);
		return -1;
	}
	objects_sort(&o.found);
	*ret_found = o.found;
	return 0;
}

/* In the reverse order of creation: portals, then databases, then networks.
 * Only the hosts are asked: the directory may be what is down. */
int stop_all(struct plat *plat, const json_t *args, struct hs_err *err)
{
	hs_auto(objects_done) struct objects found = { 0 };

	(void)args;
	if (look(plat, &found, err) < 0)
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
		inventory_expire();
		if (failed < 0)
			return hs_wrap(err, "stop '%s'", o->name);
	}
	return 0;
}
