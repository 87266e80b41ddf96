/* link.c - the host's end of a domain's interface, as the kernel has it: what
 * "ip link" does to it libvirt never hears of.
 */

#include <fcntl.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "hv/hv.h"
#include "hv/run.h"

#define TOOL_MS 10000

/* clang-format off */
static const char *const link_names[HV_LINK_COUNT] = {
	[HV_LINK_UP]        = "up",
	[HV_LINK_GONE]      = "gone",
	[HV_LINK_UNPLUGGED] = "unplugged",
	[HV_LINK_OPEN]      = "not isolated",
};
/* clang-format on */

const char *hv_link_name(enum hv_link link)
{
	return link_names[link];
}

static bool exists(const char *ifname, const char *rest)
{
	hs_auto(hs_freep) char *path =
	    hs_printf("/sys/class/net/%s%s", ifname, rest);

	return access(path, F_OK) == 0;
}

/* sysfs files have no size, so this is no hs_file_read(). */
static unsigned long number(const char *ifname, const char *file)
{
	hs_auto(hs_freep) char *path =
	    hs_printf("/sys/class/net/%s/%s", ifname, file);
	hs_auto(hs_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32] = { 0 };

	return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0
		   ? strtoul(text, NULL, 0)
		   : 0;
}

static bool is_up(const char *ifname)
{
	return (number(ifname, "flags") & IFF_UP) != 0;
}

enum hv_link hv_link_look(const char *ifname, const char *bridge)
{
	hs_auto(hs_freep) char *master =
	    hs_printf("/sys/class/net/%s/master", ifname);
	char target[256];
	ssize_t len;

	if (!exists(ifname, ""))
		return HV_LINK_GONE;
	len = readlink(master, target, sizeof(target) - 1);
	if (len <= 0 || !is_up(ifname))
		return HV_LINK_UNPLUGGED;
	target[len] = '\0';
	if (strcmp(strrchr(target, '/') != NULL ? strrchr(target, '/') + 1
						: target,
		bridge) != 0)
		return HV_LINK_UNPLUGGED;
	return number(ifname, "brport/isolated") == 1 ? HV_LINK_UP
						      : HV_LINK_OPEN;
}

int hv_link_plug(
    const char *ifname, const char *bridge, bool isolated, struct hs_err *err)
{
	const char *plug[] = { "ip", "link", "set", "dev", ifname, "master",
		bridge, "up", NULL };
	const char *isolate[] = { "ip", "link", "set", "dev", ifname, "type",
		"bridge_slave", "isolated", isolated ? "on" : "off", NULL };

	if (hv_run(plug, TOOL_MS, err) < 0 || hv_run(isolate, TOOL_MS, err) < 0)
		return hs_wrap(err, "plug '%s' into '%s'", ifname, bridge);
	return 0;
}

bool hv_bridge_is_up(const char *bridge)
{
	return exists(bridge, "/bridge") && is_up(bridge);
}
