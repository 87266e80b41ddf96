/* mount.h - private: file systems as detached trees, before they are shown. */
#ifndef HANSE_HV_MOUNT_H
#define HANSE_HV_MOUNT_H

#include <stdbool.h>
#include <sys/types.h>

struct hs_err;

/**
 * Mount a file's file system nowhere yet.
 *
 * @type:      "squashfs" (read-only) or "ext4"
 * @ret_tree:  descriptor of the detached mount
 *
 * Errors: HS_ENOTFOUND, HS_EINVAL (no such file system in it), HS_ESYSTEM.
 */
int hv_tree_open(
    const char *file, const char *type, int *ret_tree, struct hs_err *err);

/**
 * Shift the owners of a detached tree: 0 to base, and so on.
 * Errors: HS_EINVAL, HS_ESYSTEM.
 */
int hv_tree_idmap(int tree, unsigned base, struct hs_err *err);

/** Attach a detached tree at a folder. */
int hv_tree_show(int tree, const char *dir, struct hs_err *err);

/** Whether a folder is the root of a mount; then also its device, owner. */
bool hv_is_mount(const char *dir, dev_t *ret_device, uid_t *ret_owner);

/** Unmount all that is stacked on a folder. */
int hv_unmount_all(const char *dir, struct hs_err *err);

#endif
