/* idmap.c - mount SRC at DST with owners shifted: idmap SRC DST BASE. */

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void map_write(pid_t pid, const char *which, const char *base)
{
	char path[64], line[64];
	int fd, len;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, which);
	len = snprintf(line, sizeof(line), "0 %s 65536", base);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, line, (size_t)len) != len)
		die(path);
	(void)close(fd);
}

/* A user namespace with that mapping, held by a child. */
static int namespace_open(const char *base, pid_t *ret_pid)
{
	char path[64], c = 0;
	int ready[2], fd;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0)
		die("pipe");
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER) < 0 || write(ready[1], &c, 1) != 1)
			die("unshare");
		(void)pause();
	}
	if (pid < 0 || read(ready[0], &c, 1) != 1)
		die("fork");
	map_write(pid, "uid_map", base);
	map_write(pid, "gid_map", base);
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	*ret_pid = pid;
	return fd;
}

int main(int argc, char **argv)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP };
	pid_t pid;
	int tree;

	if (argc != 4)
		return 2;
	attr.userns_fd = (__u64)namespace_open(argv[3], &pid);
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, argv[1],
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0 || syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH,
			    &attr, sizeof(attr)) < 0)
		die("mount_setattr");
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, argv[2],
		MOVE_MOUNT_F_EMPTY_PATH) < 0)
		die("move_mount");
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return 0;
}
