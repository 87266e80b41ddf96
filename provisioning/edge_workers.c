/* edge_workers.c - nginx's workers: those that have read our files, and those
 * that have not and still end what they began.
 *
 * What nginx was last told to read stands in run/edge/told: the time of the
 * folder's last change, then a line a worker of before ("PID START"). So who
 * was killed between writing a file and telling nginx finds that out, and
 * nobody takes an instance away that an old worker may still ask.
 */

#include "provisioning/edge_workers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"

#define STAT_MAX     1024
#define TOLD_MAX     65536
#define TRY_AGAIN_MS 20

/* -- The folder of files --------------------------------------------------- */

/* Every file of it is put in place by a rename, which its time shows. */
static char *folder_time(const struct plat *plat)
{
	hs_auto(hs_freep) char *dir = hs_printf("%s/edge", plat->conf->config);
	struct stat st = { 0 };

	(void)stat(dir, &st);
	return hs_printf(
	    "%lld.%09ld", (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static char *told_path(const struct plat *plat)
{
	return hs_printf("%s/edge/told", plat->conf->run);
}

/* The file, cut into its first line and the rest. NULL if there is none. */
static char *told_read(const struct plat *plat, char **ret_rest)
{
	hs_auto(hs_freep) char *path = told_path(plat);
	char *text = NULL;

	*ret_rest = NULL;
	if (hs_file_read(path, TOLD_MAX, &text, NULL, NULL) < 0)
		return NULL;
	*ret_rest = text + strcspn(text, "\n");
	if (**ret_rest == '\n')
		*(*ret_rest)++ = '\0';
	return text;
}

bool edge_is_told(const struct plat *plat)
{
	hs_auto(hs_freep) char *now = folder_time(plat);
	char *rest;
	hs_auto(hs_freep) char *told = told_read(plat, &rest);

	return told != NULL && strcmp(told, now) == 0;
}

void edge_touch(const struct plat *plat)
{
	hs_auto(hs_freep) char *dir = hs_printf("%s/edge", plat->conf->config);

	(void)utimensat(AT_FDCWD, dir, NULL, 0);
}

/* -- Processes ------------------------------------------------------------- */

/* The parent and the time of its start, which no other process of that number
 * has. */
static bool read_stat(pid_t pid, pid_t *ret_parent, char ret_start[24])
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/stat", (int)pid);
	hs_auto(hs_freep) char *text = NULL;
	const char *at;

	if (hs_file_read(path, STAT_MAX, &text, NULL, NULL) < 0 ||
	    (at = strrchr(text, ')')) == NULL)
		return false;
	return sscanf(at + 1,
		   " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d "
		   "%*d %*d %*d %*d %*d %23[0-9]",
		   ret_parent, ret_start) == 2;
}

static void add_workers(struct hs_text *text, pid_t master)
{
	DIR *proc = opendir("/proc");
	const struct dirent *e;

	while (proc != NULL && (e = readdir(proc)) != NULL) {
		pid_t pid = (pid_t)atoi(e->d_name), parent;
		char start[24];

		if (pid > 0 && read_stat(pid, &parent, start) &&
		    parent == master)
			hs_text_addf(text, "%d %s\n", (int)pid, start);
	}
	if (proc != NULL)
		(void)closedir(proc);
}

/* nginx says it in the process's title. */
static bool is_ending(pid_t pid)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/cmdline", (int)pid);
	hs_auto(hs_freep) char *title = NULL;

	return hs_file_read(path, STAT_MAX, &title, NULL, NULL) < 0 ||
	       strstr(title, "shutting down") != NULL;
}

/* Lines of told whose process lives; how many of them still take requests. */
static size_t count_old(const char *lines, size_t *ret_serving)
{
	size_t count = 0;

	*ret_serving = 0;
	for (const char *p = lines; p != NULL && *p != '\0';) {
		int pid;
		pid_t parent;
		char was[24], is[24];

		if (sscanf(p, "%d %23[0-9]", &pid, was) == 2 &&
		    read_stat(pid, &parent, is) && strcmp(was, is) == 0) {
			count++;
			*ret_serving += is_ending(pid) ? 0 : 1;
		}
		p = strchr(p, '\n');
		p = p != NULL ? p + 1 : NULL;
	}
	return count;
}

/* -- Telling and waiting --------------------------------------------------- */

int edge_tell(const struct plat *plat, pid_t master, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = told_path(plat);
	hs_auto(hs_freep) char *time = folder_time(plat);
	hs_auto(hs_text_done) struct hs_text told = { 0 };

	hs_text_addf(&told, "%s\n", time);
	add_workers(&told, master);
	if (kill(master, SIGHUP) < 0)
		return hs_fail_errno(err, HS_EREMOTE, "edge (nginx)");
	return hs_file_write(path, told.data, told.len, 0644, err);
}

int edge_wait_for_workers(
    const struct plat *plat, int timeout_ms, struct hs_err *err)
{
	int64_t end = hs_now_ms() + timeout_ms;
	char *lines;
	hs_auto(hs_freep) char *told = told_read(plat, &lines);
	size_t serving = 0;

	while (told != NULL && count_old(lines, &serving) > 0) {
		if (hs_now_ms() <= end) {
			hs_pause_ms(TRY_AGAIN_MS);
			continue;
		}
		if (serving == 0)
			return 0;
		return hs_fail(err, HS_EREMOTE,
		    "the edge (nginx) does not take its new files; see its "
		    "log");
	}
	return 0;
}
