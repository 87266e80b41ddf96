/* list.c - every object of ours on a host. The kinds differ only in which
 * functions of libvirt list, describe and release them.
 */

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "hv/conn.h"
#include "hv/domain.h"
#include "hv/vir.h"

static int list_domains(virConnectPtr vir, void ***ret_list)
{
	return virConnectListAllDomains(vir, (virDomainPtr **)ret_list, 0);
}

static char *describe_domain(void *domain)
{
	return virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
}

/* What only a domain has: why it stands still, or what it runs with. */
static void look_at_domain(void *domain, struct hv_object *object)
{
	hs_auto(hs_freep) char *xml = NULL;
	int on = 0;

	object->state = hv_state_of(domain);
	object->reason = hv_reason_of(domain);
	object->autostart = virDomainGetAutostart(domain, &on) == 0 && on != 0;
	if (object->state != HV_RUNNING && object->state != HV_PAUSED)
		return;
	xml = virDomainGetXMLDesc(domain, 0);
	object->live = hs_alloc(sizeof(*object->live));
	if (xml == NULL || !hv_object_parse(HV_DOMAIN, xml, object->live))
		hs_freep(&object->live);
}

static void *find_domain(virConnectPtr vir, const char *name)
{
	return virDomainLookupByName(vir, name);
}

static void release_domain(void *domain)
{
	(void)virDomainFree(domain);
}

static int list_networks(virConnectPtr vir, void ***ret_list)
{
	return virConnectListAllNetworks(vir, (virNetworkPtr **)ret_list, 0);
}

/* The test driver does not know the flag. */
static char *describe_network(void *network)
{
	char *xml = virNetworkGetXMLDesc(network, VIR_NETWORK_XML_INACTIVE);

	return xml != NULL ? xml : virNetworkGetXMLDesc(network, 0);
}

static void look_at_network(void *network, struct hv_object *object)
{
	int active = virNetworkIsActive(network), on = 0;

	object->state = active == 1   ? HV_RUNNING
			: active == 0 ? HV_STOPPED
				      : HV_UNKNOWN;
	object->autostart =
	    virNetworkGetAutostart(network, &on) == 0 && on != 0;
}

static void *find_network(virConnectPtr vir, const char *name)
{
	return virNetworkLookupByName(vir, name);
}

static void release_network(void *network)
{
	(void)virNetworkFree(network);
}

/* clang-format off */
static const struct kind {
	int (*list)(virConnectPtr vir, void ***ret_list);
	char *(*describe)(void *handle);
	void (*look)(void *handle, struct hv_object *object);
	void (*release)(void *handle);
	void *(*find)(virConnectPtr vir, const char *name);
	int gone; /* libvirt's code for one that went meanwhile */
} kinds[HV_KIND_COUNT] = {
	[HV_DOMAIN]  = { list_domains, describe_domain, look_at_domain,
	                 release_domain, find_domain, VIR_ERR_NO_DOMAIN },
	[HV_NETWORK] = { list_networks, describe_network, look_at_network,
	                 release_network, find_network, VIR_ERR_NO_NETWORK },
};
/* clang-format on */

static void add(struct hv_objects *objects, struct hv_object *object)
{
	objects->list = hs_realloc_array(
	    objects->list, objects->count + 1, sizeof(*objects->list));
	objects->list[objects->count++] = *object;
}

static int by_name(const void *a, const void *b)
{
	const struct hv_object *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* One that has gone since it was listed is no failure. */
static int read_one(struct hv_conn *conn, enum hv_kind kind, void *handle,
    struct hv_objects *objects, struct hs_err *err)
{
	hs_auto(hs_freep) char *xml = kinds[kind].describe(handle);
	struct hv_object object;

	if (xml == NULL)
		return virGetLastErrorCode() == kinds[kind].gone
			   ? 0
			   : hv_fail(
				 conn, err, "read a %s", hv_kind_name(kind));
	if (!hv_object_parse(kind, xml, &object))
		return 0;
	kinds[kind].look(handle, &object);
	add(objects, &object);
	return 0;
}

int hv_vir_find(struct hv_conn *conn, enum hv_kind kind, const char *name,
    struct hv_object *ret_object, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects found = { 0 };
	void *handle = kinds[kind].find(conn->vir, name);
	int failed;

	if (handle == NULL)
		return hv_fail(conn, err, "%s '%s'", hv_kind_name(kind), name);
	failed = read_one(conn, kind, handle, &found, err);
	kinds[kind].release(handle);
	if (failed < 0)
		return -1;
	if (found.count == 0)
		return hs_fail(err, HS_ENOTFOUND, "no %s of ours: '%s'",
		    hv_kind_name(kind), name);
	*ret_object = found.list[0];
	found.count = 0;
	return 0;
}

int hv_vir_list(struct hv_conn *conn, enum hv_kind kind,
    struct hv_objects *ret_objects, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects objects = { 0 };
	hs_auto(hs_freep) void **handles = NULL;
	int count = kinds[kind].list(conn->vir, &handles), failed = 0;

	if (count < 0)
		return hv_fail(conn, err, "list %ss", hv_kind_name(kind));
	for (int i = 0; i < count; i++) {
		if (failed == 0)
			failed =
			    read_one(conn, kind, handles[i], &objects, err);
		kinds[kind].release(handles[i]);
	}
	if (failed < 0)
		return -1;
	if (objects.count > 0)
		qsort(objects.list, objects.count, sizeof(*objects.list),
		    by_name);
	*ret_objects = objects;
	objects = (struct hv_objects) { 0 };
	return 0;
}
