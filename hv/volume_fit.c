/* volume_fit.c - volumes that grow: the file, then the ext4 in it, while nobody
 * has it mounted or, where the kernel lets us, while somebody does.
 */

#include <errno.h>
#include <ext2fs/ext2fs.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/loop.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/mem.h"
#include "hv/hv.h"
#include "hv/loop.h"
#include "hv/run.h"

#define FIT_MS      600000
#define FSCK_MENDED 1   /* e2fsck found faults, and there are none left */
#define ERRNO_MAX   256 /* libext2fs' own codes are beyond */
/* Whoever has it mounted may be writing: its checksum comes a moment later. */
#define SUPER_FLAGS \
	(EXT2_FLAG_64BITS | EXT2_FLAG_SUPER_ONLY | EXT2_FLAG_IGNORE_CSUM_ERRORS)

/** What the superblock says. */
struct content {
	uint64_t bytes;
	bool has_errors; /* noted by the kernel, or a resize was killed */
};

/* Of what is mounted, the device knows more than the file. */
static int look(
    const char *path, struct content *ret_content, struct hs_err *err)
{
	hs_auto(hs_freep) char *device = NULL;
	const char *from = hv_loop_find(path, &device) ? device : path;
	ext2_filsys fs = NULL;
	errcode_t e =
	    ext2fs_open(from, SUPER_FLAGS, 0, 0, unix_io_manager, &fs);

	if (e >= ERRNO_MAX)
		return hs_fail(
		    err, HS_EINVAL, "volume %s has no ext4 in it", path);
	if (e != 0) {
		errno = (int)e;
		return hs_fail_errno(err,
		    e == ENOENT ? HS_ENOTFOUND : HS_ESYSTEM, "volume %s", path);
	}
	*ret_content = (struct content) {
		.bytes = ext2fs_blocks_count(fs->super) * fs->blocksize,
		.has_errors = (fs->super->s_state & EXT2_ERROR_FS) != 0,
	};
	ext2fs_free(fs);
	return 0;
}

int hv_volume_content_size(
    const char *path, uint64_t *ret_bytes, struct hs_err *err)
{
	struct content content;

	if (hs_fault("hv.volume.content", err) < 0 ||
	    look(path, &content, err) < 0)
		return -1;
	*ret_bytes = content.bytes;
	return 0;
}

int hv_volume_grow(const char *path, uint64_t size_bytes, struct hs_err *err)
{
	hs_auto(hs_closep) int fd = -1;
	struct content content;
	struct stat st;
	uint64_t is;

	if (hs_fault("hv.volume.grow", err) < 0 ||
	    look(path, &content, err) < 0)
		return -1;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "volume %s", path);
	is = (uint64_t)st.st_size;
	if (is < content.bytes)
		return hs_fail(err, HS_ECONFLICT,
		    "volume %s has lost its end: its file system has %llu "
		    "bytes, its file %llu; put it back from a backup",
		    path, (unsigned long long)content.bytes,
		    (unsigned long long)is);
	if (is > size_bytes)
		return hs_fail(err, HS_ECONFLICT,
		    "volume %s has %llu bytes, more than %llu: nothing is cut "
		    "off",
		    path, (unsigned long long)is,
		    (unsigned long long)size_bytes);
	if (is < size_bytes && ftruncate(fd, (off_t)size_bytes) < 0)
		return hs_fail_errno(err,
		    errno == EFBIG || errno == ENOSPC ? HS_ELIMIT : HS_ESYSTEM,
		    "volume %s", path);
	if (fsync(fd) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "volume %s", path);
	return 0;
}

/* A program of a hansed that was killed may still be at it: each has the lock
 * as its own. */
static int await(const char *path, struct hs_err *err)
{
	hs_auto(hs_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX) == 0)
		return 0;
	return hs_fail_errno(err, errno == ENOENT ? HS_ENOTFOUND : HS_ESYSTEM,
	    "volume %s", path);
}

static int check(const char *path, struct hs_err *err)
{
	const char *run[] = { "flock", "--no-fork", path, "e2fsck", "-f", "-p",
		path, NULL };

	if (hv_run_to(run, FIT_MS, FSCK_MENDED, err) < 0)
		return hs_wrap(
		    err, "check volume %s (by hand: e2fsck -f)", path);
	return 0;
}

static int fill(const char *path, struct hs_err *err)
{
	const char *run[] = { "flock", "--no-fork", path, "resize2fs", path,
		NULL };

	if (hv_run_to(run, FIT_MS, 0, err) < 0)
		return hs_wrap(err, "grow the file system of %s", path);
	return 0;
}

/* After a way of growing it. */
static int expect(const char *path, uint64_t least_bytes, struct hs_err *err)
{
	struct content now;

	if (look(path, &now, err) < 0)
		return -1;
	if (now.bytes >= least_bytes)
		return 0;
	return hs_fail(err, HS_ECONFLICT,
	    "the file system of volume %s has %llu bytes and cannot have %llu: "
	    "its file is too small",
	    path, (unsigned long long)now.bytes,
	    (unsigned long long)least_bytes);
}

int hv_volume_fit(const char *path, uint64_t least_bytes, struct hs_err *err)
{
	struct content is;

	if (hs_fault("hv.volume.fit", err) < 0 || await(path, err) < 0 ||
	    look(path, &is, err) < 0)
		return -1;
	if (is.bytes >= least_bytes && !is.has_errors)
		return 0;
	if (hv_loop_stays(path))
		return hs_fail(err, HS_ECONFLICT, "volume %s is in use", path);
	if (check(path, err) < 0 ||
	    (is.bytes < least_bytes && fill(path, err) < 0))
		return -1;
	return expect(path, least_bytes, err);
}

/* -- While it is mounted --------------------------------------------------- */

bool hv_volume_fits_live(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { 0 };

	/* ext4 asks for it, whoever's the file system is. */
	return syscall(SYS_capget, &head, sets) == 0 &&
	       (sets[CAP_TO_INDEX(CAP_SYS_RESOURCE)].effective &
		   CAP_TO_MASK(CAP_SYS_RESOURCE)) != 0;
}

/* The device is told that its file is larger now. */
static int tell_loop(const char *device, struct hs_err *err)
{
	hs_auto(hs_closep) int fd = open(device, O_RDWR | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, LOOP_SET_CAPACITY, 0) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "size of %s", device);
	return 0;
}

int hv_volume_fit_live(
    const char *path, uint64_t least_bytes, struct hs_err *err)
{
	hs_auto(hs_freep) char *device = NULL;
	const char *run[] = { "resize2fs", NULL, NULL };

	if (hs_fault("hv.volume.fit_live", err) < 0)
		return -1;
	if (!hv_loop_find(path, &device))
		return hs_fail(
		    err, HS_ECONFLICT, "volume %s is not mounted", path);
	run[1] = device;
	if (tell_loop(device, err) < 0 || hv_run_to(run, FIT_MS, 0, err) < 0)
		return hs_wrap(err, "grow the file system of %s", path);
	return expect(path, least_bytes, err);
}
