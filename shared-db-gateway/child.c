/* child.c - fork, put the descriptors in their places, exec. */

#include "shared-db-gateway/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

#define FREE_FROM 64 /* out of the way of the places */

int gw_child_program(char **ret_path, struct hs_err *err)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "read /proc/self/exe");
	path[n] = '\0';
	*ret_path = hs_strdup(path);
	return 0;
}

/* Between fork and exec: only what is safe there. */
static void become(char *const argv[], int master, int clients)
{
	unsigned first = STDERR_FILENO + 1;
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (master >= 0)
		master = fcntl(master, F_DUPFD, FREE_FROM);
	if (clients >= 0)
		clients = fcntl(clients, F_DUPFD, FREE_FROM);
	if ((master >= 0 && dup2(master, GW_CHILD_MASTER) < 0) ||
	    (clients >= 0 && dup2(clients, GW_CHILD_CLIENTS) < 0))
		_exit(EXIT_FAILURE);
	if (clients >= 0)
		first = GW_CHILD_CLIENTS + 1;
	else if (master >= 0)
		first = GW_CHILD_MASTER + 1;
	(void)close_range(first, ~0u, 0);
	(void)execv(argv[0], argv);
	_exit(127);
}

pid_t gw_child_start(
    char *const argv[], int master, int clients, struct hs_err *err)
{
	pid_t pid = fork();

	if (pid == 0)
		become(argv, master, clients);
	if (pid < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "start '%s'", argv[0]);
	return pid;
}
