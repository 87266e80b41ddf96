/* meter.h - the meters of usage: what is counted, and in which unit. */
#ifndef HANSE_TCO_REPORT_INPUT_METER_H
#define HANSE_TCO_REPORT_INPUT_METER_H

#include <stdbool.h>

/** What costs are driven by; each has a weight and a rate. */
enum tco_resource {
	TCO_CPU,      /* core-h */
	TCO_RAM,      /* GiB-h */
	TCO_STORAGE,  /* GB-month */
	TCO_IOPS,     /* IOPS-h */
	TCO_NETWORK,  /* GB */
	TCO_REQUESTS, /* requests */
};
#define TCO_RESOURCE_COUNT (TCO_REQUESTS + 1)

struct tco_resource_row {
	const char *name;  /* "cpu" */
	const char *unit;  /* "core-h" */
	bool is_allocated; /* has a capacity that is sold; else all is used */
	const char *load_unit; /* "cores"; NULL: is no load of a host */
};
extern const struct tco_resource_row tco_resources[TCO_RESOURCE_COUNT];

/** What a usage file counts. An allocated resource is charged by the larger of
 * what is reserved and what is used. */
enum tco_meter {
	TCO_CPU_RESERVED, /* core-h */
	TCO_CPU_USED,     /* core-h; CPU seconds / 3600 */
	TCO_RAM_RESERVED,
	TCO_RAM_USED,
	TCO_STORAGE_RESERVED,
	TCO_STORAGE_USED,
	TCO_IOPS_RESERVED,
	TCO_IOPS_USED,
	TCO_NETWORK_USED,
	TCO_REQUESTS_USED,
};
#define TCO_METER_COUNT (TCO_REQUESTS_USED + 1)

struct tco_meter_row {
	const char *name; /* "cpu.reserved" */
	enum tco_resource resource;
	bool is_reserved;
};
extern const struct tco_meter_row tco_meters[TCO_METER_COUNT];

/** By name; -1 if there is none. */
int tco_resource_find(const char *name);
int tco_meter_find(const char *name);

#endif
