/* live.c - change a domain while it runs: pause, memory, virtual CPUs.
 *
 * Two ways, as the drivers have it: a virtual machine is ballooned and its
 * CPUs plugged, within the maxima of its definition; a container has limits,
 * which can be set to anything at any time. First what runs is changed, then
 * the definition: it is the definition that hv_list() shows.
 */

#include <libvirt/virterror.h>

#include "base/err.h"
#include "hv/conn.h"
#include "hv/domain.h"
#include "hv/edit.h"
#include "hv/vir.h"

#define hs_domain hs_auto(hv_domain_unrefp) virDomainPtr

/* A domain to be changed. */
struct change {
	struct hv_conn *conn;
	virDomainPtr domain;
	const char *name;
	bool runs; /* or is paused */
	struct hs_err *err;
};

static int fail(const struct change *c, const char *what)
{
	return hv_fail(c->conn, c->err, "%s of domain '%s'", what, c->name);
}

/* -- Virtual machines --------------------------------------------------- */

static int machine_memory(const struct change *c, uint64_t kib)
{
	unsigned long max = virDomainGetMaxMemory(c->domain);

	if (max == 0)
		return fail(c, "memory");
	if (kib > max && c->runs)
		return hs_fail(c->err, HS_ELIMIT,
		    "domain '%s' has room for %lu KiB of memory while it runs",
		    c->name, max);
	if (kib > max &&
	    virDomainSetMemoryFlags(c->domain, kib,
		VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_MEM_MAXIMUM) < 0)
		return fail(c, "most memory");
	if ((c->runs && virDomainSetMemoryFlags(
			    c->domain, kib, VIR_DOMAIN_AFFECT_LIVE) < 0) ||
	    virDomainSetMemoryFlags(c->domain, kib, VIR_DOMAIN_AFFECT_CONFIG) <
		0)
		return fail(c, "memory");
	return 0;
}

/* A guest of QEMU takes a CPU out of use when asked, but the CPU never goes
 * (QEMU 7.2 with TCG, Linux 6.1): libvirt waits, and refuses every further
 * change. */
static bool has_more(const struct change *c, unsigned vcpus)
{
	int now = virDomainGetVcpusFlags(c->domain, VIR_DOMAIN_AFFECT_LIVE);

	return !hv_caps(c->conn->driver)->fewer_vcpus && now > 0 &&
	       vcpus < (unsigned)now;
}

static int machine_vcpus(const struct change *c, unsigned vcpus)
{
	int max = virDomainGetVcpusFlags(c->domain,
	    VIR_DOMAIN_VCPU_MAXIMUM |
		(c->runs ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_CONFIG));

	if (max < 0)
		return fail(c, "vCPUs");
	if (vcpus > (unsigned)max && c->runs)
		return hs_fail(c->err, HS_ELIMIT,
		    "domain '%s' has room for %d vCPUs while it runs", c->name,
		    max);
	if (c->runs && has_more(c, vcpus))
		return hs_fail(c->err, HS_ELIMIT,
		    "domain '%s' gives back vCPUs only when it is stopped",
		    c->name);
	if (vcpus > (unsigned)max &&
	    virDomainSetVcpusFlags(c->domain, vcpus,
		VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_VCPU_MAXIMUM) < 0)
		return fail(c, "most vCPUs");
	if ((c->runs && virDomainSetVcpusFlags(
			    c->domain, vcpus, VIR_DOMAIN_AFFECT_LIVE) < 0) ||
	    virDomainSetVcpusFlags(c->domain, vcpus, VIR_DOMAIN_AFFECT_CONFIG) <
		0)
		return fail(c, "vCPUs");
	return 0;
}

/* -- Containers --------------------------------------------------------- */

static int redefine(
    const struct change *c, const struct hv_edit *edits, size_t count)
{
	hs_auto(hs_freep) char *now =
	    virDomainGetXMLDesc(c->domain, VIR_DOMAIN_XML_INACTIVE);
	hs_auto(hs_freep) char *xml = NULL;
	hs_auto(hv_domain_unrefp) virDomainPtr defined = NULL;

	if (now == NULL)
		return fail(c, "definition");
	if (hv_edit(now, edits, count, &xml, c->err) < 0)
		return hs_wrap(c->err, "definition of domain '%s'", c->name);
	defined = virDomainDefineXML(c->conn->vir, xml);
	return defined != NULL ? 0 : fail(c, "definition");
}

static int container_memory(const struct change *c, uint64_t kib)
{
	/* clang-format off */
	const struct hv_edit edits[] = {
		{ "/domain/memory",             kib },
		{ "/domain/currentMemory",      kib },
		{ "/domain/memtune/hard_limit", kib },
	};
	/* clang-format on */
	virTypedParameterPtr params = NULL;
	int count = 0, max = 0, done;

	if (!c->runs)
		return redefine(c, edits, ARRAY_LEN(edits));
	if (virTypedParamsAddULLong(
		&params, &count, &max, VIR_DOMAIN_MEMORY_HARD_LIMIT, kib) < 0)
		return fail(c, "memory");
	done = virDomainSetMemoryParameters(
	    c->domain, params, count, VIR_DOMAIN_AFFECT_LIVE);
	virTypedParamsFree(params, count);
	if (done < 0)
		return fail(c, "memory");
	return redefine(c, edits, ARRAY_LEN(edits));
}

static int container_vcpus(const struct change *c, unsigned vcpus)
{
	/* clang-format off */
	const struct hv_edit edits[] = {
		{ "/domain/vcpu",           vcpus },
		{ "/domain/cputune/period", HV_PERIOD_US },
		{ "/domain/cputune/quota",  (uint64_t)vcpus * HV_PERIOD_US },
	};
	/* clang-format on */
	virTypedParameterPtr params = NULL;
	int count = 0, max = 0, done;

	if (!c->runs)
		return redefine(c, edits, ARRAY_LEN(edits));
	if (virTypedParamsAddULLong(&params, &count, &max,
		VIR_DOMAIN_SCHEDULER_VCPU_PERIOD, HV_PERIOD_US) < 0 ||
	    virTypedParamsAddLLong(&params, &count, &max,
		VIR_DOMAIN_SCHEDULER_VCPU_QUOTA,
		(long long)vcpus * HV_PERIOD_US) < 0)
		return fail(c, "vCPUs");
	done = virDomainSetSchedulerParametersFlags(
	    c->domain, params, count, VIR_DOMAIN_AFFECT_LIVE);
	virTypedParamsFree(params, count);
	if (done < 0)
		return fail(c, "vCPUs");
	return redefine(c, edits, ARRAY_LEN(edits));
}

static const struct way {
	int (*memory)(const struct change *c, uint64_t kib);
	int (*vcpus)(const struct change *c, unsigned vcpus);
} ways[HV_DRIVER_COUNT] = {
	[HV_LXC] = { container_memory, container_vcpus },
	[HV_QEMU] = { machine_memory, machine_vcpus },
	[HV_XEN] = { machine_memory, machine_vcpus },
	[HV_TEST] = { machine_memory, machine_vcpus },
};

static int find(struct change *c)
{
	enum hv_state state;

	if (hv_domain_find(c->conn, c->name, &c->domain, c->err) < 0)
		return -1;
	state = hv_state_of(c->domain);
	c->runs = state == HV_RUNNING || state == HV_PAUSED;
	return 0;
}

static void change_done(struct change *c)
{
	hv_domain_unrefp(&c->domain);
}

int hv_vir_domain_set_memory(
    struct hv_conn *conn, const char *name, uint64_t kib, struct hs_err *err)
{
	hs_auto(change_done) struct change c = {
		.conn = conn, .name = name, .err = err
	};

	return find(&c) < 0 ? -1 : ways[conn->driver].memory(&c, kib);
}

int hv_vir_domain_set_vcpus(
    struct hv_conn *conn, const char *name, unsigned vcpus, struct hs_err *err)
{
	hs_auto(change_done) struct change c = {
		.conn = conn, .name = name, .err = err
	};

	return find(&c) < 0 ? -1 : ways[conn->driver].vcpus(&c, vcpus);
}

/* -- Pause -------------------------------------------------------------- */

/* From one state into another; what is there already is fine. */
static const struct move {
	enum hv_state from, to;
	int (*vir)(virDomainPtr domain);
	const char *what;
} suspend = { HV_RUNNING, HV_PAUSED, virDomainSuspend, "suspend" },
  resume = { HV_PAUSED, HV_RUNNING, virDomainResume, "resume" };

static int move(struct hv_conn *conn, const char *name, const struct move *m,
    struct hs_err *err)
{
	hs_domain domain = NULL;
	enum hv_state state;

	if (hv_domain_find(conn, name, &domain, err) < 0)
		return -1;
	state = hv_state_of(domain);
	if (state == m->to)
		return 0;
	if (state != m->from)
		return hs_fail(err, HS_ECONFLICT, "cannot %s domain '%s': %s",
		    m->what, name, hv_state_name(state));
	if (m->vir(domain) < 0 && hv_state_of(domain) != m->to)
		return hv_fail(conn, err, "%s domain '%s'", m->what, name);
	return 0;
}

int hv_vir_domain_suspend(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	return move(conn, name, &suspend, err);
}

int hv_vir_domain_resume(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	return move(conn, name, &resume, err);
}
