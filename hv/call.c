/* call.c - the public calls to a host: each is counted, has a deadline, and is
 * refused at once while its host does not answer. What it does stands in
 * ops.h.
 */

#include "base/err.h"
#include "hv/conn.h"
#include "hv/ops.h"

#define hs_call hs_auto(hv_call_end) struct hv_call

static int call_op(struct hv_conn *conn, const char *what, hv_op *op,
    const char *text, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, what, HV_CALL_MS, &call, err) < 0)
		return -1;
	return op(conn, text, err);
}

/* The same for what may take long. */
static int call_long(struct hv_conn *conn, const char *what, hv_op *op,
    const char *text, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, what, HV_START_MS, &call, err) < 0)
		return -1;
	return op(conn, text, err);
}

/* -- Domains ------------------------------------------------------------ */

int hv_domain_define(struct hv_conn *conn, const char *xml, struct hs_err *err)
{
	return call_op(
	    conn, "hv.domain.define", conn->ops->domain_define, xml, err);
}

int hv_domain_start(struct hv_conn *conn, const char *name, struct hs_err *err)
{
	return call_long(
	    conn, "hv.domain.start", conn->ops->domain_start, name, err);
}

int hv_domain_shutdown(
    struct hv_conn *conn, const char *name, int timeout_ms, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, "hv.domain.shutdown", timeout_ms + HV_START_MS,
		&call, err) < 0)
		return -1;
	return conn->ops->domain_shutdown(conn, name, timeout_ms, err);
}

int hv_domain_destroy(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	return call_long(
	    conn, "hv.domain.destroy", conn->ops->domain_destroy, name, err);
}

int hv_domain_undefine(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	return call_op(
	    conn, "hv.domain.undefine", conn->ops->domain_undefine, name, err);
}

int hv_domain_suspend(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	return call_op(
	    conn, "hv.domain.suspend", conn->ops->domain_suspend, name, err);
}

int hv_domain_resume(struct hv_conn *conn, const char *name, struct hs_err *err)
{
	return call_op(
	    conn, "hv.domain.resume", conn->ops->domain_resume, name, err);
}

int hv_domain_confine(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	return call_op(
	    conn, "hv.domain.confine", conn->ops->domain_confine, name, err);
}

int hv_domain_set_memory(
    struct hv_conn *conn, const char *name, uint64_t kib, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, "hv.domain.set_memory", HV_CALL_MS, &call, err) < 0)
		return -1;
	return conn->ops->domain_set_memory(conn, name, kib, err);
}

int hv_domain_set_vcpus(
    struct hv_conn *conn, const char *name, unsigned vcpus, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, "hv.domain.set_vcpus", HV_CALL_MS, &call, err) < 0)
		return -1;
	return conn->ops->domain_set_vcpus(conn, name, vcpus, err);
}

int hv_domain_state(struct hv_conn *conn, const char *name,
    enum hv_state *ret_state, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, "hv.domain.state", HV_CALL_MS, &call, NULL) == 0)
		return conn->ops->domain_state(conn, name, ret_state, err);
	*ret_state = HV_UNKNOWN;
	return 0;
}

int hv_domain_init_pid(
    struct hv_conn *conn, const char *name, pid_t *ret_pid, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, "hv.domain.init_pid", HV_CALL_MS, &call, err) < 0)
		return -1;
	return conn->ops->domain_init_pid(conn, name, ret_pid, err);
}

/* -- What is there ------------------------------------------------------ */

int hv_usage_list(
    struct hv_conn *conn, struct hv_usages *ret_usages, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, "hv.usage.list", HV_USAGE_MS, &call, err) < 0)
		return -1;
	return conn->ops->usage_list(conn, NULL, ret_usages, err);
}

int hv_usage_find(struct hv_conn *conn, const char *name,
    struct hv_usages *ret_usages, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, "hv.usage.find", HV_USAGE_MS, &call, err) < 0)
		return -1;
	return conn->ops->usage_list(conn, name, ret_usages, err);
}

int hv_list(struct hv_conn *conn, enum hv_kind kind,
    struct hv_objects *ret_objects, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, "hv.list", HV_CALL_MS, &call, err) < 0)
		return -1;
	return conn->ops->list(conn, kind, ret_objects, err);
}

int hv_find(struct hv_conn *conn, enum hv_kind kind, const char *name,
    struct hv_object *ret_object, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, "hv.find", HV_CALL_MS, &call, err) < 0)
		return -1;
	return conn->ops->find(conn, kind, name, ret_object, err);
}

/* -- Networks ----------------------------------------------------------- */

int hv_network_define(struct hv_conn *conn, const char *xml, struct hs_err *err)
{
	return call_op(
	    conn, "hv.network.define", conn->ops->network_define, xml, err);
}

int hv_network_start(struct hv_conn *conn, const char *name, struct hs_err *err)
{
	return call_op(
	    conn, "hv.network.start", conn->ops->network_start, name, err);
}

int hv_network_destroy(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	return call_op(
	    conn, "hv.network.destroy", conn->ops->network_destroy, name, err);
}

int hv_network_undefine(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	return call_op(conn, "hv.network.undefine", conn->ops->network_undefine,
	    name, err);
}

int hv_network_state(struct hv_conn *conn, const char *name,
    enum hv_state *ret_state, struct hs_err *err)
{
	hs_call call = HV_NO_CALL;

	if (hv_begin(conn, "hv.network.state", HV_CALL_MS, &call, NULL) == 0)
		return conn->ops->network_state(conn, name, ret_state, err);
	*ret_state = HV_UNKNOWN;
	return 0;
}
