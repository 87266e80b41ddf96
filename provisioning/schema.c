/* schema.c - the migrations of the shared databases. */

#include "provisioning/schema.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/digest.h"

#define TRIES    10
#define FILE_MAX (1024 * 1024)

static void find_files(const struct plat *plat, glob_t *ret_found)
{
	hs_auto(hs_freep) char *pattern =
	    hs_printf("%s/schema/[0-9]*.sql", plat->conf->share);

	*ret_found = (glob_t) { 0 };
	(void)glob(pattern, 0, NULL, ret_found);
}

static int number_of(const char *path)
{
	return atoi(strrchr(path, '/') + 1);
}

int schema_latest(const struct plat *plat)
{
	glob_t found;
	int latest = 0;

	find_files(plat, &found);
	if (found.gl_pathc > 0)
		latest = number_of(found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
	return latest;
}

int schema_current(struct hs_db *db, int *ret_number, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *exists = NULL;
	hs_auto(hs_rows_freep) struct hs_rows *version = NULL;
	const char *value;

	*ret_number = 0;
	if (hs_db_query(db, prov_sql_schema_exists, 0, NULL, &exists, err) < 0)
		return -1;
	if (strcmp(hs_rows_get(exists, 0, "exists"), "true") != 0)
		return 0;
	if (hs_db_run(db, prov_sql_owner, err) < 0 ||
	    hs_db_query(db, prov_sql_schema_version, 0, NULL, &version, err) <
		0 ||
	    hs_db_run(db, prov_sql_owner_end, err) < 0)
		return -1;
	value = hs_rows_get(version, 0, "version");
	*ret_number = value != NULL ? atoi(value) : 0;
	return 0;
}

/* Once, in one transaction, which takes all of it back if it fails. */
static int try_text(
    struct hs_db *db, const char *path, const char *text, struct hs_err *err)
{
	hs_auto(hs_freep) char *number = hs_printf("%d", number_of(path));
	hs_auto(hs_freep) char *digest = digest_text(text);
	char state[6];

	if (hs_db_run(db, "BEGIN", err) < 0)
		return -1;
	if (hs_db_run(db, "SET LOCAL ROLE hanse_owner", err) == 0 &&
	    hs_db_run(db, text, err) == 0 &&
	    HS_DB_QUERY(db, prov_sql_schema_add, NULL, err, number,
		strrchr(path, '/') + 1, digest) == 0)
		return hs_db_run(db, "COMMIT", err);
	(void)snprintf(state, sizeof(state), "%s", hs_db_sqlstate(db));
	(void)hs_db_run(db, "ROLLBACK", NULL);
	if (strncmp(state, "40", 2) == 0)
		return 1;
	return hs_wrap(err, "migration '%s'", strrchr(path, '/') + 1);
}

/* Databases made at the same time write the same rows of the catalogues that
 * all databases of a server share, and one of them gives way (SQLSTATE 40P01):
 * it begins again. */
static int apply_text(
    struct hs_db *db, const char *path, const char *text, struct hs_err *err)
{
	int failed = 1;

	for (int i = 0; i < TRIES && failed > 0; i++)
		failed = try_text(db, path, text, err);
	return failed > 0 ? hs_wrap(err, "migration '%s', %d times",
				strrchr(path, '/') + 1, TRIES)
			  : failed;
}

static int apply_file(struct hs_db *db, const char *path, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = NULL;

	if (hs_file_read(path, FILE_MAX, &text, NULL, err) < 0)
		return -1;
	return apply_text(db, path, text, err);
}

int schema_reach(
    const struct plat *plat, struct hs_db *db, int number, struct hs_err *err)
{
	int at, failed = 0;
	glob_t found;

	if (schema_current(db, &at, err) < 0)
		return -1;
	find_files(plat, &found);
	if (found.gl_pathc == 0 ||
	    number_of(found.gl_pathv[found.gl_pathc - 1]) < number)
		failed = hs_fail(err, HS_ENOTFOUND,
		    "no schema %d is installed in '%s/schema'", number,
		    plat->conf->share);
	for (size_t i = 0; failed == 0 && i < found.gl_pathc; i++) {
		int file = number_of(found.gl_pathv[i]);

		if (file > at && file <= number)
			failed = apply_file(db, found.gl_pathv[i], err);
	}
	globfree(&found);
	return failed;
}
