/* listener.c - accept clients. */

#include "shared-db-gateway/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/session.h"

#define BACKLOG    512
#define AT_ONCE    32  /* accepted in one round */
#define BREATHE_MS 100 /* when descriptors or places have run out */

struct listener {
	struct hs_watch watch;
	struct hs_timer breath;
	struct gw_core *core;
};

struct gw_listeners {
	size_t count;
	struct listener list[];
};

static void peer_name(
    const struct sockaddr_storage *addr, socklen_t len, char *out, size_t size)
{
	char host[48], port[8];

	if (getnameinfo((const struct sockaddr *)addr, len, host, sizeof(host),
		port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		(void)snprintf(out, size, "unknown");
	else
		(void)snprintf(out, size, "%s:%s", host, port);
}

/* Leave the next ones in the kernel's queue for a moment. */
static void breathe(struct listener *l, const char *why)
{
	hs_warn("listener.full", "why=\"%s\"", why);
	hs_watch_set(&l->watch, 0);
	hs_timer_start(l->core->loop, &l->breath, BREATHE_MS);
}

static void on_breath(void *owner)
{
	struct listener *l = owner;

	hs_watch_set(&l->watch, HS_LOOP_READ);
}

static bool accept_one(struct listener *l)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	char peer[56];
	int fd;

	if (l->core->pending >= l->core->config->max_pending) {
		breathe(l, "max_pending");
		return false;
	}
	fd = accept4(l->watch.fd, (struct sockaddr *)&addr, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM)
			breathe(l, strerror(errno));
		return false;
	}
	l->core->accepted++;
	peer_name(&addr, len, peer, sizeof(peer));
	gw_session_new(l->core, fd, peer);
	return true;
}

static void on_client(void *owner, unsigned events)
{
	(void)events;
	for (int i = 0; i < AT_ONCE; i++)
		if (!accept_one(owner))
			return;
}

/* "ADDRESS:PORT"; no names, which could mean something else tomorrow. */
static int resolve(
    const char *text, struct addrinfo **ret_info, struct hs_err *err)
{
	hs_auto(hs_freep) char *copy = hs_strdup(text);
	char *host = copy, *port = strrchr(copy, ':');
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	};

	if (port == NULL)
		return hs_fail(err, HS_EINVAL,
		    "listen: '%s', expected ADDRESS:PORT", text);
	*port++ = '\0';
	if (*host == '[' && port - 2 > host && port[-2] == ']') {
		host++;
		port[-2] = '\0';
	}
	if (getaddrinfo(host, port, &hints, ret_info) != 0)
		return hs_fail(err, HS_EINVAL,
		    "listen: '%s', expected ADDRESS:PORT in numbers", text);
	return 0;
}

static int bind_to(const char *text, const struct addrinfo *info, int *ret_fd,
    struct hs_err *err)
{
	hs_auto(hs_closep) int fd = socket(
	    info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const int on = 1;

	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "make a socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, info->ai_addr, info->ai_addrlen) < 0 ||
	    listen(fd, BACKLOG) < 0) {
		if (errno == EADDRNOTAVAIL)
			return hs_fail(err, HS_ENOTFOUND,
			    "listen on '%s': no interface has this address "
			    "yet",
			    text);
		if (errno == EADDRINUSE)
			return hs_fail(err, HS_EEXISTS,
			    "listen on '%s': another program has taken it",
			    text);
		return hs_fail_errno(err, HS_ESYSTEM, "listen on '%s'", text);
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static int open_one(struct listener *l, struct gw_core *core, const char *text,
    struct hs_err *err)
{
	struct addrinfo *info = NULL;
	int fd = -1, rc;

	if (resolve(text, &info, err) < 0)
		return -1;
	rc = bind_to(text, info, &fd, err);
	freeaddrinfo(info);
	if (rc < 0)
		return -1;
	l->core = core;
	l->watch.fn = on_client;
	l->breath.fn = on_breath;
	l->watch.owner = l->breath.owner = l;
	if (hs_watch_start(core->loop, &l->watch, fd, HS_LOOP_READ, err) < 0) {
		(void)close(fd);
		return -1;
	}
	hs_info("listener.open", "address=%s", text);
	return 0;
}

int gw_listeners_open(struct gw_core *core, struct gw_listeners **ret_listeners,
    struct hs_err *err)
{
	const struct gw_config *config = core->config;
	hs_auto(gw_listeners_closep) struct gw_listeners *all = hs_alloc(
	    sizeof(*all) + config->listen_count * sizeof(struct listener));

	for (unsigned i = 0; i < config->listen_count; i++) {
		if (open_one(&all->list[i], core, config->listen[i], err) < 0)
			return -1;
		all->count++;
	}
	*ret_listeners = hs_steal(&all);
	return 0;
}

void gw_listeners_close(struct gw_listeners *listeners)
{
	if (listeners == NULL)
		return;
	for (size_t i = 0; i < listeners->count; i++) {
		struct listener *l = &listeners->list[i];

		hs_timer_stop(&l->breath);
		hs_watch_stop(&l->watch);
		(void)close(l->watch.fd);
	}
	free(listeners);
}
