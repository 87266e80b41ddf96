/* bind.c - the sockets that clients come to. */

#include "shared-db-gateway/bind.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "shared-db-gateway/stream.h"

#define BACKLOG   512
#define SILENCE_S 1 /* until one that says nothing is accepted, too */

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

/* Who comes has all of this from the socket it came to. Clients speak first:
 * one that has is worth a look, and the look finds something. */
static void prepare(int fd)
{
	const int on = 1, silence = SILENCE_S;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	(void)setsockopt(
	    fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &silence, sizeof(silence));
	gw_stream_prepare(fd);
}

static int bind_to(const char *text, const struct addrinfo *info, int *ret_fd,
    struct hs_err *err)
{
	hs_auto(hs_closep) int fd = socket(
	    info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "make a socket");
	prepare(fd);
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

int gw_bind(const char *text, int *ret_fd, struct hs_err *err)
{
	struct addrinfo *info = NULL;
	int rc;

	if (resolve(text, &info, err) < 0)
		return -1;
	rc = bind_to(text, info, ret_fd, err);
	freeaddrinfo(info);
	return rc;
}
