/* net.c - the loopback device, eth0 and the routes, over ioctl. */

#include "dom-templates/init/init.h"

#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"

static void put_addr(struct sockaddr *sa, struct in_addr ip)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = ip };

	memcpy(sa, &in, sizeof(in));
}

static struct ifreq device(const char *name)
{
	struct ifreq req = { 0 };

	(void)strncpy(req.ifr_name, name, sizeof(req.ifr_name) - 1);
	return req;
}

static int up(int sock, const char *name, struct hs_err *err)
{
	struct ifreq req = device(name);

	if (ioctl(sock, SIOCGIFFLAGS, &req) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "device %s", name);
	req.ifr_flags = (short)(req.ifr_flags | IFF_UP);
	if (ioctl(sock, SIOCSIFFLAGS, &req) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "start %s", name);
	return 0;
}

static int address(int sock, const char *name, const struct init_conf *conf,
    struct hs_err *err)
{
	struct in_addr mask = { htonl(~0u << (32 - conf->prefix)) };
	struct ifreq req = device(name);

	put_addr(&req.ifr_addr, conf->address);
	if (ioctl(sock, SIOCSIFADDR, &req) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "address of %s", name);
	put_addr(&req.ifr_netmask, mask);
	if (ioctl(sock, SIOCSIFNETMASK, &req) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "netmask of %s", name);
	return 0;
}

static int route(
    int sock, struct in_addr to, struct in_addr gateway, struct hs_err *err)
{
	struct rtentry entry = { .rt_flags = RTF_UP | RTF_GATEWAY | RTF_HOST };

	put_addr(&entry.rt_dst, to);
	put_addr(&entry.rt_gateway, gateway);
	if (ioctl(sock, SIOCADDRT, &entry) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "route");
	return 0;
}

/* Domains speak IPv4 only; what is not there needs no filter. */
static void refuse_ipv6(void)
{
	static const char path[] = "/proc/sys/net/ipv6/conf/all/disable_ipv6";
	hs_auto(hs_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "1", 1) < 0)
		hs_warn("net.ipv6", "path=%s", path);
}

int init_net(const struct init_conf *conf, struct hs_err *err)
{
	hs_auto(hs_closep) int sock = -1;

	refuse_ipv6();
	if (init_is_container())
		return 0; /* libvirt has done it, and we may not */
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "socket");
	if (up(sock, "lo", err) < 0 || address(sock, "eth0", conf, err) < 0 ||
	    up(sock, "eth0", err) < 0)
		return -1;
	for (size_t i = 0; i < conf->route_count; i++)
		if (route(sock, conf->routes[i], conf->gateway, err) < 0)
			return -1;
	return 0;
}
