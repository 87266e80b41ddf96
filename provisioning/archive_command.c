/* archive_command.c - what hanse archive asks of hansed. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/archive.h"
#include "provisioning/db_size.h"
#include "provisioning/object.h"
#include "provisioning/query.h"
#include "provisioning/spec.h"
#include "provisioning/store.h"

#define BATCH 200 /* lines brought to the database at once */

/* -- List ------------------------------------------------------------------ */

/* A file that somebody has taken away is not kept. */
static const char *state_of(const struct hs_rows *rows, size_t i)
{
	const char *state = hs_rows_get(rows, i, "state");

	if (strcmp(state, "kept") == 0 &&
	    access(hs_rows_get(rows, i, "path"), R_OK) < 0)
		return "missing";
	return state;
}

static json_int_t number(const struct hs_rows *rows, size_t i, const char *key)
{
	const char *value = hs_rows_get(rows, i, key);

	return value != NULL ? (json_int_t)strtoll(value, NULL, 10) : 0;
}

static json_t *item_json(const struct hs_rows *rows, size_t i)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s?, "
			 "s:s, s:s}",
	    "archive", number(rows, i, "archive_id"), "ve",
	    hs_rows_get(rows, i, "ve"), "enterprise",
	    hs_rows_get(rows, i, "enterprise"), "legal_name",
	    hs_rows_get(rows, i, "legal_name"), "state", state_of(rows, i),
	    "made_at", hs_rows_get(rows, i, "made_at"), "expires_at",
	    hs_rows_get(rows, i, "expires_at"), "documents",
	    number(rows, i, "documents"), "bytes", number(rows, i, "bytes"),
	    "sha256", hs_rows_get(rows, i, "sha256"), "content_sha256",
	    hs_rows_get(rows, i, "content_sha256"), "path",
	    hs_rows_get(rows, i, "path"));
}

int archive_list(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	json_t *items, *lines;
	struct hs_db *store;

	if (plat_store(r->plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_archive_list, &rows, err,
		request_text(r, "ve")) < 0)
		return -1;
	items = json_array();
	lines = json_array();
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		json_t *item = item_json(rows, i);

		(void)json_array_append_new(
		    lines, json_pack("[O, O, O, O, O, O, O]",
			       json_object_get(item, "archive"),
			       json_object_get(item, "ve"),
			       json_object_get(item, "enterprise"),
			       json_object_get(item, "state"),
			       json_object_get(item, "documents"),
			       json_object_get(item, "made_at"),
			       json_object_get(item, "expires_at")));
		(void)json_array_append_new(items, item);
	}
	*ret_result = json_pack("{s:[s, s, s, s, s, s, s], s:o, s:o}",
	    "columns", "ARCHIVE", "VE", "ENTERPRISE", "STATE", "DOCUMENTS",
	    "MADE AT", "EXPIRES AT", "rows", lines, "items", items);
	return 0;
}

/* -- Show, verify, export -------------------------------------------------- */

int archive_show(struct request *r, json_t **ret_result, struct hs_err *err)
{
	return archive_header(
	    r->plat, request_text(r, "file"), ret_result, err);
}

int archive_verify(struct request *r, json_t **ret_result, struct hs_err *err)
{
	return archive_read(
	    r->plat, request_text(r, "file"), NULL, NULL, ret_result, err);
}

static int tell_line(
    void *arg, const char *line, size_t len, struct hs_err *err)
{
	struct request *r = arg;
	json_t *event =
	    json_pack("{s:s, s:s%}", "event", "line", "line", line, len);

	if (r->is_left != NULL && r->is_left(r->arg)) {
		json_decref(event);
		return hs_fail(err, HS_EREMOTE, "nobody reads any more");
	}
	if (r->listener != NULL)
		r->listener(r->arg, event);
	json_decref(event);
	return 0;
}

/* Nothing of it is told before all of it is known to be good. */
int archive_export(struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *file = request_text(r, "file");
	json_t *header = NULL;

	if (archive_read(r->plat, file, NULL, NULL, &header, err) < 0)
		return -1;
	json_decref(header);
	return archive_read(r->plat, file, tell_line, r, ret_result, err);
}

/* -- Restore --------------------------------------------------------------- */

/** Lines on their way into a database. */
struct load {
	struct hs_db *db;
	struct hs_text batch; /* an array in PostgreSQL's spelling */
	size_t count;
};

static int send_batch(struct load *load, struct hs_err *err)
{
	int failed;

	if (load->count == 0)
		return 0;
	hs_text_add_char(&load->batch, '}');
	failed = HS_DB_QUERY(
	    load->db, prov_sql_archive_load, NULL, err, load->batch.data);
	load->batch.len = 0;
	load->count = 0;
	return failed;
}

static int load_line(
    void *arg, const char *line, size_t len, struct hs_err *err)
{
	struct load *load = arg;

	hs_text_add(&load->batch, load->count == 0 ? "{\"" : ",\"");
	for (size_t i = 0; i < len; i++) {
		if (line[i] == '"' || line[i] == '\\')
			hs_text_add_char(&load->batch, '\\');
		hs_text_add_char(&load->batch, line[i]);
	}
	hs_text_add_char(&load->batch, '"');
	return ++load->count < BATCH ? 0 : send_batch(load, err);
}

static int load_all(struct request *r, struct hs_db *db, struct hs_err *err)
{
	struct load load = { .db = db };
	json_t *header = NULL;
	int failed = archive_read(
	    r->plat, request_text(r, "file"), load_line, &load, &header, err);

	if (failed == 0)
		failed = send_batch(&load, err);
	hs_text_done(&load.batch);
	json_decref(header);
	return failed;
}

/* All of it in one transaction, so all of it or nothing. */
static int restore_in(struct request *r, struct hs_db *db,
    const char *enterprise, json_t **ret_result, struct hs_err *err)
{
	bool continued = json_is_true(json_object_get(r->args, "continued"));
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (hs_db_run(db, "BEGIN", err) < 0)
		return -1;
	if (load_all(r, db, err) < 0 ||
	    HS_DB_QUERY(db, prov_sql_archive_restore, &rows, err, enterprise,
		continued ? "true" : "false") < 0) {
		(void)hs_db_run(db, "ROLLBACK", NULL);
		return -1;
	}
	*ret_result =
	    json_loads(hs_rows_get(rows, 0, "result"), JSON_DECODE_ANY, NULL);
	return hs_db_run(db, "COMMIT", err);
}

/* The database of a stored VE that has that enterprise. */
static int open_ve(struct request *r, const char *ve, const char *enterprise,
    struct hs_db **ret_db, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	hs_auto(hs_freep) char *server = NULL;
	hs_auto(hs_freep) char *at = NULL;
	const struct store_ve *stored;
	struct hs_db *store;

	if (plat_store(r->plat, &store, err) < 0 ||
	    store_ve_list(store, &ves, err) < 0)
		return -1;
	stored = store_ve_find(&ves, ve);
	if (stored == NULL ||
	    spec_enterprise_find(stored->spec, enterprise) == NULL)
		return hs_fail(err, HS_ENOTFOUND,
		    "there is no enterprise '%s/%s'; add it first, then "
		    "restore",
		    ve, enterprise);
	server = db_size_server(stored->spec);
	at = hs_printf("ve_%s@%s", ve, server);
	return plat_database(r->plat, at, ret_db, err);
}

int archive_restore(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_db_closep) struct hs_db *db = NULL;
	const char *ve = request_text(r, "ve");
	const char *enterprise = request_text(r, "enterprise");
	struct hs_db *store;
	json_t *result = NULL;

	if (ve == NULL || enterprise == NULL)
		return hs_fail(err, HS_EINVAL, "name an enterprise");
	if (open_ve(r, ve, enterprise, &db, err) < 0 ||
	    restore_in(r, db, enterprise, &result, err) < 0)
		return -1;
	if (!json_is_true(json_object_get(result, "refused")) &&
	    plat_store(r->plat, &store, NULL) == 0)
		store_event(store, "archive.restored", ve, enterprise,
		    request_text(r, "file"));
	*ret_result = result;
	return 0;
}
