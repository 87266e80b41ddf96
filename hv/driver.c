/* driver.c - what each of libvirt's drivers can do, as one table. */

#include "hv/driver.h"

#include <assert.h>
#include <libvirt/libvirt.h>
#include <stdio.h>
#include <string.h>

#define UNDEFINE_ALL                                                    \
	(VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_NVRAM | \
	    VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |                    \
	    VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA)

/* Read from the drivers' function tables of libvirt 9.0, and tried. */
static const struct driver {
	struct hv_caps caps;
	unsigned undefine_flags, shutdown_flags;
} drivers[HV_DRIVER_COUNT] = {
	[HV_LXC] = {
		.caps = {
			.name = "lxc",
			.uri = "lxc:///system",
			.live_memory = true,
			.live_vcpus = true,
			.quota_vcpus = true,
			.fewer_vcpus = true,
			.pause = true,
			.attach = true,
			.metadata = true,
			.wall = true,
			.idmap = true,
		},
		.shutdown_flags = VIR_DOMAIN_SHUTDOWN_SIGNAL,
	},
	[HV_QEMU] = {
		.caps = {
			.name = "qemu",
			.uri = "qemu:///system",
			.live_memory = true,
			.live_vcpus = true,
			.has_maxima = true,
			.pause = true,
			.attach = true,
			.save = true,
			.snapshot = true,
			.migrate = true,
			.metadata = true,
			.bulk_stats = true,
			.wall = true,
			.own_kernel = true,
		},
		.undefine_flags = UNDEFINE_ALL,
		.shutdown_flags = VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN,
	},
	/* No isolated ports: a script of the host does both
	 * (etc/xen), and its absence keeps a domain from starting. */
	[HV_XEN] = {
		.caps = {
			.name = "xen",
			.uri = "xen:///system",
			.live_memory = true,
			.live_vcpus = true,
			.has_maxima = true,
			.fewer_vcpus = true,
			.pause = true,
			.attach = true,
			.save = true,
			.migrate = true,
			.metadata = true,
			.own_kernel = true,
		},
		.undefine_flags = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE,
		.shutdown_flags = VIR_DOMAIN_SHUTDOWN_PARAVIRT,
	},
	[HV_TEST] = {
		.caps = {
			.name = "test",
			.uri = "test:///default",
			.live_memory = true,
			.live_vcpus = true,
			.has_maxima = true,
			.fewer_vcpus = true,
			.pause = true,
			.save = true,
			.snapshot = true,
			.metadata = true,
		},
		.undefine_flags = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE |
		    VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA,
	},
};

const struct hv_caps *hv_caps(enum hv_driver driver)
{
	assert(driver < HV_DRIVER_COUNT);
	return &drivers[driver].caps;
}

bool hv_driver_find(const char *name, enum hv_driver *ret_driver)
{
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		if (strcmp(name, drivers[i].caps.name) == 0) {
			*ret_driver = (enum hv_driver)i;
			return true;
		}
	return false;
}

int hv_driver_of_uri(
    const char *uri, enum hv_driver *ret_driver, bool *ret_is_local)
{
	char name[16];
	const char *end = strstr(uri, "://");

	if (end == NULL || sscanf(uri, "%15[a-z]", name) != 1 ||
	    strcspn(uri, "+:") != strlen(name) ||
	    !hv_driver_find(name, ret_driver))
		return -1;
	*ret_is_local = end[3] == '/' && strstr(end, "socket=") == NULL;
	return 0;
}

unsigned hv_undefine_flags(enum hv_driver driver)
{
	assert(driver < HV_DRIVER_COUNT);
	return drivers[driver].undefine_flags;
}

unsigned hv_shutdown_flags(enum hv_driver driver)
{
	assert(driver < HV_DRIVER_COUNT);
	return drivers[driver].shutdown_flags;
}
