/* service.c - the account under which an enterprise's portal reads. */

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tenant-mgr/directory.h"
#include "tenant-mgr/dn.h"
#include "tenant-mgr/link.h"
#include "tenant-mgr/password.h"
#include "tenant-mgr/tenant.h"

#define SECRET_MIN 16

static int check(
    const struct tenant_place *place, const char *password, struct hs_err *err)
{
	if (tenant_place_check_enterprise(place, err) < 0)
		return -1;
	if (strlen(password) < SECRET_MIN ||
	    strlen(password) > PASSWORD_BYTES_MAX)
		return hs_fail(err, HS_EINVAL,
		    "a service's password has %d to %d bytes", SECRET_MIN,
		    PASSWORD_BYTES_MAX);
	return 0;
}

/* As stored; NULL: there is no such account. */
static int read_hash(
    struct tenant *tenant, const char *dn, char **ret_hash, struct hs_err *err)
{
	static const char *const attributes[] = { "userPassword", NULL };
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	const struct tenant_query query = {
		.base = dn,
		.scope = SCOPE_BASE,
		.filter = "(objectClass=simpleSecurityObject)",
		.attributes = attributes,
	};
	struct tenant_entries entries = { 0 };
	struct hs_err search_err = { 0 };

	if (tenant_dir_search(tenant, &query, arena, &entries, &search_err) <
		0 &&
	    search_err.code != HS_ENOTFOUND)
		return hs_fail(err, search_err.code, "%s", search_err.msg);
	*ret_hash =
	    entries.count == 1
		? hs_strdup(tenant_entry_get(&entries.list[0], "userPassword"))
		: NULL;
	return 0;
}

/* Whether the account is there and has this password. */
static int has_password(struct tenant *tenant, const char *dn,
    const char *password, bool *ret_has, struct hs_err *err)
{
	hs_auto(hs_freep) char *hash = NULL;

	if (read_hash(tenant, dn, &hash, err) < 0)
		return -1;
	*ret_has = hash != NULL && tenant_password_matches(hash, password);
	return 0;
}

static int put_entry(struct tenant *tenant, const char *dn,
    const char *password, struct hs_err *err)
{
	static const char *const classes[] = { "organizationalRole",
		"simpleSecurityObject", NULL };
	hs_auto(hs_freep) char *hash = NULL;
	hs_auto(hs_freep) char *policy =
	    hs_printf("cn=services,ou=policies,%s", tenant->base);
	struct tenant_change changes[] = {
		{ "objectClass", NULL, classes, CHANGE_AT_BIRTH },
		{ "cn", "portal", NULL, CHANGE_AT_BIRTH },
		{ "pwdPolicySubentry", policy, NULL, CHANGE_REPLACE },
		{ "userPassword", NULL, NULL, CHANGE_REPLACE },
	};

	if (tenant_password_hash(password, &hash, err) < 0)
		return -1;
	changes[3].value = hash;
	return tenant_dir_put(tenant, dn, CHANGES(changes), err);
}

int tenant_service_put(struct tenant *tenant, const struct tenant_place *place,
    const char *password, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;
	bool has = false;

	if (check(place, password, err) < 0)
		return -1;
	dn = tenant_service_dn(tenant->base, place);
	if (has_password(tenant, dn, password, &has, err) < 0 ||
	    (!has && put_entry(tenant, dn, password, err) < 0))
		return hs_wrap(err, "put the portal's account of '%s' in '%s'",
		    place->enterprise, place->ve);
	return 0;
}

int tenant_service_hash(struct tenant *tenant, const struct tenant_place *place,
    char **ret_hash, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;

	if (tenant_place_check_enterprise(place, err) < 0)
		return -1;
	dn = tenant_service_dn(tenant->base, place);
	if (read_hash(tenant, dn, ret_hash, err) < 0)
		return hs_wrap(err, "look at the portal's account of '%s'",
		    place->enterprise);
	return 0;
}

int tenant_service_remove(
    struct tenant *tenant, const struct tenant_place *place, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;

	if (tenant_place_check_enterprise(place, err) < 0)
		return -1;
	dn = tenant_service_dn(tenant->base, place);
	if (tenant_dir_remove(tenant, dn, err) < 0)
		return hs_wrap(err,
		    "remove the portal's account of '%s' in '%s'",
		    place->enterprise, place->ve);
	return 0;
}
