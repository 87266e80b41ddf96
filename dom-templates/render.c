/* render.c - fill {{name}} and {{#name}}...{{/name}} of an XML file. */

#include "dom-templates/render.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

enum tag_kind { TAG_VALUE, TAG_OPEN, TAG_CLOSE };

struct tag {
	enum tag_kind kind;
	const char *name; /* not terminated */
	size_t len;
};

struct render {
	const struct dom_value *values;
	size_t count;
	struct hs_text out;
	struct hs_err *err;
};

static void text_done(struct render *r)
{
	hs_text_done(&r->out);
}

/* Read the tag behind "{{"; *p moves behind its "}}". */
static int tag_read(struct render *r, const char **p, struct tag *ret_tag)
{
	static const char name_chars[] = "abcdefghijklmnopqrstuvwxyz_";
	const char *s = *p;
	struct tag tag = { .kind = TAG_VALUE };

	if (*s == '#' || *s == '/')
		tag.kind = *s++ == '#' ? TAG_OPEN : TAG_CLOSE;
	tag.name = s;
	tag.len = strspn(s, name_chars);
	s += tag.len;
	if (tag.len == 0 || strncmp(s, "}}", 2) != 0)
		return hs_fail(
		    r->err, HS_ESYSTEM, "template: bad tag at '%.20s'", *p);
	s += 2;
	if (tag.kind != TAG_VALUE && *s == '\n')
		s++; /* a section's tag takes its line with it */
	*p = s;
	*ret_tag = tag;
	return 0;
}

static const struct dom_value *value_find(
    const struct render *r, const struct tag *tag)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct dom_value *v = &r->values[i];

		if (strncmp(v->name, tag->name, tag->len) == 0 &&
		    v->name[tag->len] == '\0')
			return v;
	}
	return NULL;
}

static int put_value(struct render *r, const struct dom_value *v)
{
	if (v->value == NULL)
		return hs_fail(
		    r->err, HS_EINVAL, "parameter '%s' is missing", v->name);
	if (!hs_is_text(v->value))
		return hs_fail(
		    r->err, HS_EINVAL, "parameter '%s' is not text", v->name);
	hs_text_add_xml(&r->out, v->value);
	return 0;
}

/*
 * Fill up to the end of a section, or of the template if there is none. What
 * is not shown is read all the same, so that a wrong name never hides.
 */
static int fill(
    struct render *r, const char **p, const struct dom_value *in, bool shown)
{
	for (;;) {
		const char *open = strstr(*p, "{{");
		const struct dom_value *v;
		struct tag tag = { 0 };

		if (shown)
			hs_text_add_len(&r->out, *p,
			    open != NULL ? (size_t)(open - *p) : strlen(*p));
		if (open == NULL)
			break;
		*p = open + 2;
		if (tag_read(r, p, &tag) < 0)
			return -1;
		v = value_find(r, &tag);
		if (v == NULL || (tag.kind == TAG_CLOSE && v != in))
			return hs_fail(r->err, HS_ESYSTEM,
			    "template: nothing is called '%.*s' here",
			    (int)tag.len, tag.name);
		if (tag.kind == TAG_CLOSE)
			return 0;
		if (tag.kind == TAG_OPEN) {
			if (fill(r, p, v, shown && v->value != NULL) < 0)
				return -1;
		} else if (shown && put_value(r, v) < 0) {
			return -1;
		}
	}
	if (in != NULL)
		return hs_fail(r->err, HS_ESYSTEM,
		    "template: section '%s' has no end", in->name);
	return 0;
}

int dom_render(const char *text, const struct dom_value *values, size_t count,
    char **ret_xml, struct hs_err *err)
{
	hs_auto(text_done) struct render r = {
		.values = values,
		.count = count,
		.err = err,
	};

	if (fill(&r, &text, NULL, true) < 0)
		return -1;
	*ret_xml = hs_text_take(&r.out);
	return 0;
}
