/* text.h - growing text, escapes, and the small questions about text. */
#ifndef HANSE_BASE_TEXT_H
#define HANSE_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct hs_err;

/** Text that grows; start with { 0 }. data is NUL-terminated once used. */
struct hs_text {
	char *data;
	size_t len, size;
};

void hs_text_done(struct hs_text *text);
void hs_text_add(struct hs_text *text, const char *s);
void hs_text_add_len(struct hs_text *text, const char *s, size_t len);
void hs_text_add_char(struct hs_text *text, char c);
void hs_text_addf(struct hs_text *text, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void hs_text_vaddf(struct hs_text *text, const char *fmt, va_list ap);
/** Escaped for element content and quoted attributes of XML and HTML. */
void hs_text_add_xml(struct hs_text *text, const char *s);
/** Escaped as one component of a URL (RFC 3986 unreserved kept). */
void hs_text_add_url(struct hs_text *text, const char *s);
/** As a string of JSON, with its quotes; s is UTF-8. */
void hs_text_add_json(struct hs_text *text, const char *s);
/** Quoted for a log line: "..." with \" \\ \n and control bytes as \xNN. */
void hs_text_add_log(struct hs_text *text, const char *s);
/** What was collected, owned by the caller; never NULL; text is empty then. */
char *hs_text_take(struct hs_text *text);

/**
 * A label of RFC 1123: 1 to max of a-z 0-9 and '-', no '-' at either end, and
 * beginning with a letter (so that it can be used in other names too).
 */
bool hs_is_label(const char *s, size_t max);

/** Bytes of the well-formed character at s (Unicode 15, table 3-7), or 0. */
size_t hs_utf8_len(const unsigned char *s);

/** Valid UTF-8 without control characters except TAB and LF. */
bool hs_is_text(const char *s);

/**
 * Read a whole file; NUL-terminated.
 *
 * @max:       refuse more than this many bytes
 * @ret_data:  owned by the caller
 * @ret_len:   bytes without the terminating NUL; NULL allowed
 *
 * Errors: HS_ENOTFOUND, HS_ELIMIT, HS_ESYSTEM.
 */
int hs_file_read(const char *path, size_t max, char **ret_data, size_t *ret_len,
    struct hs_err *err);

/**
 * Write a file so that a reader sees the old one or the new one, never half:
 * temporary file beside it, fsync, rename.
 *
 * @mode:  permission bits, e.g. 0600
 *
 * Errors: HS_ESYSTEM.
 */
int hs_file_write(const char *path, const char *data, size_t len, unsigned mode,
    struct hs_err *err);

/** Make a folder and those above it; existing ones are fine. */
int hs_dir_make(const char *path, unsigned mode, struct hs_err *err);

#endif
