/* meter.c - resources, meters and the units they come in. */

#include "tco-report/input/meter.h"

#include <string.h>

/* clang-format off */
const struct tco_resource_row tco_resources[TCO_RESOURCE_COUNT] = {
	[TCO_CPU]      = { "cpu",      "core-h",   true,  "cores" },
	[TCO_RAM]      = { "ram",      "GiB-h",    true,  "GiB" },
	[TCO_STORAGE]  = { "storage",  "GB-month", true,  NULL },
	[TCO_IOPS]     = { "iops",     "IOPS-h",   true,  "IOPS" },
	[TCO_NETWORK]  = { "network",  "GB",       false, "Gbit/s" },
	[TCO_REQUESTS] = { "requests", "requests", false, NULL },
};

const struct tco_meter_row tco_meters[TCO_METER_COUNT] = {
	[TCO_CPU_RESERVED]     = { "cpu.reserved",     TCO_CPU,      true },
	[TCO_CPU_USED]         = { "cpu.used",         TCO_CPU,      false },
	[TCO_RAM_RESERVED]     = { "ram.reserved",     TCO_RAM,      true },
	[TCO_RAM_USED]         = { "ram.used",         TCO_RAM,      false },
	[TCO_STORAGE_RESERVED] = { "storage.reserved", TCO_STORAGE,  true },
	[TCO_STORAGE_USED]     = { "storage.used",     TCO_STORAGE,  false },
	[TCO_IOPS_RESERVED]    = { "iops.reserved",    TCO_IOPS,     true },
	[TCO_IOPS_USED]        = { "iops.used",        TCO_IOPS,     false },
	[TCO_NETWORK_USED]     = { "network.used",     TCO_NETWORK,  false },
	[TCO_REQUESTS_USED]    = { "requests.used",    TCO_REQUESTS, false },
};
/* clang-format on */

int tco_resource_find(const char *name)
{
	for (int i = 0; i < TCO_RESOURCE_COUNT; i++)
		if (strcmp(tco_resources[i].name, name) == 0)
			return i;
	return -1;
}

int tco_meter_find(const char *name)
{
	for (int i = 0; i < TCO_METER_COUNT; i++)
		if (strcmp(tco_meters[i].name, name) == 0)
			return i;
	return -1;
}
