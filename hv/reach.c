/* reach.c - does anything listen at a URI's address? */

#include "hv/reach.h"

#include <errno.h>
#include <libxml/uri.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

/* What libvirt calls by TCP, and its port. */
static const struct transport {
	const char *name;
	int port;
} transports[] = { { "+tcp", 16509 }, { "+tls", 16514 } };

HS_FREEP(uri_freep, xmlURIPtr, xmlFreeURI)
HS_FREEP(info_freep, struct addrinfo *, freeaddrinfo)

/* The port of a URI by TCP; 0 for the others. */
static int port_of(const xmlURI *uri)
{
	const char *transport =
	    uri->scheme != NULL ? strchr(uri->scheme, '+') : NULL;

	if (transport == NULL || uri->server == NULL)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(transports); i++)
		if (strcmp(transport, transports[i].name) == 0)
			return uri->port > 0 ? uri->port : transports[i].port;
	return 0;
}

/* errno says why not. */
static int try_address(const struct addrinfo *to, int timeout_ms)
{
	hs_auto(hs_closep) int fd = socket(
	    to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd done = { .fd = fd, .events = POLLOUT };
	int failed = 0;
	socklen_t len = sizeof(failed);

	if (fd < 0)
		return -1;
	if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return -1;
	if (poll(&done, 1, timeout_ms) <= 0) {
		errno = ETIMEDOUT;
		return -1;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) < 0)
		return -1;
	errno = failed;
	return failed == 0 ? 0 : -1;
}

int hv_reach(const char *uri, int timeout_ms, struct hs_err *err)
{
	hs_auto(uri_freep) xmlURIPtr parts = xmlParseURI(uri);
	hs_auto(info_freep) struct addrinfo *list = NULL;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	char port[8];
	int e;

	if (parts == NULL)
		return hs_fail(err, HS_EINVAL, "no URI: '%s'", uri);
	if (port_of(parts) == 0)
		return 0;
	(void)snprintf(port, sizeof(port), "%d", port_of(parts) & 0xffff);
	e = getaddrinfo(parts->server, port, &hints, &list);
	if (e != 0)
		return hs_fail(
		    err, HS_EREMOTE, "%s: %s", parts->server, gai_strerror(e));
	errno = EHOSTUNREACH;
	for (const struct addrinfo *to = list; to != NULL; to = to->ai_next)
		if (try_address(to, timeout_ms) == 0)
			return 0;
	return hs_fail_errno(
	    err, HS_EREMOTE, "%s port %s", parts->server, port);
}
