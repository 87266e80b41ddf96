/* render.h - fill {{name}} and {{#name}}...{{/name}} of an XML file. */
#ifndef HANSE_DOM_TEMPLATES_RENDER_H
#define HANSE_DOM_TEMPLATES_RENDER_H

#include <stddef.h>

struct hs_err;

/** One name a template may use. */
struct dom_value {
	const char *name;
	const char *value; /* NULL: has none, its sections are left out */
};

/**
 * Fill a template.
 *
 * @text:     the template
 * @values:   every name the template may use
 * @ret_xml:  owned by the caller
 *
 * Errors: HS_EINVAL (a value is missing or not text), HS_ESYSTEM (the template
 * itself is wrong: a bug of ours).
 */
int dom_render(const char *text, const struct dom_value *values, size_t count,
    char **ret_xml, struct hs_err *err);

#endif
