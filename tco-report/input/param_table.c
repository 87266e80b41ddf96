/* param_table.c - every parameter there is: unit, bounds, need. No values. */

#include <string.h>

#include "base/mem.h"
#include "tco-report/input/param.h"

/* clang-format off */
const struct tco_kind tco_kinds[TCO_PARAM_COUNT] = {
	/*                             name                          unit               min      max        group                    need */
	[TCO_HORIZON]              = { "finance.horizon",            "year",            "3",     "10",      TCO_GROUP_FINANCE,       TCO_NEEDED,   true,  false, "years that are compared" },
	[TCO_DISCOUNT_RATE]        = { "finance.discount_rate",      "%/year",          "0",     "100",     TCO_GROUP_FINANCE,       TCO_NEEDED,   false, false, "the company's cost of capital" },
	[TCO_PRICE_INCREASE]       = { "finance.price_increase",     "%/year",          "-20",   "50",      TCO_GROUP_FINANCE,       TCO_OPTIONAL, false, false, "of every yearly cost but people" },
	[TCO_LABOUR_INCREASE]      = { "finance.labour_increase",    "%/year",          "-20",   "50",      TCO_GROUP_FINANCE,       TCO_OPTIONAL, false, false, "of what people cost" },
	[TCO_HARDWARE_CHANGE]      = { "finance.hardware_change",    "%/year",          "-50",   "50",      TCO_GROUP_FINANCE,       TCO_OPTIONAL, false, false, "of prices of hardware" },
	[TCO_GROWTH]               = { "finance.growth",             "%/year",          "-20",   "100",     TCO_GROUP_FINANCE,       TCO_OPTIONAL, false, false, "of servers, domains and hosts; each rounded up" },
	[TCO_UNCERTAINTY]          = { "finance.uncertainty",        "%",               "0",     "90",      TCO_GROUP_FINANCE,       TCO_NEEDED,   false, false, "how far a figure without a range of its own may be off" },
	[TCO_ORDERS]               = { "finance.orders",             "orders/year",     "1",     "1000000000000", TCO_GROUP_FINANCE, TCO_OPTIONAL, false, false, "orders over the platform, for the cost of one" },

	[TCO_TARIFF]               = { "energy.tariff",              "CUR/kWh",         "0",     "10",      TCO_GROUP_ENERGY,        TCO_NEEDED,   false, true,  "electricity" },
	[TCO_PUE]                  = { "energy.pue",                 "1",               "1",     "5",       TCO_GROUP_ENERGY,        TCO_NEEDED,   false, true,  "power of the room by power of its machines" },
	[TCO_CARBON_INTENSITY]     = { "energy.carbon_intensity",    "kgCO2e/kWh",      "0",     "3",       TCO_GROUP_ENERGY,        TCO_OPTIONAL, false, false, "of the electricity" },
	[TCO_EMBODIED]             = { "energy.embodied",            "kgCO2e/server",   "0",     "100000",  TCO_GROUP_ENERGY,        TCO_OPTIONAL, false, false, "of making a server or host" },

	[TCO_FTE_COST]             = { "people.fte_cost",            "CUR/year",        "0",     "10000000", TCO_GROUP_PEOPLE,       TCO_NEEDED,   false, false, "a full-time administrator, with all that belongs to one" },
	[TCO_SERVERS_PER_ADMIN]    = { "people.servers_per_admin",   "servers/FTE",     "1",     "10000",   TCO_GROUP_PEOPLE,        TCO_NEEDED,   false, true,  "machines that one administrator cares for" },
	[TCO_DOMAINS_PER_ADMIN]    = { "people.domains_per_admin",   "domains/FTE",     "1",     "100000",  TCO_GROUP_PEOPLE,        TCO_NEEDED,   false, false, "domains that one administrator cares for" },

	[TCO_SERVER_PRICE]         = { "server.price",               "CUR",             "0",     "10000000", TCO_GROUP_SERVER,       TCO_NEEDED,   false, true,  "a server of an enterprise's own" },
	[TCO_PORT_PRICE]           = { "server.port_price",          "CUR",             "0",     "1000000", TCO_GROUP_SERVER,        TCO_NEEDED,   false, true,  "its share of the switch" },
	[TCO_SERVER_LIFE]          = { "server.life",                "year",            "1",     "15",      TCO_GROUP_SERVER,        TCO_NEEDED,   true,  true,  "years until it is replaced" },
	[TCO_SERVER_RESIDUAL]      = { "server.residual",            "%",               "0",     "100",     TCO_GROUP_SERVER,        TCO_OPTIONAL, false, true,  "of its price, at the end of its life" },
	[TCO_SERVER_RESALE]        = { "server.resale",              "%",               "0",     "100",     TCO_GROUP_SERVER,        TCO_OPTIONAL, false, true,  "of its price, if it was just bought and is sold again" },
	[TCO_SERVER_IDLE_POWER]    = { "server.idle_power",          "W",               "0",     "100000",  TCO_GROUP_SERVER,        TCO_NEEDED,   false, true,  "when it does nothing" },
	[TCO_SERVER_MAX_POWER]     = { "server.max_power",           "W",               "0",     "100000",  TCO_GROUP_SERVER,        TCO_NEEDED,   false, true,  "when it does all it can" },
	[TCO_SERVER_UTILISATION]   = { "server.utilisation",         "%",               "0",     "100",     TCO_GROUP_SERVER,        TCO_NEEDED,   false, true,  "of its CPU, on average" },
	[TCO_SERVER_SUPPORT]       = { "server.support",             "CUR/year",        "0",     "10000000", TCO_GROUP_SERVER,       TCO_NEEDED,   false, true,  "its maintenance contract" },
	[TCO_SERVER_SPACE]         = { "server.space",               "CUR/year",        "0",     "10000000", TCO_GROUP_SERVER,       TCO_NEEDED,   false, true,  "room, rack and cooling plant" },
	[TCO_SERVER_NETWORK]       = { "server.network",             "CUR/year",        "0",     "10000000", TCO_GROUP_SERVER,       TCO_OPTIONAL, false, true,  "its line" },
	[TCO_SERVER_LICENCES]      = { "server.licences",            "CUR/year",        "0",     "10000000", TCO_GROUP_SERVER,       TCO_OPTIONAL, false, true,  "its software" },
	[TCO_BACKUP_VOLUME]        = { "server.backup_volume",       "GB",              "0",     "10000000", TCO_GROUP_SERVER,       TCO_NEEDED,   false, true,  "kept in backup of a server" },
	[TCO_BACKUP_PRICE]         = { "server.backup_price",        "CUR/GB/month",    "0",     "100",     TCO_GROUP_SERVER,        TCO_NEEDED,   false, true,  "of backup" },

	[TCO_HOST_PRICE]           = { "platform.host_price",        "CUR",             "0",     "100000000", TCO_GROUP_PLATFORM,    TCO_NEEDED,   false, false, "a host of the platform" },
	[TCO_SHARED_CAPEX]         = { "platform.shared_capex",      "CUR",             "0",     "1000000000", TCO_GROUP_PLATFORM,   TCO_OPTIONAL, false, false, "storage, switches: what is bought once for all" },
	[TCO_HOST_LIFE]            = { "platform.life",              "year",            "1",     "15",      TCO_GROUP_PLATFORM,      TCO_NEEDED,   true,  false, "years until it is replaced" },
	[TCO_HOST_RESIDUAL]        = { "platform.residual",          "%",               "0",     "100",     TCO_GROUP_PLATFORM,      TCO_OPTIONAL, false, false, "of its price, at the end of its life" },
	[TCO_HOST_IDLE_POWER]      = { "platform.idle_power",        "W",               "0",     "100000",  TCO_GROUP_PLATFORM,      TCO_NEEDED,   false, false, "of a host that does nothing" },
	[TCO_HOST_MAX_POWER]       = { "platform.max_power",         "W",               "0",     "100000",  TCO_GROUP_PLATFORM,      TCO_NEEDED,   false, false, "of a host that does all it can" },
	[TCO_HOST_UTILISATION]     = { "platform.utilisation",       "%",               "0",     "100",     TCO_GROUP_PLATFORM,      TCO_NEEDED,   false, false, "of the hosts' CPUs, on average" },
	[TCO_HOST_SUPPORT]         = { "platform.support",           "%/year",          "0",     "100",     TCO_GROUP_PLATFORM,      TCO_NEEDED,   false, false, "maintenance, of what the platform's hardware cost" },
	[TCO_HOST_SPACE]           = { "platform.space",             "CUR/host/month",  "0",     "1000000", TCO_GROUP_PLATFORM,      TCO_NEEDED,   false, false, "room, rack and cooling plant" },
	[TCO_PLATFORM_BACKUP]      = { "platform.backup",            "CUR/year",        "0",     "100000000", TCO_GROUP_PLATFORM,    TCO_NEEDED,   false, false, "of everybody" },
	[TCO_PLATFORM_NETWORK]     = { "platform.network",           "CUR/year",        "0",     "100000000", TCO_GROUP_PLATFORM,    TCO_OPTIONAL, false, false, "its lines" },
	[TCO_PLATFORM_LICENCES]    = { "platform.licences",          "CUR/year",        "0",     "100000000", TCO_GROUP_PLATFORM,    TCO_OPTIONAL, false, false, "its software" },
	[TCO_HOSTS]                = { "platform.hosts",             "hosts",           "1",     "10000",   TCO_GROUP_PLATFORM,      TCO_OPTIONAL, true,  false, "all hosts with the spare; without it, as the load needs" },
	[TCO_SPARE_HOSTS]          = { "platform.spare_hosts",       "hosts",           "0",     "1000",    TCO_GROUP_PLATFORM,      TCO_NEEDED,   true,  false, "hosts that may fail" },
	[TCO_MIGRATION]            = { "platform.migration",         "CUR/domain",      "0",     "1000000", TCO_GROUP_PLATFORM,      TCO_NEEDED,   false, false, "of one domain, once" },
	[TCO_PROJECT]              = { "platform.project",           "CUR",             "0",     "100000000", TCO_GROUP_PLATFORM,    TCO_OPTIONAL, false, false, "training and project, once" },

	[TCO_HOST_CPU]             = { "host.cpu",                   "cores",           "1",     "10000",   TCO_GROUP_CONSOLIDATION, TCO_OPTIONAL, false, false, "cores of a host" },
	[TCO_HOST_RAM]             = { "host.ram",                   "GiB",             "1",     "1000000", TCO_GROUP_CONSOLIDATION, TCO_OPTIONAL, false, false, "memory of a host" },
	[TCO_HOST_IOPS]            = { "host.iops",                  "IOPS",            "1",     "100000000", TCO_GROUP_CONSOLIDATION, TCO_OPTIONAL, false, false, "operations a second of a host's storage" },
	[TCO_HOST_NETWORK]         = { "host.network",               "Gbit/s",          "0.01",  "10000",   TCO_GROUP_CONSOLIDATION, TCO_OPTIONAL, false, false, "of a host's network" },
	[TCO_TARGET_CPU]           = { "host.target_cpu",            "%",               "1",     "100",     TCO_GROUP_CONSOLIDATION, TCO_OPTIONAL, false, false, "how busy the CPUs may be at the peak" },
	[TCO_TARGET_RAM]           = { "host.target_ram",            "%",               "1",     "100",     TCO_GROUP_CONSOLIDATION, TCO_OPTIONAL, false, false, "how full the memory may be at the peak" },
	[TCO_TARGET_IOPS]          = { "host.target_iops",           "%",               "1",     "100",     TCO_GROUP_CONSOLIDATION, TCO_OPTIONAL, false, false, "how busy the storage may be at the peak" },
	[TCO_TARGET_NETWORK]       = { "host.target_network",        "%",               "1",     "100",     TCO_GROUP_CONSOLIDATION, TCO_OPTIONAL, false, false, "how busy the network may be at the peak" },

	[TCO_WEIGHT_CPU]           = { "weight.cpu",                 "%",               "0",     "100",     TCO_GROUP_SHOWBACK,      TCO_OPTIONAL, false, false, "of the platform's cost, driven by CPU" },
	[TCO_WEIGHT_RAM]           = { "weight.ram",                 "%",               "0",     "100",     TCO_GROUP_SHOWBACK,      TCO_OPTIONAL, false, false, "driven by memory" },
	[TCO_WEIGHT_STORAGE]       = { "weight.storage",             "%",               "0",     "100",     TCO_GROUP_SHOWBACK,      TCO_OPTIONAL, false, false, "driven by volumes" },
	[TCO_WEIGHT_IOPS]          = { "weight.iops",                "%",               "0",     "100",     TCO_GROUP_SHOWBACK,      TCO_OPTIONAL, false, false, "driven by operations of storage" },
	[TCO_WEIGHT_NETWORK]       = { "weight.network",             "%",               "0",     "100",     TCO_GROUP_SHOWBACK,      TCO_OPTIONAL, false, false, "driven by traffic" },
	[TCO_WEIGHT_REQUESTS]      = { "weight.requests",            "%",               "0",     "100",     TCO_GROUP_SHOWBACK,      TCO_OPTIONAL, false, false, "driven by requests" },
	[TCO_CAPACITY_CPU]         = { "capacity.cpu",               "core-h/year",     "1",     "1000000000000", TCO_GROUP_SHOWBACK, TCO_OPTIONAL, false, false, "core hours that can be sold" },
	[TCO_CAPACITY_RAM]         = { "capacity.ram",               "GiB-h/year",      "1",     "1000000000000", TCO_GROUP_SHOWBACK, TCO_OPTIONAL, false, false, "memory that can be sold" },
	[TCO_CAPACITY_STORAGE]     = { "capacity.storage",           "GB-month/year",   "1",     "1000000000000", TCO_GROUP_SHOWBACK, TCO_OPTIONAL, false, false, "storage that can be sold" },
	[TCO_CAPACITY_IOPS]        = { "capacity.iops",              "IOPS-h/year",     "1",     "1000000000000", TCO_GROUP_SHOWBACK, TCO_OPTIONAL, false, false, "operations of storage that can be sold" },

	[TCO_DOWNTIME_COST]          = { "soft.downtime_cost",          "CUR/minute",      "0", "10000000", TCO_GROUP_SOFT, TCO_OPTIONAL, false, false, "a minute in which an enterprise cannot trade" },
	[TCO_DOWNTIME_DEDICATED]     = { "soft.downtime_dedicated",     "minutes/year",    "0", "525600",   TCO_GROUP_SOFT, TCO_OPTIONAL, false, false, "of an enterprise with servers of its own" },
	[TCO_DOWNTIME_PLATFORM]      = { "soft.downtime_platform",      "minutes/year",    "0", "525600",   TCO_GROUP_SOFT, TCO_OPTIONAL, false, false, "of an enterprise on the platform" },
	[TCO_PROVISIONINGS]          = { "soft.provisionings",          "machines/year",   "0", "1000000",  TCO_GROUP_SOFT, TCO_OPTIONAL, false, false, "machines that are set up, of everybody" },
	[TCO_PROVISIONING_DEDICATED] = { "soft.provisioning_dedicated", "h/machine",       "0", "10000",    TCO_GROUP_SOFT, TCO_OPTIONAL, false, false, "work for a server" },
	[TCO_PROVISIONING_PLATFORM]  = { "soft.provisioning_platform",  "h/machine",       "0", "10000",    TCO_GROUP_SOFT, TCO_OPTIONAL, false, false, "work for a domain" },
	[TCO_LABOUR_RATE]            = { "soft.labour_rate",            "CUR/h",           "0", "10000",    TCO_GROUP_SOFT, TCO_OPTIONAL, false, false, "an hour of that work" },
};

static const char *const groups[TCO_GROUP_COUNT] = {
	[TCO_GROUP_FINANCE]       = "finance",
	[TCO_GROUP_ENERGY]        = "energy",
	[TCO_GROUP_PEOPLE]        = "people",
	[TCO_GROUP_SERVER]        = "server",
	[TCO_GROUP_PLATFORM]      = "platform",
	[TCO_GROUP_CONSOLIDATION] = "consolidation",
	[TCO_GROUP_SHOWBACK]      = "showback",
	[TCO_GROUP_SOFT]          = "soft",
};

static const char *const confidences[TCO_CONFIDENCE_COUNT] = {
	[TCO_MEASURED]   = "measured",
	[TCO_CONTRACT]   = "contract",
	[TCO_PUBLISHED]  = "published",
	[TCO_ASSUMPTION] = "assumption",
	[TCO_YOURS]      = "your figure",
};
/* clang-format on */

int tco_kind_find(const char *name)
{
	for (int i = 0; i < TCO_PARAM_COUNT; i++)
		if (strcmp(tco_kinds[i].name, name) == 0)
			return i;
	return -1;
}

const char *tco_group_name(enum tco_group group)
{
	return groups[group];
}

const char *tco_confidence_name(enum tco_confidence confidence)
{
	return confidences[confidence];
}
