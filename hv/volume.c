/* volume.c - data volumes: sparse raw files with an ext4 in each. Plain files
 * and mkfs.ext4, not libvirt's storage pools: a pool must be refreshed, and
 * refuses work while it is.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "hv/hv.h"
#include "hv/loop.h"
#include "hv/run.h"

#define MKFS_MS 60000

static int make_sparse(const char *path, uint64_t size, struct hs_err *err)
{
	hs_auto(hs_closep) int fd =
	    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		return hs_fail_errno(err,
		    errno == EFBIG || errno == ENOSPC ? HS_ELIMIT : HS_ESYSTEM,
		    "%s", path);
	return 0;
}

static int sync_file(const char *path, struct hs_err *err)
{
	hs_auto(hs_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "%s", path);
	return 0;
}

static int make(const char *draft, const char *path, uint64_t size,
    const char *uuid, struct hs_err *err)
{
	const char *mkfs[] = { "mkfs.ext4", "-q", "-F", "-U", uuid, "-E",
		"root_owner=0:0,lazy_itable_init=1", "-m", "1", draft, NULL };

	if (make_sparse(draft, size, err) < 0 ||
	    hv_run(mkfs, MKFS_MS, err) < 0 || sync_file(draft, err) < 0)
		return -1;
	if (renameat2(AT_FDCWD, draft, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return 0;
	return hs_fail_errno(
	    err, errno == EEXIST ? HS_EEXISTS : HS_ESYSTEM, "%s", path);
}

int hv_volume_create(
    const char *path, uint64_t size_bytes, const char *uuid, struct hs_err *err)
{
	hs_auto(hs_freep) char *draft = hs_printf("%s.new", path);

	if (hs_fault("hv.volume.create", err) < 0)
		return -1;
	if (hv_volume_exists(path))
		return hs_fail(err, HS_EEXISTS, "volume %s exists", path);
	if (make(draft, path, size_bytes, uuid, err) == 0)
		return 0;
	(void)unlink(draft);
	return hs_wrap(err, "make volume");
}

bool hv_volume_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int hv_volume_size(const char *path, uint64_t *ret_bytes, struct hs_err *err)
{
	struct stat st;

	if (hs_fault("hv.volume.size", err) < 0)
		return -1;
	if (stat(path, &st) < 0)
		return hs_fail_errno(err,
		    errno == ENOENT ? HS_ENOTFOUND : HS_ESYSTEM, "volume %s",
		    path);
	*ret_bytes = (uint64_t)st.st_size;
	return 0;
}

int hv_volume_delete(const char *path, struct hs_err *err)
{
	if (hs_fault("hv.volume.delete", err) < 0)
		return -1;
	if (hv_loop_stays(path))
		return hs_fail(err, HS_ECONFLICT, "volume %s is in use", path);
	if (unlink(path) < 0 && errno != ENOENT)
		return hs_fail_errno(err, HS_ESYSTEM, "volume %s", path);
	return 0;
}
