/* image_manifest.c - what "make images" has built: lines of NAME=PATH. */

#include "dom-templates/dom_template.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

#define MANIFEST_MAX 4096

/* The value behind "NAME=" at the start of a line; not terminated. */
static const char *line_find(const char *text, const char *name)
{
	size_t len = strlen(name);

	while (text != NULL) {
		if (strncmp(text, name, len) == 0 && text[len] == '=')
			return text + len + 1;
		text = strchr(text, '\n');
		if (text != NULL)
			text++;
	}
	return NULL;
}

int dom_image_path(
    const char *manifest, const char *name, char **ret_path, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = NULL;
	const char *path;

	if (hs_file_read(manifest, MANIFEST_MAX, &text, NULL, err) < 0)
		return hs_wrap(err, "system images (make images)");
	path = line_find(text, name);
	if (path == NULL)
		return hs_fail(err, HS_ENOTFOUND,
		    "%s has no image '%s' (make images)", manifest, name);
	if (path[0] != '/')
		return hs_fail(err, HS_EINVAL,
		    "%s: path of '%s' is not absolute", manifest, name);
	*ret_path = hs_strndup(path, strcspn(path, "\n"));
	return 0;
}
