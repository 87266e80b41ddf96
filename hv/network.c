/* network.c - virtual networks. */

#include <libvirt/virterror.h>

#include "base/err.h"
#include "hv/conn.h"
#include "hv/host.h"
#include "hv/vir.h"

#define hs_network hs_auto(hv_network_unrefp) virNetworkPtr

/* *ret_network stays NULL when it is absent. */
static int network_find(struct hv_conn *conn, const char *name,
    virNetworkPtr *ret_network, struct hs_err *err)
{
	*ret_network = virNetworkLookupByName(conn->vir, name);
	if (*ret_network == NULL && virGetLastErrorCode() != VIR_ERR_NO_NETWORK)
		return hv_fail(conn, err, "network '%s'", name);
	return 0;
}

/* libvirt would start it before the host is prepared. */
static int forbid_autostart(virNetworkPtr network)
{
	int on = 0;

	return virNetworkGetAutostart(network, &on) == 0 && on != 0
		   ? virNetworkSetAutostart(network, 0)
		   : 0;
}

int hv_vir_network_define(
    struct hv_conn *conn, const char *xml, struct hs_err *err)
{
	hs_network network = virNetworkDefineXML(conn->vir, xml);

	return network != NULL && forbid_autostart(network) == 0
		   ? 0
		   : hv_fail(conn, err, "define network");
}

int hv_vir_network_start(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	hs_network network = NULL;

	if (network_find(conn, name, &network, err) < 0)
		return -1;
	if (network == NULL)
		return hs_fail(err, HS_ENOTFOUND, "no network '%s'", name);
	if (conn->driver != HV_TEST && conn->is_local &&
	    hv_host_prepare(err) < 0)
		return hs_wrap(err, "start network '%s'", name);
	if (virNetworkIsActive(network) != 1 && virNetworkCreate(network) < 0)
		return hv_fail(conn, err, "start network '%s'", name);
	return 0;
}

int hv_vir_network_destroy(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	hs_network network = NULL;

	if (network_find(conn, name, &network, err) < 0)
		return -1;
	if (network != NULL && virNetworkIsActive(network) == 1 &&
	    virNetworkDestroy(network) < 0 &&
	    virGetLastErrorCode() != VIR_ERR_NO_NETWORK)
		return hv_fail(conn, err, "stop network '%s'", name);
	return 0;
}

int hv_vir_network_undefine(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	hs_network network = NULL;

	if (network_find(conn, name, &network, err) < 0)
		return -1;
	if (network != NULL && virNetworkIsPersistent(network) == 1 &&
	    virNetworkUndefine(network) < 0 &&
	    virGetLastErrorCode() != VIR_ERR_NO_NETWORK)
		return hv_fail(conn, err, "undefine network '%s'", name);
	return 0;
}

int hv_vir_network_state(struct hv_conn *conn, const char *name,
    enum hv_state *ret_state, struct hs_err *err)
{
	hs_network network = NULL;
	int active;

	if (network_find(conn, name, &network, NULL) == 0 && network == NULL)
		return hs_fail(err, HS_ENOTFOUND, "no network '%s'", name);
	active = network != NULL ? virNetworkIsActive(network) : -1;
	*ret_state = active < 0    ? HV_UNKNOWN
		     : active == 1 ? HV_RUNNING
				   : HV_STOPPED;
	return 0;
}
