/* run.c - run a program of the system to its end, with a deadline. */

#include "hv/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

#define MESSAGE_MAX 400
#define OUTPUT_MAX  (64 * 1024 * 1024)

static char *const environment[] = {
	(char[]) { "PATH=/usr/sbin:/usr/bin:/sbin:/bin" },
	(char[]) { "LC_ALL=C" },
	NULL,
};

static int start(const char *const argv[], int out, pid_t *ret_pid)
{
	posix_spawn_file_actions_t files;
	int e;

	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_addopen(
	    &files, 0, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_adddup2(&files, out, 1);
	(void)posix_spawn_file_actions_adddup2(&files, out, 2);
	e = posix_spawnp(ret_pid, argv[0], &files, NULL,
	    (char *const *)(const void *)argv, environment);
	(void)posix_spawn_file_actions_destroy(&files);
	return e;
}

/* Wait for the end; kill what takes too long. */
static int finish(pid_t pid, int timeout_ms, int *ret_status)
{
	hs_auto(hs_closep) int handle = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd poll_for = { .fd = handle, .events = POLLIN };
	int ready = handle < 0 ? 1 : poll(&poll_for, 1, timeout_ms);

	if (ready == 0)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return ready == 0 ? -1 : 0;
}

/* What a program has printed. */
static char *printed(int out, size_t max)
{
	off_t size = lseek(out, 0, SEEK_END);
	size_t len = size < 0 ? 0 : (size_t)size < max ? (size_t)size : max;
	char *text = hs_alloc(len + 1);
	ssize_t n = pread(out, text, len, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* How it ended: an exit status, or -1. */
static int run(const char *const argv[], int timeout_ms, int out,
    int *ret_status, struct hs_err *err)
{
	int status = 0, e;
	pid_t pid;

	e = start(argv, out, &pid);
	if (e != 0)
		return hs_fail(err, HS_ESYSTEM, "%s: %s", argv[0], strerror(e));
	if (finish(pid, timeout_ms, &status) < 0)
		return hs_fail(err, HS_ESYSTEM, "%s took more than %d ms",
		    argv[0], timeout_ms);
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return 0;
}

/* A first line is enough for a message. */
static int run_well(
    const char *const argv[], int timeout_ms, int out, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = NULL;
	int status;

	if (run(argv, timeout_ms, out, &status, err) < 0)
		return -1;
	if (status == 0)
		return 0;
	text = printed(out, MESSAGE_MAX);
	text[strcspn(text, "\n")] = '\0';
	return hs_fail(err, HS_ESYSTEM, "%s failed: %s", argv[0], text);
}

int hv_run(const char *const argv[], int timeout_ms, struct hs_err *err)
{
	hs_auto(hs_closep) int out = memfd_create("output", MFD_CLOEXEC);

	return run_well(argv, timeout_ms, out, err);
}

int hv_run_to(
    const char *const argv[], int timeout_ms, int most, struct hs_err *err)
{
	hs_auto(hs_closep) int out = memfd_create("output", MFD_CLOEXEC);
	hs_auto(hs_freep) char *text = NULL;
	int status;

	if (run(argv, timeout_ms, out, &status, err) < 0)
		return -1;
	if (status >= 0 && status <= most)
		return 0;
	text = printed(out, MESSAGE_MAX);
	for (char *p = text; (p = strchr(p, '\n')) != NULL;)
		*p = p[1] == '\0' ? '\0' : ' ';
	return hs_fail(err, HS_ESYSTEM, "%s", text);
}

int hv_run_read(const char *const argv[], int timeout_ms, char **ret_text,
    struct hs_err *err)
{
	hs_auto(hs_closep) int out = memfd_create("output", MFD_CLOEXEC);

	if (run_well(argv, timeout_ms, out, err) < 0)
		return -1;
	*ret_text = printed(out, OUTPUT_MAX);
	return 0;
}
