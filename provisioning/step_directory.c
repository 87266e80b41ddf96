/* step_directory.c - virtual enterprises, enterprises, people. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/digest.h"
#include "provisioning/initial.h"
#include "provisioning/mark.h"
#include "provisioning/step.h"

#define ROLES_MAX    8
#define PASSWORD_MAX 256

static int ve_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	const struct tenant_ve ve = {
		.name = w->name,
		.title = object_text(w, "title"),
	};
	struct tenant *tenant;

	if (plat_tenant(plat, &tenant, err) < 0)
		return -1;
	return tenant_ve_put(tenant, &ve, err);
}

static int ve_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	struct tenant *tenant;

	if (plat_tenant(plat, &tenant, err) < 0)
		return -1;
	return tenant_ve_remove(tenant, object->name, err);
}

const struct step_ops step_ve = {
	.make = ve_make,
	.remove = ve_remove,
	.can_go_back = true,
};

static int enterprise_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	const struct tenant_enterprise enterprise = {
		.ve = w->ve,
		.name = w->enterprise,
		.legal_name = object_text(w, "legal_name"),
		.chain_role = object_text(w, "role"),
		.suspended =
		    json_is_true(json_object_get(w->attrs, "suspended")),
	};
	const struct tenant_entitlements entitlements = {
		.database = object_text(w, "database"),
		.template = object_text(w, "template"),
		.connections = (unsigned)object_number(w, "connections"),
		.vcpus = (unsigned)object_number(w, "vcpus"),
		.memory_mib = (unsigned)object_number(w, "memory_mib"),
	};
	struct tenant *tenant;

	if (plat_tenant(plat, &tenant, err) < 0 ||
	    tenant_enterprise_put(tenant, &enterprise, err) < 0)
		return -1;
	return tenant_entitlements_put(
	    tenant, TENANT_AT(w->ve, w->enterprise), &entitlements, err);
}

static int enterprise_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	struct tenant *tenant;

	if (plat_tenant(plat, &tenant, err) < 0)
		return -1;
	return tenant_enterprise_remove(
	    tenant, TENANT_AT(object->ve, object->enterprise), err);
}

const struct step_ops step_enterprise = {
	.make = enterprise_make,
	.remove = enterprise_remove,
	.can_go_back = true,
};

/* The portal's own account. Its passwords are kept where the domain's files
 * are, so that the same ones are written again. */
static char *password_path(struct plat *plat, const struct object *service)
{
	return plat_path(plat, "%s", object_text(service, "file"));
}

static char *home_of(struct plat *plat, const struct object *service)
{
	return plat_path(
	    plat, "domains/%s.%s", service->ve, service->enterprise);
}

static int service_password(struct plat *plat, const struct object *w,
    char **ret_password, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = home_of(plat, w);
	hs_auto(hs_freep) char *path = password_path(plat, w);

	if (hs_file_read(path, PASSWORD_MAX, ret_password, NULL, NULL) == 0)
		return 0;
	if (tenant_password_generate(ret_password, err) < 0 ||
	    hs_dir_make(dir, 0711, err) < 0)
		return -1;
	return hs_file_write(
	    path, *ret_password, strlen(*ret_password), 0600, err);
}

static int service_note(struct plat *plat, struct tenant *tenant,
    const struct object *w, const char *password, struct hs_err *err)
{
	hs_auto(hs_freep) char *hash = NULL;
	hs_auto(hs_freep) char *digest = NULL;

	if (tenant_service_hash(tenant, TENANT_AT(w->ve, w->enterprise),
		password, &hash, err) < 0)
		return -1;
	digest = digest_text(hash != NULL ? hash : "");
	return mark_put(plat, OBJ_SERVICE, w->name,
	    json_pack("{s:s}", "password", digest), err);
}

static int service_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	hs_auto(hs_freep) char *password = NULL;
	struct tenant *tenant;
	int failed;

	if (plat_tenant(plat, &tenant, err) < 0 ||
	    service_password(plat, w, &password, err) < 0)
		return -1;
	failed = tenant_service_put(
	    tenant, TENANT_AT(w->ve, w->enterprise), password, err);
	if (failed == 0)
		failed = service_note(plat, tenant, w, password, err);
	hs_wipe(password, strlen(password));
	return failed;
}

static int service_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	const struct tenant_place *at =
	    TENANT_AT(object->ve, object->enterprise);
	hs_auto(hs_freep) char *path = password_path(plat, object);
	hs_auto(hs_freep) char *dir = home_of(plat, object);
	hs_auto(hs_freep) char *password = NULL;
	struct tenant *tenant;
	int failed;

	if (plat_tenant(plat, &tenant, err) < 0)
		return -1;
	/* Without the file it is one that is undone before it was written. */
	if (hs_file_read(path, PASSWORD_MAX, &password, NULL, NULL) < 0) {
		(void)rmdir(dir);
		return 0;
	}
	failed = tenant_service_drop(tenant, at, password, err);
	hs_wipe(password, strlen(password));
	if (failed < 0)
		return -1;
	if (unlink(path) < 0 && errno != ENOENT)
		return hs_fail_errno(err, HS_ESYSTEM, "remove '%s'", path);
	(void)rmdir(dir);
	return 0;
}

const struct step_ops step_service = {
	.make = service_make,
	.remove = service_remove,
	.can_go_back = true,
};

/* A new person gets a password that only root can read until it is changed. */
static int first_password(struct plat *plat, struct tenant *tenant,
    const struct object *w, struct hs_err *err)
{
	const struct tenant_place *at = TENANT_AT(w->ve, w->enterprise);
	const char *login = object_text(w, "login");
	hs_auto(hs_freep) char *password = NULL;
	bool is_set;
	int failed;

	if (tenant_password_is_set(tenant, at, login, &is_set, err) < 0)
		return -1;
	if (is_set)
		return 0;
	if (tenant_password_generate(&password, err) < 0)
		return -1;
	failed = initial_put(plat, w->ve, w->enterprise, login, password, err);
	if (failed == 0)
		failed = tenant_password_set(tenant, at, login, password, err);
	hs_wipe(password, strlen(password));
	return failed;
}

static int person_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	const char *roles[ROLES_MAX];
	const json_t *list = json_object_get(w->attrs, "roles");
	struct tenant_person person = {
		.login = object_text(w, "login"),
		.name = object_text(w, "name"),
		.mail = object_text(w, "mail"),
		.language = object_text(w, "language"),
		.roles = roles,
	};
	struct tenant *tenant;

	for (size_t i = 0; i < json_array_size(list) && i < ROLES_MAX; i++)
		roles[person.role_count++] =
		    json_string_value(json_array_get(list, i));
	if (plat_tenant(plat, &tenant, err) < 0 ||
	    tenant_person_put(
		tenant, TENANT_AT(w->ve, w->enterprise), &person, err) < 0)
		return -1;
	return first_password(plat, tenant, w, err);
}

static int person_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	const char *login = object_text(object, "login");
	struct tenant *tenant;

	if (plat_tenant(plat, &tenant, err) < 0 ||
	    tenant_person_remove(tenant,
		TENANT_AT(object->ve, object->enterprise), login, err) < 0)
		return -1;
	return initial_put(
	    plat, object->ve, object->enterprise, login, NULL, err);
}

const struct step_ops step_person = {
	.make = person_make,
	.remove = person_remove,
	.can_go_back = true,
};
