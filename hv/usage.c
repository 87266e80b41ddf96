/* usage.c - the counters of our running domains: one call for all where the
 * driver can (QEMU), else domain by domain (LXC, 0.5 ms each).
 *
 * Ours are those whose UUID derives from their name: no XML need be read.
 */

#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "hv/conn.h"
#include "hv/domain.h"
#include "hv/life.h"
#include "hv/lxc_disk.h"
#include "hv/vir.h"

#define BULK_STATS                                               \
	(VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | \
	    VIR_DOMAIN_STATS_INTERFACE | VIR_DOMAIN_STATS_BLOCK)
#define BULK_FLAGS VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT

#define AT(field) offsetof(struct hv_usage, field)

/* clang-format off */
static const struct counter {
	const char *field; /* libvirt's name */
	size_t offset;
} counters[] = {
	{ "cpu.time",         AT(cpu_ns)     },
	{ "balloon.current",  AT(memory_kib) },
	{ "balloon.rss",      AT(used_kib)   },
	{ "net.0.rx.bytes",   AT(rx_bytes)   },
	{ "net.0.tx.bytes",   AT(tx_bytes)   },
}, disk_counters[] = {
	{ "rd.reqs",  AT(disk_reads)       },
	{ "wr.reqs",  AT(disk_writes)      },
	{ "rd.bytes", AT(disk_read_bytes)  },
	{ "wr.bytes", AT(disk_write_bytes) },
};
/* clang-format on */

void hv_usages_done(struct hv_usages *usages)
{
	for (size_t i = 0; i < usages->count; i++)
		free(usages->list[i].name);
	free(usages->list);
	*usages = (struct hv_usages) { 0 };
}

static uint64_t *field(struct hv_usage *usage, size_t offset)
{
	return (uint64_t *)(void *)((char *)usage + offset);
}

static struct hv_usage *add(
    struct hv_conn *conn, struct hv_usages *usages, virDomainPtr domain)
{
	struct hv_usage *usage;

	usages->list = hs_realloc_array(
	    usages->list, usages->count + 1, sizeof(*usages->list));
	usage = &usages->list[usages->count++];
	*usage = (struct hv_usage) {
		.name = hs_strdup(virDomainGetName(domain)),
		.id = (int)virDomainGetID(domain),
		.began = HV_NOT_TOLD,
		.data_kib = HV_NOT_TOLD,
	};
	if (conn->is_local)
		usage->began =
		    hv_domain_began(conn->driver, usage->name, usage->id);
	for (size_t i = 0; i < ARRAY_LEN(counters); i++)
		*field(usage, counters[i].offset) = HV_NOT_TOLD;
	for (size_t i = 0; i < ARRAY_LEN(disk_counters); i++)
		*field(usage, disk_counters[i].offset) = HV_NOT_TOLD;
	return usage;
}

static bool is_ours(virDomainPtr domain, char ret_uuid[HV_UUID_SIZE])
{
	char want[HV_UUID_SIZE];

	hv_uuid5("domain", virDomainGetName(domain), want);
	return virDomainGetUUIDString(domain, ret_uuid) == 0 &&
	       strcmp(ret_uuid, want) == 0;
}

static bool get(
    virDomainStatsRecordPtr record, const char *name, uint64_t *ret_value)
{
	unsigned long long value = 0;

	if (virTypedParamsGetULLong(
		record->params, record->nparams, name, &value) != 1)
		return false;
	*ret_value = value;
	return true;
}

static void add_disk(
    struct hv_usage *usage, virDomainStatsRecordPtr record, unsigned disk)
{
	const char *name = NULL;
	char key[48];
	uint64_t value;

	for (size_t i = 0; i < ARRAY_LEN(disk_counters); i++) {
		uint64_t *sum = field(usage, disk_counters[i].offset);

		(void)snprintf(key, sizeof(key), "block.%u.%s", disk,
		    disk_counters[i].field);
		if (get(record, key, &value))
			*sum = *sum == HV_NOT_TOLD ? value : *sum + value;
	}
	/* vda is its root, vdb its configuration, vdc its data. */
	(void)snprintf(key, sizeof(key), "block.%u.name", disk);
	if (virTypedParamsGetString(
		record->params, record->nparams, key, &name) != 1 ||
	    strcmp(name, "vdc") != 0)
		return;
	(void)snprintf(key, sizeof(key), "block.%u.allocation", disk);
	if (get(record, key, &value))
		usage->data_kib = value / 1024;
}

/* One that is busy does not tell everything. */
static void from_record(struct hv_usage *usage, virDomainStatsRecordPtr record)
{
	unsigned disks = 0;

	for (size_t i = 0; i < ARRAY_LEN(counters); i++)
		(void)get(record, counters[i].field,
		    field(usage, counters[i].offset));
	(void)virTypedParamsGetUInt(
	    record->params, record->nparams, "block.count", &disks);
	for (unsigned i = 0; i < disks; i++)
		add_disk(usage, record, i);
}

/* One that has stopped meanwhile has no number any more, and no counters. */
static void add_record(struct hv_conn *conn, struct hv_usages *usages,
    virDomainStatsRecordPtr record)
{
	char uuid[HV_UUID_SIZE];

	if (virDomainGetID(record->dom) != (unsigned)-1 &&
	    is_ours(record->dom, uuid))
		from_record(add(conn, usages, record->dom), record);
}

/* Of all of them, or of one. */
static int list_bulk(struct hv_conn *conn, virDomainPtr one,
    struct hv_usages *usages, struct hs_err *err)
{
	virDomainStatsRecordPtr *records = NULL;
	virDomainPtr ones[] = { one, NULL };
	int count =
	    one != NULL
		? virDomainListGetStats(ones, BULK_STATS, &records, BULK_FLAGS)
		: virConnectGetAllDomainStats(conn->vir, BULK_STATS, &records,
		      BULK_FLAGS | VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING);

	if (count < 0)
		return hv_fail(conn, err, "read counters");
	for (int i = 0; i < count; i++)
		add_record(conn, usages, records[i]);
	virDomainStatsRecordListFree(records);
	return 0;
}

static void read_disks(
    struct hv_conn *conn, virDomainPtr domain, struct hv_usage *usage)
{
	virDomainBlockStatsStruct disks;

	if (conn->driver == HV_LXC && conn->is_local) {
		hv_lxc_disks(usage);
		return;
	}
	if (virDomainBlockStats(domain, "", &disks, sizeof(disks)) < 0 ||
	    disks.rd_req < 0 || disks.wr_req < 0)
		return;
	usage->disk_reads = (uint64_t)disks.rd_req;
	usage->disk_writes = (uint64_t)disks.wr_req;
	usage->disk_read_bytes = (uint64_t)disks.rd_bytes;
	usage->disk_write_bytes = (uint64_t)disks.wr_bytes;
}

/* A domain that stops meanwhile has no counters any more: it is left out. One
 * that goes on and does not answer is there, and tells nothing. */
static void read_one(
    struct hv_conn *conn, virDomainPtr domain, struct hv_usages *usages)
{
	char uuid[HV_UUID_SIZE], ifname[HV_NAME_SIZE];
	virDomainInterfaceStatsStruct net;
	struct hv_usage *usage;
	virDomainInfo info;
	bool told;

	if (!is_ours(domain, uuid))
		return;
	told = virDomainGetInfo(domain, &info) == 0;
	if (!told && virDomainIsActive(domain) == 0)
		return;
	usage = add(conn, usages, domain);
	if (!told)
		return;
	usage->cpu_ns = info.cpuTime;
	usage->memory_kib = info.memory;
	usage->used_kib = info.memory;
	read_disks(conn, domain, usage);
	hv_ifname(uuid, ifname);
	if (virDomainInterfaceStats(domain, ifname, &net, sizeof(net)) < 0)
		return;
	usage->rx_bytes = net.rx_bytes > 0 ? (uint64_t)net.rx_bytes : 0;
	usage->tx_bytes = net.tx_bytes > 0 ? (uint64_t)net.tx_bytes : 0;
}

static int list_each(struct hv_conn *conn, virDomainPtr one,
    struct hv_usages *usages, struct hs_err *err)
{
	hs_auto(hs_freep) virDomainPtr *domains = NULL;
	int count;

	if (one != NULL) {
		read_one(conn, one, usages);
		return 0;
	}
	count = virConnectListAllDomains(
	    conn->vir, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
	if (count < 0)
		return hv_fail(conn, err, "list domains");
	for (int i = 0; i < count; i++) {
		read_one(conn, domains[i], usages);
		(void)virDomainFree(domains[i]);
	}
	return 0;
}

int hv_vir_usage_list(struct hv_conn *conn, const char *name,
    struct hv_usages *ret_usages, struct hs_err *err)
{
	hs_auto(hv_usages_done) struct hv_usages usages = { 0 };
	hs_auto(hv_domain_unrefp) virDomainPtr one = NULL;
	int done;

	if (name != NULL && hv_domain_find(conn, name, &one, err) < 0)
		return -1;
	done = hv_caps(conn->driver)->bulk_stats
		   ? list_bulk(conn, one, &usages, err)
		   : list_each(conn, one, &usages, err);
	if (done < 0)
		return -1;
	*ret_usages = usages;
	usages = (struct hv_usages) { 0 };
	return 0;
}
