/* conn.c - open, keep alive, close; every call has a deadline.
 *
 * libvirt's client has no timeout on a call: a stopped libvirtd would hold a
 * thread until keepalive gives up, a stuck one for ever. So a timer of the
 * event loop shuts the socket, and the call returns with an error.
 */

#include "hv/conn.h"

#include <fcntl.h>
#include <libvirt/virterror.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "hv/driver.h"

#define KEEPALIVE_S     5
#define KEEPALIVE_COUNT 3
#define MAX_FDS         65536

static void *run_events(void *arg)
{
	(void)arg;
	for (;;)
		if (virEventRunDefaultImpl() < 0)
			hs_debug("hv.events", "msg=\"round failed\"");
	return NULL;
}

/* libvirt would print every error to standard error. */
static void be_quiet(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

/* A timer keeps the loop turning even where nothing else wakes it. */
static void tick(int timer, void *data)
{
	(void)timer;
	(void)data;
}

int hv_init(struct hs_err *err)
{
	pthread_t thread;
	int e;

	virSetErrorFunc(NULL, be_quiet);
	if (virInitialize() < 0 || virEventRegisterDefaultImpl() < 0)
		return hs_fail(err, HS_ESYSTEM, "libvirt does not initialise");
	if (virEventAddTimeout(KEEPALIVE_S * 1000, tick, NULL, NULL) < 0)
		return hs_fail(err, HS_ESYSTEM, "libvirt has no event loop");
	e = pthread_create(&thread, NULL, run_events, NULL);
	if (e != 0)
		return hs_fail(
		    err, HS_ESYSTEM, "event thread: %s", strerror(e));
	(void)pthread_detach(thread);
	return 0;
}

static bool is_libvirt_peer(int fd)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t len = sizeof(peer);

	if (getpeername(fd, (struct sockaddr *)&peer, &len) < 0)
		return false;
	if (peer.ss_family == AF_UNIX) {
		const struct sockaddr_un *un = (const void *)&peer;

		return strstr(un->sun_path, "libvirt") != NULL ||
		       strstr(un->sun_path, "/virt") != NULL;
	}
	if (peer.ss_family == AF_INET || peer.ss_family == AF_INET6) {
		in_port_t port = ((const struct sockaddr_in *)&peer)->sin_port;

		return port == htons(16509) || port == htons(16514);
	}
	return false;
}

/* Sockets to libvirt this process has open, as a bit a descriptor. */
static void sockets_find(unsigned char seen[MAX_FDS / 8])
{
	long max = sysconf(_SC_OPEN_MAX);

	if (max < 0 || max > MAX_FDS)
		max = MAX_FDS;
	memset(seen, 0, MAX_FDS / 8);
	for (int fd = 0; fd < max; fd++)
		if (is_libvirt_peer(fd))
			seen[fd / 8] |= (unsigned char)(1 << fd % 8);
}

/* The sockets there were before the open under way; opens are one at a time. */
static pthread_mutex_t one_open = PTHREAD_MUTEX_INITIALIZER;
static unsigned char before[MAX_FDS / 8];

/* The first libvirt socket that has come since, or -1. */
static int socket_new(unsigned char now[MAX_FDS / 8])
{
	sockets_find(now);
	for (int fd = 0; fd < MAX_FDS; fd++)
		if ((now[fd / 8] & ~before[fd / 8]) & (1 << fd % 8))
			return fd;
	return -1;
}

static void open_too_long(int timer, void *data)
{
	static unsigned char now[MAX_FDS / 8];
	int fd = socket_new(now);

	(void)data;
	if (fd >= 0)
		(void)shutdown(fd, SHUT_RDWR);
	(void)virEventRemoveTimeout(timer);
}

/* libvirt does not tell the socket of a connection; it is the new one. */
static int open_watched(const char *uri, int timeout_ms, struct hv_conn *conn)
{
	static unsigned char now[MAX_FDS / 8];
	int timer, fd;

	(void)pthread_mutex_lock(&one_open);
	sockets_find(before);
	timer = virEventAddTimeout(timeout_ms, open_too_long, NULL, NULL);
	conn->vir = virConnectOpen(uri);
	(void)virEventRemoveTimeout(timer);
	fd = conn->vir != NULL ? socket_new(now) : -1;
	if (fd >= 0)
		conn->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	(void)pthread_mutex_unlock(&one_open);
	return conn->vir != NULL ? 0 : -1;
}

static void conn_unref(void *data)
{
	struct hv_conn *conn = data;

	if (atomic_fetch_sub(&conn->refs, 1) > 1)
		return;
	hs_closep(&conn->fd);
	free(conn);
}

int hv_open_within(const char *uri, int timeout_ms, struct hv_conn **ret_conn,
    struct hs_err *err)
{
	hs_auto(hv_closep) struct hv_conn *conn = hs_alloc(sizeof(*conn));

	conn->fd = -1;
	atomic_init(&conn->refs, 1);
	if (hv_driver_of_uri(uri, &conn->driver, &conn->is_local) < 0)
		return hs_fail(
		    err, HS_EINVAL, "no hypervisor of ours: '%s'", uri);
	if (open_watched(uri, timeout_ms, conn) < 0)
		return hv_fail(conn, err, "connect to %s", uri);
	if (conn->fd >= 0 &&
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
	if (conn == NULL)
		return;
	if (conn->vir != NULL)
		(void)virConnectClose(conn->vir);
	conn->vir = NULL;
	conn_unref(conn);
}

bool hv_is_alive(struct hv_conn *conn)
{
	return !atomic_load(&conn->is_late) &&
	       virConnectIsAlive(conn->vir) == 1;
}

enum hv_driver hv_conn_driver(const struct hv_conn *conn)
{
	return conn->driver;
}

static void deadline_passed(int timer, void *data)
{
	struct hv_conn *conn = data;

	atomic_store(&conn->is_late, true);
	(void)shutdown(conn->fd, SHUT_RDWR);
	(void)virEventRemoveTimeout(timer);
}

struct hv_call hv_call_begin(struct hv_conn *conn, int timeout_ms)
{
	struct hv_call call = { .timer = -1 };

	if (conn->fd < 0)
		return call;
	atomic_fetch_add(&conn->refs, 1);
	call.timer =
	    virEventAddTimeout(timeout_ms, deadline_passed, conn, conn_unref);
	if (call.timer < 0)
		conn_unref(conn);
	return call;
}

void hv_call_end(struct hv_call *call)
{
	if (call->timer >= 0)
		(void)virEventRemoveTimeout(call->timer);
}
