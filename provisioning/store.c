/* store.c - the control database. */

#include "provisioning/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/err.h"
#include "base/log.h"
#include "gen/prov_control.h"
#include "gen/prov_sql.h"
#include "provisioning/spec.h"

/* -- Migrations ----------------------------------------------------------- */

static bool has_number(const struct hs_rows *rows, int number)
{
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		if (atoi(hs_rows_get(rows, i, "number")) == number)
			return true;
	return false;
}

static int migrate_one(
    struct hs_db *store, const struct hs_embed *file, struct hs_err *err)
{
	hs_auto(hs_freep) char *number = hs_printf("%d", atoi(file->name));

	if (hs_db_run(store, "BEGIN", err) < 0)
		return -1;
	if (hs_db_run(store, file->data, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_migration_add, NULL, err, number,
		file->name) < 0) {
		(void)hs_db_run(store, "ROLLBACK", NULL);
		return hs_wrap(err, "migration '%s'", file->name);
	}
	return hs_db_run(store, "COMMIT", err);
}

int store_migrate(struct hs_db *store, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (hs_db_run(store, "SET client_min_messages = warning", err) < 0 ||
	    hs_db_run(store, prov_sql_migration_table, err) < 0 ||
	    hs_db_query(store, prov_sql_migration_list, 0, NULL, &rows, err) <
		0)
		return hs_wrap(err, "control database");
	for (const struct hs_embed *f = prov_control; f->name != NULL; f++)
		if (!has_number(rows, atoi(f->name)) &&
		    migrate_one(store, f, err) < 0)
			return -1;
	return 0;
}

/* -- Virtual enterprises -------------------------------------------------- */

int store_ve_list(
    struct hs_db *store, struct store_ves *ret_ves, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct store_ves ves = { 0 };

	if (hs_db_query(store, prov_sql_ve_list, 0, NULL, &rows, err) < 0)
		return -1;
	ves.list = hs_alloc(hs_rows_count(rows) * sizeof(*ves.list));
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		struct store_ve *ve = &ves.list[ves.count];
		const char *name = hs_rows_get(rows, i, "ve");
		const char *target;

		if (spec_load(name, hs_rows_get(rows, i, "spec_text"),
			&ve->spec, NULL, err) < 0) {
			store_ves_done(&ves);
			return hs_wrap(err, "stored spec of '%s'", name);
		}
		ve->name = hs_strdup(name);
		ve->generation = hs_strdup(hs_rows_get(rows, i, "generation"));
		ve->changed_at = hs_strdup(hs_rows_get(rows, i, "changed_at"));
		target = hs_rows_get(rows, i, "schema_target");
		ve->schema = target != NULL ? atoi(target) : 0;
		ves.count++;
	}
	*ret_ves = ves;
	return 0;
}

void store_ves_done(struct store_ves *ves)
{
	for (size_t i = 0; i < ves->count; i++) {
		free(ves->list[i].name);
		free(ves->list[i].generation);
		free(ves->list[i].changed_at);
		spec_free(ves->list[i].spec);
	}
	free(ves->list);
	*ves = (struct store_ves) { 0 };
}

const struct store_ve *store_ve_find(
    const struct store_ves *ves, const char *name)
{
	for (size_t i = 0; i < ves->count; i++)
		if (strcmp(ves->list[i].name, name) == 0)
			return &ves->list[i];
	return NULL;
}

/* -- Numbers and events --------------------------------------------------- */

int store_allocate(struct hs_db *store, const char *kind, const char *key,
    unsigned min, unsigned max, unsigned *ret_value, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	char from[12], to[12];

	(void)snprintf(from, sizeof(from), "%u", min);
	(void)snprintf(to, sizeof(to), "%u", max);
	if (HS_DB_QUERY(store, prov_sql_allocation_put, &rows, err, kind, key,
		from, to) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return hs_fail(err, HS_ELIMIT,
		    "no number of kind '%s' is free between %u and %u", kind,
		    min, max);
	*ret_value = (unsigned)strtoul(hs_rows_get(rows, 0, "value"), NULL, 10);
	return 0;
}

void store_event(struct hs_db *store, const char *event, const char *ve,
    const char *subject, const char *detail)
{
	struct hs_err err = { 0 };

	if (HS_DB_QUERY(store, prov_sql_event_add, NULL, &err, event, ve,
		subject, detail) < 0)
		hs_warn("event.lost", "event=%s err=\"%s\"", event, err.msg);
}
