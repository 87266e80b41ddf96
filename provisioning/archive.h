/* archive.h - what is kept of an enterprise that has left: a sealed file.
 *
 *   STATE/archives/VE.ENTERPRISE.YYYYMMDDTHHMMSSZ.hanse-archive   see seal.h
 *   STATE/ca/archive.key   without it none of them can be read
 */
#ifndef HANSE_PROVISIONING_ARCHIVE_H
#define HANSE_PROVISIONING_ARCHIVE_H

#include "base/db.h"
#include "provisioning/archive_text.h"
#include "provisioning/manager.h"
#include "provisioning/plat.h"

struct hs_err;

/** Whose documents, and where they are. */
struct archive_of {
	const char *ve, *enterprise;
	const char *server; /* its database domain */
};

/**
 * Keep an enterprise's documents in a file, then close its sides in the
 * database. Killed anywhere and repeated it comes to the same: one archive,
 * and nothing closed without it. Without documents, or with keep_days: 0,
 * there is no file.
 *
 * @db:  the VE's database, as the provisioner
 *
 * Errors: HS_ECONFLICT (they change all the time), HS_ENOTFOUND (no such
 * enterprise there, no key), HS_ESYSTEM, HS_EREMOTE.
 */
int archive_make(struct plat *plat, struct hs_db *db,
    const struct archive_of *of, struct hs_err *err);

/** Remove the files whose time is over; told as events. */
int archive_expire(struct plat *plat, struct hs_err *err);

/**
 * Read an archive to its end, each line to each (NULL: nobody), and see that
 * all of it is as it was written.
 *
 * @file:        a path, or the number of an archive
 * @ret_header:  the caller owns the reference
 *
 * Errors: HS_EINVAL, HS_EDENIED, HS_ENOTFOUND, HS_ESYSTEM; those of each.
 */
int archive_read(struct plat *plat, const char *file, archive_line *each,
    void *arg, json_t **ret_header, struct hs_err *err);

/** Its header only, authentic. Errors: as above. */
int archive_header(struct plat *plat, const char *file, json_t **ret_header,
    struct hs_err *err);

/** The key's file; owned by the caller. */
char *archive_key_path(const struct plat *plat);

manager_command archive_list, archive_show, archive_verify, archive_export,
    archive_restore;

#endif
