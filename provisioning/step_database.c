/* step_database.c - databases, login roles, members: through the gateway. */

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/facts.h"
#include "provisioning/schema.h"
#include "provisioning/step.h"
#include "provisioning/want.h"
#include "shared-db-gateway/gateway.h"

int step_database_open(struct plat *plat, const char *name, const char *server,
    struct hs_db **ret_db, struct hs_err *err)
{
	hs_auto(hs_freep) char *database = hs_printf("%s@%s", name, server);
	struct hs_err last = { 0 };

	while (plat_database(plat, database, ret_db, &last) < 0)
		if (plat_server_wait(plat, server, &last, err) < 0)
			return -1;
	return 0;
}

/* Lent: many roles are made over one connection. */
static int open_server(struct plat *plat, const struct object *object,
    struct hs_db **ret_db, struct hs_err *err)
{
	const char *server = object_text(object, "server");
	struct hs_err last = { 0 };

	while (plat_server(plat, server, ret_db, &last) < 0)
		if (plat_server_wait(plat, server, &last, err) < 0)
			return -1;
	return 0;
}

/* Whose data are gone has nothing to be removed, and never answers. */
static bool has_data(struct plat *plat, const char *server)
{
	hs_auto(hs_freep) char *one = plat_path(plat, "volumes/%s.raw", server);
	hs_auto(hs_freep) char *of_several =
	    plat_path(plat, "volumes/%s.[0-9].raw", server);
	glob_t found = { 0 };
	int failed;

	if (server[0] == '\0' || access(one, F_OK) == 0 || errno != ENOENT)
		return true;
	failed = glob(of_several, 0, NULL, &found);
	globfree(&found);
	return failed != GLOB_NOMATCH;
}

/* To remove something; *ret_db is NULL if it went with its server. */
static int open_to_remove(struct plat *plat, const struct object *object,
    struct hs_db **ret_db, struct hs_err *err)
{
	const char *server = object_text(object, "server");

	*ret_db = NULL;
	if (plat_server(plat, server, ret_db, NULL) == 0 ||
	    !has_data(plat, server))
		return 0;
	return open_server(plat, object, ret_db, err);
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

static bool differs(const struct plan_change *change, const char *field)
{
	return change->actual != NULL &&
	       !json_equal(json_object_get(change->wanted->attrs, field),
		   json_object_get(change->actual->attrs, field));
}

/* The owner-to-be becomes a member of whoever has it now, for as long as it
 * takes: one transaction. */
static int take_back(
    struct hs_db *server, const struct plan_change *change, struct hs_err *err)
{
	const char *name = change->wanted->name;
	const char *owner = object_text(change->actual, "owner");

	if (owner[0] != '\0' &&
	    run_for(server, prov_sql_database_owner, name, owner, err) < 0)
		return hs_wrap(err, "take database '%s' back", name);
	return 0;
}

/* Whoever is none of its members has nothing to do there. */
static int turn_out(
    struct hs_db *server, const struct plan_change *change, struct hs_err *err)
{
	const char *name = change->wanted->name;
	hs_auto(hs_rows_freep) struct hs_rows *grants = NULL;
	hs_auto(hs_freep) char *members =
	    hs_printf("%s.", name + strlen("ve_"));

	if (hs_db_query(
		server, prov_sql_database_grants, 0, NULL, &grants, err) < 0 ||
	    hs_db_run(server, prov_sql_owner, err) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(grants); i++) {
		const char *who = hs_rows_get(grants, i, "grantee");
		bool is_public = strcmp(who, "PUBLIC") == 0;

		if (strcmp(hs_rows_get(grants, i, "name"), name) != 0 ||
		    strncmp(who, members, strlen(members)) == 0)
			continue;
		if (run_for(server,
			is_public ? prov_sql_database_close
				  : prov_sql_database_turn_out,
			is_public ? name : who, name, err) < 0)
			return -1;
	}
	if (run_for(server, prov_sql_role_grant, "hanse_provisioner", name,
		err) < 0)
		return -1;
	return hs_db_run(server, prov_sql_owner_end, err);
}

static int mend_server_side(
    struct hs_db *server, const struct plan_change *change, struct hs_err *err)
{
	if (differs(change, "owner") && take_back(server, change, err) < 0)
		return -1;
	return differs(change, "others") ? turn_out(server, change, err) : 0;
}

/* What the migrations made is remembered; what was changed since goes back
 * before another migration builds on it. */
static int migrate(struct plat *plat, struct hs_db *db,
    const struct plan_change *change, struct hs_err *err)
{
	const json_t *facts =
	    change->actual != NULL
		? json_object_get(change->actual->attrs, "facts")
		: NULL;
	const char *name = change->wanted->name;
	int failed;

	if (json_is_array(facts) && facts_mend(plat, db, name, err) < 0)
		return -1;
	failed = schema_reach(
	    plat, db, (int)object_number(change->wanted, "schema"), err);
	/* Also what came before one that fails: it is there to stay. */
	if (facts_keep(plat, db, name, failed < 0 ? NULL : err) < 0)
		failed = -1;
	return failed;
}

static int drop(struct hs_db *server, const char *name, struct hs_err *err)
{
	if (hs_db_run(server, prov_sql_owner, err) < 0 ||
	    run_for(server, prov_sql_database_drop, name, NULL, err) < 0)
		return -1;
	return hs_db_run(server, prov_sql_owner_end, err);
}

/* Whether it is there; one that was half dropped goes for good. */
static int find(struct hs_db *server, const char *name, bool *ret_exists,
    struct hs_err *err)
{
	bool is_half;

	if (has_row(server, prov_sql_database_half_dropped, name, &is_half,
		err) < 0 ||
	    (is_half && drop(server, name, err) < 0))
		return -1;
	return has_row(server, prov_sql_database_list, name, ret_exists, err);
}

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
	    find(server, w->name, &exists, err) < 0)
		return -1;
	if (!exists &&
	    run_for(server, prov_sql_database_create, w->name, NULL, err) < 0)
		return hs_wrap(err, "create database '%s'", w->name);
	if (exists && mend_server_side(server, change, err) < 0)
		return -1;
	/* The first migration closes it to all but the provisioner. */
	if (step_database_open(
		plat, w->name, object_text(w, "server"), &db, err) < 0)
		return -1;
	return migrate(plat, db, change, err);
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
	bool exists = false;

	if (open_to_remove(plat, object, &server, err) < 0 ||
	    (server != NULL && find(server, object->name, &exists, err) < 0))
		return -1;
	if (exists && (check_empty(plat, object, err) < 0 ||
			  drop(server, object->name, err) < 0))
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
	return hs_printf("ve_%s", object->ve != NULL ? object->ve : "");
}

/* Only who has it may be rid of it, and only a superuser may take some of it;
 * so no more is said than is needed. */
static int mend_attributes(
    struct hs_db *server, const struct plan_change *change, struct hs_err *err)
{
	static const char *const strong[] = { "superuser", "replication",
		"bypassrls" };
	const char *has = object_text(change->actual, "attributes");

	for (size_t i = 0; i < ARRAY_LEN(strong); i++)
		if (strstr(has, strong[i]) != NULL)
			return hs_fail(err, HS_EDENIED,
			    "role '%s' has been given '%s', which only the "
			    "superuser can take away: on the database domain, "
			    "as postgres: ALTER ROLE \"%s\" NO%s",
			    change->wanted->name, strong[i],
			    change->wanted->name, strong[i]);
	return run_for(
	    server, prov_sql_role_plain, change->wanted->name, NULL, err);
}

/* Names of roles have no spaces. */
static int mend_memberships(
    struct hs_db *server, const struct plan_change *change, struct hs_err *err)
{
	hs_auto(hs_freep) char *list =
	    hs_strdup(object_text(change->actual, "memberships"));
	char *rest = list, *group;

	while ((group = strsep(&rest, " ")) != NULL)
		if (run_for(server, prov_sql_role_leave, change->wanted->name,
			group, err) < 0)
			return -1;
	return 0;
}

/* Grants are their owner's to take. */
static int mend_connect(struct hs_db *server, const struct plan_change *change,
    const char *database, struct hs_err *err)
{
	if (object_text(change->actual, "connect")[0] == '\0')
		return 0;
	if (hs_db_run(server, prov_sql_owner, err) < 0 ||
	    run_for(server, prov_sql_database_turn_out, change->wanted->name,
		database, err) < 0)
		return -1;
	return hs_db_run(server, prov_sql_owner_end, err);
}

/* Instants are shown in the time of the enterprise's first site, on whatever
 * connection. */
static int set_zone(
    struct hs_db *server, const struct object *role, struct hs_err *err)
{
	const char *zone = object_text(role, "settings");

	if (strncmp(zone, ZONE_SETTING, strlen(ZONE_SETTING)) != 0)
		return 0;
	return run_for(server, prov_sql_role_zone, role->name,
	    zone + strlen(ZONE_SETTING), err);
}

static int mend_role(struct hs_db *server, const struct plan_change *change,
    const char *database, struct hs_err *err)
{
	const char *name = change->wanted->name;

	if (change->actual == NULL)
		return 0;
	if (differs(change, "attributes") &&
	    mend_attributes(server, change, err) < 0)
		return -1;
	if (differs(change, "memberships") &&
	    mend_memberships(server, change, err) < 0)
		return -1;
	if (differs(change, "settings") &&
	    (run_for(server, prov_sql_role_reset, name, NULL, err) < 0 ||
		run_for(server, prov_sql_role_reset_in, name, database, err) <
		    0 ||
		set_zone(server, change->wanted, err) < 0))
		return -1;
	return differs(change, "connect")
		   ? mend_connect(server, change, database, err)
		   : 0;
}

/* Connections that sessions share outlive the sessions: those of a role of
 * before, or with its settings of before, are not to be used any more. */
static int retire(struct plat *plat, const char *role, struct hs_err *err)
{
	hs_auto(hs_freep) char *socket =
	    hs_printf("%s/gateway/control.sock", plat->conf->run);

	if (hs_fault("gateway.retire", err) < 0)
		return -1;
	return gw_control_retire(socket, role, err);
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
	if ((!exists && run_for(server, prov_sql_role_create, w->name, NULL,
			    err) < 0) ||
	    (change->actual == NULL && set_zone(server, w, err) < 0))
		return hs_wrap(err, "create role '%s'", w->name);
	/* A number of ours, not text of anybody's. */
	limit = hs_printf("%s %lld", prov_sql_role_limit,
	    (long long)object_number(w, "connections"));
	if (run_for(server, limit, w->name, NULL, err) < 0 ||
	    mend_role(server, change, database, err) < 0 ||
	    run_for(server,
		object_text(w, "attributes")[0] != '\0' ? prov_sql_role_login
							: prov_sql_role_nologin,
		w->name, NULL, err) < 0 ||
	    hs_db_run(server, prov_sql_owner, err) < 0)
		return -1;
	return run_for(server, prov_sql_role_grant, w->name, database, err) < 0
		   ? -1
		   : retire(plat, w->name, err);
}

static int role_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	struct hs_db *server = NULL;
	hs_auto(hs_freep) char *database = database_of(object);
	bool has_role, has_database;

	if (open_to_remove(plat, object, &server, err) < 0)
		return -1;
	if (server == NULL)
		return 0;
	if (has_row(server, prov_sql_role_list, object->name, &has_role, err) <
		0 ||
	    has_row(server, prov_sql_database_list, database, &has_database,
		err) < 0)
		return -1;
	if (!has_role)
		return 0;
	if (has_database && object->ve != NULL &&
	    (hs_db_run(server, prov_sql_owner, err) < 0 ||
		run_for(server, prov_sql_role_revoke, object->name, database,
		    err) < 0 ||
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
