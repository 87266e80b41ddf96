/* edge_meter.c - requests, counted by nginx.
 *
 * It writes one byte for each into a file of the enterprise's: the file's
 * length is the count. What it takes is given back from time to time, its
 * length stays.
 */

#include "provisioning/edge_meter.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "provisioning/meter.h"

#define ENDING    ".requests"
#define GIVE_BACK (4 * 1024 * 1024)
#define PAGE      4096

/* Blocks, not bytes: what was given back before counts no more. */
static void give_back(int dir, const char *name, const struct stat *st)
{
	hs_auto(hs_closep) int fd = -1;

	if (st->st_blocks * 512 < GIVE_BACK)
		return;
	fd = openat(dir, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0)
		(void)fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		    0, st->st_size / PAGE * PAGE);
}

static void add(json_t *readings, int dir, const char *name)
{
	size_t len = strlen(name), end = strlen(ENDING);
	hs_auto(hs_freep) char *object = NULL;
	hs_auto(hs_freep) char *life = NULL;
	struct stat st;

	if (len <= end || strcmp(name + len - end, ENDING) != 0 ||
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	object = hs_strndup(name, len - end);
	life = hs_printf("%llu@%s", (unsigned long long)st.st_ino, hv_boot());
	(void)json_array_append_new(
	    readings, json_pack("{s:s, s:s, s:[I]}", "name", object, "life",
			  life, "counts", (json_int_t)st.st_size));
	give_back(dir, name, &st);
}

int edge_meter_read(
    struct plat *plat, json_t **ret_readings, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/edge", plat->conf->run);
	const struct dirent *item;
	json_t *readings;
	DIR *dir = opendir(path);

	if (dir == NULL)
		return hs_fail_errno(err, HS_EREMOTE, "folder '%s'", path);
	readings = json_array();
	while ((item = readdir(dir)) != NULL)
		add(readings, dirfd(dir), item->d_name);
	(void)closedir(dir);
	*ret_readings = readings;
	return 0;
}
