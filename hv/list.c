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

static enum hv_state domain_state(void *domain)
{
	return hv_state_of(domain);
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

static enum hv_state network_state(void *network)
{
	switch (virNetworkIsActive(network)) {
	case 1:
		return HV_RUNNING;
	case 0:
		return HV_STOPPED;
	default:
		return HV_UNKNOWN;
	}
}

static void release_network(void *network)
{
	(void)virNetworkFree(network);
}

static int list_filters(virConnectPtr vir, void ***ret_list)
{
	return virConnectListAllNWFilters(vir, (virNWFilterPtr **)ret_list, 0);
}

static char *describe_filter(void *filter)
{
	return virNWFilterGetXMLDesc(filter, 0);
}

static enum hv_state filter_state(void *filter)
{
	(void)filter;
	return HV_RUNNING;
}

static void release_filter(void *filter)
{
	(void)virNWFilterFree(filter);
}

/* clang-format off */
static const struct kind {
	int (*list)(virConnectPtr vir, void ***ret_list);
	char *(*describe)(void *handle);
	enum hv_state (*state)(void *handle);
	void (*release)(void *handle);
	int gone; /* libvirt's code for one that went meanwhile */
} kinds[HV_KIND_COUNT] = {
	[HV_DOMAIN]  = { list_domains, describe_domain, domain_state,
	                 release_domain, VIR_ERR_NO_DOMAIN },
	[HV_NETWORK] = { list_networks, describe_network, network_state,
	                 release_network, VIR_ERR_NO_NETWORK },
	[HV_FILTER]  = { list_filters, describe_filter, filter_state,
	                 release_filter, VIR_ERR_NO_NWFILTER },
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
	object.state = kinds[kind].state(handle);
	add(objects, &object);
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
