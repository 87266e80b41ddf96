/* user.c - people's passwords, and the people of the ASP itself: those of an
 * enterprise stand in its spec.
 */

#include <string.h>

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

	if ((ve == NULL) != (enterprise == NULL) || login == NULL ||
	    (given == NULL && !generate))
		return hs_fail(err, HS_EINVAL, "name a person and a password");
	if (plat_tenant(r->plat, &tenant, err) < 0 ||
	    (generate && tenant_password_generate(&made, err) < 0))
		return -1;
	if (tenant_password_set(tenant, TENANT_AT(ve, enterprise), login,
		generate ? made : given, err) < 0 ||
	    (ve != NULL &&
		initial_put(r->plat, ve, enterprise, login, NULL, err) < 0))
		return -1;
	subject = hs_printf("%s/%s", ve != NULL ? enterprise : "asp", login);
	if (plat_store(r->plat, &store, NULL) == 0)
		store_event(store, "password.set", ve, subject, NULL);
	*ret_result =
	    generate ? json_pack("{s:s}", "password", made) : json_object();
	return 0;
}

/* -- The ASP's own people -------------------------------------------------- */

static void tell(
    struct request *r, const char *event, const char *login, const char *detail)
{
	hs_auto(hs_freep) char *subject = hs_printf("asp/%s", login);
	struct hs_db *store;

	if (plat_store(r->plat, &store, NULL) == 0)
		store_event(store, event, NULL, subject, detail);
}

#define ROLES_MAX 8

/* "operator,finance" taken apart; which roles there are the directory says. */
static size_t split_roles(char *text, const char **ret_roles)
{
	size_t count = 0;
	char *rest = NULL;

	for (char *role = strtok_r(text, ",", &rest);
	     role != NULL && count < ROLES_MAX;
	     role = strtok_r(NULL, ",", &rest))
		ret_roles[count++] = role;
	return count;
}

int user_put(struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *language = request_text(r, "language");
	const char *roles[ROLES_MAX];
	hs_auto(hs_freep) char *text = hs_strdup(request_text(r, "roles"));
	struct tenant_person person = {
		.login = request_text(r, "login"),
		.name = request_text(r, "name"),
		.language = language != NULL ? language : "en",
		.roles = roles,
	};
	struct tenant *tenant;

	if (person.login == NULL || person.name == NULL || text == NULL)
		return hs_fail(err, HS_EINVAL, "name a login, a person, roles");
	person.role_count = split_roles(text, roles);
	if (plat_tenant(r->plat, &tenant, err) < 0 ||
	    tenant_person_put(tenant, TENANT_ASP, &person, err) < 0)
		return -1;
	tell(r, "staff.put", person.login, request_text(r, "roles"));
	*ret_result = json_object();
	return 0;
}

int user_remove(struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *login = request_text(r, "login");
	struct tenant *tenant;

	if (login == NULL)
		return hs_fail(err, HS_EINVAL, "name a login");
	if (plat_tenant(r->plat, &tenant, err) < 0 ||
	    tenant_person_remove(tenant, TENANT_ASP, login, err) < 0)
		return -1;
	tell(r, "staff.removed", login, NULL);
	*ret_result = json_object();
	return 0;
}

static json_t *person_json(const struct tenant_person *person)
{
	json_t *roles = json_array();

	for (size_t i = 0; i < person->role_count; i++)
		(void)json_array_append_new(
		    roles, json_string(person->roles[i]));
	return json_pack("{s:s, s:s, s:s?, s:o}", "login", person->login,
	    "name", person->name, "language", person->language, "roles", roles);
}

int user_list(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct tenant_people people = { 0 };
	struct tenant *tenant;
	json_t *list;

	if (plat_tenant(r->plat, &tenant, err) < 0 ||
	    tenant_person_list(tenant, TENANT_ASP, arena, &people, err) < 0)
		return -1;
	list = json_array();
	for (size_t i = 0; i < people.count; i++)
		(void)json_array_append_new(list, person_json(&people.list[i]));
	*ret_result = json_pack("{s:o}", "people", list);
	return 0;
}
