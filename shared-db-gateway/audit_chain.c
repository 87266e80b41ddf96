/* audit_chain.c - folders of the audit, a chain each. */

#include "shared-db-gateway/audit_chain.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "shared-db-gateway/audit_file.h"

#define CHAINS_MAX 64 /* of one VE: workers of it at once */

static int is_segment(const struct dirent *item)
{
	size_t len = strlen(item->d_name), tail = strlen(GW_AUDIT_SUFFIX);

	return len > tail &&
	       strcmp(item->d_name + len - tail, GW_AUDIT_SUFFIX) == 0;
}

static int is_chain(const struct dirent *item)
{
	return item->d_name[0] != '.' && item->d_type == DT_DIR;
}

static void free_list(struct dirent **list, int count)
{
	for (int i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

int gw_audit_chains(
    const char *folder, struct gw_audit_chains *ret_chains, struct hs_err *err)
{
	struct dirent **own = NULL, **list = NULL;
	int own_count = scandir(folder, &own, is_segment, alphasort);
	int count = scandir(folder, &list, is_chain, alphasort);
	struct gw_audit_chains chains = { 0 };

	if (own_count < 0 || count < 0) {
		free_list(own, own_count);
		free_list(list, count);
		return hs_fail_errno(
		    err, HS_ESYSTEM, "read folder '%s'", folder);
	}
	chains.paths = hs_alloc(((size_t)count + 1) * sizeof(char *));
	if (own_count > 0)
		chains.paths[chains.count++] = hs_strdup(folder);
	for (int i = 0; i < count; i++)
		chains.paths[chains.count++] =
		    hs_printf("%s/%s", folder, list[i]->d_name);
	free_list(own, own_count);
	free_list(list, count);
	*ret_chains = chains;
	return 0;
}

void gw_audit_chains_done(struct gw_audit_chains *chains)
{
	for (size_t i = 0; i < chains->count; i++)
		free(chains->paths[i]);
	free(chains->paths);
	*chains = (struct gw_audit_chains) { 0 };
}

/* 1: taken, 0: another has it. */
static int try_one(const char *path, int *ret_lock, struct hs_err *err)
{
	hs_auto(hs_freep) char *name = hs_printf("%s/lock", path);
	hs_auto(hs_closep) int fd = -1;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return hs_fail_errno(err, HS_ESYSTEM, "make folder '%s'", path);
	fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "make '%s'", name);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			   ? 0
			   : hs_fail_errno(err, HS_ESYSTEM, "lock '%s'", name);
	*ret_lock = fd;
	fd = -1;
	return 1;
}

int gw_audit_chain_take(const char *folder, const char *ve, char **ret_path,
    int *ret_lock, struct hs_err *err)
{
	for (int i = 0; i < CHAINS_MAX; i++) {
		hs_auto(hs_freep) char *path =
		    i == 0 ? hs_printf("%s/%s", folder, ve)
			   : hs_printf("%s/%s~%d", folder, ve, i);
		int rc = try_one(path, ret_lock, err);

		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		*ret_path = hs_steal(&path);
		return 0;
	}
	return hs_fail(err, HS_ESYSTEM,
	    "folder '%s': every chain of '%s' is being written", folder, ve);
}
