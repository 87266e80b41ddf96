/* directory.c - search, add, modify and delete entries. */

#include "tenant-mgr/directory.h"

#include <assert.h>
#include <ldap.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/mem.h"
#include "tenant-mgr/link.h"

/* One exchange with slapd; returns an LDAP result code. */
struct exchange {
	int (*run)(LDAP *ld, void *arg);
	void *arg;
	const char *doing; /* for messages */
};

static bool is_dead(int rc)
{
	return rc == LDAP_SERVER_DOWN || rc == LDAP_CONNECT_ERROR ||
	       rc == LDAP_UNAVAILABLE;
}

/* After a time-out the answer may still come; nobody must take it for his.
 * Those who wait for the lock have waited as long: it has failed for them too.
 */
static void drop_if_useless(struct tenant *tenant, int rc)
{
	if (is_dead(rc) || rc == LDAP_TIMEOUT) {
		tenant_link_end(tenant->ld);
		tenant->ld = NULL;
	}
	if (rc == LDAP_TIMEOUT)
		tenant->failed_ms = tenant_link_now();
}

static int run_locked(struct tenant *tenant, const struct exchange *exchange,
    int64_t since_ms, struct hs_err *err)
{
	bool was_connected = tenant->ld != NULL;
	int rc;

	if (tenant_link_connect(tenant, since_ms, err) < 0)
		return -1;
	rc = exchange->run(tenant->ld, exchange->arg);
	drop_if_useless(tenant, rc);
	if (is_dead(rc) && was_connected)
		return run_locked(tenant, exchange, since_ms, err);
	if (rc != LDAP_SUCCESS)
		return tenant_link_fail(rc, exchange->doing, err);
	return 0;
}

static int run(
    struct tenant *tenant, const struct exchange *exchange, struct hs_err *err)
{
	int64_t since_ms = tenant_link_now();
	int result;

	if (hs_fault("ldap", err) < 0)
		return -1;
	(void)pthread_mutex_lock(&tenant->lock);
	result = run_locked(tenant, exchange, since_ms, err);
	(void)pthread_mutex_unlock(&tenant->lock);
	return result;
}

/* Search. The answer is copied while the lock is held: it hangs on the
 * connection, which another thread may end. */

struct search {
	const struct tenant_query *query;
	struct hs_arena *arena;
	struct tenant_entries found;
};

static const char *const *copy_values(
    struct hs_arena *arena, struct berval **values)
{
	size_t count = (size_t)ldap_count_values_len(values);
	const char **copies =
	    hs_arena_alloc(arena, (count + 1) * sizeof(char *));

	for (size_t i = 0; i < count; i++)
		copies[i] = hs_arena_strndup(
		    arena, values[i]->bv_val, values[i]->bv_len);
	return copies;
}

static size_t count_names(const char *const *names)
{
	size_t count = 0;

	while (names[count] != NULL)
		count++;
	return count;
}

static void copy_attributes(struct search *search, LDAP *ld, LDAPMessage *msg,
    struct tenant_entry *entry)
{
	const char *const *names = search->query->attributes;

	entry->attributes = hs_arena_alloc(search->arena,
	    (count_names(names) + 1) * sizeof(*entry->attributes));
	for (; *names != NULL; names++) {
		struct berval **values = ldap_get_values_len(ld, msg, *names);

		if (values == NULL)
			continue;
		entry->attributes[entry->count++] = (struct tenant_attribute) {
			.name = hs_arena_strdup(search->arena, *names),
			.values = copy_values(search->arena, values),
		};
		ldap_value_free_len(values);
	}
}

static void copy_entry(struct search *search, LDAP *ld, LDAPMessage *msg)
{
	struct tenant_entry *entry = &search->found.list[search->found.count++];
	char *dn = ldap_get_dn(ld, msg);

	entry->dn = hs_arena_strdup(search->arena, dn != NULL ? dn : "");
	ldap_memfree(dn);
	copy_attributes(search, ld, msg, entry);
}

static void copy_entries(struct search *search, LDAP *ld, LDAPMessage *answer)
{
	int count = ldap_count_entries(ld, answer);

	search->found = (struct tenant_entries) {
		.list = hs_arena_alloc(
		    search->arena, ((size_t)(count > 0 ? count : 0) + 1) *
				       sizeof(*search->found.list)),
	};
	for (LDAPMessage *msg = ldap_first_entry(ld, answer); msg != NULL;
	     msg = ldap_next_entry(ld, msg))
		copy_entry(search, ld, msg);
}

static int run_search(LDAP *ld, void *arg)
{
	static const int scopes[] = {
		[SCOPE_BASE] = LDAP_SCOPE_BASE,
		[SCOPE_ONE] = LDAP_SCOPE_ONELEVEL,
		[SCOPE_SUBTREE] = LDAP_SCOPE_SUBTREE,
	};
	struct search *search = arg;
	const struct tenant_query *query = search->query;
	LDAPMessage *answer = NULL;
	int rc;

	rc = ldap_search_ext_s(ld, query->base, scopes[query->scope],
	    query->filter, (char **)(uintptr_t)query->attributes, 0, NULL, NULL,
	    NULL, LDAP_NO_LIMIT, &answer);
	if (rc == LDAP_SUCCESS)
		copy_entries(search, ld, answer);
	(void)ldap_msgfree(answer);
	return rc;
}

int tenant_dir_search(struct tenant *tenant, const struct tenant_query *query,
    struct hs_arena *arena, struct tenant_entries *ret_entries,
    struct hs_err *err)
{
	struct search search = { .query = query, .arena = arena };
	const struct exchange exchange = { run_search, &search, "search" };

	if (run(tenant, &exchange, err) < 0)
		return -1;
	*ret_entries = search.found;
	return 0;
}

const char *tenant_entry_get(
    const struct tenant_entry *entry, const char *attribute)
{
	for (size_t i = 0; i < entry->count; i++)
		if (strcmp(entry->attributes[i].name, attribute) == 0)
			return entry->attributes[i].values[0];
	return NULL;
}

/* Changes. libldap wants arrays of pointers to structures it does not write
 * to; they live in an arena for the length of one exchange. */

struct write {
	const char *dn;
	LDAPMod **mods;
};

static char **copy_change(
    struct hs_arena *arena, const struct tenant_change *change)
{
	const char *const one[] = { change->value, NULL };
	const char *const *values =
	    change->values != NULL ? change->values : one;
	size_t count = count_names(values);
	char **copies = hs_arena_alloc(arena, (count + 1) * sizeof(char *));

	for (size_t i = 0; i < count; i++)
		copies[i] = hs_arena_strdup(arena, values[i]);
	return count > 0 ? copies : NULL;
}

static LDAPMod *make_mod(
    struct hs_arena *arena, const struct tenant_change *change)
{
	/* clang-format off */
	static const int operations[] = {
		[CHANGE_REPLACE]  = LDAP_MOD_REPLACE,
		[CHANGE_ADD]      = LDAP_MOD_ADD,
		[CHANGE_REMOVE]   = LDAP_MOD_DELETE,
		[CHANGE_AT_BIRTH] = LDAP_MOD_ADD,
	};
	/* clang-format on */
	LDAPMod *mod = hs_arena_alloc(arena, sizeof(*mod));

	mod->mod_op = operations[change->kind];
	mod->mod_type = hs_arena_strdup(arena, change->attribute);
	mod->mod_values = copy_change(arena, change);
	return mod;
}

/* For a new entry all changes that have a value, else all but its birth's. */
static LDAPMod **make_mods(
    struct hs_arena *arena, const struct tenant_changes *changes, bool at_birth)
{
	LDAPMod **mods =
	    hs_arena_alloc(arena, (changes->count + 1) * sizeof(*mods));
	size_t used = 0;

	for (size_t i = 0; i < changes->count; i++) {
		const struct tenant_change *change = &changes->list[i];
		bool has_value =
		    change->value != NULL || change->values != NULL;

		if (at_birth ? has_value : change->kind != CHANGE_AT_BIRTH)
			mods[used++] = make_mod(arena, change);
	}
	return mods;
}

static int run_add(LDAP *ld, void *arg)
{
	const struct write *write = arg;

	return ldap_add_ext_s(ld, write->dn, write->mods, NULL, NULL);
}

static int run_modify(LDAP *ld, void *arg)
{
	const struct write *write = arg;

	return ldap_modify_ext_s(ld, write->dn, write->mods, NULL, NULL);
}

static int run_delete(LDAP *ld, void *arg)
{
	return ldap_delete_ext_s(ld, arg, NULL, NULL);
}

int tenant_dir_modify(struct tenant *tenant, const char *dn,
    const struct tenant_changes *changes, struct hs_err *err)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct write write = { dn, make_mods(arena, changes, false) };
	const struct exchange exchange = { run_modify, &write, "modify" };

	if (write.mods[0] == NULL)
		return 0;
	return run(tenant, &exchange, err);
}

int tenant_dir_put(struct tenant *tenant, const char *dn,
    const struct tenant_changes *changes, struct hs_err *err)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct write write = { dn, make_mods(arena, changes, true) };
	const struct exchange exchange = { run_add, &write, "add" };
	struct hs_err add_err = { 0 };

	if (run(tenant, &exchange, &add_err) == 0)
		return 0;
	if (add_err.code == HS_EEXISTS)
		return tenant_dir_modify(tenant, dn, changes, err);
	return hs_fail(err, add_err.code, "%s", add_err.msg);
}

static int by_length_descending(const void *a, const void *b)
{
	size_t x = strlen(((const struct tenant_entry *)a)->dn);
	size_t y = strlen(((const struct tenant_entry *)b)->dn);

	return (x < y) - (x > y);
}

static int remove_one(struct tenant *tenant, const char *dn, struct hs_err *err)
{
	hs_auto(hs_freep) char *copy = hs_strdup(dn);
	const struct exchange exchange = { run_delete, copy, "delete" };
	struct hs_err delete_err = { 0 };

	if (run(tenant, &exchange, &delete_err) == 0 ||
	    delete_err.code == HS_ENOTFOUND)
		return 0;
	return hs_fail(err, delete_err.code, "%s", delete_err.msg);
}

/* An entry's name is longer than that of the one above it. */
static int remove_entries(
    struct tenant *tenant, struct tenant_entries *entries, struct hs_err *err)
{
	qsort(entries->list, entries->count, sizeof(*entries->list),
	    by_length_descending);
	for (size_t i = 0; i < entries->count; i++)
		if (remove_one(tenant, entries->list[i].dn, err) < 0)
			return -1;
	return 0;
}

int tenant_dir_remove(struct tenant *tenant, const char *dn, struct hs_err *err)
{
	static const char *const nothing[] = { LDAP_NO_ATTRS, NULL };
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	const struct tenant_query query = {
		.base = dn,
		.scope = SCOPE_SUBTREE,
		.filter = "(objectClass=*)",
		.attributes = nothing,
	};
	struct tenant_entries entries = { 0 };
	struct hs_err search_err = { 0 };

	if (tenant_dir_search(tenant, &query, arena, &entries, &search_err) ==
	    0)
		return remove_entries(tenant, &entries, err);
	if (search_err.code == HS_ENOTFOUND)
		return 0;
	return hs_fail(err, search_err.code, "%s", search_err.msg);
}
