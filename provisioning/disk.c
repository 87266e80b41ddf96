/* disk.c - the volume of a database domain and the file system in it. */

#include "provisioning/disk.h"

#include <string.h>

#include "base/err.h"
#include "hv/hv.h"
#include "provisioning/mark.h"
#include "provisioning/observe.h"
#include "provisioning/spec.h"

#define GIB (1024ULL * 1024 * 1024)

static char *path_of(const struct plat *plat, const char *name)
{
	return plat_path(plat, "volumes/%s.raw", name);
}

static uint64_t bytes_of(const struct object *o, const char *field)
{
	return (uint64_t)object_number(o, field) * GIB;
}

/* -- Nothing is taken away ------------------------------------------------- */

bool disk_is_ours(
    const json_t *marks, const struct object *wanted, const json_t *size)
{
	const json_t *made = json_object_get(
	    mark_of(marks, OBJ_VOLUME, wanted->name), "size_gib");

	/* The shared one's size stands in a file, which no job puts back. */
	return wanted->ve != NULL && made != NULL && json_equal(made, size) &&
	       json_integer_value(size) > object_number(wanted, "size_gib");
}

static int refuse(
    const struct object *w, const json_t *size, struct hs_err *err)
{
	hs_auto(hs_freep) char *has =
	    json_dumps(size, JSON_ENCODE_ANY | JSON_REAL_PRECISION(4));
	long long asked = (long long)object_number(w, "size_gib");

	if (w->ve == NULL)
		return hs_fail(err, HS_EINVAL,
		    "hansed.yaml: database.disk_gib is %lld, and volume '%s' "
		    "has %s GiB: a volume does not shrink; write at least that "
		    "many, and restart hansed",
		    asked, w->name, has);
	return hs_fail(err, HS_EINVAL,
	    "%s: database.disk_gib is %lld, and volume '%s' has %s GiB: a "
	    "volume does not shrink; ask for at least that many, or dump its "
	    "data and restore them into a new virtual enterprise",
	    w->ve, asked, w->name, has);
}

/* What a job that was undone has left may stay. */
static int check_one(struct plat *plat, const struct object *w,
    const json_t *marks, unsigned before_gib, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = path_of(plat, w->name);
	uint64_t bytes = 0;
	json_t *size;
	int failed;

	/* What is not there yet, or cannot be seen, is its step's business. */
	if (hv_volume_size(path, &bytes, NULL) < 0 ||
	    bytes <= bytes_of(w, "size_gib"))
		return 0;
	size = observe_gib(bytes);
	failed = object_number(w, "size_gib") >= before_gib &&
			 disk_is_ours(marks, w, size)
		     ? 0
		     : refuse(w, size, err);
	json_decref(size);
	return failed;
}

int disk_check(struct plat *plat, const struct objects *wanted, const char *ve,
    const struct store_ve *before, struct hs_err *err)
{
	json_t *marks = mark_list(plat, err);
	unsigned gib = before != NULL ? before->spec->database.disk_gib : 0;
	int failed = marks == NULL ? -1 : 0;

	for (size_t i = 0; failed == 0 && i < wanted->count; i++) {
		const struct object *w = &wanted->list[i];

		if (w->kind == OBJ_VOLUME &&
		    (w->ve == NULL || strcmp(w->ve, ve) == 0))
			failed = check_one(plat, w, marks, gib, err);
	}
	json_decref(marks);
	return failed;
}

/* -- What there is --------------------------------------------------------- */

static json_t *as_wanted(const struct object *wanted)
{
	return wanted != NULL ? json_integer(object_number(wanted, "disk_gib"))
			      : json_null();
}

json_t *disk_content(
    const struct plat *plat, const char *name, const struct object *wanted)
{
	hs_auto(hs_freep) char *path = path_of(plat, name);
	struct hs_err err = { 0 };
	uint64_t bytes;

	if (hv_volume_content_size(path, &bytes, &err) < 0)
		return err.code == HS_EINVAL ? json_null() : as_wanted(wanted);
	if (wanted != NULL && bytes >= bytes_of(wanted, "disk_gib"))
		return as_wanted(wanted);
	return observe_gib(bytes);
}

/* -- As large as is wanted ------------------------------------------------- */

int disk_is_ready(
    struct plat *plat, const struct object *domain, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = path_of(plat, domain->name);
	uint64_t file, content;

	if (hv_volume_size(path, &file, err) < 0 ||
	    hv_volume_content_size(path, &content, err) < 0)
		return hs_wrap(err, "disk of '%s' (put it back from a backup)",
		    domain->name);
	if (file >= bytes_of(domain, "disk_gib"))
		return 0;
	return hs_fail(err, HS_ECONFLICT,
	    "the volume of '%s' has less than %lld GiB; first: hanse repair "
	    "volume %s",
	    domain->name, (long long)object_number(domain, "disk_gib"),
	    domain->name);
}

int disk_fit(struct plat *plat, const struct object *domain, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = path_of(plat, domain->name);

	/* A step that was killed may have mounted it already. */
	if (hv_mounts_remove(domain->name, err) < 0)
		return -1;
	return hv_volume_fit(path, bytes_of(domain, "disk_gib"), err);
}

int disk_fit_live(
    struct plat *plat, const struct object *domain, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = path_of(plat, domain->name);

	return hv_volume_fit_live(path, bytes_of(domain, "disk_gib"), err);
}
