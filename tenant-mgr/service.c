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

/* What there is of passwords, ended by NULL; NULL: there is no such account. */
static int read_hashes(struct tenant *tenant, const char *dn,
    struct hs_arena *arena, const char *const **ret_hashes, struct hs_err *err)
{
	static const char *const attributes[] = { "userPassword", NULL };
	const struct tenant_query query = {
		.base = dn,
		.scope = SCOPE_BASE,
		.filter = "(objectClass=simpleSecurityObject)",
		.attributes = attributes,
	};
	struct tenant_entries entries = { 0 };
	struct hs_err search_err = { 0 };

	*ret_hashes = NULL;
	if (tenant_dir_search(tenant, &query, arena, &entries, &search_err) <
		0 &&
	    search_err.code != HS_ENOTFOUND)
		return hs_fail(err, search_err.code, "%s", search_err.msg);
	if (entries.count == 1 && entries.list[0].count > 0)
		*ret_hashes = entries.list[0].attributes[0].values;
	return 0;
}

/** What there is of an account. */
struct account {
	const char *const *hashes; /* ended by NULL; NULL: none */
	const char *hash;          /* of the password asked for; NULL: none */
};

static int look_up(struct tenant *tenant, const char *dn, const char *password,
    struct hs_arena *arena, struct account *ret_account, struct hs_err *err)
{
	*ret_account = (struct account) { 0 };
	if (read_hashes(tenant, dn, arena, &ret_account->hashes, err) < 0)
		return -1;
	for (const char *const *h = ret_account->hashes;
	     h != NULL && *h != NULL && ret_account->hash == NULL; h++)
		if (tenant_password_matches(*h, password))
			ret_account->hash = *h;
	return 0;
}

static int put_entry(
    struct tenant *tenant, const char *dn, const char *hash, struct hs_err *err)
{
	static const char *const classes[] = { "organizationalRole",
		"simpleSecurityObject", NULL };
	hs_auto(hs_freep) char *policy =
	    hs_printf("cn=services,ou=policies,%s", tenant->base);
	const struct tenant_change changes[] = {
		{ "objectClass", NULL, classes, CHANGE_AT_BIRTH },
		{ "cn", "portal", NULL, CHANGE_AT_BIRTH },
		{ "pwdPolicySubentry", policy, NULL, CHANGE_REPLACE },
		{ "userPassword", hash, NULL, CHANGE_REPLACE },
	};

	return tenant_dir_put(tenant, dn, CHANGES(changes), err);
}

/* The policies' overlay allows one value a change, not one altogether. */
static int add_password(
    struct tenant *tenant, const char *dn, const char *hash, struct hs_err *err)
{
	const struct tenant_change changes[] = {
		{ "userPassword", hash, NULL, CHANGE_ADD },
	};

	return tenant_dir_modify(tenant, dn, CHANGES(changes), err);
}

static int put(struct tenant *tenant, const char *dn, const char *password,
    struct hs_err *err)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	hs_auto(hs_freep) char *hash = NULL;
	struct account account;

	if (look_up(tenant, dn, password, arena, &account, err) < 0)
		return -1;
	if (account.hash != NULL)
		return 0;
	if (tenant_password_hash(password, &hash, err) < 0)
		return -1;
	return account.hashes != NULL ? add_password(tenant, dn, hash, err)
				      : put_entry(tenant, dn, hash, err);
}

int tenant_service_put(struct tenant *tenant, const struct tenant_place *place,
    const char *password, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;

	if (check(place, password, err) < 0)
		return -1;
	dn = tenant_service_dn(tenant->base, place);
	if (put(tenant, dn, password, err) < 0)
		return hs_wrap(err, "put the portal's account of '%s' in '%s'",
		    place->enterprise, place->ve);
	return 0;
}

static int drop(struct tenant *tenant, const char *dn, const char *password,
    struct hs_err *err)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct account account;
	struct tenant_change changes[] = {
		{ "userPassword", NULL, NULL, CHANGE_REMOVE },
	};

	if (look_up(tenant, dn, password, arena, &account, err) < 0)
		return -1;
	if (account.hash == NULL)
		return 0;
	if (account.hashes[1] == NULL)
		return tenant_dir_remove(tenant, dn, err);
	changes[0].value = account.hash;
	return tenant_dir_modify(tenant, dn, CHANGES(changes), err);
}

int tenant_service_drop(struct tenant *tenant, const struct tenant_place *place,
    const char *password, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;

	if (check(place, password, err) < 0)
		return -1;
	dn = tenant_service_dn(tenant->base, place);
	if (drop(tenant, dn, password, err) < 0)
		return hs_wrap(err,
		    "take a password from the portal's account of '%s' in '%s'",
		    place->enterprise, place->ve);
	return 0;
}

int tenant_service_hashes(struct tenant *tenant,
    const struct tenant_place *place, struct hs_arena *arena,
    const char *const **ret_hashes, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;

	if (tenant_place_check_enterprise(place, err) < 0)
		return -1;
	dn = tenant_service_dn(tenant->base, place);
	if (read_hashes(tenant, dn, arena, ret_hashes, err) < 0)
		return hs_wrap(err, "look at the portal's account of '%s'",
		    place->enterprise);
	return 0;
}

int tenant_service_hash(struct tenant *tenant, const struct tenant_place *place,
    const char *password, char **ret_hash, struct hs_err *err)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	hs_auto(hs_freep) char *dn = NULL;
	struct account account;

	if (check(place, password, err) < 0)
		return -1;
	dn = tenant_service_dn(tenant->base, place);
	if (look_up(tenant, dn, password, arena, &account, err) < 0)
		return hs_wrap(err, "look at the portal's account of '%s'",
		    place->enterprise);
	*ret_hash = hs_strdup(account.hash);
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
