/* lxc.c - an LXC domain's processes: which is the first, and how many there may
 * be. libvirt 9 sets no limit on them.
 */

#include "hv/lxc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "hv/hv.h"

#define PIDS_V1   "/sys/fs/cgroup/pids"
#define CGROUP_V2 "/sys/fs/cgroup"
#define OURS      PIDS_V1 "/hanse"
#define PROC_MAX  65536
#define PASSES    50
#define PAUSE_NS  2000000L

/* Whether the last of a process's PIDs ("NSpid: 4711 1") is 1. */
static bool is_init(pid_t pid)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/status", pid);
	hs_auto(hs_freep) char *status = NULL;
	const char *line, *end, *last;

	if (hs_file_read(path, PROC_MAX, &status, NULL, NULL) < 0)
		return false;
	line = strstr(status, "\nNSpid:");
	if (line == NULL || (end = strchr(line + 1, '\n')) == NULL)
		return false;
	for (last = end; last > line && last[-1] != '\t';)
		last--;
	return end - last == 1 && *last == '1';
}

int hv_init_of(unsigned controller, pid_t *ret_pid, struct hs_err *err)
{
	hs_auto(hs_freep) char *path =
	    hs_printf("/proc/%u/task/%u/children", controller, controller);
	hs_auto(hs_freep) char *list = NULL;
	char *save = NULL;

	if (hs_file_read(path, PROC_MAX, &list, NULL, NULL) == 0)
		for (char *p = strtok_r(list, " ", &save); p != NULL;
		     p = strtok_r(NULL, " ", &save)) {
			pid_t pid = (pid_t)strtol(p, NULL, 10);

			if (pid > 1 && is_init(pid)) {
				*ret_pid = pid;
				return 0;
			}
		}
	return hs_fail(err, HS_ECONFLICT, "no first process");
}

static int put(const char *path, const char *text)
{
	hs_auto(hs_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);

	return fd >= 0 && write(fd, text, len) == (ssize_t)len ? 0 : -1;
}

/*
 * A process's PID namespace; 0 if it has gone. One that is dead and not yet
 * waited for still has this one, but no other, and cannot be moved any more.
 */
static ino_t pid_namespace(const char *pid)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%s/ns/pid", pid);
	hs_auto(hs_freep) char *other = hs_printf("/proc/%s/ns/uts", pid);
	struct stat st, alive;

	return stat(path, &st) == 0 && stat(other, &alive) == 0 ? st.st_ino : 0;
}

/* Whether a process's cgroup of one controller is this (v1). */
static bool is_in(const char *pid, const char *group)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%s/cgroup", pid);
	hs_auto(hs_freep) char *want = hs_printf(":pids:%s\n", group);
	hs_auto(hs_freep) char *text = NULL;

	return hs_file_read(path, PROC_MAX, &text, NULL, NULL) == 0 &&
	       strstr(text, want) != NULL;
}

/*
 * One pass over all processes: those of the namespace that are not in the
 * group are moved. A process may have forked behind our back, so the caller
 * repeats this until nothing was left to move.
 */
static int move_pass(ino_t ns, const char *dir, const char *group,
    int *ret_moved, struct hs_err *err)
{
	hs_auto(hs_freep) char *procs = hs_printf("%s/cgroup.procs", dir);
	DIR *proc = opendir("/proc");
	int moved = 0, failed = 0;

	if (proc == NULL)
		return hs_fail_errno(err, HS_ESYSTEM, "/proc");
	for (struct dirent *e; (e = readdir(proc)) != NULL;) {
		if (strspn(e->d_name, "0123456789") != strlen(e->d_name) ||
		    pid_namespace(e->d_name) != ns || is_in(e->d_name, group))
			continue;
		moved++;
		if (put(procs, e->d_name) < 0 && errno != ESRCH)
			failed = errno;
	}
	(void)closedir(proc);
	errno = failed;
	if (failed != 0)
		return hs_fail_errno(err, HS_ESYSTEM, "%s", procs);
	*ret_moved = moved;
	return 0;
}

static int limit_v1(const char *name, pid_t init, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = hs_printf(OURS "/%s", name);
	hs_auto(hs_freep) char *group = hs_printf("/hanse/%s", name);
	hs_auto(hs_freep) char *max = hs_printf("%s/pids.max", dir);
	hs_auto(hs_freep) char *count = hs_printf("%d", HV_PIDS_MAX);
	hs_auto(hs_freep) char *pid = hs_printf("%d", init);
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	ino_t ns = pid_namespace(pid);
	int moved = 1;

	if (hs_dir_make(dir, 0755, err) < 0)
		return -1;
	if (put(max, count) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "%s", max);
	if (ns == 0)
		return hs_fail(err, HS_ECONFLICT, "it stopped again");
	for (int i = 0; moved > 0; i++, (void)nanosleep(&pause, NULL)) {
		if (i == PASSES)
			return hs_fail(
			    err, HS_ESYSTEM, "it forks faster than we count");
		if (move_pass(ns, dir, group, &moved, err) < 0)
			return -1;
	}
	return 0;
}

/* From the root down, each group allows those below it to count processes. */
static void enable_v2(const char *group)
{
	for (const char *p = group; (p = strchr(p, '/')) != NULL; p++) {
		hs_auto(hs_freep) char *control =
		    hs_printf(CGROUP_V2 "%.*s/cgroup.subtree_control",
			(int)(p - group), group);

		(void)put(control, "+pids");
	}
}

/* On cgroup v2 libvirt has given the domain a group: it gets the limit. */
static int limit_v2(pid_t init, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/cgroup", init);
	hs_auto(hs_freep) char *text = NULL, *max = NULL, *count = NULL;
	char *group;

	if (hs_file_read(path, PROC_MAX, &text, NULL, err) < 0)
		return -1;
	group = strstr(text, "0::/");
	if (group == NULL)
		return hs_fail(err, HS_ESYSTEM, "no cgroup for processes");
	group[strcspn(group, "\n")] = '\0';
	max = hs_printf(CGROUP_V2 "%s/pids.max", group + 3);
	count = hs_printf("%d", HV_PIDS_MAX);
	if (access(max, F_OK) < 0)
		enable_v2(group + 3);
	if (put(max, count) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "%s", max);
	return 0;
}

int hv_pids_limit(const char *name, pid_t init, struct hs_err *err)
{
	if (access(PIDS_V1 "/cgroup.procs", F_OK) == 0)
		return limit_v1(name, init, err);
	return limit_v2(init, err);
}

void hv_pids_remove(const char *name)
{
	hs_auto(hs_freep) char *dir = hs_printf(OURS "/%s", name);

	(void)rmdir(dir);
	(void)rmdir(OURS); /* the last one takes the folder along */
}
