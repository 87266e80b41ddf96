/* entitlements.c - what an enterprise has ordered. */

#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "tenant-mgr/directory.h"
#include "tenant-mgr/dn.h"
#include "tenant-mgr/link.h"
#include "tenant-mgr/tenant.h"
#include "tenant-mgr/words.h"

/* Zero is no limit, hence no attribute. */
static char *number_text(unsigned number)
{
	return number > 0 ? hs_printf("%u", number) : NULL;
}

static unsigned read_number(
    const struct tenant_entry *entry, const char *attribute)
{
	const char *text = tenant_entry_get(entry, attribute);

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 0;
}

static int put_entry(struct tenant *tenant, const char *dn,
    const struct tenant_entitlements *entitlements, struct hs_err *err)
{
	hs_auto(hs_freep) char *connections =
	    number_text(entitlements->connections);
	hs_auto(hs_freep) char *vcpus = number_text(entitlements->vcpus);
	hs_auto(hs_freep) char *memory = number_text(entitlements->memory_mib);
	const struct tenant_change changes[] = {
		{ "objectClass", "hanseEntitlements", NULL, CHANGE_AT_BIRTH },
		{ "cn", "entitlements", NULL, CHANGE_AT_BIRTH },
		{ "hanseDatabaseClass", entitlements->database, NULL,
		    CHANGE_REPLACE },
		{ "hanseTemplate", entitlements->template, NULL,
		    CHANGE_REPLACE },
		{ "hanseConnections", connections, NULL, CHANGE_REPLACE },
		{ "hanseVcpus", vcpus, NULL, CHANGE_REPLACE },
		{ "hanseMemoryMib", memory, NULL, CHANGE_REPLACE },
	};

	return tenant_dir_put(tenant, dn, CHANGES(changes), err);
}

int tenant_entitlements_put(struct tenant *tenant,
    const struct tenant_place *place,
    const struct tenant_entitlements *entitlements, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;

	if (tenant_place_check_enterprise(place, err) < 0 ||
	    tenant_entitlements_check(entitlements, err) < 0)
		return -1;
	dn = tenant_dn_entitlements(tenant->base, place);
	if (put_entry(tenant, dn, entitlements, err) < 0)
		return hs_wrap(err, "put entitlements of '%s' in '%s'",
		    place->enterprise, place->ve);
	return 0;
}

static void read_entitlements(const struct tenant_entry *entry,
    struct tenant_entitlements *ret_entitlements)
{
	*ret_entitlements = (struct tenant_entitlements) {
		.database = tenant_entry_get(entry, "hanseDatabaseClass"),
		.template = tenant_entry_get(entry, "hanseTemplate"),
		.connections = read_number(entry, "hanseConnections"),
		.vcpus = read_number(entry, "hanseVcpus"),
		.memory_mib = read_number(entry, "hanseMemoryMib"),
	};
}

int tenant_entitlements_get(struct tenant *tenant,
    const struct tenant_place *place, struct hs_arena *arena,
    struct tenant_entitlements *ret_entitlements, struct hs_err *err)
{
	static const char *const attributes[] = { "hanseDatabaseClass",
		"hanseTemplate", "hanseConnections", "hanseVcpus",
		"hanseMemoryMib", NULL };
	hs_auto(hs_freep) char *dn = NULL;
	struct tenant_query query = {
		.scope = SCOPE_BASE,
		.filter = "(objectClass=hanseEntitlements)",
		.attributes = attributes,
	};
	struct tenant_entries entries;

	if (tenant_place_check_enterprise(place, err) < 0)
		return -1;
	query.base = dn = tenant_dn_entitlements(tenant->base, place);
	if (tenant_dir_search(tenant, &query, arena, &entries, err) < 0)
		return hs_wrap(err, "get entitlements of '%s' in '%s'",
		    place->enterprise, place->ve);
	if (entries.count == 0)
		return hs_fail(err, HS_ENOTFOUND,
		    "no entitlements of '%s' in '%s'", place->enterprise,
		    place->ve);
	read_entitlements(&entries.list[0], ret_entitlements);
	return 0;
}
