/* manager_quota.c - quotas as hanse asks for them: list, set, unset, verify. */

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/manager.h"
#include "provisioning/quota.h"
#include "provisioning/quota_scope.h"
#include "provisioning/store.h"
#include "provisioning/view.h"

/* -- The list -------------------------------------------------------------- */

static json_t *number(const char *text)
{
	return text != NULL ? json_integer(strtoll(text, NULL, 10))
			    : json_null();
}

/* A row for people; "-" where there is no limit. */
static json_t *row(const struct hs_rows *rows, size_t i)
{
	static const char *const columns[] = { "scope", "resource",
		"limit_value", "used", "free" };
	json_t *list = json_array();

	for (size_t k = 0; k < ARRAY_LEN(columns); k++) {
		const char *value = hs_rows_get(rows, i, columns[k]);

		(void)json_array_append_new(
		    list, json_string(value != NULL ? value : "-"));
	}
	return list;
}

/* A scope, alone or with those below it; or with NULL what matters of all. */
static int list(struct request *r, const char *scope, bool below,
    json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	json_t *table = json_array(), *items = json_array();
	struct hs_db *store;

	if (plat_store(r->plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_quota_list, &rows, err, scope,
		below ? "true" : "false") < 0) {
		json_decref(table);
		json_decref(items);
		return -1;
	}
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		(void)json_array_append_new(table, row(rows, i));
		(void)json_array_append_new(
		    items, json_pack("{s:s, s:s, s:o, s:o, s:o}", "scope",
			       hs_rows_get(rows, i, "scope"), "resource",
			       hs_rows_get(rows, i, "resource"), "limit",
			       number(hs_rows_get(rows, i, "limit_value")),
			       "used", number(hs_rows_get(rows, i, "used")),
			       "free", number(hs_rows_get(rows, i, "free"))));
	}
	*ret_result = json_pack("{s:[s,s,s,s,s], s:o, s:o}", "columns", "SCOPE",
	    "RESOURCE", "LIMIT", "USED", "FREE", "rows", table, "items", items);
	return 0;
}

int quota_get(struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *scope = request_text(r, "scope");

	if (scope != NULL && quota_scope_check(scope, err) < 0)
		return -1;
	return list(r, scope, true, ret_result, err);
}

/* -- Limits ---------------------------------------------------------------- */

static int check_resource(const char *resource, struct hs_err *err)
{
	for (const char *const *q = quota_resources; *q != NULL; q++)
		if (strcmp(*q, resource) == 0)
			return 0;
	return hs_fail(err, HS_EINVAL, "'%s' cannot be limited", resource);
}

/* "ve/VE" and below belong to a VE's events. */
static char *ve_of(const char *scope)
{
	return strncmp(scope, "ve/", 3) == 0
		   ? hs_strndup(scope + 3, strcspn(scope + 3, "/"))
		   : NULL;
}

/* One limit and its event; NULL removes it, a resource of NULL is each. */
static int put(struct hs_db *store, const char *scope, const char *resource,
    const char *limit, struct hs_err *err)
{
	hs_auto(hs_freep) char *ve = ve_of(scope);
	hs_auto(hs_freep) char *detail =
	    hs_printf("%s%s%s", resource != NULL ? resource : "all",
		limit != NULL ? "=" : "", limit != NULL ? limit : "");

	if (HS_DB_QUERY(store, prov_sql_quota_set, NULL, err, scope, resource,
		limit) < 0)
		return -1;
	store_event(store, limit != NULL ? "quota.set" : "quota.unset", ve,
	    scope, detail);
	return 0;
}

static int set_all(
    struct hs_db *store, const char *scope, json_t *limits, struct hs_err *err)
{
	const char *resource;
	json_t *value;

	json_object_foreach (limits, resource, value) {
		json_int_t limit = json_integer_value(value);
		hs_auto(hs_freep) char *text =
		    hs_printf("%lld", (long long)limit);

		if (check_resource(resource, err) < 0)
			return -1;
		if (!json_is_integer(value) || limit < 0)
			return hs_fail(err, HS_EINVAL,
			    "a limit of %s is a number from 0 up", resource);
		if (put(store, scope, resource, text, err) < 0)
			return -1;
	}
	return 0;
}

static int unset_all(struct hs_db *store, const char *scope,
    const json_t *resources, struct hs_err *err)
{
	size_t i;
	json_t *resource;

	if (json_array_size(resources) == 0)
		return put(store, scope, NULL, NULL, err);
	json_array_foreach (resources, i, resource) {
		const char *name = json_string_value(resource);

		if (check_resource(name != NULL ? name : "", err) < 0 ||
		    put(store, scope, name, NULL, err) < 0)
			return -1;
	}
	return 0;
}

/* All limits of a request or none; then the scope as it is now. */
static int change(
    struct request *r, bool set, json_t **ret_result, struct hs_err *err)
{
	json_t *limits = json_object_get(r->args, "limits");
	const char *scope = request_text(r, "scope");
	struct hs_db *store;

	if (scope == NULL || (set && json_object_size(limits) == 0))
		return hs_fail(err, HS_EINVAL, "name a scope and its limits");
	if (quota_scope_check(scope, err) < 0 || view_begin(r->plat, err) < 0 ||
	    plat_store(r->plat, &store, err) < 0)
		return -1;
	if ((set ? set_all(store, scope, limits, err)
		 : unset_all(store, scope,
		       json_object_get(r->args, "resources"), err)) < 0) {
		(void)view_finish(r->plat, "ROLLBACK", NULL);
		return -1;
	}
	if (view_finish(r->plat, "COMMIT", err) < 0)
		return -1;
	return list(r, scope, false, ret_result, err);
}

int quota_set(struct request *r, json_t **ret_result, struct hs_err *err)
{
	return change(r, true, ret_result, err);
}

int quota_unset(struct request *r, json_t **ret_result, struct hs_err *err)
{
	return change(r, false, ret_result, err);
}

/* -- Verify ---------------------------------------------------------------- */

static int add_differences(struct hs_db *store, const struct objects *found,
    json_t *findings, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	json_t *counted = quota_count(found);
	hs_auto(hs_freep) char *text = json_dumps(counted, JSON_COMPACT);

	json_decref(counted);
	if (HS_DB_QUERY(store, prov_sql_quota_differ, &rows, err, text) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		(void)json_array_append_new(findings,
		    json_pack("{s:s, s:s, s:o, s:o}", "object",
			hs_rows_get(rows, i, "object"), "resource",
			hs_rows_get(rows, i, "resource"), "reserved",
			number(hs_rows_get(rows, i, "reserved")), "found",
			number(hs_rows_get(rows, i, "found"))));
	return 0;
}

/* What cannot be seen now was taken to be as wanted: say so. */
static void add_unknown(const json_t *unknown, json_t *findings)
{
	size_t i;
	json_t *one;

	json_array_foreach (unknown, i, one)
		if (quota_takes(
			json_string_value(json_object_get(one, "kind"))))
			(void)json_array_append_new(findings,
			    json_pack("{s:O, s:O, s:n, s:n, s:O}", "object",
				json_object_get(one, "name"), "resource",
				json_object_get(one, "kind"), "reserved",
				"found", "unknown",
				json_object_get(one, "reason")));
}

static int recount(struct request *r, json_t *findings, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	struct hs_db *store;

	if (view_look(r->plat, NULL, &view, err) < 0 ||
	    plat_store(r->plat, &store, err) < 0 ||
	    add_differences(store, &view.actual, findings, err) < 0)
		return -1;
	add_unknown(view.unknown, findings);
	return 0;
}

int quota_verify(struct request *r, json_t **ret_result, struct hs_err *err)
{
	json_t *findings = json_array();

	if (recount(r, findings, err) < 0) {
		json_decref(findings);
		return -1;
	}
	*ret_result = json_pack("{s:b, s:o}", "clean",
	    json_array_size(findings) == 0, "findings", findings);
	return 0;
}
