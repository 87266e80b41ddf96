/* conn.c - open, keep alive, close; every call has a deadline.
 *
 * libvirt's client has no timeout on a call: a stopped libvirtd would hold a
 * thread until keepalive gives up, a stuck one for ever. So a timer of the
 * event loop shuts the socket, and the call returns with an error. The event
 * loop also tells which socket that is.
 */

#include "hv/conn.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "hv/driver.h"
#include "hv/events.h"
#include "hv/ops.h"
#include "hv/pool.h"
#include "hv/reach.h"
#include "hv/sim.h"

#define KEEPALIVE_S     5
#define KEEPALIVE_COUNT 3

/* libvirt would print every error to standard error. */
static void be_quiet(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

int hv_init(struct hs_err *err)
{
	virSetErrorFunc(NULL, be_quiet);
	if (virInitialize() < 0)
		return hs_fail(err, HS_ESYSTEM, "libvirt does not initialise");
	return hv_events_start(err);
}

static void conn_unref(void *data)
{
	struct hv_conn *conn = data;
	int fd;

	if (atomic_fetch_sub(&conn->refs, 1) > 1)
		return;
	fd = atomic_load(&conn->fd);
	hs_closep(&fd);
	free(conn);
}

/* Time is up: whoever waits for an answer on the socket gets an error. While
 * it is being opened there may be none yet; then the next round finds it. */
static void deadline_passed(int timer, void *data)
{
	struct hv_conn *conn = data;
	int fd = atomic_load(&conn->fd);

	(void)timer;
	atomic_store(&conn->is_late, true);
	if (fd >= 0)
		(void)shutdown(fd, SHUT_RDWR);
}

static struct hv_call deadline_begin(struct hv_conn *conn, int timeout_ms)
{
	atomic_fetch_add(&conn->refs, 1);
	return (struct hv_call) { .timer = hv_timer_add(timeout_ms,
				      deadline_passed, conn, conn_unref) };
}

struct hv_call hv_call_begin(struct hv_conn *conn, int timeout_ms)
{
	/* nothing to shut, nobody to wait for */
	if (atomic_load(&conn->fd) < 0 && conn->sim == NULL)
		return (struct hv_call) { .timer = -1 };
	return deadline_begin(conn, timeout_ms);
}

int hv_begin(struct hv_conn *conn, const char *what, int timeout_ms,
    struct hv_call *ret_call, struct hs_err *err)
{
	if (hs_fault(what, err) < 0 ||
	    (conn->host != NULL && hv_host_check(conn->host, err) < 0))
		return -1;
	*ret_call = hv_call_begin(conn, timeout_ms);
	ret_call->timeout_ms = timeout_ms;
	ret_call->since_ms = hs_now_ms();
	ret_call->conn = conn->host != NULL ? conn : NULL;
	return 0;
}

void hv_call_end(struct hv_call *call)
{
	if (call->timer >= 0)
		hv_timer_remove(call->timer);
	if (call->conn != NULL)
		hv_host_called(call->conn,
		    hs_now_ms() - call->since_ms > call->timeout_ms / 2);
}

int hv_ask(struct hv_conn *conn, int timeout_ms, struct hs_err *err)
{
	hs_auto(hv_call_end) struct hv_call call =
	    hv_call_begin(conn, timeout_ms);

	(void)call;
	return conn->ops->ask(conn, err);
}

void hv_cut(struct hv_conn *conn)
{
	int fd = atomic_load(&conn->fd);

	atomic_store(&conn->is_cut, true);
	if (fd >= 0)
		(void)shutdown(fd, SHUT_RDWR);
}

static int open_watched(const char *uri, int timeout_ms, struct hv_conn *conn)
{
	hs_auto(hv_call_end) struct hv_call call =
	    deadline_begin(conn, timeout_ms);

	(void)call;
	hv_events_catch(&conn->fd);
	conn->vir = virConnectOpen(uri);
	hv_events_catch(NULL);
	return conn->vir != NULL && !atomic_load(&conn->is_late) ? 0 : -1;
}

/* Of a host that is frozen it takes as long as it may. */
static int open_simulated(const char *uri, int timeout_ms,
    struct hv_conn **conn, struct hv_conn **ret_conn, struct hs_err *err)
{
	if (hv_sim_attach(uri, *conn, err) < 0)
		return -1;
	if (hv_ask(*conn, timeout_ms, err) < 0)
		return hs_wrap(err, "connect to %s", uri);
	*ret_conn = hs_steal(conn);
	return 0;
}

int hv_open_within(const char *uri, int timeout_ms, struct hv_conn **ret_conn,
    struct hs_err *err)
{
	hs_auto(hv_closep) struct hv_conn *conn = hs_alloc(sizeof(*conn));

	atomic_init(&conn->fd, -1);
	atomic_init(&conn->refs, 1);
	conn->ops = &hv_vir_ops;
	if (hs_fault("hv.open", err) < 0)
		return -1;
	if (strncmp(uri, HV_SIM_SCHEME, strlen(HV_SIM_SCHEME)) == 0)
		return open_simulated(uri, timeout_ms, &conn, ret_conn, err);
	if (hv_driver_of_uri(uri, &conn->driver, &conn->is_local) < 0)
		return hs_fail(
		    err, HS_EINVAL, "no hypervisor of ours: '%s'", uri);
	if (hv_reach(uri, timeout_ms, err) < 0)
		return hs_wrap(err, "connect to %s", uri);
	if (open_watched(uri, timeout_ms, conn) < 0)
		return hv_fail(conn, err, "connect to %s", uri);
	if (atomic_load(&conn->fd) >= 0 &&
	    virConnectSetKeepAlive(conn->vir, KEEPALIVE_S, KEEPALIVE_COUNT) < 0)
		return hv_fail(conn, err, "keepalive on %s", uri);
	*ret_conn = hs_steal(&conn);
	return 0;
}

int hv_open(const char *uri, struct hv_conn **ret_conn, struct hs_err *err)
{
	return hv_open_within(uri, HV_OPEN_MS, ret_conn, err);
}

void hv_close(struct hv_conn *conn)
{
	struct hv_call call;

	if (conn == NULL)
		return;
	call = hv_call_begin(conn, HV_OPEN_MS);
	conn->ops->close(conn);
	hv_call_end(&call);
	conn_unref(conn);
}

bool hv_is_alive(struct hv_conn *conn)
{
	return !atomic_load(&conn->is_late) && !atomic_load(&conn->is_cut) &&
	       conn->ops->is_alive(conn);
}

int hv_ping(struct hv_conn *conn, int timeout_ms, struct hs_err *err)
{
	hs_auto(hv_call_end) struct hv_call call =
	    hv_call_begin(conn, timeout_ms);
	unsigned long version;

	(void)call;
	if (virConnectGetLibVersion(conn->vir, &version) < 0)
		return hv_fail(conn, err, "ask libvirt");
	return 0;
}

enum hv_driver hv_conn_driver(const struct hv_conn *conn)
{
	return conn->driver;
}
