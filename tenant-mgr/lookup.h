/* lookup.h - one person, with roles and standing, in one search. */
#ifndef HANSE_TENANT_MGR_LOOKUP_H
#define HANSE_TENANT_MGR_LOOKUP_H

#include <stdbool.h>

#include "tenant-mgr/tenant.h"

struct tenant_entry;

struct tenant_found {
	const char *dn; /* NULL: nobody of that name */
	struct tenant_person person;
	bool has_password;
	bool is_locked;
	bool is_suspended; /* the whole enterprise */
};

/**
 * @login:  any text; one that cannot be a login finds nobody in the same time
 *
 * Errors: HS_ENOTFOUND (no such place, or not for this account).
 */
int tenant_lookup(struct tenant *tenant, const struct tenant_place *place,
    const char *login, struct hs_arena *arena, struct tenant_found *ret_found,
    struct hs_err *err);

/** The entry's own fields, with room for roles and none in it. */
void tenant_lookup_read(const struct tenant_entry *entry,
    const struct tenant_place *place, struct hs_arena *arena,
    struct tenant_person *ret_person);

/** Give one more role to a person of tenant_lookup_read(), in the order of
 * tenant_role_names(); what is no role there is left out. */
void tenant_lookup_add_role(struct tenant_person *person,
    const struct tenant_place *place, const char *role);

#endif
