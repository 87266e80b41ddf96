/* route_write.c - provisioning's end of the routes folder. */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/gateway.h"
#include "shared-db-gateway/route_file.h"

/*
 * A file of the folder's owner (the gateway), never visible to it while it is
 * still ours: given away under a name the gateway does not read, then renamed.
 */
static int put_file(
    const char *dir, const char *ve, const char *text, struct hs_err *err)
{
	hs_auto(hs_freep) char *temp = hs_printf("%s/%s.json.given", dir, ve);
	hs_auto(hs_freep) char *path = hs_printf("%s/%s.json", dir, ve);
	struct stat st;

	if (stat(dir, &st) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "look at '%s'", dir);
	if (hs_file_write(temp, text, strlen(text), 0600, err) < 0)
		return -1;
	if ((geteuid() == 0 && chown(temp, st.st_uid, st.st_gid) < 0) ||
	    rename(temp, path) < 0) {
		(void)hs_fail_errno(err, HS_ESYSTEM, "write '%s'", path);
		(void)unlink(temp);
		return -1;
	}
	return 0;
}

static uint64_t last_generation(const char *dir, const char *ve)
{
	hs_auto(gw_routes_freep) struct gw_routes *old = NULL;

	return gw_routes_read(dir, ve, &old, NULL) == 0 ? old->generation : 0;
}

static int write_routes(
    const char *dir, const struct gw_routes *routes, struct hs_err *err)
{
	char *text;
	int rc;

	if (gw_routes_check(routes, err) < 0)
		return hs_wrap(err, "routes of '%s'", routes->ve);
	text = gw_routes_print(routes);
	rc = put_file(dir, routes->ve, text, err);
	hs_wipe(text, strlen(text));
	free(text);
	return rc;
}

int gw_routes_write(const char *dir, const char *ve,
    const struct gw_limits *limits, const struct gw_route *routes, size_t count,
    struct hs_err *err)
{
	return write_routes(dir,
	    &(struct gw_routes) {
		.ve = (char *)(uintptr_t)ve,
		.generation = last_generation(dir, ve) + 1,
		.limits = limits != NULL ? *limits : (struct gw_limits) { 0 },
		.list = (struct gw_route *)(uintptr_t)routes,
		.count = count,
	    },
	    err);
}

int gw_platform_write(const char *dir, const struct gw_server *servers,
    size_t server_count, const struct gw_route *routes, size_t count,
    struct hs_err *err)
{
	static char platform[] = GW_PLATFORM;

	return write_routes(dir,
	    &(struct gw_routes) {
		.ve = platform,
		.generation = last_generation(dir, GW_PLATFORM) + 1,
		.servers = (struct gw_server *)(uintptr_t)servers,
		.server_count = server_count,
		.list = (struct gw_route *)(uintptr_t)routes,
		.count = count,
	    },
	    err);
}

int gw_routes_remove(const char *dir, const char *ve, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/%s.json", dir, ve);

	if (unlink(path) < 0 && errno != ENOENT)
		return hs_fail_errno(err, HS_ESYSTEM, "remove '%s'", path);
	return 0;
}
