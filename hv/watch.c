/* watch.c - what happens to the objects of ours on a connection, as it does. */

#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "hv/conn.h"
#include "hv/ops.h"
#include "hv/watch.h"

struct hv_watch {
	struct hv_conn *conn;
	pthread_mutex_t lock; /* held while fn runs */
	hv_event_fn *fn;      /* NULL: stopped */
	void *arg;
	int domains, networks; /* libvirt's numbers of the callbacks; -1 */
	bool closes;
	atomic_int refs; /* the owner's, and one a callback of libvirt's */
};

/* clang-format off */
static const char *const change_names[HV_CHANGE_COUNT] = {
	[HV_DEFINED]   = "defined",
	[HV_UNDEFINED] = "undefined",
	[HV_STARTED]   = "started",
	[HV_SUSPENDED] = "suspended",
	[HV_RESUMED]   = "resumed",
	[HV_SHUTDOWN]  = "shutdown",
	[HV_ENDED]     = "stopped",
	[HV_CRASHED]   = "crashed",
	[HV_LOST]      = "lost",
};

static const enum hv_change domain_changes[] = {
	[VIR_DOMAIN_EVENT_DEFINED]     = HV_DEFINED,
	[VIR_DOMAIN_EVENT_UNDEFINED]   = HV_UNDEFINED,
	[VIR_DOMAIN_EVENT_STARTED]     = HV_STARTED,
	[VIR_DOMAIN_EVENT_SUSPENDED]   = HV_SUSPENDED,
	[VIR_DOMAIN_EVENT_RESUMED]     = HV_RESUMED,
	[VIR_DOMAIN_EVENT_STOPPED]     = HV_ENDED,
	[VIR_DOMAIN_EVENT_SHUTDOWN]    = HV_SHUTDOWN,
	[VIR_DOMAIN_EVENT_PMSUSPENDED] = HV_SUSPENDED,
	[VIR_DOMAIN_EVENT_CRASHED]     = HV_CRASHED,
};

static const enum hv_change network_changes[] = {
	[VIR_NETWORK_EVENT_DEFINED]   = HV_DEFINED,
	[VIR_NETWORK_EVENT_UNDEFINED] = HV_UNDEFINED,
	[VIR_NETWORK_EVENT_STARTED]   = HV_STARTED,
	[VIR_NETWORK_EVENT_STOPPED]   = HV_ENDED,
};
/* clang-format on */

const char *hv_change_name(enum hv_change change)
{
	return change_names[change];
}

void hv_watch_unref(void *data)
{
	struct hv_watch *watch = data;

	if (atomic_fetch_sub(&watch->refs, 1) > 1)
		return;
	(void)pthread_mutex_destroy(&watch->lock);
	free(watch);
}

void hv_watch_tell(struct hv_watch *watch, const struct hv_event *event)
{
	(void)pthread_mutex_lock(&watch->lock);
	if (watch->fn != NULL)
		watch->fn(event, watch->arg);
	(void)pthread_mutex_unlock(&watch->lock);
}

/* No question to libvirt is allowed here: ours are those whose UUID derives
 * from their name. */
static void tell_of(struct hv_watch *watch, enum hv_change change,
    enum hv_kind kind, const char *name, const char *uuid)
{
	char want[HV_UUID_SIZE];

	hv_uuid5(hv_kind_name(kind), name, want);
	if (strcmp(uuid, want) == 0)
		hv_watch_tell(watch, &(struct hv_event) {
					 .change = change,
					 .kind = kind,
					 .name = name,
					 .uuid = uuid,
				     });
}

static void domain_changed(
    virConnectPtr vir, virDomainPtr domain, int event, int detail, void *data)
{
	char uuid[HV_UUID_SIZE];
	enum hv_change change;

	(void)vir;
	if (event < 0 || (size_t)event >= ARRAY_LEN(domain_changes) ||
	    virDomainGetUUIDString(domain, uuid) < 0)
		return;
	change = domain_changes[event];
	if (change == HV_ENDED && detail == VIR_DOMAIN_EVENT_STOPPED_CRASHED)
		change = HV_CRASHED;
	tell_of(data, change, HV_DOMAIN, virDomainGetName(domain), uuid);
}

static void network_changed(
    virConnectPtr vir, virNetworkPtr network, int event, int detail, void *data)
{
	char uuid[HV_UUID_SIZE];

	(void)vir;
	(void)detail;
	if (event < 0 || (size_t)event >= ARRAY_LEN(network_changes) ||
	    virNetworkGetUUIDString(network, uuid) < 0)
		return;
	tell_of(data, network_changes[event], HV_NETWORK,
	    virNetworkGetName(network), uuid);
}

static void closed(virConnectPtr vir, int reason, void *data)
{
	(void)vir;
	if (reason != VIR_CONNECT_CLOSE_REASON_CLIENT)
		hv_watch_tell(data, &(struct hv_event) { .change = HV_LOST });
}

/* Each callback holds the watch until libvirt lets go of it. */
struct hv_watch *hv_watch_ref(struct hv_watch *watch)
{
	atomic_fetch_add(&watch->refs, 1);
	return watch;
}

static int registered(struct hv_watch *watch, int number)
{
	if (number < 0)
		hv_watch_unref(watch);
	return number;
}

/* The test driver has no connection that could be lost. */
int hv_vir_watch(
    struct hv_conn *conn, struct hv_watch *watch, struct hs_err *err)
{
	virConnectPtr vir = conn->vir;

	if (conn->driver != HV_TEST) {
		if (registered(
			watch, virConnectRegisterCloseCallback(vir, closed,
				   hv_watch_ref(watch), hv_watch_unref)) < 0)
			return hv_fail(conn, err, "watch connection");
		watch->closes = true;
	}
	watch->domains =
	    registered(watch, virConnectDomainEventRegisterAny(vir, NULL,
				  VIR_DOMAIN_EVENT_ID_LIFECYCLE,
				  VIR_DOMAIN_EVENT_CALLBACK(domain_changed),
				  hv_watch_ref(watch), hv_watch_unref));
	if (watch->domains < 0)
		return hv_fail(conn, err, "watch domains");
	watch->networks =
	    registered(watch, virConnectNetworkEventRegisterAny(vir, NULL,
				  VIR_NETWORK_EVENT_ID_LIFECYCLE,
				  VIR_NETWORK_EVENT_CALLBACK(network_changed),
				  hv_watch_ref(watch), hv_watch_unref));
	if (watch->networks < 0)
		return hv_fail(conn, err, "watch networks");
	return 0;
}

void hv_vir_unwatch(struct hv_conn *conn, struct hv_watch *watch)
{
	if (watch->networks >= 0)
		(void)virConnectNetworkEventDeregisterAny(
		    conn->vir, watch->networks);
	if (watch->domains >= 0)
		(void)virConnectDomainEventDeregisterAny(
		    conn->vir, watch->domains);
	if (watch->closes)
		(void)virConnectUnregisterCloseCallback(conn->vir, closed);
}

int hv_watch_start(struct hv_conn *conn, hv_event_fn *fn, void *arg,
    struct hv_watch **ret_watch, struct hs_err *err)
{
	hs_auto(hv_call_end) struct hv_call call =
	    hv_call_begin(conn, HV_CALL_MS);
	struct hv_watch *watch = hs_alloc(sizeof(*watch));

	(void)call;
	*watch = (struct hv_watch) { .conn = conn,
		.fn = fn,
		.arg = arg,
		.domains = -1,
		.networks = -1 };
	atomic_init(&watch->refs, 1);
	(void)pthread_mutex_init(&watch->lock, NULL);
	if (conn->ops->watch(conn, watch, err) < 0) {
		hv_watch_stop(watch);
		return -1;
	}
	*ret_watch = watch;
	return 0;
}

void hv_watch_stop(struct hv_watch *watch)
{
	struct hv_call call;

	if (watch == NULL)
		return;
	(void)pthread_mutex_lock(&watch->lock);
	watch->fn = NULL;
	(void)pthread_mutex_unlock(&watch->lock);
	call = hv_call_begin(watch->conn, HV_CALL_MS);
	watch->conn->ops->unwatch(watch->conn, watch);
	hv_call_end(&call);
	hv_watch_unref(watch);
}
