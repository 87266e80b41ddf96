/* archive.c - what is kept of an enterprise that has left: made and ended. */

#include "provisioning/archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/digest.h"
#include "provisioning/seal.h"
#include "provisioning/store.h"

#define ATTEMPTS 3

/** One in the making. */
struct making {
	struct plat *plat;
	struct hs_db *store, *db;
	const struct archive_of *of;
	struct hs_rows *summary;
};

char *archive_key_path(const struct plat *plat)
{
	return plat_path(plat, "ca/archive.key");
}

static int unlink_file(const char *path, struct hs_err *err)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return hs_fail_errno(err, HS_ESYSTEM, "remove '%s'", path);
	return 0;
}

/* -- The file -------------------------------------------------------------- */

static json_t *header_json(const struct making *m, const struct hs_rows *row)
{
	json_t *header =
	    json_loads(hs_rows_get(m->summary, 0, "summary"), 0, NULL);

	(void)json_object_update_new(
	    header, json_pack("{s:s, s:i, s:s, s:s}", "format", ARCHIVE_FORMAT,
			"version", ARCHIVE_VERSION, "made_at",
			hs_rows_get(row, 0, "made_at"), "expires_at",
			hs_rows_get(row, 0, "expires_at")));
	return header;
}

static int add_line(struct seal_writer *writer, struct archive_text *text,
    const char *line, struct hs_err *err)
{
	size_t len = strlen(line);

	if (archive_text_add(text, line, len, err) < 0 ||
	    archive_text_add(text, "\n", 1, err) < 0 ||
	    seal_write(writer, line, len, err) < 0)
		return -1;
	return seal_write(writer, "\n", 1, err);
}

/* Every line of the cursor into the file. */
static int copy_lines(const struct making *m, struct seal_writer *writer,
    struct archive_text *text, struct hs_err *err)
{
	size_t count;

	do {
		hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

		if (hs_db_query(
			m->db, prov_sql_archive_fetch, 0, NULL, &rows, err) < 0)
			return -1;
		count = hs_rows_count(rows);
		for (size_t i = 0; i < count; i++)
			if (add_line(writer, text, hs_rows_get(rows, i, "line"),
				err) < 0)
				return -1;
	} while (count > 0);
	return 0;
}

static int open_cursor(const struct making *m, struct hs_err *err)
{
	hs_auto(hs_freep) char *name =
	    hs_db_quote_literal(m->db, m->of->enterprise);
	hs_auto(hs_freep) char *sql =
	    hs_printf("%s %s) line", prov_sql_archive_cursor, name);

	return hs_db_run(m->db, sql, err);
}

/* What was summed up is what comes, or the file is not finished. */
static int write_file(
    const struct making *m, const struct hs_rows *row, struct hs_err *err)
{
	hs_auto(hs_freep) char *key_path = archive_key_path(m->plat);
	hs_auto(seal_writer_freep) struct seal_writer *writer = NULL;
	hs_auto(archive_text_freep) struct archive_text *text =
	    archive_text_new(NULL, NULL);
	const json_t *end;
	json_t *header;
	struct seal_key key;
	int failed;

	if (seal_key_load(key_path, &key, err) < 0)
		return -1;
	header = header_json(m, row);
	failed = seal_create(
	    hs_rows_get(row, 0, "path"), &key, header, &writer, err);
	json_decref(header);
	hs_wipe(&key, sizeof(key));
	if (failed < 0 || open_cursor(m, err) < 0 ||
	    copy_lines(m, writer, text, err) < 0 ||
	    archive_text_end(text, &end, err) < 0)
		return -1;
	if (strcmp(json_string_value(json_object_get(end, "sha256")),
		hs_rows_get(m->summary, 0, "sha256")) != 0)
		return hs_fail(err, HS_ESYSTEM,
		    "the archive is not that of which the sum was made");
	return seal_finish(writer, err);
}

/* -- Its row --------------------------------------------------------------- */

static int drop(const struct making *m, const char *id, const char *path,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *temp = hs_printf("%s.new", path);

	if (unlink_file(path, err) < 0 || unlink_file(temp, err) < 0)
		return -1;
	return HS_DB_QUERY(m->store, prov_sql_archive_remove, NULL, err, id);
}

/* One that was begun before: the database knows whether the sides were closed
 * with it. Then it is the archive; else it was written for nothing. */
static int settle_begun(const struct making *m, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (HS_DB_QUERY(m->store, prov_sql_archive_making, &rows, err,
		m->of->ve, m->of->enterprise) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		hs_auto(hs_rows_freep) struct hs_rows *answer = NULL;
		const char *id = hs_rows_get(rows, i, "archive_id");
		const char *path = hs_rows_get(rows, i, "path");
		bool closed;

		if (HS_DB_QUERY(m->db, prov_sql_archive_was_closed, &answer,
			err, path) < 0)
			return -1;
		closed = strcmp(hs_rows_get(answer, 0, "closed"), "true") == 0;
		if ((closed ? HS_DB_QUERY(m->store, prov_sql_archive_keep, NULL,
				  err, id)
			    : drop(m, id, path, err)) < 0)
			return -1;
	}
	return 0;
}

static int note_written(
    const struct making *m, const struct hs_rows *row, struct hs_err *err)
{
	const char *path = hs_rows_get(row, 0, "path");
	hs_auto(hs_freep) char *digest = digest_file(path);
	hs_auto(hs_freep) char *bytes = NULL;
	struct stat st;

	if (digest == NULL || stat(path, &st) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "read '%s'", path);
	bytes = hs_printf("%lld", (long long)st.st_size);
	return HS_DB_QUERY(m->store, prov_sql_archive_written, NULL, err,
	    hs_rows_get(row, 0, "archive_id"), digest, bytes);
}

/* -- Making ---------------------------------------------------------------- */

static int close_sides(
    const struct making *m, const char *path, struct hs_err *err)
{
	if (HS_DB_QUERY(m->db, prov_sql_archive_close, NULL, err,
		m->of->enterprise, hs_rows_get(m->summary, 0, "sha256"),
		path) < 0)
		return -1;
	return hs_db_run(m->db, "COMMIT", err);
}

static int with_file(const struct making *m, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *row = NULL;
	hs_auto(hs_freep) char *dir = plat_path(m->plat, "archives");
	hs_auto(hs_freep) char *days =
	    hs_printf("%u", plat_archive_days(m->plat->conf));

	if (hs_dir_make(dir, 0700, err) < 0 ||
	    HS_DB_QUERY(m->store, prov_sql_archive_add, &row, err, m->of->ve,
		m->of->enterprise, hs_rows_get(m->summary, 0, "legal_name"),
		dir, days, hs_rows_get(m->summary, 0, "documents"),
		hs_rows_get(m->summary, 0, "sha256")) < 0 ||
	    write_file(m, row, err) < 0 || note_written(m, row, err) < 0 ||
	    hs_fault("archive.written", err) < 0 ||
	    close_sides(m, hs_rows_get(row, 0, "path"), err) < 0 ||
	    hs_fault("archive.closed", err) < 0)
		return -1;
	return HS_DB_QUERY(m->store, prov_sql_archive_keep, NULL, err,
	    hs_rows_get(row, 0, "archive_id"));
}

static int without_file(
    const struct making *m, bool has_any, struct hs_err *err)
{
	if (close_sides(m, NULL, err) < 0)
		return -1;
	if (has_any)
		store_event(m->store, "archive.none", m->of->ve,
		    m->of->enterprise,
		    "archive.keep_days is 0: no archive was kept");
	return 0;
}

/* All that is read and closed is of one moment. */
static int attempt(struct making *m, struct hs_err *err)
{
	bool has_any;

	if (settle_begun(m, err) < 0 ||
	    HS_DB_QUERY(m->db, prov_sql_archive_begin, NULL, err,
		m->of->enterprise) < 0 ||
	    hs_db_run(m->db, "BEGIN ISOLATION LEVEL REPEATABLE READ", err) <
		0 ||
	    HS_DB_QUERY(m->db, prov_sql_archive_summary, &m->summary, err,
		m->of->enterprise) < 0)
		return -1;
	has_any = strcmp(hs_rows_get(m->summary, 0, "documents"), "0") != 0;
	if (has_any && plat_archive_days(m->plat->conf) > 0)
		return with_file(m, err);
	return without_file(m, has_any, err);
}

/* Before anything is begun. */
static int has_key(struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = archive_key_path(plat);
	struct seal_key key;
	int failed = 0;

	if (plat_archive_days(plat->conf) > 0)
		failed = seal_key_load(path, &key, err);
	hs_wipe(&key, sizeof(key));
	return failed;
}

int archive_make(struct plat *plat, struct hs_db *db,
    const struct archive_of *of, struct hs_err *err)
{
	struct making m = { .plat = plat, .db = db, .of = of };
	struct hs_err last = { 0 };
	int failed = -1;

	if (plat_store(plat, &m.store, err) < 0 || has_key(plat, err) < 0)
		return -1;
	/* A counterparty may write while we read: then once more. */
	for (int i = 0; failed < 0 && i < ATTEMPTS; i++) {
		failed = attempt(&m, &last);
		hs_rows_freep(&m.summary);
		if (failed < 0)
			(void)hs_db_run(db, "ROLLBACK", NULL);
		if (failed < 0 && last.code != HS_ECONFLICT)
			break;
	}
	if (failed < 0) {
		(void)hs_fail(err, last.code, "%s", last.msg);
		return hs_wrap(
		    err, "archive of '%s' in '%s'", of->enterprise, of->ve);
	}
	return 0;
}

/* -- The end of their time ------------------------------------------------- */

int archive_expire(struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    hs_db_query(store, prov_sql_archive_due, 0, NULL, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		const char *path = hs_rows_get(rows, i, "path");

		if (unlink_file(path, err) < 0 ||
		    HS_DB_QUERY(store, prov_sql_archive_expired, NULL, err,
			hs_rows_get(rows, i, "archive_id")) < 0)
			return -1;
		hs_info("archive.expired", "path=%s", path);
	}
	return 0;
}
