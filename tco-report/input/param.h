/* param.h - parameters: what each is, in which unit, within which bounds; and
 * what was given for it: value, source, date, confidence.
 *
 * No parameter has a value in this program. What is needed and not given is
 * asked for by name; what is given without a source is "your figure".
 */
#ifndef HANSE_TCO_REPORT_INPUT_PARAM_H
#define HANSE_TCO_REPORT_INPUT_PARAM_H

#include <stdbool.h>
#include <stddef.h>

struct num;

enum tco_param_id {
	/* finance */
	TCO_HORIZON,         /* N, years; whole, 3 to 10 */
	TCO_DISCOUNT_RATE,   /* r, % a year */
	TCO_PRICE_INCREASE,  /* of all yearly costs but people, % a year */
	TCO_LABOUR_INCREASE, /* of people, % a year */
	TCO_HARDWARE_CHANGE, /* of hardware prices, % a year */
	TCO_GROWTH,          /* of servers and domains, % a year */
	TCO_UNCERTAINTY,     /* +- of the tornado and Monte Carlo, % */
	TCO_ORDERS, /* orders a year over the platform; for unit cost */
	/* energy */
	TCO_TARIFF,
	TCO_PUE,
	TCO_CARBON_INTENSITY,
	TCO_EMBODIED, /* kg CO2e of a server or host over its life */
	/* people */
	TCO_FTE_COST,
	TCO_SERVERS_PER_ADMIN,
	TCO_DOMAINS_PER_ADMIN,
	/* a server of an enterprise's own */
	TCO_SERVER_PRICE,
	TCO_PORT_PRICE, /* its share of the switch */
	TCO_SERVER_LIFE,
	TCO_SERVER_RESIDUAL, /* % of the price at the end of its life */
	TCO_SERVER_RESALE,   /* % of the price, for one that was just bought */
	TCO_SERVER_IDLE_POWER,
	TCO_SERVER_MAX_POWER,
	TCO_SERVER_UTILISATION,
	TCO_SERVER_SUPPORT,
	TCO_SERVER_SPACE,
	TCO_SERVER_NETWORK,
	TCO_SERVER_LICENCES,
	TCO_BACKUP_VOLUME,
	TCO_BACKUP_PRICE,
	/* the platform */
	TCO_HOST_PRICE,
	TCO_SHARED_CAPEX, /* storage, switches: what is bought once for all */
	TCO_HOST_LIFE,
	TCO_HOST_RESIDUAL,
	TCO_HOST_IDLE_POWER,
	TCO_HOST_MAX_POWER,
	TCO_HOST_UTILISATION,
	TCO_HOST_SUPPORT, /* % of the capex a year */
	TCO_HOST_SPACE,   /* a host and month */
	TCO_PLATFORM_BACKUP,
	TCO_PLATFORM_NETWORK,
	TCO_PLATFORM_LICENCES,
	TCO_HOSTS,       /* all, with the spare; left out: from the load */
	TCO_SPARE_HOSTS, /* of TCO_HOSTS, or added to what the load needs */
	TCO_MIGRATION,   /* of a domain, once */
	TCO_PROJECT,     /* training and project, once */
	/* what a host can do, and how full it may be */
	TCO_HOST_CPU,
	TCO_HOST_RAM,
	TCO_HOST_IOPS,
	TCO_HOST_NETWORK,
	TCO_TARGET_CPU,
	TCO_TARGET_RAM,
	TCO_TARGET_IOPS,
	TCO_TARGET_NETWORK,
	/* showback: what part of the cost each resource drives */
	TCO_WEIGHT_CPU,
	TCO_WEIGHT_RAM,
	TCO_WEIGHT_STORAGE,
	TCO_WEIGHT_IOPS,
	TCO_WEIGHT_NETWORK,
	TCO_WEIGHT_REQUESTS,
	/* what can be sold of it in a year */
	TCO_CAPACITY_CPU,
	TCO_CAPACITY_RAM,
	TCO_CAPACITY_STORAGE,
	TCO_CAPACITY_IOPS,
	/* soft: what no invoice shows */
	TCO_DOWNTIME_COST,
	TCO_DOWNTIME_DEDICATED,
	TCO_DOWNTIME_PLATFORM,
	TCO_PROVISIONINGS,
	TCO_PROVISIONING_DEDICATED,
	TCO_PROVISIONING_PLATFORM,
	TCO_LABOUR_RATE,
};
#define TCO_PARAM_COUNT (TCO_LABOUR_RATE + 1)

enum tco_group {
	TCO_GROUP_FINANCE,
	TCO_GROUP_ENERGY,
	TCO_GROUP_PEOPLE,
	TCO_GROUP_SERVER,
	TCO_GROUP_PLATFORM,
	TCO_GROUP_CONSOLIDATION,
	TCO_GROUP_SHOWBACK,
	TCO_GROUP_SOFT,
};
#define TCO_GROUP_COUNT (TCO_GROUP_SOFT + 1)

enum tco_need {
	TCO_NEEDED,   /* asked for by name when it is missing */
	TCO_OPTIONAL, /* left out, it is not in the model */
};

/** What a parameter is; the rows are the same for every case. */
struct tco_kind {
	const char *name;      /* e.g. "finance.discount_rate" */
	const char *unit;      /* "CUR" stands for the case's currency */
	const char *min, *max; /* bounds of what is accepted, decimals */
	enum tco_group group;
	enum tco_need need;
	bool is_whole;
	bool is_own;      /* an enterprise may have a figure of its own */
	const char *help; /* one line for people, English */
};
extern const struct tco_kind tco_kinds[TCO_PARAM_COUNT];

enum tco_confidence {
	TCO_MEASURED,
	TCO_CONTRACT,
	TCO_PUBLISHED,
	TCO_ASSUMPTION,
	TCO_YOURS, /* given without a source: "your figure" */
};
#define TCO_CONFIDENCE_COUNT (TCO_YOURS + 1)

/** What was given for a parameter; value is NULL if nothing was. */
struct tco_param {
	const struct num *value;      /* in its unit: 8 for 8 % */
	const struct num *low, *high; /* its own range; both or none are NULL */
	const char *unit;             /* "EUR/kWh" */
	const char *source;           /* NULL: your figure */
	const char *date; /* of the source: "2024-05-01", "2024-05" or
			   * "2024" or "undated"; NULL with it */
	enum tco_confidence confidence;
	const char *file; /* where it was given; "--set" */
	unsigned line;
};

/** The kind of that name; -1 if there is none. */
int tco_kind_find(const char *name);
/** "finance", "energy" ...; a static string. */
const char *tco_group_name(enum tco_group group);
/** "measured" ...; "your figure" for TCO_YOURS; a static string. */
const char *tco_confidence_name(enum tco_confidence confidence);

#endif
