/* remote.c - run hanse-host on another host. */

#include "provisioning/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/text.h"

#define PROGRAM        "/usr/local/libexec/hanse/hanse-host"
#define OUTPUT_MAX     65536
#define STATUS_OF_CODE 10 /* as in hv/agent/main.c */

extern char **environ;

/** A program under way. */
struct run {
	const char **argv;
	int in, out, messages;
};

static void run_done(struct run *run)
{
	free(run->argv);
	hs_closep(&run->in);
	hs_closep(&run->out);
	hs_closep(&run->messages);
}

/* Nothing a shell would take for more than a word. */
static int check_word(const char *word, struct hs_err *err)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789-_./";

	if (word[0] == '\0' || strspn(word, good) != strlen(word))
		return hs_fail(err, HS_EINVAL, "'%s' cannot be sent", word);
	return 0;
}

static int line_of(const struct host *host, const char *const *argv,
    struct run *run, struct hs_err *err)
{
	size_t n = 0, words = json_array_size(host->shell), i;
	json_t *word;

	while (argv[n] != NULL)
		if (check_word(argv[n++], err) < 0)
			return -1;
	run->argv = hs_alloc((words + n + 2) * sizeof(*run->argv));
	json_array_foreach (host->shell, i, word)
		run->argv[i] = json_string_value(word);
	run->argv[words] = PROGRAM;
	for (i = 0; i < n; i++)
		run->argv[words + 1 + i] = argv[i];
	return 0;
}

static int open_streams(struct run *run, const char *input, struct hs_err *err)
{
	run->in =
	    open(input != NULL ? input : "/dev/null", O_RDONLY | O_CLOEXEC);
	run->out = memfd_create("output", MFD_CLOEXEC);
	run->messages = memfd_create("messages", MFD_CLOEXEC);
	if (run->in < 0 || run->out < 0 || run->messages < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "%s",
		    input != NULL ? input : "memory for output");
	return 0;
}

/* In a process group of its own, so that helpers of ssh end with it. */
static int start(const struct run *run, pid_t *ret_pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	int e;

	(void)sigemptyset(&none);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setpgroup(&attributes, 0);
	(void)posix_spawnattr_setflags(
	    &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_adddup2(&files, run->in, STDIN_FILENO);
	(void)posix_spawn_file_actions_adddup2(&files, run->out, STDOUT_FILENO);
	(void)posix_spawn_file_actions_adddup2(
	    &files, run->messages, STDERR_FILENO);
	e = posix_spawnp(ret_pid, run->argv[0], &files, &attributes,
	    (char *const *)(const void *)run->argv, environ);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&files);
	return e;
}

/* 0 and its status, or -1 if it took too long. */
static int finish(pid_t pid, int timeout_ms, int *ret_status)
{
	hs_auto(hs_closep) int handle = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = { .fd = handle, .events = POLLIN };
	int ready;

	do
		ready = handle < 0 ? 1 : poll(&p, 1, timeout_ms);
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		(void)kill(-pid, SIGKILL);
	while (waitpid(pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return ready == 0 ? -1 : 0;
}

static char *printed(int fd)
{
	char *text = hs_alloc(OUTPUT_MAX + 1);
	ssize_t n = pread(fd, text, OUTPUT_MAX, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* Its last line says why: those before may be ssh's. */
static int fail_as(const struct host *host, const struct run *run, int status,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *text = printed(run->messages);
	int code = WIFEXITED(status) ? WEXITSTATUS(status) - STATUS_OF_CODE : 0;
	size_t len = strlen(text);
	const char *line;

	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		text[--len] = '\0';
	line = strrchr(text, '\n');
	return hs_fail(err,
	    code > HS_OK && code < HS_CODE_COUNT ? (enum hs_code)code
						 : HS_EREMOTE,
	    "host '%s': %s", host->name,
	    len == 0       ? "hanse-host failed"
	    : line != NULL ? line + 1
			   : text);
}

int remote_run(const struct host *host, const char *const *argv,
    const char *input, int timeout_ms, char **ret_out, struct hs_err *err)
{
	hs_auto(run_done) struct run run = { NULL, -1, -1, -1 };
	int status = 0;
	pid_t pid;

	if (hs_fault("host.run", err) < 0 ||
	    line_of(host, argv, &run, err) < 0 ||
	    open_streams(&run, input, err) < 0)
		return -1;
	errno = start(&run, &pid);
	if (errno != 0)
		return hs_fail_errno(err, HS_EREMOTE, "host '%s': run '%s'",
		    host->name, run.argv[0]);
	if (finish(pid, timeout_ms, &status) < 0)
		return hs_fail(err, HS_EREMOTE,
		    "host '%s': '%s' took more than %d s", host->name, argv[0],
		    timeout_ms / 1000);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return fail_as(host, &run, status, err);
	if (ret_out != NULL)
		*ret_out = printed(run.out);
	return 0;
}

/* -- What is sent ---------------------------------------------------------- */

int remote_pack(const char *dir, const char *const *names, char **ret_path,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/.pack-XXXXXX", dir);
	const char *argv[16] = { "tar", "-c", "--numeric-owner", "-C", dir,
		"-f", path };
	int fd = mkostemp(path, O_CLOEXEC); /* nobody's but root's: keys */
	size_t n = 7;

	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "%s", path);
	(void)close(fd);
	while (*names != NULL && n < ARRAY_LEN(argv) - 1)
		argv[n++] = *names++;
	if (plat_run(argv, err) < 0) {
		(void)unlink(path);
		return -1;
	}
	*ret_path = hs_steal(&path);
	return 0;
}

static bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (; text != NULL && *text != '\0'; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (strncmp(text, line, len) == 0 &&
		    (text[len] == '\n' || text[len] == '\0'))
			return true;
	}
	return false;
}

int remote_image(const struct host *host, const char *path, struct hs_err *err)
{
	const char *const list[] = { "images", NULL };
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	hs_auto(hs_freep) char *there = NULL;
	hs_auto(hs_freep) char *size = NULL;
	struct stat st;

	if (remote_run(host, list, NULL, REMOTE_MS, &there, err) < 0)
		return -1;
	if (has_line(there, name))
		return 0;
	if (stat(path, &st) < 0)
		return hs_fail_errno(err, HS_ENOTFOUND, "image '%s'", path);
	size = hs_printf("%lld", (long long)st.st_size);
	return remote_run(host,
	    (const char *const[]) { "image-put", name, size, NULL }, path,
	    REMOTE_LONG_MS, NULL, err);
}
