/* db_size.c - how much memory a database domain takes.
 *
 * Measured: 256 MiB with a cache of 128, and 5 MiB for each backend that has
 * read its catalogues; 80 for Patroni and etcd, which grow with their age.
 */

#include "provisioning/db_size.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/plat.h"
#include "provisioning/spec.h"
#include "provisioning/store.h"

#define OURS           20   /* connections */
#define FIXED_MIB      128  /* without the cache */
#define PEER_MIB       128u /* Patroni and etcd */
#define BUFFERS_MIB    128  /* the cache, at least */
#define CONNECTION_MIB 5
#define STEP_MIB       128
#define LEAST_MIB      512

char *db_size_server(const struct spec *spec)
{
	if (spec->database.class == SPEC_CLASS_DEDICATED)
		return hs_printf("db.%s", spec->ve);
	return hs_strdup(
	    spec->database.replicas > 0 ? "db.replicated" : "db.shared");
}

unsigned db_size_domains(const struct spec *spec)
{
	return spec->database.replicas + 1;
}

char *db_size_domain(const struct spec *spec, unsigned n)
{
	hs_auto(hs_freep) char *server = db_size_server(spec);

	return spec->database.replicas > 0 ? hs_printf("%s.%u", server, n)
					   : hs_steal(&server);
}

bool db_size_is_domain(const struct spec *spec, const char *domain)
{
	bool found = false;

	for (unsigned n = 1; n <= db_size_domains(spec); n++) {
		hs_auto(hs_freep) char *name = db_size_domain(spec, n);

		found = found || strcmp(name, domain) == 0;
	}
	return found;
}

static unsigned on_server(const struct spec *spec, const char *server)
{
	hs_auto(hs_freep) char *its = db_size_server(spec);

	return strcmp(its, server) == 0 ? spec->database.connections *
					      (unsigned)spec->enterprises_count
					: 0;
}

unsigned db_size_connections(
    const struct store_ves *ves, const struct spec *instead, const char *server)
{
	unsigned sum = OURS;

	for (size_t i = 0; i < ves->count; i++)
		if (instead == NULL ||
		    strcmp(ves->list[i].spec->ve, instead->ve) != 0)
			sum += on_server(ves->list[i].spec, server);
	return instead != NULL ? sum + on_server(instead, server) : sum;
}

unsigned db_size_need_mib(unsigned connections, bool replicated)
{
	return FIXED_MIB + (replicated ? PEER_MIB : 0) + BUFFERS_MIB +
	       CONNECTION_MIB * connections;
}

unsigned db_size_memory_mib(
    unsigned connections, bool replicated, enum hv_driver driver)
{
	unsigned need = db_size_need_mib(connections, replicated);
	unsigned memory = LEAST_MIB;

	while (memory < need)
		memory += hv_caps(driver)->has_maxima ? memory : STEP_MIB;
	return memory;
}

unsigned db_size_buffers_mib(
    unsigned memory_mib, unsigned connections, bool replicated)
{
	unsigned taken = FIXED_MIB + (replicated ? PEER_MIB : 0) +
			 CONNECTION_MIB * connections;
	unsigned left = memory_mib > taken ? memory_mib - taken : 0;

	if (left < BUFFERS_MIB)
		left = BUFFERS_MIB;
	return left < memory_mib / 4 ? left : memory_mib / 4;
}

unsigned db_size_given_mib(
    const struct plat_conf *conf, const struct spec *spec)
{
	return spec->database.class == SPEC_CLASS_DEDICATED
		   ? spec->database.memory_mib
		   : conf->database.memory_mib;
}

static bool asks_for_more(const struct plat_conf *conf,
    const struct store_ves *ves, const struct spec *spec, const char *server)
{
	const struct store_ve *old = store_ve_find(ves, spec->ve);
	unsigned had = old != NULL ? db_size_given_mib(conf, old->spec) : 0;

	return had == 0 || db_size_given_mib(conf, spec) < had ||
	       db_size_connections(ves, spec, server) >
		   db_size_connections(ves, NULL, server);
}

int db_size_check(const struct plat_conf *conf, const struct store_ves *ves,
    const struct spec *spec, struct hs_err *err)
{
	bool own = spec->database.class == SPEC_CLASS_DEDICATED;
	hs_auto(hs_freep) char *server = db_size_server(spec);
	hs_auto(hs_freep) char *where =
	    own ? hs_strdup("the spec")
		: hs_printf("%s/hansed.yaml", conf->config);
	unsigned given = db_size_given_mib(conf, spec);
	unsigned connections = db_size_connections(ves, spec, server);
	bool replicated = spec->database.replicas > 0;
	unsigned need = db_size_need_mib(connections, replicated);

	if (given == 0 || given >= need ||
	    !asks_for_more(conf, ves, spec, server))
		return 0;
	return hs_fail(err, HS_ELIMIT,
	    "the database server '%s' has %u MiB, and %u connections (%u of "
	    "them the platform's own) need %u; in %s raise "
	    "database.memory_mib to %u, or remove it%s",
	    server, given, connections, OURS, need, where,
	    db_size_memory_mib(connections, replicated, HV_LXC),
	    own ? "" : ", then: make up");
}
