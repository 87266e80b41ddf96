/* tree.c - file systems as detached trees: mounted, shifted, then shown in one
 * step, so that nobody ever sees a half-made mount.
 */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "hv/hv.h"
#include "hv/loop.h"
#include "hv/mount.h"

#define STACK_MAX 64

static int configure(int fs, const char *device, bool is_readonly)
{
	if (fsconfig(fs, FSCONFIG_SET_STRING, "source", device, 0) < 0)
		return -1;
	if (is_readonly && fsconfig(fs, FSCONFIG_SET_FLAG, "ro", NULL, 0) < 0)
		return -1;
	return fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

int hv_tree_open(
    const char *file, const char *type, int *ret_tree, struct hs_err *err)
{
	bool is_readonly = strcmp(type, "squashfs") == 0;
	unsigned attributes = MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID;
	hs_auto(hs_freep) char *device = NULL;
	hs_auto(hs_closep) int loop = -1, fs = -1;
	int tree;

	if (hv_loop_attach(file, is_readonly, &device, &loop, err) < 0)
		return -1;
	fs = fsopen(type, FSOPEN_CLOEXEC);
	if (fs < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "file system %s", type);
	if (configure(fs, device, is_readonly) < 0)
		return hs_fail_errno(err,
		    errno == EINVAL ? HS_EINVAL : HS_ESYSTEM, "%s: mount as %s",
		    file, type);
	if (is_readonly)
		attributes |= MOUNT_ATTR_RDONLY;
	tree = fsmount(fs, FSMOUNT_CLOEXEC, attributes);
	if (tree < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "%s: mount as %s", file, type);
	*ret_tree = tree;
	return 0;
}

static int write_map(pid_t pid, const char *which, unsigned base)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/%s", pid, which);
	hs_auto(hs_freep) char *map =
	    hs_printf("0 %u %d", base, HV_IDMAP_COUNT);
	hs_auto(hs_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(map);

	return fd >= 0 && write(fd, map, len) == (ssize_t)len ? 0 : -1;
}

/* In the child: a user namespace to lend, until the parent closes its end. */
static void lend_userns(int ready, int wait_for)
{
	char c = 0;

	if (unshare(CLONE_NEWUSER) == 0 && write(ready, &c, 1) == 1)
		(void)!read(wait_for, &c, 1);
	_exit(0);
}

static int userns_of(pid_t child, int ready, unsigned base)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/ns/user", child);
	char c;

	if (read(ready, &c, 1) != 1)
		return -1;
	if (write_map(child, "uid_map", base) < 0 ||
	    write_map(child, "gid_map", base) < 0)
		return -1;
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* The kernel takes the map from a user namespace, so one is made for it. */
static int userns_make(unsigned base, int *ret_userns)
{
	int up[2], down[2], userns;
	pid_t child;

	if (pipe2(up, O_CLOEXEC) < 0)
		return -1;
	if (pipe2(down, O_CLOEXEC) < 0) {
		(void)close(up[0]);
		(void)close(up[1]);
		return -1;
	}
	child = fork();
	if (child == 0) {
		(void)close(down[1]);
		lend_userns(up[1], down[0]);
	}
	(void)close(up[1]);
	(void)close(down[0]);
	userns = child > 0 ? userns_of(child, up[0], base) : -1;
	(void)close(up[0]);
	(void)close(down[1]);
	if (child > 0) {
		int saved = errno;

		(void)kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0);
		errno = saved;
	}
	*ret_userns = userns;
	return userns >= 0 ? 0 : -1;
}

int hv_tree_idmap(int tree, unsigned base, struct hs_err *err)
{
	hs_auto(hs_closep) int userns = -1;
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP };

	if (base == 0 || base > UINT32_MAX - HV_IDMAP_COUNT)
		return hs_fail(err, HS_EINVAL, "no owners from %u up", base);
	if (userns_make(base, &userns) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "user namespace for owners %u", base);
	attr.userns_fd = (unsigned)userns;
	if (mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "shift owners to %u", base);
	return 0;
}

int hv_tree_show(int tree, const char *dir, struct hs_err *err)
{
	if (move_mount(tree, "", AT_FDCWD, dir, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "mount at %s", dir);
	return 0;
}

bool hv_is_mount(const char *dir, dev_t *ret_device, uid_t *ret_owner)
{
	struct statx st;

	if (statx(AT_FDCWD, dir, AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW,
		STATX_BASIC_STATS, &st) < 0 ||
	    (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0)
		return false;
	*ret_device = makedev(st.stx_dev_major, st.stx_dev_minor);
	*ret_owner = st.stx_uid;
	return true;
}

int hv_unmount_all(const char *dir, struct hs_err *err)
{
	dev_t device;
	uid_t owner;

	for (int i = 0; hv_is_mount(dir, &device, &owner); i++) {
		if (i == STACK_MAX)
			return hs_fail(
			    err, HS_ESYSTEM, "%s: mounts without end", dir);
		if (umount2(dir, UMOUNT_NOFOLLOW) < 0 &&
		    umount2(dir, UMOUNT_NOFOLLOW | MNT_DETACH) < 0)
			return hs_fail_errno(
			    err, HS_ESYSTEM, "unmount %s", dir);
	}
	return 0;
}
