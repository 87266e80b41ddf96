/* observe_hosts.c - filters, networks and domains, as libvirt has them. */

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/ca.h"
#include "provisioning/digest.h"
#include "provisioning/observe.h"

#define RECORD_MAX     65536
#define RENEW_BEFORE_S (30 * 24 * 3600L)

static void add_filters(struct observation *o, const struct hv_objects *list)
{
	for (size_t i = 0; i < list->count; i++)
		(void)objects_add(&o->found, OBJ_FILTER, list->list[i].name,
		    NULL, NULL, NULL, NULL);
}

static void add_networks(struct observation *o, const struct hv_objects *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct hv_object *n = &list->list[i];

		(void)objects_add(&o->found, OBJ_NETWORK, n->name, n->ve, NULL,
		    json_pack("{s:s?, s:s?, s:i, s:s}", "bridge", n->bridge,
			"address", n->host_address, "prefix", (int)n->prefix,
			"state", hv_state_name(n->state)),
		    NULL);
	}
}

/* What a domain was last started from: written by its step. */
static json_t *record_of(const struct plat *plat, const char *name)
{
	hs_auto(hs_freep) char *path =
	    plat_path(plat, "domains/%s/record.json", name);
	hs_auto(hs_freep) char *text = NULL;
	json_t *record = NULL;

	if (hs_file_read(path, RECORD_MAX, &text, NULL, NULL) == 0)
		record = json_loads(text, 0, NULL);
	if (json_is_object(record))
		return record;
	json_decref(record);
	return json_object();
}

static bool are_same(const char *a, const char *b)
{
	hs_auto(hs_freep) char *x = digest_file(a);
	hs_auto(hs_freep) char *y = digest_file(b);

	return x != NULL && y != NULL && strcmp(x, y) == 0;
}

const char *observe_certificate(
    const struct plat *plat, const char *owner, const char *name, bool is_db)
{
	hs_auto(hs_freep) char *dir = plat_path(plat, "ca");
	hs_auto(hs_freep) char *ca = plat_path(plat, "ca/ca.crt");
	hs_auto(hs_freep) char *own = plat_path(plat, "ca/%s.crt", owner);
	hs_auto(hs_freep) char *ca_copy =
	    plat_path(plat, "domains/%s/config/ca.crt", name);
	hs_auto(hs_freep) char *copy = plat_path(plat,
	    "domains/%s/config/%s.crt", name, is_db ? "server" : "client");

	return are_same(ca, ca_copy) && are_same(own, copy) &&
		       ca_is_good(dir, owner, RENEW_BEFORE_S)
		   ? "current"
		   : "stale";
}

static enum object_kind kind_of(const struct hv_object *d)
{
	return d->role != NULL && strcmp(d->role, "db") == 0 ? OBJ_DB_DOMAIN
							     : OBJ_DOMAIN;
}

static char *owner_of(const struct hv_object *d)
{
	return d->ve != NULL && d->enterprise != NULL
		   ? hs_printf("%s.%s", d->ve, d->enterprise)
		   : hs_strdup(d->name);
}

static void add_domain(
    struct observation *o, const struct hv_object *d, enum hv_driver driver)
{
	hs_auto(hs_freep) char *owner = owner_of(d);
	json_t *attrs;

	if (!observe_is_asked(o, d->ve))
		return;
	/* Nothing is restarted because a host does not say. */
	if (d->state == HV_UNKNOWN &&
	    objects_find(o->wanted, kind_of(d), d->name) != NULL) {
		observe_assume(o, kind_of(d), d->name,
		    "the hypervisor does not say whether it runs");
		return;
	}
	attrs = record_of(o->plat, d->name);
	(void)json_object_set_new(attrs, "certificate",
	    json_string(observe_certificate(
		o->plat, owner, d->name, kind_of(d) == OBJ_DB_DOMAIN)));
	(void)json_object_update_new(attrs,
	    json_pack("{s:s?, s:s, s:s, s:i, s:i, s:s?, s:s?, s:s?, s:s?}",
		"template", d->role, "driver", hv_caps(driver)->name, "state",
		hv_state_name(d->state), "vcpus", (int)d->vcpus, "memory_mib",
		(int)(d->memory_kib / 1024), "network", d->network, "address",
		d->address, "mac", d->mac, "filter", d->filter));
	(void)objects_add(
	    &o->found, kind_of(d), d->name, d->ve, d->enterprise, attrs, NULL);
}

static int add_domains(
    struct observation *o, enum hv_driver driver, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects list = { 0 };
	struct hv_conn *hv;

	if (plat_hv(o->plat, driver, &hv, err) < 0 ||
	    hv_list(hv, HV_DOMAIN, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.count; i++)
		add_domain(o, &list.list[i], driver);
	return 0;
}

int observe_hosts(struct observation *o, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects filters = { 0 };
	hs_auto(hv_objects_done) struct hv_objects networks = { 0 };
	struct hv_conn *hv;

	if (plat_hv(o->plat, HV_LXC, &hv, err) < 0 ||
	    hv_list(hv, HV_FILTER, &filters, err) < 0 ||
	    hv_list(hv, HV_NETWORK, &networks, err) < 0)
		return -1;
	add_filters(o, &filters);
	add_networks(o, &networks);
	if (add_domains(o, HV_LXC, err) < 0)
		return -1;
	return add_domains(o, HV_QEMU, err);
}
