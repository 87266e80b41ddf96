/* usage.c - the counters of our running domains: one call for all where the
 * driver can (QEMU), else domain by domain (LXC, 0.5 ms each).
 *
 * Ours are those whose UUID derives from their name: no XML need be read.
 */

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "hv/conn.h"
#include "hv/vir.h"

#define BULK_STATS                                               \
	(VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | \
	    VIR_DOMAIN_STATS_INTERFACE)
#define BULK_FLAGS                                   \
	(VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING | \
	    VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT)

/* clang-format off */
static const struct counter {
	const char *field; /* libvirt's name */
	size_t offset;
} counters[] = {
	{ "cpu.time",         offsetof(struct hv_usage, cpu_ns)     },
	{ "balloon.current",  offsetof(struct hv_usage, memory_kib) },
	{ "net.0.rx.bytes",   offsetof(struct hv_usage, rx_bytes)   },
	{ "net.0.tx.bytes",   offsetof(struct hv_usage, tx_bytes)   },
};
/* clang-format on */

void hv_usages_done(struct hv_usages *usages)
{
	for (size_t i = 0; i < usages->count; i++)
		free(usages->list[i].name);
	free(usages->list);
	*usages = (struct hv_usages) { 0 };
}

static struct hv_usage *add(struct hv_usages *usages, const char *name)
{
	struct hv_usage *usage;

	usages->list = hs_realloc_array(
	    usages->list, usages->count + 1, sizeof(*usages->list));
	usage = &usages->list[usages->count++];
	*usage = (struct hv_usage) { .name = hs_strdup(name) };
	return usage;
}

static bool is_ours(virDomainPtr domain, char ret_uuid[HV_UUID_SIZE])
{
	char want[HV_UUID_SIZE];

	hv_uuid5("domain", virDomainGetName(domain), want);
	return virDomainGetUUIDString(domain, ret_uuid) == 0 &&
	       strcmp(ret_uuid, want) == 0;
}

static void from_record(struct hv_usage *usage, virDomainStatsRecordPtr record)
{
	for (size_t i = 0; i < ARRAY_LEN(counters); i++) {
		char *field = (char *)usage + counters[i].offset;
		unsigned long long value = 0;

		if (virTypedParamsGetULLong(record->params, record->nparams,
			counters[i].field, &value) == 1)
			*(uint64_t *)(void *)field = value;
	}
}

static int list_bulk(
    struct hv_conn *conn, struct hv_usages *usages, struct hs_err *err)
{
	virDomainStatsRecordPtr *records = NULL;
	int count = virConnectGetAllDomainStats(
	    conn->vir, BULK_STATS, &records, BULK_FLAGS);
	char uuid[HV_UUID_SIZE];

	if (count < 0)
		return hv_fail(conn, err, "read counters");
	for (int i = 0; i < count; i++)
		if (is_ours(records[i]->dom, uuid))
			from_record(
			    add(usages, virDomainGetName(records[i]->dom)),
			    records[i]);
	virDomainStatsRecordListFree(records);
	return 0;
}

/* A domain that stops meanwhile has no counters any more: it is left out. */
static void read_one(virDomainPtr domain, struct hv_usages *usages)
{
	char uuid[HV_UUID_SIZE], ifname[HV_NAME_SIZE];
	virDomainInterfaceStatsStruct net;
	struct hv_usage *usage;
	virDomainInfo info;

	if (!is_ours(domain, uuid) || virDomainGetInfo(domain, &info) < 0)
		return;
	usage = add(usages, virDomainGetName(domain));
	usage->cpu_ns = info.cpuTime;
	usage->memory_kib = info.memory;
	hv_ifname(uuid, ifname);
	if (virDomainInterfaceStats(domain, ifname, &net, sizeof(net)) < 0)
		return;
	usage->rx_bytes = net.rx_bytes > 0 ? (uint64_t)net.rx_bytes : 0;
	usage->tx_bytes = net.tx_bytes > 0 ? (uint64_t)net.tx_bytes : 0;
}

static int list_each(
    struct hv_conn *conn, struct hv_usages *usages, struct hs_err *err)
{
	hs_auto(hs_freep) virDomainPtr *domains = NULL;
	int count = virConnectListAllDomains(
	    conn->vir, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE);

	if (count < 0)
		return hv_fail(conn, err, "list domains");
	for (int i = 0; i < count; i++) {
		read_one(domains[i], usages);
		(void)virDomainFree(domains[i]);
	}
	return 0;
}

int hv_vir_usage_list(
    struct hv_conn *conn, struct hv_usages *ret_usages, struct hs_err *err)
{
	hs_auto(hv_usages_done) struct hv_usages usages = { 0 };
	int done = hv_caps(conn->driver)->bulk_stats
		       ? list_bulk(conn, &usages, err)
		       : list_each(conn, &usages, err);

	if (done < 0)
		return -1;
	*ret_usages = usages;
	usages = (struct hv_usages) { 0 };
	return 0;
}
