/* router.h - which page answers: one table of patterns. */
#ifndef HANSE_PORTAL_WEB_ROUTER_H
#define HANSE_PORTAL_WEB_ROUTER_H

#include <stddef.h>

#include "portal/web/request.h"

#define WEB_ARG_MAX 2

struct hs_err;
struct page; /* the program's own */

struct web_route {
	enum web_method method;
	const char *pattern; /* "{uid}" is a UUID, "{name}" a-z and '_' */
	unsigned need;       /* the program's own */
	int (*run)(struct page *page, struct hs_err *err);
};

/**
 * Find the row for a path.
 *
 * @ret_args:  what stood for the pattern's braces, in the arena
 *
 * Errors: HS_ENOTFOUND, HS_EINVAL (the path is known, the method is not).
 */
int web_route_find(const struct web_route *routes, size_t count,
    const struct web_request *request, const struct web_route **ret_route,
    const char *ret_args[WEB_ARG_MAX], struct hs_err *err);

#endif
