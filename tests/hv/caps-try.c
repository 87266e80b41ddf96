/* caps-try.c - does the libvirt that is installed do what hv_caps() says?
 *
 *   caps-try URI...
 *
 * Each function is called on a domain that is defined and does not run: a
 * driver that has it refuses for that reason, one that has it not says so.
 * What no function tells (kernels, maxima, filters) is not asked.
 */

#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "hv/conn.h"

#define NAME "t-hv-caps"
#define KIB  65536

/* Whether the last call failed because the driver has no such function. */
static bool has(int result)
{
	return result >= 0 || virGetLastErrorCode() != VIR_ERR_NO_SUPPORT;
}

static bool has_vcpus(virDomainPtr d)
{
	return has(virDomainSetVcpusFlags(d, 1, VIR_DOMAIN_AFFECT_LIVE));
}

static bool has_quota(virDomainPtr d)
{
	int count = 0;
	char *type = virDomainGetSchedulerType(d, &count);
	bool found = has(type != NULL ? 0 : -1);

	free(type);
	return found;
}

static bool live_memory(virDomainPtr d)
{
	return has(virDomainSetMemoryFlags(d, KIB, VIR_DOMAIN_AFFECT_LIVE));
}

static bool live_vcpus(virDomainPtr d)
{
	return has_vcpus(d) || has_quota(d);
}

static bool quota_vcpus(virDomainPtr d)
{
	return !has_vcpus(d) && has_quota(d);
}

static bool can_pause(virDomainPtr d)
{
	return has(virDomainSuspend(d)) && has(virDomainResume(d));
}

static bool attach(virDomainPtr d)
{
	return has(virDomainAttachDeviceFlags(d,
	    "<interface type='network'><source network='none'/></interface>",
	    VIR_DOMAIN_AFFECT_LIVE));
}

static bool save(virDomainPtr d)
{
	return has(virDomainSave(d, "/dev/null"));
}

static bool snapshot(virDomainPtr d)
{
	return has(virDomainSnapshotNum(d, 0));
}

static bool metadata(virDomainPtr d)
{
	return has(virDomainSetMetadata(d, VIR_DOMAIN_METADATA_TITLE, "t", NULL,
	    NULL, VIR_DOMAIN_AFFECT_CONFIG));
}

/* All of the counters we read, not just any. */
static bool bulk_stats(virDomainPtr d)
{
	virDomainStatsRecordPtr *records = NULL;
	int count = virConnectGetAllDomainStats(virDomainGetConnect(d),
	    VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON |
		VIR_DOMAIN_STATS_INTERFACE,
	    &records, VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS);

	if (count >= 0)
		virDomainStatsRecordListFree(records);
	return count >= 0;
}

/* clang-format off */
static const struct question {
	const char *name;
	size_t offset;
	bool (*ask)(virDomainPtr domain);
} questions[] = {
	{ "live_memory", offsetof(struct hv_caps, live_memory), live_memory },
	{ "live_vcpus",  offsetof(struct hv_caps, live_vcpus),  live_vcpus  },
	{ "quota_vcpus", offsetof(struct hv_caps, quota_vcpus), quota_vcpus },
	{ "pause",       offsetof(struct hv_caps, pause),       can_pause   },
	{ "attach",      offsetof(struct hv_caps, attach),      attach      },
	{ "save",        offsetof(struct hv_caps, save),        save        },
	{ "snapshot",    offsetof(struct hv_caps, snapshot),    snapshot    },
	{ "metadata",    offsetof(struct hv_caps, metadata),    metadata    },
	{ "bulk_stats",  offsetof(struct hv_caps, bulk_stats),  bulk_stats  },
};

/* The least a domain of each driver is. */
static const char *const least[HV_DRIVER_COUNT] = {
	[HV_LXC]  = "<domain type='lxc'><name>" NAME "</name><memory>65536"
	            "</memory><os><type>exe</type><init>/bin/true</init></os>"
	            "</domain>",
	[HV_QEMU] = "<domain type='qemu'><name>" NAME "</name><memory>65536"
	            "</memory><os><type>hvm</type></os></domain>",
	[HV_XEN]  = "<domain type='xen'><name>" NAME "</name><memory>65536"
	            "</memory><os><type>xen</type><kernel>/none</kernel></os>"
	            "</domain>",
	[HV_TEST] = "<domain type='test'><name>" NAME "</name><memory>65536"
	            "</memory><os><type>hvm</type></os></domain>",
};
/* clang-format on */

static int compare(struct hv_conn *conn, virDomainPtr domain)
{
	const struct hv_caps *caps = hv_caps(conn->driver);
	int differ = 0;

	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		const struct question *q = &questions[i];
		bool says = *(const bool *)((const char *)caps + q->offset);
		bool is = q->ask(domain);

		printf("%s %s %s%s\n", caps->name, q->name, is ? "yes" : "no",
		    is == says ? "" : " DIFFERS");
		differ += is != says;
	}
	return differ;
}

/* Number of differences; 1 for one that cannot be asked. */
static int try_uri(const char *uri)
{
	hs_auto(hv_closep) struct hv_conn *conn = NULL;
	hs_auto(hv_domain_unrefp) virDomainPtr domain = NULL;
	struct hs_err err = { 0 };
	int differ;

	if (hv_open(uri, &conn, &err) < 0) {
		puts(err.msg);
		return 1;
	}
	domain = virDomainDefineXML(conn->vir, least[conn->driver]);
	if (domain == NULL) {
		(void)hv_fail(conn, &err, "%s: define", uri);
		puts(err.msg);
		return 1;
	}
	differ = compare(conn, domain);
	if (hv_domain_undefine(conn, NAME, &err) < 0)
		puts(err.msg);
	return differ;
}

int main(int argc, char **argv)
{
	int differ = argc < 2 ? 1 : 0;

	if (hv_init(NULL) < 0)
		return 1;
	for (int i = 1; i < argc; i++)
		differ += try_uri(argv[i]);
	return differ == 0 ? 0 : 1;
}
