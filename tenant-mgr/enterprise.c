/* enterprise.c - enterprises: organizations with people, roles, an account. */

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tenant-mgr/directory.h"
#include "tenant-mgr/dn.h"
#include "tenant-mgr/link.h"
#include "tenant-mgr/tenant.h"
#include "tenant-mgr/words.h"

static const char *const enterprise_attributes[] = { "o", "hanseLegalName",
	"hanseChainRole", "hanseSuspended", NULL };

static int put_entry(struct tenant *tenant,
    const struct tenant_enterprise *enterprise, const char *dn,
    struct hs_err *err)
{
	static const char *const classes[] = { "organization",
		"hanseEnterprise", NULL };
	const struct tenant_change changes[] = {
		{ "objectClass", NULL, classes, CHANGE_AT_BIRTH },
		{ "o", enterprise->name, NULL, CHANGE_AT_BIRTH },
		{ "hanseLegalName", enterprise->legal_name, NULL,
		    CHANGE_REPLACE },
		{ "hanseChainRole", enterprise->chain_role, NULL,
		    CHANGE_REPLACE },
		{ "hanseSuspended", enterprise->suspended ? "TRUE" : "FALSE",
		    NULL, CHANGE_REPLACE },
	};

	return tenant_dir_put(tenant, dn, CHANGES(changes), err);
}

static int put_folder(struct tenant *tenant, const struct tenant_place *place,
    const char *folder, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn =
	    tenant_dn_folder(tenant->base, place, folder);
	const struct tenant_change changes[] = {
		{ "objectClass", "organizationalUnit", NULL, CHANGE_AT_BIRTH },
		{ "ou", folder, NULL, CHANGE_AT_BIRTH },
	};

	return tenant_dir_put(tenant, dn, CHANGES(changes), err);
}

/* A group must have a member: the enterprise itself is always one. */
static int put_role(struct tenant *tenant, const struct tenant_place *place,
    const char *role, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = tenant_dn_role(tenant->base, place, role);
	hs_auto(hs_freep) char *owner = tenant_dn_place(tenant->base, place);
	const struct tenant_change changes[] = {
		{ "objectClass", "groupOfNames", NULL, CHANGE_AT_BIRTH },
		{ "cn", role, NULL, CHANGE_AT_BIRTH },
		{ "member", owner, NULL, CHANGE_AT_BIRTH },
	};

	return tenant_dir_put(tenant, dn, CHANGES(changes), err);
}

static int put_roles(
    struct tenant *tenant, const struct tenant_place *place, struct hs_err *err)
{
	for (const char *const *role = tenant_role_names(place); *role != NULL;
	     role++)
		if (put_role(tenant, place, *role, err) < 0)
			return -1;
	return 0;
}

int tenant_enterprise_put(struct tenant *tenant,
    const struct tenant_enterprise *enterprise, struct hs_err *err)
{
	const struct tenant_place place = { enterprise->ve, enterprise->name };
	hs_auto(hs_freep) char *dn = NULL;

	if (tenant_enterprise_check(enterprise, err) < 0)
		return -1;
	dn = tenant_dn_place(tenant->base, &place);
	if (put_entry(tenant, enterprise, dn, err) < 0 ||
	    put_folder(tenant, &place, "people", err) < 0 ||
	    put_folder(tenant, &place, "roles", err) < 0 ||
	    put_roles(tenant, &place, err) < 0)
		return hs_wrap(err, "put enterprise '%s' of '%s'",
		    place.enterprise, place.ve);
	return 0;
}

/* The VE's name is the second part of the enterprise's DN. */
static void read_enterprise(const struct tenant_entry *entry,
    struct hs_arena *arena, struct tenant_enterprise *ret_enterprise)
{
	hs_auto(hs_freep) char *ve = tenant_dn_part(entry->dn, 1);
	const char *suspended = tenant_entry_get(entry, "hanseSuspended");

	*ret_enterprise = (struct tenant_enterprise) {
		.ve = hs_arena_strdup(arena, ve),
		.name = tenant_entry_get(entry, "o"),
		.legal_name = tenant_entry_get(entry, "hanseLegalName"),
		.chain_role = tenant_entry_get(entry, "hanseChainRole"),
		.suspended =
		    suspended != NULL && strcmp(suspended, "TRUE") == 0,
	};
}

int tenant_enterprise_get(struct tenant *tenant,
    const struct tenant_place *place, struct hs_arena *arena,
    struct tenant_enterprise *ret_enterprise, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;
	struct tenant_query query = {
		.scope = SCOPE_BASE,
		.filter = "(objectClass=hanseEnterprise)",
		.attributes = enterprise_attributes,
	};
	struct tenant_entries entries;

	if (tenant_place_check_enterprise(place, err) < 0)
		return -1;
	query.base = dn = tenant_dn_place(tenant->base, place);
	if (tenant_dir_search(tenant, &query, arena, &entries, err) < 0)
		return hs_wrap(err, "get enterprise '%s' of '%s'",
		    place->enterprise, place->ve);
	if (entries.count == 0)
		return hs_fail(err, HS_ENOTFOUND, "no enterprise '%s' in '%s'",
		    place->enterprise, place->ve);
	read_enterprise(&entries.list[0], arena, ret_enterprise);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct tenant_enterprise *x = a, *y = b;
	int order = strcmp(x->ve, y->ve);

	return order != 0 ? order : strcmp(x->name, y->name);
}

static void read_enterprises(const struct tenant_entries *entries,
    struct hs_arena *arena, struct tenant_enterprises *ret_enterprises)
{
	struct tenant_enterprise *list =
	    hs_arena_alloc(arena, (entries->count + 1) * sizeof(*list));

	for (size_t i = 0; i < entries->count; i++)
		read_enterprise(&entries->list[i], arena, &list[i]);
	qsort(list, entries->count, sizeof(*list), by_name);
	*ret_enterprises = (struct tenant_enterprises) { list, entries->count };
}

int tenant_enterprise_list(struct tenant *tenant, const char *ve,
    struct hs_arena *arena, struct tenant_enterprises *ret_enterprises,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *base = ve != NULL
					   ? tenant_dn_ve(tenant->base, ve)
					   : tenant_dn_ves(tenant->base);
	const struct tenant_query query = {
		.base = base,
		.scope = SCOPE_SUBTREE,
		.filter = "(objectClass=hanseEnterprise)",
		.attributes = enterprise_attributes,
	};
	struct tenant_entries entries;

	if (tenant_dir_search(tenant, &query, arena, &entries, err) < 0)
		return hs_wrap(err, "list enterprises");
	read_enterprises(&entries, arena, ret_enterprises);
	return 0;
}

int tenant_enterprise_remove(
    struct tenant *tenant, const struct tenant_place *place, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;

	if (tenant_place_check_enterprise(place, err) < 0)
		return -1;
	dn = tenant_dn_place(tenant->base, place);
	if (tenant_dir_remove(tenant, dn, err) < 0)
		return hs_wrap(err, "remove enterprise '%s' of '%s'",
		    place->enterprise, place->ve);
	return 0;
}
