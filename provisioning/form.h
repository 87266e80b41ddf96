/* form.h - configuration files made from forms: {{name}} filled in as it is. */
#ifndef HANSE_PROVISIONING_FORM_H
#define HANSE_PROVISIONING_FORM_H

#include <stddef.h>

/** A name and its text. */
struct form_value {
	const char *name;
	const char *text;
};

/**
 * Fill in a form. Every name in it must be among the values (it is our own).
 *
 * Values are written as they are: pass labels, numbers, addresses, or what
 * form_quoted() made. The result is owned by the caller.
 */
char *form_fill(
    const char *form, const struct form_value *values, size_t count);

/** Text as a double-quoted YAML scalar (JSON's quoting, which is YAML's). */
char *form_quoted(const char *text);

#endif
