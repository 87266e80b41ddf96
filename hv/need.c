/* need.c - what LXC domains need of a host, tried out. */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "hv/conn.h"
#include "hv/mount.h"
#include "hv/probe.h"
#include "hv/run.h"
#include "hv/wall.h"

#define FILE_MAX    1048576
#define TOOL_MS     20000
#define TRIAL_BASE  100000
#define TRIAL_BYTES 4194304
#define TRIAL_UUID  "3f0e9d2c-6c3c-5b0e-9e2a-0d1f5c2b7a42"
#define UNIFIED     "/sys/fs/cgroup/unified"

static const char *const pid_files[] = { "/run/libvirtd.pid",
	"/run/virtlxcd.pid" };

/* What the libvirt daemon of this host sees mounted; NULL if nobody knows. */
static char *mounts_of_libvirt(void)
{
	for (size_t i = 0; i < ARRAY_LEN(pid_files); i++) {
		hs_auto(hs_freep) char *pid = NULL, *path = NULL, *list = NULL;

		if (hs_file_read(pid_files[i], 32, &pid, NULL, NULL) < 0)
			continue;
		path = hs_printf("/proc/%ld/mountinfo", strtol(pid, NULL, 10));
		if (hs_file_read(path, FILE_MAX, &list, NULL, NULL) == 0)
			return hs_steal(&list);
	}
	return NULL;
}

/* libvirt 9 mistakes a v1 host with an empty v2 mount for a v2 host. */
int hv_need_lxc_cgroups(
    const struct hv_probe_guest *guest, struct hv_probe *probe)
{
	hs_auto(hs_freep) char *mounts = mounts_of_libvirt();

	(void)guest;
	if (mounts == NULL || strstr(mounts, " " UNIFIED " ") == NULL)
		return 0;
	return hv_missing(probe,
	    "start libvirtd where " UNIFIED " is unmounted; \"make up\" does",
	    "cgroups are hybrid, and libvirtd sees " UNIFIED);
}

int hv_need_shared_mounts(
    const struct hv_probe_guest *guest, struct hv_probe *probe)
{
	hs_auto(hs_freep) char *mounts = mounts_of_libvirt();
	dev_t device;
	uid_t owner;

	(void)guest;
	if (!hv_is_mount(HV_MOUNT_ROOT, &device, &owner) || mounts == NULL ||
	    strstr(mounts, " " HV_MOUNT_ROOT " ") != NULL)
		return 0;
	return hv_missing(probe, "start libvirtd again; \"make up\" does",
	    "libvirtd does not see " HV_MOUNT_ROOT
	    ", which was made after it started");
}

static int try_idmap(const char *file, const char *type, struct hs_err *err)
{
	hs_auto(hs_closep) int tree = -1;

	if (hv_tree_open(file, type, &tree, err) < 0)
		return -1;
	return hv_tree_idmap(tree, TRIAL_BASE, err);
}

static int try_both(const char *dir, struct hs_err *err)
{
	hs_auto(hs_freep) char *content = hs_printf("%s/content", dir);
	hs_auto(hs_freep) char *image = hs_printf("%s/image", dir);
	hs_auto(hs_freep) char *volume = hs_printf("%s/volume", dir);
	const char *pack[] = { "mksquashfs", content, image, "-quiet",
		"-no-progress", NULL };

	if (hs_dir_make(content, 0755, err) < 0 ||
	    hv_run(pack, TOOL_MS, err) < 0 ||
	    hv_volume_create(volume, TRIAL_BYTES, TRIAL_UUID, err) < 0 ||
	    try_idmap(image, "squashfs", err) < 0)
		return -1;
	return try_idmap(volume, "ext4", err);
}

int hv_need_idmap(const struct hv_probe_guest *guest, struct hv_probe *probe)
{
	char dir[] = "/tmp/hanse-probe-XXXXXX";
	const char *tidy[] = { "rm", "-rf", dir, NULL };
	struct hs_err err = { 0 };
	int tried;

	(void)guest;
	if (geteuid() != 0)
		return hv_missing(probe, "run as root: sudo hanse doctor",
		    "mounts can only be tried as root");
	if (mkdtemp(dir) == NULL)
		return hv_missing(
		    probe, "make room in /tmp", "no folder for a trial");
	tried = try_both(dir, &err);
	(void)hv_run(tidy, TOOL_MS, NULL);
	if (tried == 0)
		return 0;
	return hv_missing(probe,
	    "use a kernel of 5.19 or later with user namespaces and "
	    "squashfs, or driver qemu",
	    "mounts with shifted owners do not work: %s", err.msg);
}

int hv_need_walls(const struct hv_probe_guest *guest, struct hv_probe *probe)
{
	struct hs_err err = { 0 };

	(void)guest;
	if (geteuid() != 0)
		return hv_missing(probe, "run as root: sudo hanse doctor",
		    "walls can only be tried as root");
	if (hv_wall_try(&err) < 0)
		return hv_missing(probe,
		    "install nftables and use a kernel with nf_tables for "
		    "bridges",
		    "walls around domains do not work: %s", err.msg);
	return 0;
}
