/* step_database.c - databases, login roles, members: through the gateway. */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/schema.h"
#include "provisioning/step.h"

#define SERVER_START_MS 45000
#define TRY_AGAIN_MS    100

/* Whether to ask a server again that was started a moment ago. */
static int wait_for_server(const struct plat *plat, int64_t end,
    const struct hs_err *last, struct hs_err *err)
{
	if (plat_gives_up(plat, err) < 0)
		return -1;
	if (hs_now_ms() > end)
		return hs_fail(err, last->code,
		    "the database server does not answer: %s", last->msg);
	hs_pause_ms(TRY_AGAIN_MS);
	return 0;
}

int step_database_open(struct plat *plat, const char *name, const char *server,
    struct hs_db **ret_db, struct hs_err *err)
{
	hs_auto(hs_freep) char *database = hs_printf("%s@%s", name, server);
	int64_t end = hs_now_ms() + SERVER_START_MS;
	struct hs_err last = { 0 };

	while (plat_database(plat, database, ret_db, &last) < 0)
		if (wait_for_server(plat, end, &last, err) < 0)
			return -1;
	return 0;
}

/* Lent: many roles are made over one connection. */
static int open_server(struct plat *plat, const struct object *object,
    struct hs_db **ret_db, struct hs_err *err)
{
	int64_t end = hs_now_ms() + SERVER_START_MS;
	struct hs_err last = { 0 };

	while (
	    plat_server(plat, object_text(object, "server"), ret_db, &last) < 0)
		if (wait_for_server(plat, end, &last, err) < 0)
			return -1;
	return 0;
}

/* One statement with identifiers put in, quoted: "%s" once or twice. */
static int run_for(struct hs_db *db, const char *form, const char *first,
    const char *second, struct hs_err *err)
{
	hs_auto(hs_freep) char *a = hs_db_quote_ident(db, first);
	hs_auto(hs_freep) char *b =
	    hs_db_quote_ident(db, second != NULL ? second : "");
	hs_auto(hs_text_done) struct hs_text sql = { 0 };

	for (; *form != '\0'; form++) {
		if (*form == '$' && form[1] == '1')
			hs_text_add(&sql, a);
		else if (*form == '$' && form[1] == '2')
			hs_text_add(&sql, b);
		else {
			hs_text_add_char(&sql, *form);
			continue;
		}
		form++;
	}
	return hs_db_run(db, sql.data, err);
}

static int has_row(struct hs_db *db, const char *sql, const char *name,
    bool *ret_has, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	*ret_has = false;
	if (hs_db_query(db, sql, 0, NULL, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		if (strcmp(hs_rows_get(rows, i, "name"), name) == 0)
			*ret_has = true;
	return 0;
}

/* -- Databases ------------------------------------------------------------- */

static int database_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	struct hs_db *server = NULL;
	hs_auto(hs_db_closep) struct hs_db *db = NULL;
	struct hs_db *store;
	bool exists;

	/* That it holds something is known before it can. */
	if (plat_store(plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_holding_add, NULL, err,
		object_text(w, "server"), w->ve) < 0 ||
	    open_server(plat, w, &server, err) < 0 ||
	    has_row(server, prov_sql_database_list, w->name, &exists, err) < 0)
		return -1;
	if (!exists &&
	    run_for(server, prov_sql_database_create, w->name, NULL, err) < 0)
		return hs_wrap(err, "create database '%s'", w->name);
	/* The first migration closes it to all but the provisioner. */
	if (step_database_open(
		plat, w->name, object_text(w, "server"), &db, err) < 0)
		return -1;
	return schema_reach(plat, db, (int)object_number(w, "schema"), err);
}

/* Whoever has documents in it has no archive of them yet. */
static int check_empty(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_db_closep) struct hs_db *db = NULL;
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	int schema;

	if (step_database_open(plat, object->name,
		object_text(object, "server"), &db, err) < 0 ||
	    schema_current(db, &schema, err) < 0)
		return -1;
	if (schema < SCHEMA_MEMBERS)
		return 0; /* half made */
	if (hs_db_query(db,
		schema < SCHEMA_ARCHIVE ? prov_sql_archive_holders_old
					: prov_sql_archive_holders,
		0, NULL, &rows, err) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return 0;
	return hs_fail(err, HS_ECONFLICT,
	    "database '%s' still has documents of '%s' that are not archived",
	    object->name, hs_rows_get(rows, 0, "name"));
}

static int database_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	struct hs_db *server = NULL;
	struct hs_db *store;
	bool exists;

	if (open_server(plat, object, &server, err) < 0 ||
	    has_row(
		server, prov_sql_database_list, object->name, &exists, err) < 0)
		return -1;
	if (exists && (check_empty(plat, object, err) < 0 ||
			  hs_db_run(server, prov_sql_owner, err) < 0 ||
			  run_for(server, prov_sql_database_drop, object->name,
			      NULL, err) < 0))
		return -1;
	if (plat_store(plat, &store, err) < 0)
		return -1;
	return HS_DB_QUERY(store, prov_sql_holding_remove, NULL, err,
	    object_text(object, "server"), object->ve);
}

const struct step_ops step_database = {
	.make = database_make,
	.remove = database_remove,
};

/* -- Roles ----------------------------------------------------------------- */

static char *database_of(const struct object *object)
{
	return hs_printf("ve_%s", object->ve);
}

static int role_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	struct hs_db *server = NULL;
	hs_auto(hs_freep) char *database = database_of(w);
	hs_auto(hs_freep) char *limit = NULL;
	bool exists;

	if (open_server(plat, w, &server, err) < 0 ||
	    has_row(server, prov_sql_role_list, w->name, &exists, err) < 0)
		return -1;
	if (!exists &&
	    run_for(server, prov_sql_role_create, w->name, NULL, err) < 0)
		return hs_wrap(err, "create role '%s'", w->name);
	/* A number of ours, not text of anybody's. */
	limit = hs_printf("%s %lld", prov_sql_role_limit,
	    (long long)object_number(w, "connections"));
	if (run_for(server, limit, w->name, NULL, err) < 0 ||
	    run_for(server,
		json_is_true(json_object_get(w->attrs, "login"))
		    ? prov_sql_role_login
		    : prov_sql_role_nologin,
		w->name, NULL, err) < 0 ||
	    hs_db_run(server, prov_sql_owner, err) < 0)
		return -1;
	return run_for(server, prov_sql_role_grant, w->name, database, err);
}

static int role_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	struct hs_db *server = NULL;
	hs_auto(hs_freep) char *database = database_of(object);
	bool has_role, has_database;

	if (open_server(plat, object, &server, err) < 0 ||
	    has_row(server, prov_sql_role_list, object->name, &has_role, err) <
		0 ||
	    has_row(server, prov_sql_database_list, database, &has_database,
		err) < 0)
		return -1;
	if (!has_role)
		return 0;
	if (has_database && (hs_db_run(server, prov_sql_owner, err) < 0 ||
				run_for(server, prov_sql_role_revoke,
				    object->name, database, err) < 0 ||
				hs_db_run(server, prov_sql_owner_end, err) < 0))
		return -1;
	return run_for(server, prov_sql_role_drop, object->name, NULL, err);
}

const struct step_ops step_role = {
	.make = role_make,
	.remove = role_remove,
	.can_go_back = true,
};

/* -- Members --------------------------------------------------------------- */

static int members_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	hs_auto(hs_freep) char *database = database_of(w);
	hs_auto(hs_freep) char *spec =
	    json_dumps(json_object_get(w->params, "spec"), JSON_COMPACT);
	hs_auto(hs_db_closep) struct hs_db *db = NULL;

	if (step_database_open(
		plat, database, object_text(w, "server"), &db, err) < 0)
		return -1;
	return HS_DB_QUERY(db, prov_sql_members_apply, NULL, err, spec);
}

/* They go with their database. */
static int members_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	(void)plat;
	(void)object;
	(void)err;
	return 0;
}

const struct step_ops step_members = {
	.make = members_make,
	.remove = members_remove,
	.can_go_back = true,
};
