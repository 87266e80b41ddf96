/* params.h - names and values: of a query, a form, a Cookie header. */
#ifndef HANSE_PORTAL_WEB_PARAMS_H
#define HANSE_PORTAL_WEB_PARAMS_H

#include <stddef.h>

struct hs_arena;
struct hs_err;

#define WEB_PARAM_MAX  4000
#define WEB_NAME_MAX   128
#define WEB_BODY_MAX   (1024 * 1024)
#define WEB_COOKIE_MAX 50

struct web_param {
	const char *name;
	const char *value;
};

struct web_params {
	struct web_param *list;
	size_t count;
};

/**
 * Read application/x-www-form-urlencoded, strictly: every '%' begins two hex
 * digits, values are UTF-8 text without control characters but TAB and line
 * feed (CR LF is taken for LF), a name has at most WEB_NAME_MAX characters and
 * comes once.
 *
 * Errors: HS_EINVAL, HS_ELIMIT (more than WEB_PARAM_MAX).
 */
int web_params_read(struct hs_arena *arena, const char *data, size_t len,
    struct web_params *ret_params, struct hs_err *err);

/** Read a Cookie header (NULL allowed); what is not a cookie is left out. */
void web_params_read_cookies(
    struct hs_arena *arena, const char *header, struct web_params *ret_params);

/** The value of that name; NULL if there is none. */
const char *web_params_get(const struct web_params *params, const char *name);

/** The same, but "" if there is none. */
const char *web_params_text(const struct web_params *params, const char *name);

#endif
