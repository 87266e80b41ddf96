/* role.c - who has which role: groups whose members are people. */

#include "tenant-mgr/role.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "tenant-mgr/directory.h"
#include "tenant-mgr/dn.h"
#include "tenant-mgr/link.h"
#include "tenant-mgr/tenant.h"

static char *member_filter(const char *dn)
{
	struct hs_text filter = { 0 };

	hs_text_add(&filter, "(&(objectClass=groupOfNames)(member=");
	tenant_filter_add_value(&filter, dn);
	hs_text_add(&filter, "))");
	return hs_text_take(&filter);
}

static int find_groups(struct tenant *tenant, const struct tenant_place *place,
    const char *person, struct hs_arena *arena,
    struct tenant_entries *ret_groups, struct hs_err *err)
{
	static const char *const attributes[] = { "cn", NULL };
	hs_auto(hs_freep) char *base =
	    tenant_dn_folder(tenant->base, place, "roles");
	hs_auto(hs_freep) char *filter = member_filter(person);
	const struct tenant_query query = {
		.base = base,
		.scope = SCOPE_ONE,
		.filter = filter,
		.attributes = attributes,
	};

	return tenant_dir_search(tenant, &query, arena, ret_groups, err);
}

static bool is_member(const struct tenant_entries *groups, const char *role)
{
	for (size_t i = 0; i < groups->count; i++) {
		const char *name = tenant_entry_get(&groups->list[i], "cn");

		if (name != NULL && strcmp(name, role) == 0)
			return true;
	}
	return false;
}

static int change_member(struct tenant *tenant, const char *role_dn,
    const char *person, enum tenant_change_kind kind, struct hs_err *err)
{
	const struct tenant_change change[] = {
		{ "member", person, NULL, kind },
	};
	struct hs_err modify_err = { 0 };

	/* Done already by the first of two attempts, or by somebody else. */
	if (tenant_dir_modify(tenant, role_dn, CHANGES(change), &modify_err) ==
		0 ||
	    (kind == CHANGE_ADD && modify_err.code == HS_EEXISTS) ||
	    (kind == CHANGE_REMOVE && modify_err.code == HS_ENOTFOUND))
		return 0;
	return hs_fail(err, modify_err.code, "%s", modify_err.msg);
}

int tenant_role_set(struct tenant *tenant, const struct tenant_place *place,
    const char *login, const char *const *roles, size_t count,
    struct hs_err *err)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	hs_auto(hs_freep) char *person =
	    tenant_dn_person(tenant->base, place, login);
	const struct tenant_person wanted = { .roles = roles,
		.role_count = count };
	struct tenant_entries groups;

	if (find_groups(tenant, place, person, arena, &groups, err) < 0)
		return -1;
	for (const char *const *role = tenant_role_names(place); *role != NULL;
	     role++) {
		hs_auto(hs_freep) char *dn =
		    tenant_dn_role(tenant->base, place, *role);
		bool want = tenant_person_has_role(&wanted, *role);

		if (want != is_member(&groups, *role) &&
		    change_member(tenant, dn, person,
			want ? CHANGE_ADD : CHANGE_REMOVE, err) < 0)
			return -1;
	}
	return 0;
}
