/* step_domain.c - domains: configuration, mounts, definition, start. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "provisioning/change.h"
#include "provisioning/disk.h"
#include "provisioning/edge.h"
#include "provisioning/host.h"
#include "provisioning/instance.h"
#include "provisioning/mark.h"
#include "provisioning/member.h"
#include "provisioning/step_host.h"

#define STOP_MS 15000

static const char *const record_fields[] = { "image", "kernel", "initrd",
	"title", "legal_name", "max_connections", "threads" };

static int driver_of(
    const struct object *object, enum hv_driver *ret_driver, struct hs_err *err)
{
	if (hv_driver_find(object_text(object, "driver"), ret_driver))
		return 0;
	return hs_fail(
	    err, HS_EINVAL, "domain '%s' has no known driver", object->name);
}

/* What it starts from, for the next plan to compare. Written before it starts:
 * one that runs has its record. */
static int record_write(
    struct plat *plat, const struct object *w, struct hs_err *err)
{
	hs_auto(hs_freep) char *path =
	    plat_path(plat, "domains/%s/record.json", w->name);
	hs_auto(hs_freep) char *text = NULL;
	json_t *record = json_object();

	for (size_t i = 0; i < ARRAY_LEN(record_fields); i++) {
		json_t *value = json_object_get(w->attrs, record_fields[i]);

		if (value != NULL)
			(void)json_object_set(record, record_fields[i], value);
	}
	text = json_dumps(record, JSON_COMPACT);
	json_decref(record);
	return hs_file_write(path, text, strlen(text), 0644, err);
}

static int define(struct plat *plat, const struct object *w,
    enum hv_driver driver, struct hv_conn *hv, struct hs_err *err)
{
	hs_auto(step_mounts_done) struct step_mounts mounts = { 0 };
	hs_auto(hs_freep) char *config_dir = NULL;
	hs_auto(hs_freep) char *config_disk = NULL;
	hs_auto(hs_freep) char *log = hs_printf(
	    "/var/log/libvirt/%s/%s.console", hv_caps(driver)->name, w->name);
	hs_auto(hs_freep) char *volume =
	    plat_path(plat, "volumes/%s.raw", w->name);
	hs_auto(hs_freep) char *files = NULL;
	hs_auto(hs_freep) char *xml = NULL;
	char uuid[HV_UUID_SIZE], bridge[HV_NAME_SIZE];
	bool is_db = w->kind == OBJ_DB_DOMAIN;
	enum dom_driver template = DOM_LXC;
	struct dom_params p = {
		.name = w->name,
		.uuid = object_text(w, "uuid"),
		.kind = object_text(w, "template"),
		.ve = w->ve,
		.enterprise = w->enterprise,
		.generation = (uint64_t)object_number(w, "generation"),
		.memory_kib = (uint64_t)object_number(w, "memory_mib") * 1024,
		.vcpus = (unsigned)object_number(w, "vcpus"),
		.network = object_text(w, "network"),
		.ifname = object_text(w, "ifname"),
		.mac = object_text(w, "mac"),
		.address = object_text(w, "address"),
		.prefix = 24,
		.gateway = object_text(w, "gateway"),
		.route = is_db ? NULL : plat->conf->platform_address,
		.filter = object_text(w, "filter"),
		.calls = object_text(w, "calls"),
		.peers = object_text(w, "peers")[0] != '\0'
			     ? object_text(w, "peers")
			     : NULL,
	};

	if (!is_db) {
		hv_uuid5("ve", w->ve, uuid);
		hv_bridge(uuid, bridge);
	}
	p.bridge = is_db ? p.network : bridge;
	if (step_config_write(plat, w, &config_dir, &config_disk, err) < 0 ||
	    step_host_put(plat, w, driver, &mounts, err) < 0)
		return -1;
	if (driver == HV_LXC) {
		p.root_dir = mounts.root;
		p.config_dir = config_dir;
		p.data_dir = mounts.data;
		p.idmap_base = (uint32_t)object_number(w, "idmap_base");
	} else {
		p.accel = object_text(w, "accel");
		p.kernel = object_text(w, "kernel");
		p.initrd = object_text(w, "initrd");
		p.image = object_text(w, "image");
		p.config_disk = config_disk;
		p.data_disk = is_db ? volume : NULL;
		p.console_log = log;
	}
	if (!dom_driver_find(hv_caps(driver)->name, &template) ||
	    dom_template_domain(template, &p, &xml, err) < 0)
		return hs_wrap(err, "describe domain '%s'", w->name);
	if (hv_domain_define(hv, xml, err) < 0)
		return -1;
	files = mark_folder(config_dir);
	return mark_defined(plat, hv, w,
	    json_pack("{s:s?, s:o*}", "files", files, "memory_mib",
		is_db ? json_integer(object_number(w, "memory_mib")) : NULL),
	    err);
}

/* Whatever is there under that name stops; a domain begins from its files. */
static int stop(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	enum hv_driver driver;

	if (driver_of(object, &driver, err) < 0)
		return -1;
	return step_host_stop(plat, object, driver, STOP_MS, err);
}

/* Its files here are those of the domain that has its name, on any host. */
static int remove_files(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_freep) char *home =
	    plat_path(plat, "domains/%s", object->name);
	hs_auto(hs_freep) char *config = hs_printf("%s/config", home);
	hs_auto(hs_freep) char *disk = hs_printf("%s/config.squashfs", home);
	hs_auto(hs_freep) char *record = hs_printf("%s/record.json", home);
	const char *const argv[] = { "rm", "-rf", "--", config, disk, record,
		NULL };

	if (strchr(object->name, '@') != NULL)
		return 0;
	if (plat_run(argv, err) < 0)
		return -1;
	(void)rmdir(home);
	return 0;
}

/* No request comes to it any more, by whichever way. */
static int leave_edge(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_freep) char *edge = NULL;

	if (object->kind != OBJ_DOMAIN)
		return 0;
	if (edge_drain(plat, err) < 0)
		return -1;
	if (object->ve == NULL || object->enterprise == NULL)
		return 0;
	edge = hs_printf("%s.%s", object->ve, object->enterprise);
	return edge_forget_relay(plat, edge, err);
}

static int domain_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_freep) char *name = object_bare(object);
	enum hv_driver driver;
	struct hv_conn *hv;

	if (leave_edge(plat, object, err) < 0 || stop(plat, object, err) < 0 ||
	    driver_of(object, &driver, err) < 0 ||
	    plat_hv(plat, object_host(object), driver, &hv, err) < 0 ||
	    hv_domain_undefine(hv, name, err) < 0 ||
	    step_host_forget(plat, object, err) < 0)
		return -1;
	return remove_files(plat, object, err);
}

static bool differs(const struct plan_change *change, const char *field)
{
	return strcmp(object_text(change->actual, field),
		   object_text(change->wanted, field)) != 0;
}

/* To another host or hypervisor: away there, then anew here. */
static bool moves(const struct plan_change *change)
{
	return change->actual != NULL &&
	       (differs(change, "driver") || differs(change, "host"));
}

/* -- What can be mended while it runs -------------------------------------- */

/* Back on its bridge, if somebody took it off. */
static int domain_plug(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	hs_auto(hv_object_done) struct hv_object network = { 0 };
	enum hv_driver driver;
	struct hv_conn *hv;

	if (!change_keeps_running(change) ||
	    strcmp(object_text(change->actual, "link"), "up") == 0)
		return 0;
	if (driver_of(w, &driver, err) < 0 ||
	    plat_hv(plat, object_host(w), driver, &hv, err) < 0 ||
	    hv_find(hv, HV_NETWORK, object_text(w, "network"), &network, err) <
		0)
		return -1;
	return step_host_plug(
	    plat, w, object_text(w, "ifname"), network.bridge, err);
}

/* What the running domain has becomes what is wanted; its definition says so
 * already. */
static int resize(struct plat *plat, struct hv_conn *hv,
    const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted, *a = change->actual;
	json_int_t memory_mib = object_number(w, "memory_mib");
	json_int_t vcpus = object_number(w, "vcpus");

	if (memory_mib != object_number(a, "memory_mib") &&
	    hv_domain_set_memory(
		hv, w->name, (uint64_t)memory_mib * 1024, err) < 0)
		return -1;
	if (vcpus != object_number(a, "vcpus") &&
	    hv_domain_set_vcpus(hv, w->name, (unsigned)vcpus, err) < 0)
		return -1;
	if (object_number(w, "disk_gib") != object_number(a, "disk_gib"))
		return disk_fit_live(plat, w, err);
	return 0;
}

static int domain_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	enum hv_driver driver;
	struct hv_conn *hv;
	bool is_db = w->kind == OBJ_DB_DOMAIN;
	bool keeps;

	/* Nothing is stopped for what cannot be. */
	if (is_db && disk_is_ready(plat, w, err) < 0)
		return -1;
	if (moves(change) && domain_remove(plat, change->actual, err) < 0)
		return -1;
	if (driver_of(w, &driver, err) < 0 ||
	    plat_hv(plat, object_host(w), driver, &hv, err) < 0)
		return -1;
	keeps = change->actual != NULL && !moves(change) &&
		change_keeps_running(change);
	if (change->actual != NULL && !moves(change) && !keeps &&
	    stop(plat, change->actual, err) < 0)
		return -1;
	if (is_db && !keeps && disk_fit(plat, w, err) < 0)
		return -1;
	if (define(plat, w, driver, hv, err) < 0 ||
	    (keeps && resize(plat, hv, change, err) < 0) ||
	    domain_plug(plat, change, err) < 0 ||
	    record_write(plat, w, err) < 0)
		return -1;
	return step_host_start(plat, w, driver, err);
}

/* What has been started is confined only then. */
static int domain_finish(
    struct plat *plat, const struct object *wanted, struct hs_err *err)
{
	enum hv_driver driver;

	if (driver_of(wanted, &driver, err) < 0)
		return -1;
	return step_host_start(plat, wanted, driver, err);
}

/* Its archives can only be made while it is there. */
static int db_domain_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_freep) char *server = instance_owner(object->name);

	if (step_server_is_empty(plat, server, err) < 0 ||
	    domain_remove(plat, object, err) < 0)
		return -1;
	/* The next one of that name begins with the memory it needs. */
	return mark_put(plat, object->kind, object->name, json_object(), err);
}

/* It is worth waiting for again. */
static int db_domain_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	hs_auto(hs_freep) char *server = instance_owner(change->wanted->name);

	if (domain_make(plat, change, err) < 0)
		return -1;
	plat_server_expect(plat, server);
	/* We have taken it down; another may be next. */
	if (change->actual != NULL && !change_keeps_running(change) &&
	    strcmp(object_text(change->actual, "state"), "running") == 0 &&
	    member_await(plat, change->wanted, err) < 0)
		return -1;
	return 0;
}

const struct step_ops step_db_domain = {
	.make = db_domain_make,
	.finish = domain_finish,
	.remove = db_domain_remove,
	.can_go_back = true,
};

const struct step_ops step_domain = {
	.make = domain_make,
	.finish = domain_finish,
	.remove = domain_remove,
	.can_go_back = true,
};
