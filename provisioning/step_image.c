/* step_image.c - the files that domains begin from: noted when first used, and
 * fetched again from where they were built.
 */

#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/digest.h"
#include "provisioning/mark.h"
#include "provisioning/step.h"

#define CACHE "/var/cache/hanse" /* of dom-templates/image/build.sh */

static const char remedy[] = "make it again with: make images";

static int note(struct plat *plat, const struct object *w, const char *digest,
    struct hs_err *err)
{
	const char *path = object_text(w, "path");
	struct stat st;

	if (stat(path, &st) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "image '%s'", path);
	return mark_put(plat, OBJ_IMAGE, w->name,
	    json_pack("{s:s, s:I, s:I, s:I}", "digest", digest, "size",
		(json_int_t)st.st_size, "mtime", (json_int_t)st.st_mtim.tv_sec,
		"mtime_ns", (json_int_t)st.st_mtim.tv_nsec),
	    err);
}

/* A copy of the cache's, never a link to it: what happens to one must not
 * happen to the other. */
static int fetch(const struct object *w, const char *digest, struct hs_err *err)
{
	const char *path = object_text(w, "path");
	const char *slash = strrchr(path, '/');
	hs_auto(hs_freep) char *cached = hs_printf("%s%s", CACHE, slash);
	hs_auto(hs_freep) char *draft = hs_printf("%s.new", path);
	hs_auto(hs_freep) char *found = digest_file(cached);
	const char *const copy[] = { "cp", "--", cached, draft, NULL };
	const char *const move[] = { "mv", "-f", "--", draft, path, NULL };

	if (found == NULL)
		return hs_fail(err, HS_ENOTFOUND,
		    "the file of image '%s' is gone; %s", w->name, remedy);
	if (digest != NULL && strcmp(found, digest) != 0)
		return hs_fail(err, HS_ECONFLICT,
		    "image '%s' is damaged, and so is %s; %s", w->name, cached,
		    remedy);
	return plat_run(copy, err) < 0 ? -1 : plat_run(move, err);
}

static int image_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	hs_auto(hs_freep) char *digest = digest_file(object_text(w, "path"));
	hs_auto(hs_freep) char *then = NULL;
	json_t *marks = mark_list(plat, err);

	if (marks == NULL)
		return -1;
	then = hs_strdup(json_string_value(
	    json_object_get(mark_of(marks, OBJ_IMAGE, w->name), "digest")));
	json_decref(marks);
	if (digest != NULL && (then == NULL || strcmp(digest, then) == 0))
		return note(plat, w, digest, err);
	if (fetch(w, then, err) < 0)
		return -1;
	hs_freep(&digest);
	digest = digest_file(object_text(w, "path"));
	return note(plat, w, digest != NULL ? digest : "", err);
}

/* They are the operator's; domains come and go. */
static int image_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	(void)plat;
	(void)object;
	(void)err;
	return 0;
}

const struct step_ops step_image = {
	.make = image_make,
	.remove = image_remove,
};
