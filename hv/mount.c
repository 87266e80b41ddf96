/* mount.c - what LXC domains see of images and volumes. Each function looks at
 * what is mounted, and only changes what is not as wanted; a lock keeps two
 * callers, in any process, from doing so at once.
 */

#include "hv/mount.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/text.h"
#include "hv/hv.h"
#include "hv/loop.h"
#include "hv/lxc_disk.h"

#define IMAGES  HV_MOUNT_ROOT "/image"
#define DOMAINS HV_MOUNT_ROOT "/domain"
#define LOCK    HV_MOUNT_ROOT ".lock"

static int lock(int *ret_lock, struct hs_err *err)
{
	hs_auto(hs_closep) int fd = -1;

	if (hs_dir_make(HV_MOUNT_ROOT, 0755, err) < 0)
		return -1;
	fd = open(LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "%s", LOCK);
	*ret_lock = fd;
	fd = -1;
	return 0;
}

int hv_mount_root_prepare(struct hs_err *err)
{
	hs_auto(hs_closep) int locked = -1;
	dev_t device;
	uid_t owner;

	if (lock(&locked, err) < 0)
		return -1;
	if (!hv_is_mount(HV_MOUNT_ROOT, &device, &owner) &&
	    mount(HV_MOUNT_ROOT, HV_MOUNT_ROOT, NULL, MS_BIND, NULL) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "mount %s", HV_MOUNT_ROOT);
	if (mount(NULL, HV_MOUNT_ROOT, NULL, MS_SHARED, NULL) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "share %s", HV_MOUNT_ROOT);
	return 0;
}

static dev_t loop_of(const char *file)
{
	hs_auto(hs_freep) char *device = NULL;
	struct stat st;

	if (!hv_loop_find(file, &device) || stat(device, &st) < 0)
		return 0;
	return st.st_rdev;
}

/* Whether a folder shows that device, owners shifted to base (0: not). */
static bool is_shown(const char *dir, dev_t want, unsigned base)
{
	unsigned count = base == 0 ? 1 : HV_IDMAP_COUNT;
	dev_t device;
	uid_t owner;

	return want != 0 && hv_is_mount(dir, &device, &owner) &&
	       device == want && owner >= base && owner - base < count;
}

/* The folder, empty and unmounted. */
static int clear(const char *dir, struct hs_err *err)
{
	if (hv_unmount_all(dir, err) < 0)
		return -1;
	return hs_dir_make(dir, 0755, err);
}

static char *image_dir(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(name, '.');

	return hs_printf(IMAGES "/%.*s",
	    dot != NULL ? (int)(dot - name) : (int)strlen(name), name);
}

int hv_image_mount(const char *path, char **ret_dir, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = image_dir(path);
	hs_auto(hs_closep) int locked = -1, tree = -1;

	if (hs_fault("hv.image.mount", err) < 0)
		return -1;
	if (access(path, R_OK) < 0)
		return hs_fail_errno(err, HS_ENOTFOUND, "image %s", path);
	if (lock(&locked, err) < 0)
		return -1;
	if (!is_shown(dir, loop_of(path), 0) &&
	    (clear(dir, err) < 0 ||
		hv_tree_open(path, "squashfs", &tree, err) < 0 ||
		hv_tree_show(tree, dir, err) < 0))
		return hs_wrap(err, "mount image");
	*ret_dir = hs_steal(&dir);
	return 0;
}

/* A domain's name becomes a folder's: no way out of ours. */
static int domain_dir(
    const char *domain, const char *what, char **ret_dir, struct hs_err *err)
{
	if (domain[0] == '\0' || domain[0] == '.' ||
	    strchr(domain, '/') != NULL)
		return hs_fail(
		    err, HS_EINVAL, "no domain's name: '%s'", domain);
	*ret_dir = hs_printf(
	    DOMAINS "/%s%s%s", domain, what[0] != '\0' ? "/" : "", what);
	return 0;
}

static int clone_shifted(
    const char *from, const char *dir, unsigned base, struct hs_err *err)
{
	hs_auto(hs_closep) int tree =
	    open_tree(AT_FDCWD, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (tree < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "clone %s", from);
	if (clear(dir, err) < 0 || hv_tree_idmap(tree, base, err) < 0)
		return -1;
	return hv_tree_show(tree, dir, err);
}

int hv_root_mount(const char *domain, const char *image, unsigned base,
    char **ret_dir, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = NULL;
	hs_auto(hs_closep) int locked = -1;
	dev_t device;
	uid_t owner;

	if (hs_fault("hv.root.mount", err) < 0)
		return -1;
	if (domain_dir(domain, "root", &dir, err) < 0 || lock(&locked, err) < 0)
		return -1;
	if (!hv_is_mount(image, &device, &owner))
		return hs_fail(err, HS_EINVAL, "no image at %s", image);
	if (!is_shown(dir, device, base) &&
	    clone_shifted(image, dir, base, err) < 0)
		return hs_wrap(err, "mount root of '%s'", domain);
	*ret_dir = hs_steal(&dir);
	return 0;
}

int hv_data_mount(const char *domain, const char *volume, unsigned base,
    char **ret_dir, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = NULL;
	hs_auto(hs_closep) int locked = -1, tree = -1;
	bool was_shown;

	if (hs_fault("hv.data.mount", err) < 0)
		return -1;
	if (domain_dir(domain, "data", &dir, err) < 0 || lock(&locked, err) < 0)
		return -1;
	was_shown = is_shown(dir, loop_of(volume), base);
	if (!was_shown && (clear(dir, err) < 0 ||
			      hv_tree_open(volume, "ext4", &tree, err) < 0 ||
			      hv_tree_idmap(tree, base, err) < 0 ||
			      hv_tree_show(tree, dir, err) < 0))
		return hs_wrap(err, "mount data of '%s'", domain);
	if (!was_shown)
		hv_volume_note(domain, volume);
	*ret_dir = hs_steal(&dir);
	return 0;
}

static int remove_dir(const char *dir, struct hs_err *err)
{
	if (hv_unmount_all(dir, err) < 0)
		return -1;
	if (rmdir(dir) < 0 && errno != ENOENT)
		return hs_fail_errno(err, HS_ESYSTEM, "remove %s", dir);
	return 0;
}

int hv_mounts_remove(const char *domain, struct hs_err *err)
{
	static const char *const what[] = { "root", "data", "" };
	hs_auto(hs_closep) int locked = -1;

	if (hs_fault("hv.mounts.remove", err) < 0)
		return -1;
	if (lock(&locked, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(what); i++) {
		hs_auto(hs_freep) char *dir = NULL;

		if (domain_dir(domain, what[i], &dir, err) < 0)
			return hs_wrap(err, "mounts of '%s'", domain);
		if (what[i][0] == '\0')
			hv_volume_forget(domain);
		if (remove_dir(dir, err) < 0)
			return hs_wrap(err, "mounts of '%s'", domain);
	}
	return 0;
}

bool hv_mount_is_there(const char *domain, const char *what, unsigned base)
{
	hs_auto(hs_freep) char *dir = NULL;
	dev_t device;
	uid_t owner;

	return domain_dir(domain, what, &dir, NULL) == 0 &&
	       hv_is_mount(dir, &device, &owner) && owner >= base &&
	       owner - base < HV_IDMAP_COUNT;
}

static bool is_image_used(dev_t image, char **names)
{
	for (; *names != NULL; names++) {
		hs_auto(hs_freep) char *dir =
		    hs_printf(DOMAINS "/%s/root", *names);
		dev_t device;
		uid_t owner;

		if (hv_is_mount(dir, &device, &owner) && device == image)
			return true;
	}
	return false;
}

int hv_image_unmount(const char *path, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = image_dir(path);
	hs_auto(hv_names_freep) char **names = NULL;
	hs_auto(hs_closep) int locked = -1;
	dev_t device;
	uid_t owner;

	if (hs_fault("hv.image.unmount", err) < 0)
		return -1;
	if (lock(&locked, err) < 0 || hv_mounts_list(&names, err) < 0)
		return -1;
	if (hv_is_mount(dir, &device, &owner) && is_image_used(device, names))
		return hs_fail(err, HS_ECONFLICT, "image %s is in use", path);
	return remove_dir(dir, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int hv_mounts_list(char ***ret_domains, struct hs_err *err)
{
	char **names;
	size_t count = 0;
	DIR *dir;

	if (hs_fault("hv.mounts.list", err) < 0)
		return -1;
	dir = opendir(DOMAINS);
	names = hs_alloc(sizeof(*names));
	if (dir == NULL && errno != ENOENT) {
		free(names);
		return hs_fail_errno(err, HS_ESYSTEM, "%s", DOMAINS);
	}
	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		names = hs_realloc_array(names, count + 2, sizeof(*names));
		names[count++] = hs_strdup(e->d_name);
		names[count] = NULL;
	}
	if (dir != NULL)
		(void)closedir(dir);
	qsort(names, count, sizeof(*names), by_name);
	*ret_domains = names;
	return 0;
}

void hv_names_free(char **names)
{
	for (char **p = names; p != NULL && *p != NULL; p++)
		free(*p);
	free(names);
}
