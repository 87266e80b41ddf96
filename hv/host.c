/* host.c - the host's own side of the networks. */

#include "hv/host.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/text.h"
#include "hv/hv.h"
#include "hv/run.h"

#define TOOL_MS 10000

/* libvirt notes the MACs of a network here, and on Debian nobody makes the
 * folder: without it no domain of the network starts. */
#define MACS_DIR "/var/lib/libvirt/dnsmasq"

/* Without this the half of our filters that knows connections sees nothing. */
#define BRIDGE_NF "/proc/sys/net/bridge/bridge-nf-call-iptables"

int hv_host_prepare(struct hs_err *err)
{
	hs_auto(hs_closep) int fd = -1;
	char value = 0;

	if (hs_dir_make(MACS_DIR, 0755, err) < 0)
		return -1;
	fd = open(BRIDGE_NF, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM,
		    "%s (remedy: modprobe br_netfilter)", BRIDGE_NF);
	if (pread(fd, &value, 1, 0) == 1 && value == '1')
		return 0;
	if (pwrite(fd, "1", 1, 0) != 1 || pread(fd, &value, 1, 0) != 1 ||
	    value != '1')
		return hs_fail_errno(
		    err, HS_ESYSTEM, "switch on %s", BRIDGE_NF);
	return 0;
}

int hv_host_address_add(const char *address, struct hs_err *err)
{
	const char *run[] = { "ip", "address", "replace", address, "dev", "lo",
		NULL };

	if (hs_fault("hv.address.add", err) < 0)
		return -1;
	return hv_run(run, TOOL_MS, err);
}

int hv_host_address_remove(const char *address, struct hs_err *err)
{
	const char *look[] = { "ip", "-o", "address", "show", "dev", "lo", "to",
		address, NULL };
	const char *run[] = { "ip", "address", "del", address, "dev", "lo",
		NULL };
	hs_auto(hs_freep) char *found = NULL;

	if (hs_fault("hv.address.remove", err) < 0)
		return -1;
	if (hv_run_read(look, TOOL_MS, &found, err) < 0)
		return -1;
	return found[0] == '\0' ? 0 : hv_run(run, TOOL_MS, err);
}
