/* quota.c - from objects to rows of the ledger. */

#include "provisioning/quota.h"

#include <stdlib.h>
#include <string.h>

#include "base/db.h"
#include "base/err.h"
#include "gen/prov_sql.h"

/* -- What objects take ----------------------------------------------------- */

/* clang-format off */
static const struct {
	enum object_kind kind;
	const char *resource;
	const char *attr; /* NULL: each counts as one */
} takes[] = {
	{ OBJ_DOMAIN,    "vcpus",       "vcpus"       },
	{ OBJ_DOMAIN,    "memory_mib",  "memory_mib"  },
	{ OBJ_DOMAIN,    "domains",     NULL          },
	{ OBJ_DB_DOMAIN, "vcpus",       "vcpus"       },
	{ OBJ_DB_DOMAIN, "memory_mib",  "memory_mib"  },
	{ OBJ_DB_DOMAIN, "domains",     NULL          },
	{ OBJ_VOLUME,    "disk_gib",    "size_gib"    },
	{ OBJ_ROLE,      "connections", "connections" },
};
/* clang-format on */

static bool is_of(const struct object *o, const char *ve)
{
	return ve == NULL ? o->ve == NULL
			  : o->ve != NULL && strcmp(o->ve, ve) == 0;
}

/* A member's are under one name, whatever the generation. */
static char *ledger_name(const struct object *o)
{
	return o->enterprise != NULL ? hs_printf("%s.%s", o->ve, o->enterprise)
				     : hs_strdup(o->name);
}

/* The entry of an object's name, made if it is new. */
static json_t *entry_of(json_t *entries, const struct object *o)
{
	hs_auto(hs_freep) char *name = ledger_name(o);
	json_t *entry = json_object_get(entries, name);

	if (entry != NULL)
		return entry;
	entry = json_pack(
	    "{s:s, s:s?}", "object", name, "enterprise", o->enterprise);
	(void)json_object_set_new(entries, name, entry);
	return entry;
}

static void take(json_t *entries, const struct object *o)
{
	for (size_t i = 0; i < ARRAY_LEN(takes); i++) {
		json_t *entry;
		json_int_t amount;

		if (takes[i].kind != o->kind)
			continue;
		entry = entry_of(entries, o);
		amount =
		    takes[i].attr != NULL ? object_number(o, takes[i].attr) : 1;
		if (amount > json_integer_value(
				 json_object_get(entry, takes[i].resource)))
			(void)json_object_set_new(
			    entry, takes[i].resource, json_integer(amount));
	}
}

static json_t *values_of(json_t *entries)
{
	json_t *list = json_array(), *entry;
	const char *name;

	json_object_foreach (entries, name, entry)
		(void)json_array_append(list, entry);
	json_decref(entries);
	return list;
}

json_t *quota_wanted(const struct objects *objects, const char *ve)
{
	json_t *entries = json_object();

	for (size_t i = 0; i < objects->count; i++)
		if (is_of(&objects->list[i], ve))
			take(entries, &objects->list[i]);
	return values_of(entries);
}

json_t *quota_count(const struct objects *objects)
{
	json_t *entries = json_object();

	for (size_t i = 0; i < objects->count; i++)
		take(entries, &objects->list[i]);
	return values_of(entries);
}

bool quota_takes(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(takes); i++)
		if (strcmp(object_kind_name(takes[i].kind), kind) == 0)
			return true;
	return false;
}

/* -- The ledger ------------------------------------------------------------ */

/* Of one VE, or with NULL of the platform. */
static int put(struct hs_db *store, const char *sql, const char *ve,
    const struct objects *wanted, struct hs_err *err)
{
	json_t *list = quota_wanted(wanted, ve);
	hs_auto(hs_freep) char *text = json_dumps(list, JSON_COMPACT);

	json_decref(list);
	return HS_DB_QUERY(store, sql, NULL, err, ve, text);
}

int quota_reserve(struct hs_db *store, const char *ve,
    const struct objects *wanted, struct hs_err *err)
{
	if (put(store, prov_sql_quota_reserve, NULL, wanted, err) < 0)
		return -1;
	return put(store, prov_sql_quota_reserve, ve, wanted, err);
}

int quota_settle(struct hs_db *store, const char *ve,
    const struct objects *wanted, struct hs_err *err)
{
	return put(store, prov_sql_quota_settle, ve, wanted, err);
}

int quota_release(struct hs_db *store, const char *ve, struct hs_err *err)
{
	const struct objects none = { 0 };

	return quota_settle(store, ve, &none, err);
}

/* Those that hold something and are wanted no more. */
static int release_gone(
    struct hs_db *store, const struct objects *wanted, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (hs_db_query(store, prov_sql_quota_ves, 0, NULL, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		const char *ve = hs_rows_get(rows, i, "ve");

		if (objects_find(wanted, OBJ_VE, ve) == NULL &&
		    quota_release(store, ve, err) < 0)
			return -1;
	}
	return 0;
}

int quota_settle_all(
    struct hs_db *store, const struct objects *wanted, struct hs_err *err)
{
	if (quota_settle(store, NULL, wanted, err) < 0)
		return -1;
	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->list[i].kind == OBJ_VE &&
		    quota_settle(store, wanted->list[i].name, wanted, err) < 0)
			return -1;
	return release_gone(store, wanted, err);
}
