/* sweep.c - nothing of a service's last run is there when it starts again.
 *
 * Services have users of their own, and no way to become another's: what runs
 * as its user is the service's, whoever started it.
 */

#include "dom-templates/init/init.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"

#define STATUS_MAX 8192
#define PAUSE_NS   5000000L

/* The real one; the owner of its folder may be root while it starts. */
static bool is_of(pid_t pid, uid_t uid)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/status", (int)pid);
	hs_auto(hs_freep) char *text = NULL;
	const char *line;

	if (hs_file_read(path, STATUS_MAX, &text, NULL, NULL) < 0)
		return false; /* it has ended */
	line = strstr(text, "\nUid:\t");
	return line != NULL &&
	       strtoul(line + strlen("\nUid:\t"), NULL, 10) == uid;
}

static bool kill_all(uid_t uid)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	bool any = false;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (!isdigit((unsigned char)entry->d_name[0]) || pid <= 1 ||
		    !is_of(pid, uid))
			continue;
		(void)kill(pid, SIGKILL);
		any = true;
	}
	if (dir != NULL)
		(void)closedir(dir);
	return any;
}

void init_sweep(uid_t uid, void (*reap)(void *arg), void *arg)
{
	const struct timespec moment = { .tv_nsec = PAUSE_NS };

	while (kill_all(uid)) {
		(void)nanosleep(&moment, NULL);
		reap(arg);
	}
}
