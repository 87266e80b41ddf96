/* mounts.c - the tree of a domain: what the image cannot bring along. */

#include "dom-templates/init/init.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

#define PLAIN (MS_NOSUID | MS_NODEV)

/* clang-format off */
static const struct mount_row {
	const char *target;
	const char *type;
	unsigned long flags;
	const char *data;
	mode_t mode; /* set in any case; 0: leave it */
	char disk;   /* its letter; 0: no disk */
} mounts[] = {
	{ "/proc",      "proc",     PLAIN | MS_NOEXEC, NULL, 0, 0 },
	{ "/sys",       "sysfs",    PLAIN | MS_NOEXEC | MS_RDONLY, NULL, 0, 0 },
	{ "/dev",       "devtmpfs", MS_NOSUID, NULL, 0, 0 },
	{ "/dev/pts",   "devpts",   MS_NOSUID | MS_NOEXEC, NULL, 0, 0 },
	{ "/dev/shm",   "tmpfs",    PLAIN, "size=64m", 01777, 0 },
	{ "/run",       "tmpfs",    PLAIN, "size=16m", 0755, 0 },
	{ "/tmp",       "tmpfs",    PLAIN, "size=64m", 01777, 0 },
	{ "/var/log",   "tmpfs",    PLAIN, "size=16m", 0755, 0 },
	{ "/var/tmp",   "tmpfs",    PLAIN, "size=16m", 01777, 0 },
	{ "/etc/hanse", "squashfs", PLAIN | MS_NOEXEC | MS_RDONLY, NULL, 0, 'b' },
	{ "/data",      "ext4",     PLAIN | MS_NOEXEC | MS_NOATIME, NULL, 0, 'c' },
};
/* clang-format on */

bool init_is_container(void)
{
	return getenv("container") != NULL;
}

char *init_disk(char letter)
{
	static const char *const kinds[] = { "/dev/vd", "/dev/xvd" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		hs_auto(hs_freep) char *path =
		    hs_printf("%s%c", kinds[i], letter);

		if (access(path, F_OK) == 0)
			return hs_steal(&path);
	}
	return NULL;
}

/* Whether something is mounted there: another device than its parent's. */
static bool is_mounted(const char *target)
{
	hs_auto(hs_freep) char *up = hs_printf("%s/..", target);
	struct stat here, above;

	return stat(target, &here) == 0 && stat(up, &above) == 0 &&
	       here.st_dev != above.st_dev;
}

static int mount_row(const struct mount_row *m, struct hs_err *err)
{
	hs_auto(hs_freep) char *disk = NULL;

	if (m->disk != 0) {
		disk = init_disk(m->disk);
		if (disk == NULL)
			return 0; /* this domain has none */
	}
	if (mount(disk != NULL ? disk : m->type, m->target, m->type, m->flags,
		m->data) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "mount %s on %s", m->type, m->target);
	return 0;
}

int init_mounts(struct hs_err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(mounts); i++) {
		const struct mount_row *m = &mounts[i];

		/* Below /dev and nowhere else it may not be there yet. */
		if (strncmp(m->target, "/dev/", 5) == 0)
			(void)mkdir(m->target, 0755);
		if (!is_mounted(m->target)) {
			if (m->disk != 0 && init_is_container())
				continue;
			if (mount_row(m, err) < 0)
				return -1;
		}
		if (m->mode != 0 && chmod(m->target, m->mode) < 0)
			return hs_fail_errno(
			    err, HS_ESYSTEM, "chmod %s", m->target);
	}
	return 0;
}

void init_unmount(void)
{
	sync();
	if (init_is_container())
		return;
	for (size_t i = 0; i < ARRAY_LEN(mounts); i++)
		if (mounts[i].disk != 0)
			(void)umount2(mounts[i].target, 0);
}
