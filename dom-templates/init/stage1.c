/* stage1.c - in the initramfs: modules, the image's disk, over to stage 2. */

#include "dom-templates/init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#define LIST_PATH  "/modules.list" /* names of files in /m, in load order */
#define LIST_MAX   4096
#define ROOT       "/new"
#define STAGE2     "/usr/sbin/hanse-init"
#define DISK_TRIES 500 /* of 10 ms */

static int module_load(const char *name, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf("/m/%s", name);
	hs_auto(hs_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "open %s", path);
	/* A device of another hypervisor: its driver has nothing to do. */
	if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST &&
	    errno != ENODEV)
		return hs_fail_errno(err, HS_ESYSTEM, "load %s", name);
	(void)unlink(path); /* the memory of the initramfs is the domain's */
	return 0;
}

static int modules_load(struct hs_err *err)
{
	hs_auto(hs_freep) char *list = NULL;
	char *rest = NULL;

	if (hs_file_read(LIST_PATH, LIST_MAX, &list, NULL, err) < 0)
		return -1;
	for (char *name = strtok_r(list, "\n", &rest); name != NULL;
	     name = strtok_r(NULL, "\n", &rest)) {
		struct hs_err module_err = { 0 };

		if (module_load(name, &module_err) < 0)
			hs_warn("module.failed", "msg=\"%s\"", module_err.msg);
	}
	return 0;
}

static int root_mount(struct hs_err *err)
{
	static const struct timespec pause = { .tv_nsec = 10000000 };
	hs_auto(hs_freep) char *disk = init_disk('a');

	for (int i = 0; disk == NULL && i < DISK_TRIES; i++) {
		(void)nanosleep(&pause, NULL);
		disk = init_disk('a');
	}
	if (disk == NULL)
		return hs_fail(err, HS_ENOTFOUND, "no disk with an image");
	(void)mkdir(ROOT, 0755);
	if (mount(disk, ROOT, "squashfs", MS_RDONLY | MS_NODEV, NULL) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "mount %s", disk);
	return 0;
}

static int root_enter(struct hs_err *err)
{
	static const char *const moved[] = { "/dev", "/proc", "/sys" };

	for (size_t i = 0; i < ARRAY_LEN(moved); i++) {
		hs_auto(hs_freep) char *to = hs_printf(ROOT "%s", moved[i]);

		if (mount(moved[i], to, NULL, MS_MOVE, NULL) < 0)
			return hs_fail_errno(
			    err, HS_ESYSTEM, "move %s", moved[i]);
	}
	(void)unlink(LIST_PATH);
	(void)unlink("/init");
	if (chdir(ROOT) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 ||
	    chroot(".") < 0 || chdir("/") < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "enter the image");
	return 0;
}

static int early_mounts(struct hs_err *err)
{
	static const char *const rows[][2] = { { "devtmpfs", "/dev" },
		{ "proc", "/proc" }, { "sysfs", "/sys" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		(void)mkdir(rows[i][1], 0755);
		if (mount(rows[i][0], rows[i][1], rows[i][0],
			MS_NOSUID | MS_NOEXEC, NULL) < 0)
			return hs_fail_errno(
			    err, HS_ESYSTEM, "mount %s", rows[i][1]);
	}
	return 0;
}

int init_stage1(struct hs_err *err)
{
	static char *const argv[] = { STAGE2, NULL };
	static char *const env[] = { NULL };

	if (early_mounts(err) < 0 || modules_load(err) < 0 ||
	    root_mount(err) < 0 || root_enter(err) < 0)
		return -1;
	(void)execve(STAGE2, argv, env);
	return hs_fail_errno(err, HS_ESYSTEM, "run " STAGE2);
}
