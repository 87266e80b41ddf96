/* login.c - check a person's password without telling strangers anything.
 *
 * Whoever is asked for, slapd does the same work: one search by the service
 * account, one connection, one bind that costs one argon2. Who cannot log in
 * whatever the password (unknown, locked, suspended, without a password) is
 * replaced by the decoy, an entry with a hash of the same cost and no password;
 * slapd itself would answer at once.
 */

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tenant-mgr/dn.h"
#include "tenant-mgr/link.h"
#include "tenant-mgr/lookup.h"
#include "tenant-mgr/password.h"

/* Everything that fails before the bind is the platform's fault, but a place
 * that this account does not see has nobody in it. */
static int find(struct tenant *tenant, const struct tenant_place *place,
    const char *login, struct hs_arena *arena, struct tenant_found *ret_found,
    struct hs_err *err)
{
	struct hs_err lookup_err = { 0 };

	if (tenant_lookup(
		tenant, place, login, arena, ret_found, &lookup_err) == 0)
		return 0;
	if (lookup_err.code != HS_ENOTFOUND)
		return hs_fail(err, HS_EREMOTE, "%s", lookup_err.msg);
	*ret_found = (struct tenant_found) { 0 };
	return 0;
}

static bool can_enter(const struct tenant_found *found, const char *password)
{
	return found->dn != NULL && found->has_password && !found->is_locked &&
	       !found->is_suspended && *password != '\0' &&
	       strlen(password) <= PASSWORD_BYTES_MAX;
}

/* On a connection of its own; true in *ret_is_right if the bind was granted. */
static int try_bind(struct tenant *tenant, const char *dn, const char *password,
    bool *ret_is_right, struct hs_err *err)
{
	hs_auto(tenant_link_endp) LDAP *ld = NULL;
	int rc;

	if (tenant_link_start(tenant, &ld, err) < 0)
		return hs_fail(
		    err, HS_EREMOTE, "the directory does not answer");
	rc = tenant_link_bind(ld, dn, password);
	if (rc != LDAP_SUCCESS && rc != LDAP_INVALID_CREDENTIALS)
		return hs_fail(err, HS_EREMOTE,
		    "the directory, asked to bind: %s", ldap_err2string(rc));
	*ret_is_right = rc == LDAP_SUCCESS;
	return 0;
}

int tenant_login(struct tenant *tenant, const struct tenant_place *place,
    const char *login, const char *password, struct hs_arena *arena,
    struct tenant_person *ret_person, struct hs_err *err)
{
	hs_auto(hs_freep) char *decoy = tenant_dn_decoy(tenant->base);
	struct tenant_found found;
	bool may_enter, is_right = false;

	if (find(tenant, place, login, arena, &found, err) < 0)
		return -1;
	may_enter = can_enter(&found, password);
	if (try_bind(tenant, may_enter ? found.dn : decoy,
		may_enter ? password : "-", &is_right, err) < 0)
		return -1;
	if (!may_enter || !is_right)
		return hs_fail(err, HS_EDENIED, "login or password is wrong");
	*ret_person = found.person;
	return 0;
}
