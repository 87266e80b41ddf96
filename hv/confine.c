/* confine.c - what libvirt's LXC driver leaves open in a domain.
 *
 * A process that makes a user namespace holds every capability in it, and the
 * kernel's code behind those is the usual way out of a container. And on hosts
 * with cgroup v1 a domain sees the cgroups of the whole host, with the names
 * of all domains; the root of systemd's hierarchy even is given to it.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "hv/lxc.h"

#define MAX_USERNS "/proc/sys/user/max_user_namespaces"
#define CGROUPS    "/sys/fs/cgroup"
#define SYSTEMD    CGROUPS "/systemd"
#define STACK_MAX  32

/*
 * Run a step inside one of a process's namespaces, in a child: setns() is for
 * processes with one thread. The step may only make system calls, for the
 * parent has threads; it returns 0 or an errno.
 */
static int run_inside(pid_t pid, const char *kind, int (*step)(void),
    const char *what, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/ns/%s", pid, kind);
	hs_auto(hs_freep) char *own = hs_printf("/proc/self/ns/%s", kind);
	hs_auto(hs_closep) int ns = open(path, O_RDONLY | O_CLOEXEC);
	struct stat theirs, ours;
	int status = 0;
	pid_t child;

	if (ns < 0 || fstat(ns, &theirs) < 0 || stat(own, &ours) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "%s", path);
	if (theirs.st_ino == ours.st_ino)
		return hs_fail(err, HS_ESYSTEM,
		    "%s: it has no %s namespace of its own", what, kind);
	child = fork();
	if (child == 0)
		_exit(setns(ns, 0) < 0 ? errno : step());
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "fork");
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return errno == 0 ? 0 : hs_fail_errno(err, HS_ESYSTEM, "%s", what);
}

/* The value is that of the user namespace of whoever opens the file. */
static int forbid(void)
{
	char back[8] = "";
	int fd = open(MAX_USERNS, O_RDWR | O_CLOEXEC);

	if (fd < 0 || write(fd, "0", 1) != 1 || lseek(fd, 0, SEEK_SET) != 0 ||
	    read(fd, back, sizeof(back) - 1) < 1)
		return errno;
	return back[0] == '0' ? 0 : EPERM;
}

int hv_userns_forbid(pid_t init, struct hs_err *err)
{
	return run_inside(init, "user", forbid, "forbid user namespaces", err);
}

static bool is_mount(const char *path)
{
	struct statx st;

	return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &st) == 0 &&
	       (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

static int hide(void)
{
	for (int i = 0; is_mount(CGROUPS); i++)
		if (i == STACK_MAX || umount2(CGROUPS, MNT_DETACH) < 0)
			return errno;
	return 0;
}

/* Give back to root what libvirt gave to the domain. */
static int take_back(struct hs_err *err)
{
	DIR *dir = opendir(SYSTEMD);
	int failed = 0;

	if (dir == NULL)
		return errno == ENOENT
			   ? 0
			   : hs_fail_errno(err, HS_ESYSTEM, SYSTEMD);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		if (strcmp(e->d_name, "..") != 0 && e->d_type != DT_LNK &&
		    fchownat(dirfd(dir), e->d_name, 0, 0, AT_SYMLINK_NOFOLLOW) <
			0 &&
		    errno != ENOENT)
			failed = errno;
	(void)closedir(dir);
	errno = failed;
	return failed == 0 ? 0 : hs_fail_errno(err, HS_ESYSTEM, "own " SYSTEMD);
}

int hv_cgroups_hide(pid_t init, struct hs_err *err)
{
	if (run_inside(init, "mnt", hide, "hide cgroups", err) < 0)
		return -1;
	return take_back(err);
}
