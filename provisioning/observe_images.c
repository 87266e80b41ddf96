/* observe_images.c - the files that domains begin from. They are named by what
 * they are made of, so what is in them was noted when they were first used.
 */

#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "provisioning/digest.h"
#include "provisioning/mark.h"
#include "provisioning/observe.h"

/* A file that has not been touched since is not read again. */
static const char *content_of(const json_t *mark, const char *path)
{
	hs_auto(hs_freep) char *digest = NULL;
	struct stat st;

	if (mark != NULL && stat(path, &st) == 0 &&
	    st.st_size == json_integer_value(json_object_get(mark, "size")) &&
	    st.st_mtim.tv_sec ==
		json_integer_value(json_object_get(mark, "mtime")) &&
	    st.st_mtim.tv_nsec ==
		json_integer_value(json_object_get(mark, "mtime_ns")))
		return "as made";
	digest = digest_file(path);
	return mark_compare(mark, "digest", digest);
}

int observe_images(struct observation *o, struct hs_err *err)
{
	(void)err;
	for (size_t i = 0; i < o->wanted->count; i++) {
		const struct object *w = &o->wanted->list[i];
		const char *path = object_text(w, "path");
		struct stat st;

		if (w->kind != OBJ_IMAGE || stat(path, &st) < 0)
			continue;
		(void)objects_add(&o->found, OBJ_IMAGE, w->name, NULL, NULL,
		    json_pack("{s:s}", "content",
			content_of(
			    mark_of(o->marks, OBJ_IMAGE, w->name), path)),
		    json_pack("{s:s}", "path", path));
	}
	return 0;
}
