/* observe_directory.c - enterprises and people, as the directory has them. */

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/digest.h"
#include "provisioning/instance.h"
#include "provisioning/mark.h"
#include "provisioning/observe.h"

static json_t *roles_json(const struct tenant_person *person)
{
	/* In the order of the role table, which is that of the specs. */
	const char *const *names = tenant_role_names(TENANT_AT("a", "b"));
	json_t *list = json_array();

	for (; *names != NULL; names++)
		if (tenant_person_has_role(person, *names))
			(void)json_array_append_new(list, json_string(*names));
	return list;
}

static int add_people(struct observation *o, struct tenant *tenant,
    const struct tenant_enterprise *e, struct hs_arena *arena,
    struct hs_err *err)
{
	struct tenant_people people = { 0 };

	if (tenant_person_list(
		tenant, TENANT_AT(e->ve, e->name), arena, &people, err) < 0)
		return -1;
	for (size_t i = 0; i < people.count; i++) {
		const struct tenant_person *p = &people.list[i];

		(void)objects_add(&o->found, OBJ_PERSON,
		    hs_arena_printf(
			arena, "%s/%s/%s", e->ve, e->name, p->login),
		    e->ve, e->name,
		    json_pack("{s:s?, s:s?, s:s?, s:o}", "name", p->name,
			"mail", p->mail, "language", p->language, "roles",
			roles_json(p)),
		    json_pack("{s:s}", "login", p->login));
	}
	return 0;
}

/* Whether the directory has the password it was given; it says so of one that
 * it has twice, too. */
static const char *password_of(
    struct observation *o, const char *name, const char *const *hashes)
{
	const json_t *mark = mark_of(o->marks, OBJ_SERVICE, name);
	const char *word = "edited";

	for (; hashes != NULL && *hashes != NULL; hashes++) {
		hs_auto(hs_freep) char *digest = digest_text(*hashes);

		word = mark_compare(mark, "password", digest);
		if (strcmp(word, "edited") != 0)
			break;
	}
	return word;
}

/* The account must be in the directory, and its passwords in our files. */
static int add_services(struct observation *o, struct tenant *tenant,
    const struct tenant_enterprise *e, struct hs_arena *arena,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *owner = hs_printf("%s/%s", e->ve, e->name);
	hs_auto(hs_freep) char *pattern = plat_path(
	    o->plat, "domains/%s.%s/portal*.password", e->ve, e->name);
	const char *const *hashes = NULL;
	glob_t found = { 0 };

	if (tenant_service_hashes(
		tenant, TENANT_AT(e->ve, e->name), arena, &hashes, err) < 0)
		return -1;
	if (hashes != NULL && glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *base = strrchr(found.gl_pathv[i], '/');
			unsigned number = 1;
			hs_auto(hs_freep) char *name = NULL;
			hs_auto(hs_freep) char *path = NULL;

			(void)sscanf(base, "/portal.%u.password", &number);
			name = instance_name(owner, number);
			path = instance_password(e->ve, e->name, number);
			(void)objects_add(&o->found, OBJ_SERVICE, name, e->ve,
			    e->name,
			    json_pack("{s:b, s:s}", "exists", 1, "password",
				password_of(o, name, hashes)),
			    json_pack("{s:s}", "file", path));
		}
	globfree(&found);
	return 0;
}

static int add_enterprise(struct observation *o, struct tenant *tenant,
    const struct tenant_enterprise *e, struct hs_arena *arena,
    struct hs_err *err)
{
	struct tenant_entitlements got = { 0 };
	struct hs_err missing = { 0 };
	const char *name = hs_arena_printf(arena, "%s/%s", e->ve, e->name);

	if (tenant_entitlements_get(
		tenant, TENANT_AT(e->ve, e->name), arena, &got, &missing) < 0 &&
	    missing.code != HS_ENOTFOUND)
		return hs_fail(err, missing.code, "%s", missing.msg);
	(void)objects_add(&o->found, OBJ_ENTERPRISE, name, e->ve, e->name,
	    json_pack("{s:s?, s:s?, s:s?, s:s?, s:i, s:i, s:i, s:b}",
		"legal_name", e->legal_name, "role", e->chain_role, "database",
		got.database, "template", got.template, "connections",
		(int)got.connections, "vcpus", (int)got.vcpus, "memory_mib",
		(int)got.memory_mib, "suspended", (int)e->suspended),
	    NULL);
	if (add_services(o, tenant, e, arena, err) < 0)
		return -1;
	return add_people(o, tenant, e, arena, err);
}

int observe_directory(struct observation *o, struct hs_err *err)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct tenant_enterprises enterprises = { 0 };
	struct tenant_ves ves = { 0 };
	struct tenant *tenant;

	if (plat_tenant(o->plat, &tenant, err) < 0 ||
	    tenant_ve_list(tenant, arena, &ves, err) < 0 ||
	    tenant_enterprise_list(tenant, NULL, arena, &enterprises, err) < 0)
		return hs_wrap(err, "directory");
	for (size_t i = 0; i < ves.count; i++)
		(void)objects_add(&o->found, OBJ_VE, ves.list[i].name,
		    ves.list[i].name, NULL,
		    json_pack("{s:s?}", "title", ves.list[i].title), NULL);
	for (size_t i = 0; i < enterprises.count; i++)
		if (observe_is_asked(o, enterprises.list[i].ve) &&
		    add_enterprise(
			o, tenant, &enterprises.list[i], arena, err) < 0)
			return -1;
	return 0;
}
