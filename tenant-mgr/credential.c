/* credential.c - set a person's password, end a lock-out. */

#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "tenant-mgr/directory.h"
#include "tenant-mgr/dn.h"
#include "tenant-mgr/link.h"
#include "tenant-mgr/lookup.h"
#include "tenant-mgr/password.h"
#include "tenant-mgr/tenant.h"
#include "tenant-mgr/words.h"

static int check_login(
    const struct tenant_place *place, const char *login, struct hs_err *err)
{
	if (tenant_place_check(place, err) < 0)
		return -1;
	if (!tenant_login_is_valid(login))
		return hs_fail(err, HS_ENOTFOUND, "no such person");
	return 0;
}

static int modify_person(struct tenant *tenant,
    const struct tenant_place *place, const char *login,
    const struct tenant_changes *changes, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn =
	    tenant_dn_person(tenant->base, place, login);

	return tenant_dir_modify(tenant, dn, changes, err);
}

/* ppolicy ends a lock-out when the password changes. */
static int store(struct tenant *tenant, const struct tenant_place *place,
    const char *login, const char *hash, struct hs_err *err)
{
	char now[] = "YYYYMMDDhhmmssZ";
	time_t seconds = time(NULL);
	struct tm tm;
	const struct tenant_change changes[] = {
		{ "userPassword", hash, NULL, CHANGE_REPLACE },
		{ "hansePasswordTime", now, NULL, CHANGE_REPLACE },
	};

	(void)gmtime_r(&seconds, &tm);
	(void)strftime(now, sizeof(now), "%Y%m%d%H%M%SZ", &tm);
	return modify_person(tenant, place, login, CHANGES(changes), err);
}

int tenant_password_set(struct tenant *tenant, const struct tenant_place *place,
    const char *login, const char *password, struct hs_err *err)
{
	hs_auto(hs_freep) char *hash = NULL;

	if (check_login(place, login, err) < 0 ||
	    tenant_password_check(password, login, err) < 0 ||
	    tenant_password_hash(password, &hash, err) < 0)
		return -1;
	if (store(tenant, place, login, hash, err) < 0)
		return hs_wrap(err, "set the password of '%s'", login);
	return 0;
}

int tenant_password_is_set(struct tenant *tenant,
    const struct tenant_place *place, const char *login, bool *ret_is_set,
    struct hs_err *err)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct tenant_found found;

	if (check_login(place, login, err) < 0)
		return -1;
	if (tenant_lookup(tenant, place, login, arena, &found, err) < 0)
		return hs_wrap(err, "get person '%s'", login);
	if (found.dn == NULL)
		return hs_fail(err, HS_ENOTFOUND, "no such person");
	*ret_is_set = found.has_password;
	return 0;
}

/* ppolicy forgets the failures too, but only if the lock is there to delete. */
int tenant_person_unlock(struct tenant *tenant,
    const struct tenant_place *place, const char *login, struct hs_err *err)
{
	const struct tenant_change changes[] = {
		{ "pwdAccountLockedTime", NULL, NULL, CHANGE_REMOVE },
	};
	struct hs_err modify_err = { 0 };
	bool is_set;

	if (tenant_password_is_set(tenant, place, login, &is_set, err) < 0)
		return -1;
	if (modify_person(
		tenant, place, login, CHANGES(changes), &modify_err) == 0 ||
	    modify_err.code == HS_ENOTFOUND)
		return 0;
	return hs_fail(
	    err, modify_err.code, "unlock '%s': %s", login, modify_err.msg);
}
