/* archive_text.c - the lines of an archive, checked as they pass. */

#include "provisioning/archive_text.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

#define DIGEST 32

struct archive_text {
	archive_line *each;
	void *arg;
	struct hs_text line; /* begun, not ended */
	EVP_MD_CTX *md;
	unsigned char digest[DIGEST]; /* of all lines so far */
	json_t *tables;               /* of the header */
	json_t *counts;               /* of records so far */
	json_t *end;                  /* the last record */
	unsigned long long lines;
};

struct archive_text *archive_text_new(archive_line *each, void *arg)
{
	struct archive_text *t = hs_alloc(sizeof(*t));

	t->each = each;
	t->arg = arg;
	t->md = EVP_MD_CTX_new();
	t->counts = json_object();
	return t;
}

void archive_text_free(struct archive_text *t)
{
	hs_text_done(&t->line);
	EVP_MD_CTX_free(t->md);
	json_decref(t->tables);
	json_decref(t->counts);
	json_decref(t->end);
	free(t);
}

static int bad(
    const struct archive_text *t, const char *what, struct hs_err *err)
{
	return hs_fail(
	    err, HS_EINVAL, "line %llu of the archive %s", t->lines, what);
}

/* -- Records --------------------------------------------------------------- */

static int take_header(
    struct archive_text *t, const json_t *record, struct hs_err *err)
{
	const char *format =
	    json_string_value(json_object_get(record, "format"));
	json_t *tables = json_object_get(record, "tables");
	const char *name;
	json_t *columns;

	if (format == NULL || strcmp(format, ARCHIVE_FORMAT) != 0 ||
	    !json_is_object(tables))
		return bad(t, "is not the header of one", err);
	if (json_integer_value(json_object_get(record, "version")) !=
	    ARCHIVE_VERSION)
		return hs_fail(err, HS_EINVAL,
		    "the archive is of a newer format than this program's");
	json_object_foreach (tables, name, columns) {
		if (!json_is_object(columns))
			return bad(t, "is not the header of one", err);
		(void)json_object_set_new(t->counts, name, json_integer(0));
	}
	t->tables = json_incref(tables);
	return 0;
}

static int take_row(struct archive_text *t, const char *name,
    const json_t *record, struct hs_err *err)
{
	json_t *count = json_object_get(t->counts, name);
	const json_t *columns = json_object_get(t->tables, name);
	json_t *row = json_object_get(record, "row"), *value;
	const char *column;

	if (count == NULL || !json_is_object(row))
		return bad(t, "is no record that the header knows", err);
	json_object_foreach (row, column, value)
		if (json_object_get(columns, column) == NULL)
			return bad(
			    t, "has a column that the header does not", err);
	(void)json_integer_set(count, json_integer_value(count) + 1);
	return 0;
}

static int take_record(
    struct archive_text *t, json_t *record, struct hs_err *err)
{
	const char *name = json_string_value(json_object_get(record, "record"));

	if (t->end != NULL)
		return bad(t, "stands behind its end", err);
	if (name == NULL)
		return bad(t, "is no record", err);
	if (t->tables == NULL)
		return take_header(t, record, err);
	if (strcmp(name, "end") != 0)
		return take_row(t, name, record, err);
	t->end = json_incref(record);
	return 0;
}

/* The end is not part of what it is the digest of. */
static int digest(
    struct archive_text *t, const char *line, size_t len, struct hs_err *err)
{
	if (t->end != NULL ||
	    (t->md != NULL && EVP_DigestInit_ex(t->md, EVP_sha256(), NULL) &&
		EVP_DigestUpdate(t->md, t->digest, DIGEST) &&
		EVP_DigestUpdate(t->md, line, len) &&
		EVP_DigestFinal_ex(t->md, t->digest, NULL)))
		return 0;
	return hs_fail(err, HS_ESYSTEM, "SHA-256 failed");
}

static int take_line(
    struct archive_text *t, const char *line, size_t len, struct hs_err *err)
{
	json_t *record;
	int failed;

	t->lines++;
	record = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	failed = json_is_object(record) ? take_record(t, record, err)
					: bad(t, "is no JSON object", err);
	json_decref(record);
	if (failed < 0 || digest(t, line, len, err) < 0)
		return -1;
	return t->each != NULL ? t->each(t->arg, line, len, err) : 0;
}

/* -- Pieces ---------------------------------------------------------------- */

int archive_text_add(
    struct archive_text *t, const char *data, size_t len, struct hs_err *err)
{
	while (len > 0) {
		const char *end = memchr(data, '\n', len);
		size_t piece = end != NULL ? (size_t)(end - data) : len;

		if (t->line.len + piece > ARCHIVE_LINE_MAX)
			return hs_fail(err, HS_ELIMIT,
			    "line %llu of the archive is too long",
			    t->lines + 1);
		hs_text_add_len(&t->line, data, piece);
		if (end == NULL)
			return 0;
		if (take_line(t, t->line.data, t->line.len, err) < 0)
			return -1;
		t->line.len = 0;
		data += piece + 1;
		len -= piece + 1;
	}
	return 0;
}

static bool digest_is(const struct archive_text *t, const char *wanted)
{
	char hex[2 * DIGEST + 1];

	for (size_t i = 0; i < DIGEST; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", t->digest[i]);
	return wanted != NULL && strcmp(hex, wanted) == 0;
}

int archive_text_end(
    struct archive_text *t, const json_t **ret_end, struct hs_err *err)
{
	if (t->end == NULL || t->line.len > 0)
		return hs_fail(err, HS_EINVAL, "the archive has no end");
	if (!digest_is(t, json_string_value(json_object_get(t->end, "sha256"))))
		return hs_fail(err, HS_EINVAL,
		    "the archive's digest is not that of its lines");
	if (!json_equal(t->counts, json_object_get(t->end, "counts")))
		return hs_fail(err, HS_EINVAL,
		    "the archive's counts are not those of its records");
	if (ret_end != NULL)
		*ret_end = t->end;
	return 0;
}
