/* state.c - see state.h. */

#include "shared-db-gateway/state.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"

int gw_state_write(const json_t *state, int *ret_fd, struct hs_err *err)
{
	hs_auto(hs_closep) int fd = memfd_create("hanse-gateway", 0);

	if (fd < 0 || json_dumpfd(state, fd, JSON_COMPACT) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "write what is left");
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int gw_state_read(int fd, json_t **ret_state, struct hs_err *err)
{
	json_error_t why;

	*ret_state = json_loadfd(fd, 0, &why);
	(void)close(fd);
	return *ret_state != NULL
		   ? 0
		   : hs_fail(err, HS_EINVAL,
			 "what the program before has left: %s", why.text);
}

static void keep_fd(int fd, bool keep)
{
	if (fd >= 0)
		(void)fcntl(fd, F_SETFD, keep ? 0 : FD_CLOEXEC);
}

void gw_state_keep(const json_t *state, bool keep)
{
	json_t *value;
	const char *key;
	size_t i;

	json_array_foreach (state, i, value)
		gw_state_keep(value, keep);
	json_object_foreach ((json_t *)(uintptr_t)state, key, value) {
		if (json_is_integer(value) &&
		    (strcmp(key, "fd") == 0 || strcmp(key, "clients_fd") == 0))
			keep_fd((int)json_integer_value(value), keep);
		gw_state_keep(value, keep);
	}
}
