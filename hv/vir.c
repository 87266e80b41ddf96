/* vir.c - the operations of libvirt as one table, and those on a connection. */

#include "hv/vir.h"

#include "base/err.h"
#include "hv/conn.h"
#include "hv/watch.h"

/* libvirtd answers this one even while all its other workers are busy. */
static int ask(struct hv_conn *conn, struct hs_err *err)
{
	unsigned long version;

	if (virConnectGetLibVersion(conn->vir, &version) < 0)
		return hv_fail(conn, err, "ask libvirt");
	return 0;
}

static bool is_alive(struct hv_conn *conn)
{
	return virConnectIsAlive(conn->vir) == 1;
}

/* libvirt says good-bye to the daemon, which may not answer. */
static void close_conn(struct hv_conn *conn)
{
	if (conn->vir != NULL)
		(void)virConnectClose(conn->vir);
	conn->vir = NULL;
}

const struct hv_ops hv_vir_ops = {
	.domain_define = hv_vir_domain_define,
	.domain_start = hv_vir_domain_start,
	.domain_destroy = hv_vir_domain_destroy,
	.domain_undefine = hv_vir_domain_undefine,
	.domain_suspend = hv_vir_domain_suspend,
	.domain_resume = hv_vir_domain_resume,
	.domain_confine = hv_vir_domain_confine,
	.domain_shutdown = hv_vir_domain_shutdown,
	.domain_set_memory = hv_vir_domain_set_memory,
	.domain_set_vcpus = hv_vir_domain_set_vcpus,
	.domain_state = hv_vir_domain_state,
	.domain_init_pid = hv_vir_domain_init_pid,
	.usage_list = hv_vir_usage_list,
	.list = hv_vir_list,
	.find = hv_vir_find,
	.network_define = hv_vir_network_define,
	.network_start = hv_vir_network_start,
	.network_destroy = hv_vir_network_destroy,
	.network_undefine = hv_vir_network_undefine,
	.network_state = hv_vir_network_state,
	.watch = hv_vir_watch,
	.unwatch = hv_vir_unwatch,
	.ask = ask,
	.is_alive = is_alive,
	.close = close_conn,
};
