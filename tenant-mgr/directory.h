/* directory.h - search, add, modify and delete entries.
 *
 * Each call holds the handle's lock and repeats itself once on a new
 * connection if the old one turns out to be dead. That may do a change twice;
 * the "put" and "remove" above it do not mind.
 */
#ifndef HANSE_TENANT_MGR_DIRECTORY_H
#define HANSE_TENANT_MGR_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

struct hs_arena;
struct hs_err;
struct tenant;

enum tenant_scope { SCOPE_BASE, SCOPE_ONE, SCOPE_SUBTREE };

struct tenant_query {
	const char *base;
	enum tenant_scope scope;
	const char *filter;
	const char *const *attributes; /* ended by NULL */
};

struct tenant_attribute {
	const char *name;
	const char *const *values; /* ended by NULL */
};

struct tenant_entry {
	const char *dn;
	struct tenant_attribute *attributes;
	size_t count;
};

struct tenant_entries {
	struct tenant_entry *list;
	size_t count;
};

/** What is found lives in the arena. Errors: HS_ENOTFOUND (no such base). */
int tenant_dir_search(struct tenant *tenant, const struct tenant_query *query,
    struct hs_arena *arena, struct tenant_entries *ret_entries,
    struct hs_err *err);

/** The first value, or NULL. */
const char *tenant_entry_get(
    const struct tenant_entry *entry, const char *attribute);

enum tenant_change_kind {
	CHANGE_REPLACE, /* no value: the attribute goes */
	CHANGE_ADD,
	CHANGE_REMOVE,
	CHANGE_AT_BIRTH, /* only if tenant_dir_put() makes the entry */
};

struct tenant_change {
	const char *attribute;
	const char *value;         /* one value; NULL with values: those */
	const char *const *values; /* ended by NULL */
	enum tenant_change_kind kind;
};

struct tenant_changes {
	const struct tenant_change *list;
	size_t count;
};

/** struct tenant_changes from an array. */
#define CHANGES(array)                    \
	(&(const struct tenant_changes) { \
	    .list = (array), .count = ARRAY_LEN(array) })

/** Make the entry, or modify the one that is there. */
int tenant_dir_put(struct tenant *tenant, const char *dn,
    const struct tenant_changes *changes, struct hs_err *err);

/** Errors: HS_ENOTFOUND, HS_EEXISTS (a value). */
int tenant_dir_modify(struct tenant *tenant, const char *dn,
    const struct tenant_changes *changes, struct hs_err *err);

/** Remove an entry and all below it; none is success. */
int tenant_dir_remove(
    struct tenant *tenant, const char *dn, struct hs_err *err);

#endif
