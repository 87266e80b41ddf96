/* router.c - which page answers: one table of patterns. */

#include "portal/web/router.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

static bool is_uuid(const char *s, size_t len)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (len != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < len; i++)
		if (shape[i] == '-' ? s[i] != '-'
				    : strchr("0123456789abcdef", s[i]) == NULL)
			return false;
	return true;
}

static bool is_word(const char *s, size_t len)
{
	return len >= 1 && len <= 32 &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz_") >= len;
}

static bool matches(struct hs_arena *arena, const char *pattern,
    const char *path, const char *args[WEB_ARG_MAX])
{
	size_t count = 0;

	while (*pattern != '\0') {
		size_t len;
		bool uuid = strncmp(pattern, "{uid}", 5) == 0;

		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		len = strcspn(path, "/");
		if (uuid ? !is_uuid(path, len) : !is_word(path, len))
			return false;
		args[count++] = hs_arena_strndup(arena, path, len);
		path += len;
		pattern += strcspn(pattern, "}") + 1;
	}
	return *path == '\0';
}

int web_route_find(const struct web_route *routes, size_t count,
    const struct web_request *request, const struct web_route **ret_route,
    const char *ret_args[WEB_ARG_MAX], struct hs_err *err)
{
	bool known = false;

	for (size_t i = 0; i < count; i++) {
		if (!matches(request->arena, routes[i].pattern, request->path,
			ret_args))
			continue;
		known = true;
		if (routes[i].method != request->method)
			continue;
		*ret_route = &routes[i];
		return 0;
	}
	return known ? hs_fail(err, HS_EINVAL, "not with this method")
		     : hs_fail(err, HS_ENOTFOUND, "no such page");
}
