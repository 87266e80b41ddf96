/* step_archive.c - the documents of who has left: archived, then closed. And
 * nothing that holds documents goes before that.
 */

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/archive.h"
#include "provisioning/schema.h"
#include "provisioning/spec.h"
#include "provisioning/step.h"
#include "provisioning/store.h"

/* Never wanted, so never made. */
static int documents_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	(void)plat;
	(void)change;
	(void)err;
	return 0;
}

/* A removal that is tried again may meet one who has come back meanwhile. */
static int is_member(struct plat *plat, const struct object *object,
    bool *ret_is, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	const struct store_ve *ve;
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    store_ve_list(store, &ves, err) < 0)
		return -1;
	ve = store_ve_find(&ves, object->ve);
	*ret_is = ve != NULL &&
		  spec_enterprise_find(ve->spec, object->enterprise) != NULL;
	return 0;
}

static int documents_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_freep) char *database = hs_printf("ve_%s", object->ve);
	hs_auto(hs_db_closep) struct hs_db *db = NULL;
	const struct archive_of of = {
		.ve = object->ve,
		.enterprise = object->enterprise,
		.server = object_text(object, "server"),
	};
	bool stays;

	if (is_member(plat, object, &stays, err) < 0)
		return -1;
	if (stays)
		return 0;

	/* A database from before there were archives learns to make them. */
	if (step_database_open(plat, database, of.server, &db, err) < 0 ||
	    schema_reach(plat, db, SCHEMA_ARCHIVE, err) < 0)
		return hs_wrap(err,
		    "the documents of '%s' in '%s' cannot be archived, so "
		    "nothing of it is removed",
		    of.enterprise, of.ve);
	return archive_make(plat, db, &of, err);
}

const struct step_ops step_documents = {
	.make = documents_make,
	.remove = documents_remove,
};

/* -- What holds documents -------------------------------------------------- */

static bool has_database(const struct hs_rows *rows, const char *ve)
{
	hs_auto(hs_freep) char *name = hs_printf("ve_%s", ve);

	for (size_t i = 0; i < hs_rows_count(rows); i++)
		if (strcmp(hs_rows_get(rows, i, "name"), name) == 0)
			return true;
	return false;
}

int step_server_is_empty(
    struct plat *plat, const char *server, struct hs_err *err)
{
	hs_auto(hs_freep) char *at = hs_printf("postgres@%s", server);
	hs_auto(hs_rows_freep) struct hs_rows *held = NULL;
	hs_auto(hs_rows_freep) struct hs_rows *there = NULL;
	hs_auto(hs_db_closep) struct hs_db *db = NULL;
	struct hs_err server_err = { 0 };
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_holding_list, &held, err, server) < 0)
		return -1;
	if (hs_rows_count(held) == 0)
		return 0;
	if (plat_database(plat, at, &db, &server_err) < 0 ||
	    hs_db_query(
		db, prov_sql_database_list, 0, NULL, &there, &server_err) < 0)
		return hs_fail(err, HS_ECONFLICT,
		    "'%s' still has the documents of '%s', and its server does "
		    "not answer, so that they cannot be archived: %s",
		    server, hs_rows_get(held, 0, "ve"), server_err.msg);
	for (size_t i = 0; i < hs_rows_count(held); i++) {
		const char *ve = hs_rows_get(held, i, "ve");

		if (has_database(there, ve))
			return hs_fail(err, HS_ECONFLICT,
			    "'%s' still has the database of '%s'", server, ve);
		if (HS_DB_QUERY(store, prov_sql_holding_remove, NULL, err,
			server, ve) < 0)
			return -1;
	}
	return 0;
}
