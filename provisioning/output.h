/* output.h - what people and scripts read; private to hanse. */
#ifndef HANSE_PROVISIONING_OUTPUT_H
#define HANSE_PROVISIONING_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/conf.h"

struct call;

enum color {
	COLOR_NONE,
	COLOR_BOLD,
	COLOR_GREEN,
	COLOR_YELLOW,
	COLOR_RED,
	COLOR_DIM,
};

/** Colour begins and ends; "" where there is none (no terminal, NO_COLOR). */
const char *color_on(FILE *to, enum color color);
const char *color_off(FILE *to);

/** Whether -o json was asked for. */
bool wants_json(const struct call *call);

/** Whether -o csv was asked for. */
bool wants_csv(const struct call *call);

/** Items as CSV (RFC 4180), the keys of the first one as its heading. */
void print_csv(const json_t *items);

/** A value as JSON, indented, with a newline. */
void print_json(const json_t *json);

/**
 * Rows under their headings, in columns as wide as needed.
 *
 * @columns:  list of texts
 * @rows:     list of lists; what is not text is printed as JSON
 * @none:     said if there are no rows
 */
void print_table(const json_t *columns, const json_t *rows, const char *none);

/** Keys and values of an object, indented; lists one line an entry. */
void print_object(const json_t *object);

/** A text of an object; fallback if it is not there. */
const char *json_text(
    const json_t *object, const char *key, const char *fallback);

/** Every fault as FILE:LINE: FIELD: MESSAGE on standard error. */
void print_faults(const struct hs_faults *faults);

/** Columns a text takes on a terminal (wide characters take two). */
int text_width(const char *text);

/** A text without control characters, owned by the caller. */
char *printable(const char *text);

#endif
