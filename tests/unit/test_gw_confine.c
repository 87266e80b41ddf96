/* test_gw_confine.c - what is left to who has broken in. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/confine.h"

static char dir[] = "/tmp/test_gw_confine.XXXXXX";

static char *in_dir(const char *name)
{
	return hs_printf("%s/%s", dir, name);
}

static bool can_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static bool can_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

/* In another thread, begun before the calls were confined. */
static void *other(void *arg)
{
	int *step = arg;
	char *const argv[] = { "true", NULL }, *const env[] = { NULL };

	while (__atomic_load_n(step, __ATOMIC_ACQUIRE) == 0)
		(void)usleep(1000);
	if (execve("/bin/true", argv, env) < 0 && errno == EPERM)
		__atomic_store_n(step, 2, __ATOMIC_RELEASE);
	else
		__atomic_store_n(step, 3, __ATOMIC_RELEASE);
	return NULL;
}

/* What may be, and what may not: the number of the first that is wrong. */
static int look(void)
{
	hs_auto(hs_freep) char *route = in_dir("routes/alpha.json");
	hs_auto(hs_freep) char *segment = in_dir("audit/alpha/1.audit");
	hs_auto(hs_freep) char *chain = in_dir("audit/alpha");
	hs_auto(hs_freep) char *other_chain = in_dir("audit/beta/1.audit");
	hs_auto(hs_freep) char *key = in_dir("keys/key");
	hs_auto(hs_freep) char *elsewhere = in_dir("elsewhere/x");
	char *const argv[] = { "true", NULL }, *const env[] = { NULL };
	struct hs_err err = { 0 };
	pthread_t thread;
	int step = 0, fd;

	if (gw_confine_files(chain, &err) < 0)
		return 1;
	if (pthread_create(&thread, NULL, other, &step) != 0 ||
	    gw_confine_worker(&err) < 0)
		return 2;
	if (can_read(key) || can_write(key) || can_read(route) ||
	    can_write(route) || can_write(other_chain))
		return 3;
	if (!can_write(segment) || unlink(segment) < 0)
		return 4;
	if (can_read(elsewhere) || can_write(elsewhere) ||
	    can_read("/etc/passwd") || can_read("/proc/self/environ"))
		return 5;
	if (execve("/bin/true", argv, env) == 0 || errno != EPERM)
		return 6;
	if (fork() != -1 || errno != EPERM)
		return 7;
	if (ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0)
		return 8;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || listen(fd, 1) == 0)
		return 9;
	__atomic_store_n(&step, 1, __ATOMIC_RELEASE);
	(void)pthread_join(thread, NULL);
	return step == 2 ? 0 : 10;
}

/* The listener has its connections, and nothing else. */
static int look_listener(void)
{
	hs_auto(hs_freep) char *key = in_dir("keys/key");
	struct hs_err err = { 0 };

	if (gw_confine_listener(&err) < 0)
		return 1;
	if (can_read(key) || can_read("/etc/passwd"))
		return 2;
	if (socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0)
		return 3;
	return fork() == -1 ? 0 : 4;
}

static void becomes(int (*fn)(void))
{
	int status = 0;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_listener(void **state)
{
	(void)state;
	becomes(look_listener);
}

static void test_worker(void **state)
{
	(void)state;
	becomes(look);
}

static int make(void **state)
{
	static const char *const folders[] = { "routes", "audit", "audit/alpha",
		"audit/beta", "keys", "run", "elsewhere" };
	hs_auto(hs_freep) char *key = NULL;
	hs_auto(hs_freep) char *route = NULL;
	hs_auto(hs_freep) char *elsewhere = NULL;

	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		hs_auto(hs_freep) char *path = in_dir(folders[i]);

		if (mkdir(path, 0700) < 0)
			return -1;
	}
	route = in_dir("routes/alpha.json");
	elsewhere = in_dir("elsewhere/x");
	key = in_dir("keys/key");
	return hs_file_write(key, "k", 1, 0600, NULL) < 0 ||
		       hs_file_write(route, "{}", 2, 0600, NULL) < 0 ||
		       hs_file_write(elsewhere, "x", 1, 0600, NULL) < 0
		   ? -1
		   : 0;
}

static int drop(void **state)
{
	hs_auto(hs_freep) char *command = hs_printf("rm -r %s", dir);

	(void)state;
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listener),
		cmocka_unit_test(test_worker),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
