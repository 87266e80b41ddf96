/* lookup.c - one person, with roles and standing, in one search. */

#include "tenant-mgr/lookup.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/text.h"
#include "tenant-mgr/directory.h"
#include "tenant-mgr/dn.h"
#include "tenant-mgr/link.h"

#define LOGIN_MAX 64
/* pwdLockoutDuration of cn=people in etc/directory/policies.ldif. */
#define LOCKED_SECONDS 900

/* The enterprise, the person and the person's groups. */
static char *make_filter(const char *login, const char *person)
{
	struct hs_text filter = { 0 };

	hs_text_add(&filter, "(|(objectClass=hanseEnterprise)"
			     "(&(objectClass=hansePerson)(uid=");
	tenant_filter_add_value(&filter, login);
	hs_text_add(&filter, "))(&(objectClass=groupOfNames)(member=");
	tenant_filter_add_value(&filter, person);
	hs_text_add(&filter, ")))");
	return hs_text_take(&filter);
}

void tenant_lookup_read(const struct tenant_entry *entry,
    const struct tenant_place *place, struct hs_arena *arena,
    struct tenant_person *ret_person)
{
	const char *const *names = tenant_role_names(place);
	size_t count = 0;

	while (names[count] != NULL)
		count++;
	*ret_person = (struct tenant_person) {
		.login = tenant_entry_get(entry, "uid"),
		.name = tenant_entry_get(entry, "cn"),
		.mail = tenant_entry_get(entry, "mail"),
		.language = tenant_entry_get(entry, "preferredLanguage"),
		.roles = hs_arena_alloc(arena, (count + 1) * sizeof(char *)),
	};
}

/* Where a role stands in the table; its end if it is none of ours. */
static size_t rank(const struct tenant_place *place, const char *role)
{
	const char *const *names = tenant_role_names(place);
	size_t i = 0;

	while (names[i] != NULL && strcmp(names[i], role) != 0)
		i++;
	return i;
}

void tenant_lookup_add_role(struct tenant_person *person,
    const struct tenant_place *place, const char *role)
{
	const char **roles = (const char **)(uintptr_t)person->roles;
	size_t i = person->role_count;

	if (tenant_role_names(place)[rank(place, role)] == NULL ||
	    tenant_person_has_role(person, role))
		return;
	for (; i > 0 && rank(place, roles[i - 1]) > rank(place, role); i--)
		roles[i] = roles[i - 1];
	roles[i] = role;
	person->role_count++;
}

/* Whether a lock of that generalized time still holds. */
static bool is_locked_now(const char *since)
{
	struct tm tm = { 0 };
	time_t locked_at;

	if (since == NULL)
		return false;
	if (strptime(since, "%Y%m%d%H%M%S", &tm) == NULL)
		return true;
	locked_at = timegm(&tm);
	/* The year 0 is ppolicy's word for "until somebody unlocks it". */
	return tm.tm_year + 1900 <= 0 ||
	       time(NULL) < locked_at + LOCKED_SECONDS;
}

static void read_person(const struct tenant_entry *entry,
    const struct tenant_place *place, struct hs_arena *arena,
    struct tenant_found *found)
{
	found->dn = entry->dn;
	tenant_lookup_read(entry, place, arena, &found->person);
	found->has_password =
	    tenant_entry_get(entry, "hansePasswordTime") != NULL;
	found->is_locked =
	    is_locked_now(tenant_entry_get(entry, "pwdAccountLockedTime"));
}

/* People have an uid, enterprises can be suspended, the rest are groups. */
static void read_found(const struct tenant_entries *entries,
    const struct tenant_place *place, struct hs_arena *arena,
    struct tenant_found *found)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct tenant_entry *entry = &entries->list[i];
		const char *suspended =
		    tenant_entry_get(entry, "hanseSuspended");

		if (suspended != NULL)
			found->is_suspended = strcmp(suspended, "FALSE") != 0;
		if (tenant_entry_get(entry, "uid") != NULL)
			read_person(entry, place, arena, found);
	}
	for (size_t i = 0; found->dn != NULL && i < entries->count; i++) {
		const struct tenant_entry *entry = &entries->list[i];
		const char *name = tenant_entry_get(entry, "cn");

		if (tenant_entry_get(entry, "uid") == NULL && name != NULL)
			tenant_lookup_add_role(&found->person, place, name);
	}
}

static bool can_be_login(const char *login)
{
	return *login != '\0' && strlen(login) <= LOGIN_MAX &&
	       hs_is_text(login);
}

int tenant_lookup(struct tenant *tenant, const struct tenant_place *place,
    const char *login, struct hs_arena *arena, struct tenant_found *ret_found,
    struct hs_err *err)
{
	static const char *const attributes[] = { "uid", "cn", "mail",
		"preferredLanguage", "hansePasswordTime", "hanseSuspended",
		"pwdAccountLockedTime", NULL };
	const char *asked = can_be_login(login) ? login : "?";
	hs_auto(hs_freep) char *base = tenant_dn_place(tenant->base, place);
	hs_auto(hs_freep) char *person =
	    tenant_dn_person(tenant->base, place, asked);
	hs_auto(hs_freep) char *filter = make_filter(asked, person);
	const struct tenant_query query = {
		.base = base,
		.scope = SCOPE_SUBTREE,
		.filter = filter,
		.attributes = attributes,
	};
	struct tenant_entries entries;

	if (tenant_dir_search(tenant, &query, arena, &entries, err) < 0)
		return -1;
	*ret_found = (struct tenant_found) { 0 };
	read_found(&entries, place, arena, ret_found);
	return 0;
}
