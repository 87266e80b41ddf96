/* host.c - the host's own side of the networks. */

#include "hv/host.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/text.h"
#include "hv/hv.h"
#include "hv/run.h"

#define TOOL_MS 10000

/* libvirt notes the MACs of a network here, and on Debian nobody makes the
 * folder: without it no domain of the network starts. */
#define MACS_DIR "/var/lib/libvirt/dnsmasq"

/** What the kernel must be told: a file below /proc/sys, the digit wanted. */
static const struct setting {
	const char *path;
	char value;
	const char *remedy; /* if there is no such file */
} settings[] = {
	/* A host asks who has a domain's address in the name of whoever sends
	 * to it, which may be the gateway: the walls know the network's own
	 * address only, and nobody would answer. */
	{ "/proc/sys/net/ipv4/conf/all/arp_announce", '2',
	    "a kernel with IPv4" },
};

static int set(const struct setting *s, struct hs_err *err)
{
	hs_auto(hs_closep) int fd = open(s->path, O_RDWR | O_CLOEXEC);
	char value = 0;

	if (fd < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "%s (remedy: %s)", s->path, s->remedy);
	if (pread(fd, &value, 1, 0) == 1 && value == s->value)
		return 0;
	if (pwrite(fd, &s->value, 1, 0) != 1 || pread(fd, &value, 1, 0) != 1 ||
	    value != s->value)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "set %s to %c", s->path, s->value);
	return 0;
}

int hv_host_prepare(struct hs_err *err)
{
	if (hs_dir_make(MACS_DIR, 0755, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (set(&settings[i], err) < 0)
			return -1;
	return 0;
}

void hv_address_forget(const char *address)
{
	const char *neighbour[] = { "ip", "neighbour", "flush", "to", address,
		NULL };
	const char *sessions[] = { "ss", "-tK", "dst", address, NULL };
	struct hs_err err = { 0 };

	if (hv_run(neighbour, TOOL_MS, &err) < 0 ||
	    hv_run(sessions, TOOL_MS, &err) < 0)
		hs_warn(
		    "address.kept", "address=%s err=\"%s\"", address, err.msg);
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
