/* user.c - people's passwords. */

#include "base/err.h"
#include "provisioning/initial.h"
#include "provisioning/manager.h"
#include "provisioning/store.h"

int user_passwd(struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *ve = request_text(r, "ve");
	const char *enterprise = request_text(r, "enterprise");
	const char *login = request_text(r, "login");
	const char *given = request_text(r, "password");
	bool generate = json_is_true(json_object_get(r->args, "generate"));
	hs_auto(hs_freep) char *made = NULL;
	hs_auto(hs_freep) char *subject = NULL;
	struct tenant *tenant;
	struct hs_db *store;

	if (ve == NULL || enterprise == NULL || login == NULL ||
	    (given == NULL && !generate))
		return hs_fail(err, HS_EINVAL, "name a person and a password");
	if (plat_tenant(r->plat, &tenant, err) < 0 ||
	    (generate && tenant_password_generate(&made, err) < 0))
		return -1;
	if (tenant_password_set(tenant, TENANT_AT(ve, enterprise), login,
		generate ? made : given, err) < 0 ||
	    initial_put(r->plat, ve, enterprise, login, NULL, err) < 0)
		return -1;
	subject = hs_printf("%s/%s", enterprise, login);
	if (plat_store(r->plat, &store, NULL) == 0)
		store_event(store, "password.set", ve, subject, NULL);
	*ret_result =
	    generate ? json_pack("{s:s}", "password", made) : json_object();
	return 0;
}
