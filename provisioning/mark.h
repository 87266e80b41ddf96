/* mark.h - what things were like right after we made them: digests kept in the
 * control database, so that any later change shows, also of what no spec says.
 */
#ifndef HANSE_PROVISIONING_MARK_H
#define HANSE_PROVISIONING_MARK_H

#include <jansson.h>

#include "hv/hv.h"
#include "provisioning/object.h"
#include "provisioning/plat.h"

struct hs_err;

/**
 * Remember a thing as it is now.
 *
 * @marks:  an object of texts and numbers; taken
 *
 * Errors: HS_EREMOTE.
 */
int mark_put(struct plat *plat, enum object_kind kind, const char *name,
    json_t *marks, struct hs_err *err);

/** Every mark, as {"KIND/NAME": {...}}; NULL on failure. Errors: HS_EREMOTE. */
json_t *mark_list(struct plat *plat, struct hs_err *err);

/** One thing's, of that list; NULL if there is none. Lent. */
const json_t *mark_of(
    const json_t *marks, enum object_kind kind, const char *name);

/**
 * "as made", "edited", or "unrecorded" if there is no mark to compare with.
 */
const char *mark_compare(const json_t *mark, const char *key, const char *now);

/** The digest of a folder's files: names, modes, owners, contents; of the
 * folder itself, too. NULL if it is not there. Owned by the caller. */
char *mark_folder(const char *path);

/** The digest of what a definition points at: image, files, data, kernel. */
char *mark_source(const struct hv_object *domain);

/**
 * Remember a domain or network as libvirt has it, read from there:
 * right after it was defined.
 *
 * @extra:  more marks of it; taken; NULL: none
 */
int mark_defined(struct plat *plat, struct hv_conn *hv,
    const struct object *object, json_t *extra, struct hs_err *err);

#endif
