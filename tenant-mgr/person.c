/* person.c - people of an enterprise or of the ASP. */

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "tenant-mgr/directory.h"
#include "tenant-mgr/dn.h"
#include "tenant-mgr/link.h"
#include "tenant-mgr/lookup.h"
#include "tenant-mgr/password.h"
#include "tenant-mgr/role.h"
#include "tenant-mgr/tenant.h"
#include "tenant-mgr/words.h"

/* inetOrgPerson wants a surname: the name's last word. */
static const char *last_word(const char *name)
{
	const char *space = strrchr(name, ' ');

	return space != NULL && space[1] != '\0' ? space + 1 : name;
}

/* A new person's password is a hash of nothing, so that a log-in takes as long
 * as anybody's. */
static int put_entry(struct tenant *tenant, const char *dn,
    const struct tenant_person *person, struct hs_err *err)
{
	static const char *const classes[] = { "inetOrgPerson", "hansePerson",
		NULL };
	hs_auto(hs_freep) char *hash = NULL;
	struct tenant_change changes[] = {
		{ "userPassword", NULL, NULL, CHANGE_AT_BIRTH },
		{ "objectClass", NULL, classes, CHANGE_AT_BIRTH },
		{ "uid", person->login, NULL, CHANGE_AT_BIRTH },
		{ "cn", person->name, NULL, CHANGE_REPLACE },
		{ "sn", last_word(person->name), NULL, CHANGE_REPLACE },
		{ "mail", person->mail, NULL, CHANGE_REPLACE },
		{ "preferredLanguage", person->language, NULL, CHANGE_REPLACE },
	};

	if (tenant_password_hash_of_none(&hash, err) < 0)
		return -1;
	changes[0].value = hash;
	return tenant_dir_put(tenant, dn, CHANGES(changes), err);
}

int tenant_person_put(struct tenant *tenant, const struct tenant_place *place,
    const struct tenant_person *person, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;

	if (tenant_person_check(place, person, err) < 0)
		return -1;
	dn = tenant_dn_person(tenant->base, place, person->login);
	if (put_entry(tenant, dn, person, err) < 0 ||
	    tenant_role_set(tenant, place, person->login, person->roles,
		person->role_count, err) < 0)
		return hs_wrap(err, "put person '%s'", person->login);
	return 0;
}

int tenant_person_get(struct tenant *tenant, const struct tenant_place *place,
    const char *login, struct hs_arena *arena, struct tenant_person *ret_person,
    struct hs_err *err)
{
	struct tenant_found found;

	if (tenant_place_check(place, err) < 0)
		return -1;
	if (tenant_lookup(tenant, place, login, arena, &found, err) < 0)
		return hs_wrap(err, "get a person");
	if (found.dn == NULL)
		return hs_fail(err, HS_ENOTFOUND, "no such person");
	*ret_person = found.person;
	return 0;
}

/* List: all people and all groups, joined by DN. */

struct listed {
	const char *dn;
	struct tenant_person person;
};

static int by_dn(const void *a, const void *b)
{
	return strcasecmp(
	    ((const struct listed *)a)->dn, ((const struct listed *)b)->dn);
}

static int by_login(const void *a, const void *b)
{
	return strcmp(((const struct tenant_person *)a)->login,
	    ((const struct tenant_person *)b)->login);
}

static int search_folder(struct tenant *tenant,
    const struct tenant_place *place, const char *folder, const char *filter,
    struct hs_arena *arena, struct tenant_entries *ret_entries,
    struct hs_err *err)
{
	static const char *const attributes[] = { "uid", "cn", "mail",
		"preferredLanguage", "member", NULL };
	hs_auto(hs_freep) char *base =
	    tenant_dn_folder(tenant->base, place, folder);
	const struct tenant_query query = {
		.base = base,
		.scope = SCOPE_ONE,
		.filter = filter,
		.attributes = attributes,
	};

	return tenant_dir_search(tenant, &query, arena, ret_entries, err);
}

static void add_group(struct listed *list, size_t count,
    const struct tenant_place *place, const struct tenant_entry *group)
{
	const char *role = tenant_entry_get(group, "cn");
	const char *const *members = NULL;

	for (size_t i = 0; i < group->count; i++)
		if (strcmp(group->attributes[i].name, "member") == 0)
			members = group->attributes[i].values;
	for (; role != NULL && members != NULL && *members != NULL; members++) {
		struct listed key = { .dn = *members };
		struct listed *found =
		    bsearch(&key, list, count, sizeof(*list), by_dn);

		if (found != NULL)
			tenant_lookup_add_role(&found->person, place, role);
	}
}

static void join(const struct tenant_entries *people,
    const struct tenant_entries *groups, const struct tenant_place *place,
    struct hs_arena *arena, struct tenant_people *ret_people)
{
	size_t count = people->count;
	struct listed *list =
	    hs_arena_alloc(arena, (count + 1) * sizeof(*list));
	struct tenant_person *persons =
	    hs_arena_alloc(arena, (count + 1) * sizeof(*persons));

	for (size_t i = 0; i < count; i++) {
		list[i].dn = people->list[i].dn;
		tenant_lookup_read(
		    &people->list[i], place, arena, &list[i].person);
	}
	qsort(list, count, sizeof(*list), by_dn);
	for (size_t i = 0; i < groups->count; i++)
		add_group(list, count, place, &groups->list[i]);
	for (size_t i = 0; i < count; i++)
		persons[i] = list[i].person;
	qsort(persons, count, sizeof(*persons), by_login);
	*ret_people = (struct tenant_people) { persons, count };
}

int tenant_person_list(struct tenant *tenant, const struct tenant_place *place,
    struct hs_arena *arena, struct tenant_people *ret_people,
    struct hs_err *err)
{
	struct tenant_entries people, groups;

	if (tenant_place_check(place, err) < 0)
		return -1;
	if (search_folder(tenant, place, "people", "(objectClass=hansePerson)",
		arena, &people, err) < 0 ||
	    search_folder(tenant, place, "roles", "(objectClass=groupOfNames)",
		arena, &groups, err) < 0)
		return hs_wrap(err, "list people");
	join(&people, &groups, place, arena, ret_people);
	return 0;
}

/* First the roles: a name left in a group would be the next one's. */
int tenant_person_remove(struct tenant *tenant,
    const struct tenant_place *place, const char *login, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;
	struct hs_err role_err = { 0 };

	if (tenant_place_check(place, err) < 0)
		return -1;
	if (!tenant_login_is_valid(login))
		return 0;
	dn = tenant_dn_person(tenant->base, place, login);
	if (tenant_role_set(tenant, place, login, NULL, 0, &role_err) < 0 &&
	    role_err.code != HS_ENOTFOUND)
		return hs_fail(err, role_err.code, "remove person '%s': %s",
		    login, role_err.msg);
	if (tenant_dir_remove(tenant, dn, err) < 0)
		return hs_wrap(err, "remove person '%s'", login);
	return 0;
}
