/* archive_text.h - the lines of an archive, as admin.archive_export() gives
 * them (see shared-db-gateway/schema/README.md), checked as they pass.
 */
#ifndef HANSE_PROVISIONING_ARCHIVE_TEXT_H
#define HANSE_PROVISIONING_ARCHIVE_TEXT_H

#include <jansson.h>
#include <stddef.h>

#include "base/mem.h"

struct hs_err;
struct archive_text;

#define ARCHIVE_FORMAT   "hanse-archive"
#define ARCHIVE_VERSION  1
#define ARCHIVE_LINE_MAX (64 * 1024 * 1024)

/** Given each line, without its end; a failure ends the reading. */
typedef int archive_line(
    void *arg, const char *line, size_t len, struct hs_err *err);

/** @each: NULL if nobody wants the lines. */
struct archive_text *archive_text_new(archive_line *each, void *arg);
void archive_text_free(struct archive_text *text);
HS_FREEP(archive_text_freep, struct archive_text *, archive_text_free)

/**
 * More of it, cut anywhere.
 * Errors: HS_EINVAL (no archive, not in order), HS_ELIMIT (a line too long),
 * and those of the taker.
 */
int archive_text_add(struct archive_text *text, const char *data, size_t len,
    struct hs_err *err);

/**
 * That was all: whether it is whole, and digest and counts are right.
 *
 * @ret_end:  the last record; lent until the text ends; NULL if not wanted
 */
int archive_text_end(
    struct archive_text *text, const json_t **ret_end, struct hs_err *err);

#endif
