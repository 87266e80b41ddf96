/* patience.c - a connection of libldap that gives up in time. */

#include "tenant-mgr/patience.h"

#include <errno.h>
#include <lber.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>

/* Between the socket (10) and TLS (20). */
#define LEVEL ((LBER_SBIOD_LEVEL_PROVIDER + LBER_SBIOD_LEVEL_TRANSPORT) / 2)

static int setup(Sockbuf_IO_Desc *layer, void *timeout_ms)
{
	layer->sbiod_pvt = timeout_ms;
	return 0;
}

static int socket_of(Sockbuf_IO_Desc *layer)
{
	ber_socket_t fd = -1;

	(void)ber_sockbuf_ctrl(layer->sbiod_sb, LBER_SB_OPT_GET_FD, &fd);
	return fd;
}

/* Not EAGAIN: that means "again, at once" to libldap. */
static int wait_for(Sockbuf_IO_Desc *layer, short events)
{
	struct pollfd fd = { .fd = socket_of(layer), .events = events };
	const int *timeout_ms = layer->sbiod_pvt;
	int ready;

	do
		ready = poll(&fd, 1, *timeout_ms);
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		errno = ETIMEDOUT;
	return ready > 0 ? 0 : -1;
}

static ber_slen_t read_in_time(
    Sockbuf_IO_Desc *layer, void *data, ber_len_t len)
{
	if (wait_for(layer, POLLIN) < 0)
		return -1;
	return LBER_SBIOD_READ_NEXT(layer, data, len);
}

static ber_slen_t write_in_time(
    Sockbuf_IO_Desc *layer, void *data, ber_len_t len)
{
	if (wait_for(layer, POLLOUT) < 0)
		return -1;
	return send(socket_of(layer), data, len, MSG_NOSIGNAL);
}

static int pass_on(Sockbuf_IO_Desc *layer, int option, void *arg)
{
	return LBER_SBIOD_CTRL_NEXT(layer, option, arg);
}

static Sockbuf_IO patience = {
	.sbi_setup = setup,
	.sbi_ctrl = pass_on,
	.sbi_read = read_in_time,
	.sbi_write = write_in_time,
};

static int on_connect(LDAP *ld, Sockbuf *sockbuf, LDAPURLDesc *url,
    struct sockaddr *address, struct ldap_conncb *callback)
{
	(void)ld;
	(void)url;
	(void)address;
	return ber_sockbuf_add_io(sockbuf, &patience, LEVEL, callback->lc_arg);
}

static void on_close(LDAP *ld, Sockbuf *sockbuf, struct ldap_conncb *callback)
{
	(void)ld;
	(void)sockbuf;
	(void)callback;
}

int tenant_patience_set(LDAP *ld, struct ldap_conncb *callback, int *timeout_ms)
{
	*callback = (struct ldap_conncb) {
		.lc_add = on_connect,
		.lc_del = on_close,
		.lc_arg = timeout_ms,
	};
	return ldap_set_option(ld, LDAP_OPT_CONNECT_CB, callback);
}
