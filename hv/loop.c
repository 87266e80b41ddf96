/* loop.c - files as block devices, detached by the kernel after the last use.
 */

#include "hv/loop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "hv/lxc_disk.h"

#define TRIES      50
#define LETTING_GO 30

static bool is_loop_of(int fd, const struct stat *file)
{
	struct loop_info64 info;

	return ioctl(fd, LOOP_GET_STATUS64, &info) == 0 &&
	       info.lo_inode == file->st_ino && info.lo_device == file->st_dev;
}

/* An open descriptor of the file's loop device, or -1. */
static int find(const char *file, int flags, char **ret_device)
{
	DIR *dir = opendir("/sys/block");
	struct stat st;
	int found = -1;

	if (dir == NULL)
		return -1;
	for (struct dirent *e;
	     stat(file, &st) == 0 && found < 0 && (e = readdir(dir)) != NULL;) {
		hs_auto(hs_freep) char *device = NULL;
		hs_auto(hs_closep) int fd = -1;

		if (strncmp(e->d_name, "loop", 4) != 0)
			continue;
		device = hs_printf("/dev/%s", e->d_name);
		fd = open(device, flags | O_CLOEXEC);
		if (fd < 0 || !is_loop_of(fd, &st))
			continue;
		found = fd;
		fd = -1;
		*ret_device = hs_steal(&device);
	}
	(void)closedir(dir);
	return found;
}

bool hv_loop_find(const char *file, char **ret_device)
{
	hs_auto(hs_closep) int fd = find(file, O_RDONLY, ret_device);

	return fd >= 0;
}

bool hv_loop_stays(const char *file)
{
	const struct timespec pause = { .tv_nsec = 50000000 };

	for (int i = 0; i < LETTING_GO; i++) {
		hs_auto(hs_freep) char *device = NULL;

		if (!hv_loop_find(file, &device))
			return false;
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

/* Another process may take the free device first: then ask again. */
static int attach_free(
    int file, bool is_readonly, char **ret_device, int *ret_fd)
{
	hs_auto(hs_closep) int control =
	    open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	struct loop_config config = {
		.fd = (unsigned)file,
		.info.lo_flags = LO_FLAGS_AUTOCLEAR |
				 (is_readonly ? LO_FLAGS_READ_ONLY : 0U),
	};

	for (int i = 0; control >= 0 && i < TRIES; i++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);
		hs_auto(hs_freep) char *device =
		    hs_printf("/dev/loop%d", number);
		hs_auto(hs_closep) int fd = -1;

		if (number < 0)
			return -1;
		fd =
		    open(device, (is_readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
		if (fd < 0)
			return -1;
		if (ioctl(fd, LOOP_CONFIGURE, &config) == 0) {
			*ret_fd = fd;
			fd = -1;
			*ret_device = hs_steal(&device);
			return 0;
		}
		if (errno != EBUSY)
			return -1;
	}
	return -1;
}

static int attach(const char *file, bool is_readonly, char **ret_device,
    int *ret_fd, struct hs_err *err)
{
	int flags = is_readonly ? O_RDONLY : O_RDWR;
	int known = find(file, flags, ret_device);
	hs_auto(hs_closep) int fd = -1;

	if (known >= 0) {
		*ret_fd = known;
		return 0;
	}
	fd = open(file, flags | O_CLOEXEC);
	if (fd < 0)
		return hs_fail_errno(err,
		    errno == ENOENT ? HS_ENOTFOUND : HS_ESYSTEM, "%s", file);
	if (attach_free(fd, is_readonly, ret_device, ret_fd) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "%s: no loop device", file);
	return 0;
}

int hv_loop_attach(const char *file, bool is_readonly, char **ret_device,
    int *ret_fd, struct hs_err *err)
{
	if (attach(file, is_readonly, ret_device, ret_fd, err) < 0)
		return -1;
	hv_loop_count(*ret_device);
	return 0;
}
