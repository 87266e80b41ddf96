/* observe_databases.c - databases, roles and members of each server. */

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/facts.h"
#include "provisioning/instance.h"
#include "provisioning/mark.h"
#include "provisioning/observe.h"
#include "provisioning/schema.h"

/* Without an answer nothing is known of what this server holds. */
static void assume_server(
    struct observation *o, const char *server, const char *reason)
{
	for (size_t i = 0; i < o->wanted->count; i++) {
		const struct object *w = &o->wanted->list[i];

		if ((w->kind == OBJ_DATABASE || w->kind == OBJ_ROLE ||
			w->kind == OBJ_MEMBERS) &&
		    strcmp(object_text(w, "server"), server) == 0)
			observe_assume(o, w->kind, w->name, reason);
	}
}

static void add_members(struct observation *o, struct hs_db *db,
    const struct object *wanted, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	hs_auto(hs_freep) char *spec =
	    json_dumps(json_object_get(wanted->params, "spec"), JSON_COMPACT);
	bool match = false;

	if (HS_DB_QUERY(db, prov_sql_members_match, &rows, err, spec) == 0) {
		const char *value = hs_rows_get(rows, 0, "match");

		match = value != NULL && strcmp(value, "true") == 0;
	}
	(void)objects_add(&o->found, OBJ_MEMBERS, wanted->name, wanted->ve,
	    NULL, json_pack("{s:b}", "match_spec", match ? 1 : 0), NULL);
}

static int schema_of(struct hs_db *db)
{
	int version;

	return schema_current(db, &version, NULL) < 0 ? 0 : version;
}

/* Documents of whom no spec has: they are to be archived. */
static void add_holder(struct observation *o, const char *server,
    const char *ve, const char *enterprise)
{
	hs_auto(hs_freep) char *key = hs_printf("%s/%s", ve, enterprise);
	hs_auto(hs_freep) char *name = hs_printf("%s.%s", ve, enterprise);

	if (objects_find(o->wanted, OBJ_ENTERPRISE, key) == NULL)
		(void)objects_add(&o->found, OBJ_DOCUMENTS, name, ve,
		    enterprise, NULL, json_pack("{s:s}", "server", server));
}

static bool is_listed(const struct hs_rows *rows, const char *name)
{
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		if (strcmp(hs_rows_get(rows, i, "name"), name) == 0)
			return true;
	return false;
}

/* Those that have some, and those whose archive was begun and not finished. */
static void add_documents(struct observation *o, struct hs_db *db,
    const char *server, const char *ve, int schema)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	hs_auto(hs_rows_freep) struct hs_rows *begun = NULL;
	struct hs_db *store;

	if (hs_db_query(db,
		schema < SCHEMA_ARCHIVE ? prov_sql_archive_holders_old
					: prov_sql_archive_holders,
		0, NULL, &rows, NULL) < 0)
		return;
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		add_holder(o, server, ve, hs_rows_get(rows, i, "name"));
	if (plat_store(o->plat, &store, NULL) < 0 ||
	    HS_DB_QUERY(store, prov_sql_archive_unfinished, &begun, NULL, ve) <
		0)
		return;
	for (size_t i = 0; i < hs_rows_count(begun); i++)
		if (!is_listed(rows, hs_rows_get(begun, i, "name")))
			add_holder(
			    o, server, ve, hs_rows_get(begun, i, "name"));
}

/* Policies, grants, functions: as the migrations left them? */
static json_t *facts_json(
    const struct observation *o, struct hs_db *db, const char *name)
{
	const json_t *mark = mark_of(o->marks, OBJ_DATABASE, name);
	hs_auto(hs_freep) char *digest = NULL;
	json_t *list = NULL;
	const char *word;

	if (facts_digest(db, &digest, NULL) < 0)
		return json_string("unreadable");
	word = mark_compare(mark, "facts", digest);
	if (strcmp(word, "edited") == 0 &&
	    facts_compare(o->plat, db, name, &list, NULL) == 0)
		return list;
	return json_string(word);
}

/* Who may do what to a database and is none of its VE's members. */
static char *others_of(const struct hs_rows *grants, const char *name)
{
	hs_auto(hs_freep) char *members = hs_printf("%s.", name + 3);
	hs_auto(hs_text_done) struct hs_text text = { 0 };

	for (size_t i = 0; i < hs_rows_count(grants); i++) {
		const char *who = hs_rows_get(grants, i, "grantee");

		if (strcmp(hs_rows_get(grants, i, "name"), name) == 0 &&
		    strncmp(who, members, strlen(members)) != 0)
			hs_text_addf(&text, "%s%s: %s",
			    text.len > 0 ? ", " : "", who,
			    hs_rows_get(grants, i, "privileges"));
	}
	return text.len > 0 ? hs_text_take(&text) : hs_strdup("");
}

/* A database, and, if its schema is there, the members in it. */
static void add_database(struct observation *o, const char *server,
    const char *name, const char *owner, const struct hs_rows *grants)
{
	hs_auto(hs_freep) char *others = others_of(grants, name);
	json_t *facts = NULL;
	const char *ve = name + strlen("ve_");
	const struct object *members = objects_find(o->wanted, OBJ_MEMBERS, ve);
	const struct object *database =
	    objects_find(o->wanted, OBJ_DATABASE, name);
	hs_auto(hs_freep) char *at = hs_printf("%s@%s", name, server);
	struct hs_db *db;
	struct hs_err err = { 0 };
	int schema = 0;

	if (!observe_is_asked(o, ve))
		return;
	if (plat_database_borrow(o->plat, at, &db, &err) == 0) {
		schema = schema_of(db);
		if (schema > 0 && members != NULL)
			add_members(o, db, members, &err);
		if (schema >= SCHEMA_MEMBERS)
			add_documents(o, db, server, ve, schema);
		facts = facts_json(o, db, name);
		plat_database_return(o->plat, at, db);
	} else {
		/* It is there, but closed to us: what is in it is unknown. */
		observe_unknown(o, OBJ_DATABASE, name, err.msg);
		schema = database != NULL
			     ? (int)object_number(database, "schema")
			     : 0;
		if (members != NULL)
			observe_assume(o, OBJ_MEMBERS, ve, err.msg);
	}
	/* One that is further than it is kept at was brought there by a job
	 * that was undone, and no migration goes back. */
	if (database != NULL && schema > object_number(database, "schema"))
		schema = (int)object_number(database, "schema");
	(void)objects_add(&o->found, OBJ_DATABASE, name, ve, NULL,
	    json_pack("{s:s, s:i, s:s, s:s, s:o}", "server", server, "schema",
		schema, "owner", owner, "others", others, "facts",
		facts != NULL ? facts : json_string("as made")),
	    NULL);
}

/* What a member's role may do to its VE's own database. */
static const char *connect_of(
    const struct hs_rows *grants, const char *ve, const char *role)
{
	hs_auto(hs_freep) char *database =
	    hs_printf("ve_%s", ve != NULL ? ve : "");

	for (size_t i = 0; i < hs_rows_count(grants); i++)
		if (strcmp(hs_rows_get(grants, i, "name"), database) == 0 &&
		    strcmp(hs_rows_get(grants, i, "grantee"), role) == 0)
			return hs_rows_get(grants, i, "privileges");
	return "";
}

/* A name without a dot is nobody's of ours: no VE, no enterprise. */
static void add_role(struct observation *o, const char *server,
    const struct hs_rows *roles, size_t i, const struct hs_rows *grants)
{
	const char *name = hs_rows_get(roles, i, "name");
	const char *dot = strchr(name, '.');
	hs_auto(hs_freep) char *ve =
	    dot != NULL ? hs_strndup(name, (size_t)(dot - name)) : NULL;

	(void)objects_add(&o->found, OBJ_ROLE, name, ve,
	    dot != NULL ? dot + 1 : NULL,
	    json_pack("{s:i, s:s, s:s, s:s, s:s}", "connections",
		atoi(hs_rows_get(roles, i, "connections")), "attributes",
		hs_rows_get(roles, i, "attributes"), "memberships",
		hs_rows_get(roles, i, "memberships"), "settings",
		hs_rows_get(roles, i, "settings"), "connect",
		connect_of(grants, ve, name)),
	    json_pack("{s:s}", "server", server));
}

static int add_all(struct observation *o, const char *server, struct hs_db *db,
    struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *databases = NULL;
	hs_auto(hs_rows_freep) struct hs_rows *roles = NULL;
	hs_auto(hs_rows_freep) struct hs_rows *grants = NULL;

	if (hs_db_query(db, prov_sql_database_list, 0, NULL, &databases, err) <
		0 ||
	    hs_db_query(db, prov_sql_role_list, 0, NULL, &roles, err) < 0 ||
	    hs_db_query(db, prov_sql_database_grants, 0, NULL, &grants, err) <
		0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(databases); i++)
		add_database(o, server, hs_rows_get(databases, i, "name"),
		    hs_rows_get(databases, i, "owner"), grants);
	for (size_t i = 0; i < hs_rows_count(roles); i++)
		add_role(o, server, roles, i, grants);
	return 0;
}

static int add_server(
    struct observation *o, const char *server, struct hs_err *err)
{
	hs_auto(hs_freep) char *database = hs_printf("postgres@%s", server);
	struct hs_db *db;
	int failed;

	if (plat_database_borrow(o->plat, database, &db, err) < 0)
		return -1;
	failed = add_all(o, server, db, err);
	plat_database_return(o->plat, database, db);
	return failed;
}

static bool has(
    const struct observation *o, enum object_kind kind, const char *name)
{
	for (size_t i = 0; i < o->found.count; i++)
		if (o->found.list[i].kind == kind &&
		    strcmp(o->found.list[i].name, name) == 0)
			return true;
	return false;
}

/* -- Servers --------------------------------------------------------------- */

static bool is_of(const struct object *domain, const char *server)
{
	hs_auto(hs_freep) char *its = instance_owner(domain->name);

	return strcmp(its, server) == 0;
}

/* Whether one of the first so many is a domain of that server, too. */
static bool was_asked(
    const struct observation *o, size_t count, const char *server)
{
	for (size_t i = 0; i < count; i++)
		if (o->found.list[i].kind == OBJ_DB_DOMAIN &&
		    is_of(&o->found.list[i], server))
			return true;
	return false;
}

/* A server whose domains are gone but whose data are there: what they hold is
 * unknown. Were it "missing", a failed job would undo, that is drop, it. */
static void assume_homeless(struct observation *o)
{
	for (size_t i = 0; i < o->wanted->count; i++) {
		const struct object *w = &o->wanted->list[i];
		hs_auto(hs_freep) char *server = instance_owner(w->name);

		if (w->kind == OBJ_DB_DOMAIN && observe_is_asked(o, w->ve) &&
		    has(o, OBJ_VOLUME, w->name) &&
		    !was_asked(o, o->found.count, server))
			assume_server(o, server, "its domain is missing");
	}
}

/* The servers are those of the database domains that exist. */
int observe_databases(struct observation *o, struct hs_err *err)
{
	size_t count = o->found.count;

	(void)err;
	for (size_t i = 0; i < count; i++) {
		hs_auto(hs_freep) char *server =
		    instance_owner(o->found.list[i].name);
		struct hs_err server_err = { 0 };

		if (o->found.list[i].kind == OBJ_DB_DOMAIN &&
		    !was_asked(o, i, server) &&
		    add_server(o, server, &server_err) < 0)
			assume_server(o, server, server_err.msg);
	}
	assume_homeless(o);
	return 0;
}
