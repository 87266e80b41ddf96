/* escape.c - try to break out of a domain, from where its root stands.
 *
 * escape PID: enters every namespace and cgroup of that process, takes on its
 * capabilities and its bounding set as uid 0 of its user namespace, and tries.
 * escape host: the same attempts as root of this host, in a mount namespace of
 * its own: they must succeed there, or they prove nothing.
 *
 * Prints "allowed NAME" or "denied NAME: REASON" a line; changes nothing.
 */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static char place[] = "/tmp/escape-XXXXXX"; /* a folder to mount on */

static int try_mount(const char *type)
{
	if (mount("none", place, type, 0, NULL) < 0)
		return -1;
	(void)umount(place);
	return 0;
}

static int mount_tmpfs(void)
{
	return try_mount("tmpfs");
}

static int mount_proc(void)
{
	return try_mount("proc");
}

static int mount_sysfs(void)
{
	return try_mount("sysfs");
}

static int mount_devtmpfs(void)
{
	return try_mount("devtmpfs");
}

static int mount_bind(void)
{
	if (mount("/proc", place, NULL, MS_BIND, NULL) < 0)
		return -1;
	(void)umount(place);
	return 0;
}

static int remount_proc_sys(void)
{
	return mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND, NULL);
}

static int make_node(mode_t type, unsigned major_, unsigned minor_)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/node", place);
	if (mknod(path, type | 0600, makedev(major_, minor_)) < 0)
		return -1;
	(void)unlink(path);
	return 0;
}

static int mknod_disk(void)
{
	return make_node(S_IFBLK, 254, 0);
}

static int mknod_memory(void)
{
	return make_node(S_IFCHR, 1, 1);
}

/* Opening for writing is enough to know: nothing is written. */
static int open_to_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	(void)close(fd);
	return 0;
}

static int core_pattern(void)
{
	return open_to_write("/proc/sys/kernel/core_pattern");
}

static int sysrq(void)
{
	return open_to_write("/proc/sysrq-trigger");
}

static int modprobe_path(void)
{
	return open_to_write("/proc/sys/kernel/modprobe");
}

/* Writing is the proof here: the kernel judges it apart from opening. What is
 * there is written back. */
static int write_same(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDWR | O_CLOEXEC);
	ssize_t n;
	int done;

	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	if (n == 0)
		text[n++] = '\n';
	done = n > 0 && pwrite(fd, text, (size_t)n, 0) == n ? 0 : -1;
	(void)close(fd);
	return done;
}

static int release_agent(void)
{
	static const char *const paths[] = {
		"/sys/fs/cgroup/memory/release_agent",
		"/sys/fs/cgroup/systemd/release_agent",
		"/sys/fs/cgroup/cpu/release_agent",
	};
	int found = -1;

	for (size_t i = 0; i < LEN(paths) && found < 0; i++)
		found = write_same(paths[i]);
	return found;
}

static int cgroup_visible(void)
{
	return access("/sys/fs/cgroup/memory", F_OK) == 0 ||
		       access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0
		   ? 0
		   : -1;
}

static int cgroup_owned(void)
{
	return open_to_write("/sys/fs/cgroup/systemd/cgroup.procs");
}

static int own_memory_limit(void)
{
	return open_to_write("/sys/fs/cgroup/memory/memory.limit_in_bytes");
}

static int read_dmesg(void)
{
	static char buffer[4096];

	return klogctl(3, buffer, sizeof(buffer)) < 0 ? -1 : 0;
}

/* In a child: the one who tries must not keep what it gets. */
static int in_child(int (*attempt)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(attempt() == 0 ? 0 : errno);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return errno == 0 ? 0 : -1;
}

static int do_unshare_user(void)
{
	return unshare(CLONE_NEWUSER);
}

static int do_unshare_net(void)
{
	return unshare(CLONE_NEWNET);
}

static int do_unshare_mount(void)
{
	return unshare(CLONE_NEWNS);
}

static int do_chroot(void)
{
	return chroot("/proc");
}

static int do_hostname(void)
{
	char name[65];

	return gethostname(name, sizeof(name)) < 0
		   ? -1
		   : sethostname(name, strlen(name));
}

static int unshare_user(void)
{
	return in_child(do_unshare_user);
}

static int unshare_net(void)
{
	return in_child(do_unshare_net);
}

static int unshare_mount(void)
{
	return in_child(do_unshare_mount);
}

static int change_root(void)
{
	return in_child(do_chroot);
}

static int set_hostname(void)
{
	return in_child(do_hostname);
}

static int raw_socket(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)close(fd);
	return 0;
}

static int set_time(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		return -1;
	return clock_settime(CLOCK_REALTIME, &now);
}

static int raise_priority(void)
{
	struct sched_param param = { .sched_priority = 1 };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(
		    sched_setscheduler(0, SCHED_FIFO, &param) == 0 ? 0 : errno);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	errno = WEXITSTATUS(status);
	return errno == 0 ? 0 : -1;
}

/* clang-format off */
static const struct attempt {
	const char *name;
	int (*run)(void);
} attempts[] = {
	{ "mount-tmpfs",       mount_tmpfs },
	{ "mount-proc",        mount_proc },
	{ "mount-sysfs",       mount_sysfs },
	{ "mount-devtmpfs",    mount_devtmpfs },
	{ "mount-bind",        mount_bind },
	{ "remount-proc",      remount_proc_sys },
	{ "mknod-disk",        mknod_disk },
	{ "mknod-memory",      mknod_memory },
	{ "core_pattern",      core_pattern },
	{ "sysrq",             sysrq },
	{ "modprobe-path",     modprobe_path },
	{ "release_agent",     release_agent },
	{ "own-memory-limit",  own_memory_limit },
	{ "host-cgroups-seen", cgroup_visible },
	{ "host-cgroup-owned", cgroup_owned },
	{ "dmesg",             read_dmesg },
	{ "unshare-user",      unshare_user },
	{ "unshare-net",       unshare_net },
	{ "unshare-mount",     unshare_mount },
	{ "chroot",            change_root },
	{ "set-hostname",      set_hostname },
	{ "packet-socket",     raw_socket },
	{ "set-time",          set_time },
	{ "realtime-priority", raise_priority },
};
/* clang-format on */

static void die(const char *what)
{
	perror(what);
	exit(2);
}

struct capabilities {
	unsigned long long effective, bounding;
};

static struct capabilities capabilities_of(const char *pid)
{
	struct capabilities caps = { 0 };
	char path[64], line[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%s/status", pid);
	file = fopen(path, "re");
	if (file == NULL)
		die(path);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "CapEff:", 7) == 0)
			caps.effective = strtoull(line + 7, NULL, 16);
		if (strncmp(line, "CapBnd:", 7) == 0)
			caps.bounding = strtoull(line + 7, NULL, 16);
	}
	(void)fclose(file);
	return caps;
}

static void join_cgroups(const char *pid)
{
	char path[600], line[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%s/cgroup", pid);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		char *name = strchr(line, ':'), *group;
		int fd;

		line[strcspn(line, "\n")] = '\0';
		group = name != NULL ? strchr(++name, ':') : NULL;
		if (group == NULL || group == name)
			continue;
		*group++ = '\0';
		if (strncmp(name, "name=", 5) == 0)
			name += 5;
		(void)snprintf(path, sizeof(path),
		    "/sys/fs/cgroup/%s%s/cgroup.procs", name, group);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd >= 0 && write(fd, "0", 1) != 1)
			die(path);
		if (fd >= 0)
			(void)close(fd);
	}
	if (file != NULL)
		(void)fclose(file);
}

/* User last: after it we are no longer root of this host. */
static void join_namespaces(const char *pid)
{
	static const char *const names[] = { "cgroup", "ipc", "uts", "net",
		"pid", "mnt", "user" };
	int fds[LEN(names)];

	for (size_t i = 0; i < LEN(names); i++) {
		char path[64];

		(void)snprintf(
		    path, sizeof(path), "/proc/%s/ns/%s", pid, names[i]);
		fds[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (fds[i] < 0)
			die(path);
	}
	for (size_t i = 0; i < LEN(names); i++)
		if (setns(fds[i], 0) < 0)
			die(names[i]);
}

static void become_root(struct capabilities caps)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };

	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 ||
	    setresuid(0, 0, 0) < 0)
		die("become root of the domain");
	for (unsigned long cap = 0; cap <= CAP_LAST_CAP; cap++)
		if ((caps.bounding >> cap & 1) == 0 &&
		    prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			die("bounding set");
	for (int i = 0; i < 2; i++) {
		data[i].effective = (unsigned)(caps.effective >> 32 * i);
		data[i].permitted = data[i].effective;
	}
	if (syscall(SYS_capset, &header, data) < 0)
		die("capabilities");
}

static void enter(const char *pid)
{
	struct capabilities caps = capabilities_of(pid);
	int status;
	pid_t child;

	join_cgroups(pid);
	join_namespaces(pid);
	child = fork(); /* the PID namespace is the child's */
	if (child < 0)
		die("fork");
	if (child > 0) {
		(void)waitpid(child, &status, 0);
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
	}
	become_root(caps);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		(void)fputs("usage: escape PID|host\n", stderr);
		return 2;
	}
	if (strcmp(argv[1], "host") != 0)
		enter(argv[1]);
	else if (unshare(CLONE_NEWNS) < 0 ||
		 mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		die("mount namespace");
	if (mkdtemp(place) == NULL)
		die(place);
	for (size_t i = 0; i < LEN(attempts); i++) {
		errno = 0;
		if (attempts[i].run() == 0)
			(void)printf("allowed %s\n", attempts[i].name);
		else
			(void)printf("denied %s: %s\n", attempts[i].name,
			    strerror(errno));
	}
	(void)rmdir(place);
	return 0;
}
