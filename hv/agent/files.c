/* files.c - what domains begin from: images, and each one's own files. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "hv/agent/agent.h"
#include "hv/host.h"
#include "hv/hv.h"
#include "hv/wall.h"

#define IMAGES  AGENT_STATE "/images"
#define DOMAINS AGENT_STATE "/domains"

int agent_check_name(const char *name, struct hs_err *err)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

	if (name[0] == '\0' || name[0] == '.' || name[0] == '-' ||
	    strspn(name, good) != strlen(name))
		return hs_fail(err, HS_EINVAL, "no name: '%s'", name);
	return 0;
}

int agent_run(const char *const argv[], struct hs_err *err)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		(void)execvp(argv[0], (char *const *)(const void *)argv);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "run %s", argv[0]);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return hs_fail(err, HS_ESYSTEM, "%s failed", argv[0]);
	return 0;
}

int agent_unpack(const char *dir, struct hs_err *err)
{
	const char *const argv[] = { "tar", "-x", "-p", "--numeric-owner", "-C",
		dir, "-f", "-", NULL };

	return agent_run(argv, err);
}

/* -- Images ---------------------------------------------------------------- */

int agent_images(char **argv, struct hs_err *err)
{
	DIR *dir = opendir(IMAGES);

	(void)argv;
	if (dir == NULL)
		return errno == ENOENT ? 0
				       : hs_fail_errno(err, HS_ESYSTEM, IMAGES);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		if (e->d_name[0] != '.' && strstr(e->d_name, ".new") == NULL)
			(void)puts(e->d_name);
	(void)closedir(dir);
	return 0;
}

static int copy_all(int from, int to, unsigned long long *ret_bytes)
{
	char buf[65536];
	ssize_t n;

	*ret_bytes = 0;
	while ((n = read(from, buf, sizeof(buf))) > 0) {
		for (ssize_t done = 0; done < n;) {
			ssize_t w = write(to, buf + done, (size_t)(n - done));

			if (w < 0)
				return -1;
			done += w;
		}
		*ret_bytes += (unsigned long long)n;
	}
	return n < 0 ? -1 : fsync(to);
}

/* Whole or not at all: whoever sent it may have been cut off. */
int agent_image_put(char **argv, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf(IMAGES "/%s", argv[0]);
	hs_auto(hs_freep) char *draft = hs_printf("%s.new.%d", path, getpid());
	unsigned long long want = strtoull(argv[1], NULL, 10), got;
	hs_auto(hs_closep) int fd = -1;

	if (agent_check_name(argv[0], err) < 0 ||
	    hs_dir_make(IMAGES, 0755, err) < 0)
		return -1;
	fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || copy_all(STDIN_FILENO, fd, &got) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "%s", draft);
	if (got != want) {
		(void)unlink(draft);
		return hs_fail(err, HS_EREMOTE,
		    "image %s: %llu of %llu bytes came", argv[0], got, want);
	}
	if (rename(draft, path) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "%s", path);
	return 0;
}

/* -- Domains --------------------------------------------------------------- */

static int mount_root(
    const char *name, const char *image, const char *base, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf(IMAGES "/%s", image);
	hs_auto(hs_freep) char *mounted = NULL;
	hs_auto(hs_freep) char *root = NULL;

	if (agent_check_name(image, err) < 0 ||
	    hv_image_mount(path, &mounted, err) < 0)
		return -1;
	return hv_root_mount(
	    name, mounted, (unsigned)strtoul(base, NULL, 10), &root, err);
}

int agent_domain_put(char **argv, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = hs_printf(DOMAINS "/%s", argv[0]);
	hs_auto(hs_freep) char *config = hs_printf("%s/config", dir);
	const char *const tidy[] = { "rm", "-rf", "--", config, NULL };

	if (agent_check_name(argv[0], err) < 0 || hv_host_prepare(err) < 0 ||
	    hs_dir_make(DOMAINS, 0711, err) < 0 ||
	    hs_dir_make(dir, 0711, err) < 0 || agent_run(tidy, err) < 0 ||
	    agent_unpack(dir, err) < 0)
		return -1;
	if (strcmp(argv[1], "lxc") != 0)
		return 0;
	if (argv[2] == NULL || argv[3] == NULL)
		return hs_fail(
		    err, HS_EINVAL, "an image and a base are missing");
	return mount_root(argv[0], argv[2], argv[3], err);
}

int agent_domain_forget(char **argv, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = hs_printf(DOMAINS "/%s", argv[0]);
	const char *const tidy[] = { "rm", "-rf", "--", dir, NULL };

	if (agent_check_name(argv[0], err) < 0 ||
	    hv_wall_remove(argv[0], err) < 0 ||
	    hv_mounts_remove(argv[0], err) < 0)
		return -1;
	return agent_run(tidy, err);
}
