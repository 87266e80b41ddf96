/* step_network.c - networks and volumes. */

#include <string.h>

#include "base/err.h"
#include "dom-templates/dom_template.h"
#include "provisioning/host.h"
#include "provisioning/instance.h"
#include "provisioning/mark.h"
#include "provisioning/step.h"

#define GIB (1024ULL * 1024 * 1024)

/* The libvirt of the host that an object is on. */
static int open_host(struct plat *plat, const struct object *object,
    struct hv_conn **ret_hv, struct hs_err *err)
{
	struct host *host;

	if (host_find(plat, object_host(object), &host, err) < 0)
		return -1;
	return plat_hv(plat, host->name, host_driver(host), ret_hv, err);
}

/* libvirt takes a network whose bridge has been deleted for active still. */
static int network_clear(
    struct hv_conn *hv, const struct plan_change *change, struct hs_err *err)
{
	hs_auto(hs_freep) char *bare = object_bare(change->wanted);

	if (change->actual == NULL ||
	    strcmp(object_text(change->actual, "link"), "up") == 0)
		return 0;
	return hv_network_destroy(hv, bare, err);
}

static int network_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	hs_auto(hs_freep) char *name = object_bare(w);
	char uuid[HV_UUID_SIZE], mac[HV_NAME_SIZE];
	const struct dom_network_params params = {
		.name = name,
		.uuid = uuid,
		.ve = w->ve,
		.generation = 1,
		.bridge = object_text(w, "bridge"),
		.mac = mac,
		.address = object_text(w, "address"),
		.prefix = (unsigned)object_number(w, "prefix"),
	};
	hs_auto(hs_freep) char *xml = NULL;
	struct hv_conn *hv;

	hv_uuid5("network", name, uuid);
	hv_mac(uuid, mac);
	if (dom_template_network(&params, &xml, err) < 0 ||
	    open_host(plat, w, &hv, err) < 0 ||
	    network_clear(hv, change, err) < 0 ||
	    hv_network_define(hv, xml, err) < 0 ||
	    mark_defined(plat, hv, w, NULL, err) < 0)
		return -1;
	return hv_network_start(hv, name, err);
}

static int network_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_freep) char *name = object_bare(object);
	struct hv_conn *hv;

	if (open_host(plat, object, &hv, err) < 0 ||
	    hv_network_destroy(hv, name, err) < 0)
		return -1;
	return hv_network_undefine(hv, name, err);
}

const struct step_ops step_network = {
	.make = network_make,
	.remove = network_remove,
	.can_go_back = true,
};

/* Then its volume had data. Were an empty one made in its place, the loss would
 * be noticed at the next restart. */
static bool has_domain(struct plat *plat, const char *name)
{
	static const enum hv_driver drivers[] = { HV_LXC, HV_QEMU };

	for (size_t i = 0; i < ARRAY_LEN(drivers); i++) {
		enum hv_state state;
		struct hv_conn *hv;

		if (plat_hv(plat, HOST_LOCAL, drivers[i], &hv, NULL) == 0 &&
		    hv_domain_state(hv, name, &state, NULL) == 0)
			return true;
	}
	return false;
}

/* How large we make it: first, so that a file of that size is known for ours
 * (see disk.h). */
static int volume_mark(
    struct plat *plat, const struct object *w, struct hs_err *err)
{
	return mark_put(plat, OBJ_VOLUME, w->name,
	    json_pack("{s:I}", "size_gib", object_number(w, "size_gib")), err);
}

/* The file alone: what is in it follows with its domain. */
static int volume_grow(struct plat *plat, const struct object *w,
    const char *path, struct hs_err *err)
{
	if (volume_mark(plat, w, err) < 0)
		return -1;
	return hv_volume_grow(
	    path, (uint64_t)object_number(w, "size_gib") * GIB, err);
}

static int volume_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	hs_auto(hs_freep) char *dir = plat_path(plat, "volumes");
	hs_auto(hs_freep) char *path = hs_printf("%s/%s.raw", dir, w->name);
	char uuid[HV_UUID_SIZE];

	if (hv_volume_exists(path))
		return change->action == PLAN_UPDATE
			   ? volume_grow(plat, w, path, err)
			   : 0;
	if (has_domain(plat, w->name))
		return hs_fail(err, HS_ECONFLICT,
		    "volume '%s' is gone and its domain is not: put the file "
		    "back at %s from a backup, or undefine the domain for an "
		    "empty one",
		    w->name, path);
	if (volume_mark(plat, w, err) < 0)
		return -1;
	hv_uuid5("volume", w->name, uuid);
	return hv_volume_create(
	    path, (uint64_t)object_number(w, "size_gib") * GIB, uuid, err);
}

static int volume_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_freep) char *path =
	    plat_path(plat, "volumes/%s.raw", object->name);
	hs_auto(hs_freep) char *server = instance_owner(object->name);

	if (!hv_volume_exists(path))
		return 0;
	if (step_server_is_empty(plat, server, err) < 0)
		return -1;
	return hv_volume_delete(path, err);
}

const struct step_ops step_volume = {
	.make = volume_make,
	.remove = volume_remove,
};
