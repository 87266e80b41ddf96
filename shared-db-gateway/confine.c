/* confine.c - Landlock for files, seccomp for calls. */

#include "shared-db-gateway/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"

/* -- Files ----------------------------------------------------------------- */

#define READ_FILE LANDLOCK_ACCESS_FS_READ_FILE
#define READ_DIR  (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_DIR                                                        \
	(READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |                      \
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE)
/* All that the first version of Landlock knows. */
#define ALL ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

static int allow(int ruleset, const char *path, bool is_optional,
    unsigned long long access, struct hs_err *err)
{
	hs_auto(hs_closep) int fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr rule = { .allowed_access = access,
		.parent_fd = fd };

	if (fd < 0 && is_optional)
		return 0;
	if (fd < 0 || syscall(SYS_landlock_add_rule, ruleset,
			  LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "allow '%s'", path);
	return 0;
}

static int allow_all(int ruleset, const char *audit, struct hs_err *err)
{
	/* OpenSSL's own, and where the C library looks for the time zone. */
	static const char *const common[] = { "/etc/ssl", "/usr/lib/ssl",
		"/usr/share/zoneinfo", "/etc/localtime", "/dev/urandom",
		"/usr/lib" };

	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		if (allow(ruleset, common[i], true,
			i == 3 || i == 4 ? READ_FILE : READ_DIR, err) < 0)
			return -1;
	return audit != NULL ? allow(ruleset, audit, false, WRITE_DIR, err) : 0;
}

int gw_confine_files(const char *audit, struct hs_err *err)
{
	const struct landlock_ruleset_attr all = { .handled_access_fs = ALL };
	hs_auto(hs_closep) int ruleset =
	    (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);

	if (ruleset < 0) {
		hs_warn("confine.files", "msg=\"no Landlock here: %s\"",
		    strerror(errno));
		return 0;
	}
	if (allow_all(ruleset, audit, err) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "confine the files");
	return 0;
}

/* -- Calls ----------------------------------------------------------------- */

/* clang-format off */
static const int for_all[] = {
	/* Connections that are there, and waiting for them. */
	SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_ctl),
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(fcntl), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
	/* Memory, time, the end. */
	SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(mprotect),
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(getcpu), SCMP_SYS(getrandom), SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(tgkill),
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

static const int for_listener[] = {
	SCMP_SYS(accept4),
};

static const int for_worker[] = {
	/* Connections to PostgreSQL. */
	SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(shutdown), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(eventfd2), SCMP_SYS(io_submit), SCMP_SYS(io_getevents), SCMP_SYS(io_destroy),
	/* Files. */
	SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(lseek), SCMP_SYS(stat), SCMP_SYS(lstat),
	SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(getdents64), SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(fadvise64), SCMP_SYS(readlink),
	/* Threads that are there, and what libraries ask. */
	SCMP_SYS(sched_getaffinity), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(getrusage), SCMP_SYS(prlimit64),
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(membarrier),
};
/* clang-format on */

static void filter_freep(scmp_filter_ctx *filter)
{
	if (*filter != NULL)
		seccomp_release(*filter);
}

static int allow_calls(scmp_filter_ctx filter, const int *list, size_t count)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, list[i], 0);
	return rc;
}

static int confine_calls(const int *more, size_t count, struct hs_err *err)
{
	/* What is not needed fails, as if there were no right to it: a call
	 * that was forgotten here must not end everybody's sessions. */
	hs_auto(filter_freep) scmp_filter_ctx filter =
	    seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = filter != NULL
		     ? allow_calls(filter, for_all, ARRAY_LEN(for_all))
		     : -ENOMEM;

	if (rc == 0)
		rc = allow_calls(filter, more, count);
	if (rc == 0)
		rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (rc == 0)
		rc = seccomp_load(filter);
	return rc == 0 ? 0
		       : hs_fail(err, HS_ESYSTEM, "confine the calls: %s",
			     strerror(-rc));
}

int gw_confine_listener(struct hs_err *err)
{
	return confine_calls(for_listener, ARRAY_LEN(for_listener), err);
}

int gw_confine_worker(struct hs_err *err)
{
	return confine_calls(for_worker, ARRAY_LEN(for_worker), err);
}
