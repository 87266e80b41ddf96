/* archive_file.c - reading what is kept. */

#include "provisioning/archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/seal.h"

/* A number is that of an archive in the list. */
static int find_path(
    struct plat *plat, const char *file, char **ret_path, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	if (file == NULL || file[0] == '\0')
		return hs_fail(err, HS_EINVAL, "name a file, or an archive");
	if (strspn(file, "0123456789") != strlen(file) || strlen(file) > 18) {
		*ret_path = hs_strdup(file);
		return 0;
	}
	if (plat_store(plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_archive_path, &rows, err, file) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return hs_fail(err, HS_ENOTFOUND,
		    "there is no archive %s (see: hanse archive list)", file);
	*ret_path = hs_strdup(hs_rows_get(rows, 0, "path"));
	return 0;
}

static int open_archive(struct plat *plat, const char *name,
    struct seal_reader **ret_reader, struct hs_err *err)
{
	hs_auto(hs_freep) char *key_path = archive_key_path(plat);
	hs_auto(hs_freep) char *path = NULL;
	struct seal_key key;
	FILE *file;
	int failed;

	if (find_path(plat, name, &path, err) < 0 ||
	    seal_key_load(key_path, &key, err) < 0)
		return -1;
	file = fopen(path, "re");
	if (file == NULL) {
		hs_wipe(&key, sizeof(key));
		return hs_fail_errno(err,
		    errno == ENOENT ? HS_ENOTFOUND : HS_ESYSTEM, "open '%s'",
		    path);
	}
	failed = seal_open(file, &key, ret_reader, err);
	hs_wipe(&key, sizeof(key));
	return failed < 0 ? hs_wrap(err, "'%s'", path) : 0;
}

int archive_header(struct plat *plat, const char *file, json_t **ret_header,
    struct hs_err *err)
{
	hs_auto(seal_reader_freep) struct seal_reader *reader = NULL;

	if (open_archive(plat, file, &reader, err) < 0)
		return -1;
	*ret_header = json_deep_copy(seal_header(reader));
	return 0;
}

static int copy(
    struct seal_reader *reader, struct archive_text *text, struct hs_err *err)
{
	hs_auto(hs_freep) char *buf = hs_alloc(SEAL_CHUNK);
	size_t len;

	for (;;) {
		if (seal_read(reader, buf, SEAL_CHUNK, &len, err) < 0)
			return -1;
		if (len == 0)
			return 0;
		if (archive_text_add(text, buf, len, err) < 0)
			return -1;
	}
}

static bool same(const json_t *a, const json_t *b, const char *key)
{
	return json_equal(json_object_get(a, key), json_object_get(b, key)) ==
	       1;
}

int archive_read(struct plat *plat, const char *file, archive_line *each,
    void *arg, json_t **ret_header, struct hs_err *err)
{
	hs_auto(seal_reader_freep) struct seal_reader *reader = NULL;
	hs_auto(archive_text_freep) struct archive_text *text =
	    archive_text_new(each, arg);
	const json_t *end, *header;

	if (open_archive(plat, file, &reader, err) < 0 ||
	    copy(reader, text, err) < 0 ||
	    archive_text_end(text, &end, err) < 0)
		return -1;
	header = seal_header(reader);
	if (!same(header, end, "sha256") || !same(header, end, "documents") ||
	    !same(header, end, "records"))
		return hs_fail(err, HS_EINVAL,
		    "the archive's header is not that of its content");
	*ret_header = json_deep_copy(header);
	return 0;
}
