/* width.h - columns of a terminal that text takes. */
#ifndef HANSE_TCO_REPORT_DOC_WIDTH_H
#define HANSE_TCO_REPORT_DOC_WIDTH_H

#include <stddef.h>

/** Columns of one UTF-8 character: 0 (it combines), 1 or 2 (wide). */
unsigned width_of_char(const char *s, size_t len);

/** Columns of a text. */
size_t width_of(const char *s);

/**
 * The bytes of s that fit a line, cut between words, or between wide
 * characters; where one word is wider than the line, inside it.
 *
 * @columns:   the line's width; at least one character is taken
 * @ret_next:  where the next line begins (blanks between are left out)
 */
size_t width_line(const char *s, size_t columns, const char **ret_next);

#endif
