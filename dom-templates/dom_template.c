/* dom_template.c - parameters of domains and networks into XML.
 *
 * Each function is a table: the names its templates may use and their values.
 */

#include "dom-templates/dom_template.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "dom-templates/render.h"
#include "gen/dom_xml.h"

/* A 64 bit number as text. */
struct number {
	char text[24];
};

static const char *number(struct number *n, uint64_t value)
{
	(void)snprintf(
	    n->text, sizeof(n->text), "%llu", (unsigned long long)value);
	return n->text;
}

/* CPU time of a period of 100 ms, in microseconds. */
#define QUOTA_PER_VCPU 100000u

/* clang-format off */
/* What no portal does and an enterprise could harm another with. */
#define REFUSES "lock listen set role do copy-file hold temporary ddl prepared-transaction advisory-lock large-object signal file maintenance"

/* What the members of a replicated database say to each other: etcd (clients,
 * members), PostgreSQL, Patroni. */
#define PEERS "2379 2380 5432 8008"

#define TEXT_OF(number)  #number
#define PORT_TEXT(macro) TEXT_OF(macro)
#define PORTAL           PORT_TEXT(DOM_PORT_PORTAL)
#define POSTGRES         PORT_TEXT(DOM_PORT_POSTGRES)
#define PATRONI          PORT_TEXT(DOM_PORT_PATRONI)

static const struct dom_kind kinds[] = {
	{ "app",       "app", "app", PORTAL,   NULL, 128, 64,  8,  REFUSES },
	{ "app-large", "app", "app", PORTAL,   NULL, 256, 256, 16, REFUSES },
	{ "db",        "db",  "db",  POSTGRES, NULL, 256, 64,  0,  ""      },
	{ "db-replicated", "db-replicated", "db", POSTGRES " " PATRONI, PEERS, 384, 64, 0, "" },
};
/* clang-format on */

const struct dom_kind *dom_kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* clang-format off */
static const struct driver {
	const char *name, *file;
	const char *cmdline; /* of its kernel; NULL: it has none */
} drivers[DOM_DRIVER_COUNT] = {
	[DOM_LXC]  = { "lxc",  dom_xml_lxc,  NULL },
	[DOM_QEMU] = { "qemu", dom_xml_qemu, "console=ttyS0 quiet panic=1" },
	[DOM_XEN]  = { "xen",  dom_xml_xen,  "console=hvc0 quiet panic=1" },
};
/* clang-format on */

const char *dom_driver_name(enum dom_driver driver)
{
	return drivers[driver].name;
}

bool dom_driver_find(const char *name, enum dom_driver *ret_driver)
{
	for (size_t i = 0; i < DOM_DRIVER_COUNT; i++)
		if (strcmp(name, drivers[i].name) == 0) {
			*ret_driver = (enum dom_driver)i;
			return true;
		}
	return false;
}

static uint64_t memory_max(const struct dom_params *p)
{
	return p->memory_max_kib != 0 ? p->memory_max_kib
				      : p->memory_kib * DOM_MEMORY_GROWTH;
}

static unsigned vcpus_max(const struct dom_params *p)
{
	if (p->vcpus_max != 0)
		return p->vcpus_max;
	if (p->vcpus >= DOM_VCPUS_MAX / DOM_VCPUS_GROWTH)
		return p->vcpus > DOM_VCPUS_MAX ? p->vcpus : DOM_VCPUS_MAX;
	return p->vcpus * DOM_VCPUS_GROWTH;
}

/* What no template can check: sizes and ids that would be accepted and wrong.
 */
static int check(
    enum dom_driver driver, const struct dom_params *p, struct hs_err *err)
{
	if (p->memory_kib == 0 || p->vcpus == 0)
		return hs_fail(
		    err, HS_EINVAL, "a domain needs memory and vCPUs");
	if (p->kind != NULL && dom_kind_find(p->kind) == NULL)
		return hs_fail(
		    err, HS_EINVAL, "there is no template '%s'", p->kind);
	if (memory_max(p) < p->memory_kib || vcpus_max(p) < p->vcpus)
		return hs_fail(
		    err, HS_EINVAL, "a domain's maxima are below what it has");
	if (p->prefix < 1 || p->prefix > 32)
		return hs_fail(
		    err, HS_EINVAL, "prefix %u is not 1 to 32", p->prefix);
	if (driver == DOM_LXC && p->idmap_base < DOM_IDMAP_COUNT)
		return hs_fail(err, HS_EINVAL,
		    "idmap_base %u would give the domain ids of the host",
		    p->idmap_base);
	return 0;
}

/* libvirt's domain type; NULL if accel is none of ours or not given. */
static const char *machine_type(const char *accel)
{
	if (accel != NULL && strcmp(accel, "kvm") == 0)
		return "kvm";
	if (accel != NULL && strcmp(accel, "tcg") == 0)
		return "qemu";
	return NULL;
}

int dom_template_domain(enum dom_driver driver, const struct dom_params *p,
    char **ret_xml, struct hs_err *err)
{
	const struct driver *d = &drivers[driver];
	struct number generation, memory, vcpus, quota, prefix, base, count;
	struct number tmp;
	const struct dom_kind *kind =
	    p->kind != NULL ? dom_kind_find(p->kind) : NULL;
	struct number most_memory, most_vcpus;
	/* clang-format off */
	const struct dom_value values[] = {
		{ "name",        p->name },
		{ "uuid",        p->uuid },
		{ "kind",        p->kind },
		{ "ve",          p->ve },
		{ "enterprise",  p->enterprise },
		{ "generation",  number(&generation, p->generation) },
		{ "memory_kib",  number(&memory, p->memory_kib) },
		{ "vcpus",       number(&vcpus, p->vcpus) },
		{ "tmp_kib",     number(&tmp, kind != NULL ? kind->tmp_mib * 1024 : 0) },
		{ "memory_max_kib", number(&most_memory, memory_max(p)) },
		{ "vcpus_max",   number(&most_vcpus, vcpus_max(p)) },
		{ "cpu_quota",   number(&quota, (uint64_t)p->vcpus * QUOTA_PER_VCPU) },
		{ "network",     p->network },
		{ "bridge",      p->bridge },
		{ "ifname",      p->ifname },
		{ "mac",         p->mac },
		{ "address",     p->address },
		{ "prefix",      number(&prefix, p->prefix) },
		{ "gateway",     p->gateway },
		{ "route",       p->route },
		{ "filter",      p->filter },
		{ "port",        kind != NULL ? kind->ports : "0" },
		{ "calls",       p->calls },
		{ "peers",       p->peers },
		{ "peer_ports",  kind != NULL ? kind->peer_ports : NULL },
		{ "isolated",    p->peers != NULL ? "no" : "yes" },
		{ "root_dir",    p->root_dir },
		{ "config_dir",  p->config_dir },
		{ "data_dir",    p->data_dir },
		{ "idmap_base",  number(&base, p->idmap_base) },
		{ "idmap_count", number(&count, DOM_IDMAP_COUNT) },
		{ "accel",       machine_type(p->accel) },
		{ "kernel",      p->kernel },
		{ "initrd",      p->initrd },
		{ "cmdline",     p->cmdline != NULL ? p->cmdline : d->cmdline },
		{ "image",       p->image },
		{ "config_disk", p->config_disk },
		{ "data_disk",   p->data_disk },
		{ "console_log", p->console_log },
	};
	/* clang-format on */

	if (check(driver, p, err) < 0 ||
	    dom_render(d->file, values, ARRAY_LEN(values), ret_xml, err) < 0)
		return hs_wrap(err, "%s domain", d->name);
	return 0;
}

int dom_template_network(
    const struct dom_network_params *p, char **ret_xml, struct hs_err *err)
{
	struct number generation, prefix;
	/* clang-format off */
	const struct dom_value values[] = {
		{ "name",       p->name },
		{ "uuid",       p->uuid },
		{ "ve",         p->ve },
		{ "generation", number(&generation, p->generation) },
		{ "bridge",     p->bridge },
		{ "mac",        p->mac },
		{ "address",    p->address },
		{ "prefix",     number(&prefix, p->prefix) },
	};
	/* clang-format on */

	if (dom_render(
		dom_xml_network, values, ARRAY_LEN(values), ret_xml, err) < 0)
		return hs_wrap(err, "network");
	return 0;
}
