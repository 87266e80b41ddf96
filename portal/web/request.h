/* request.h - what a browser asked for, read and judged before any page. */
#ifndef HANSE_PORTAL_WEB_REQUEST_H
#define HANSE_PORTAL_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "portal/web/params.h"

struct hs_arena;
struct hs_err;

enum web_method {
	WEB_GET, /* HEAD too */
	WEB_POST,
	WEB_OTHER,
};

/** As it came; NULL where a header is absent. */
struct web_input {
	const char *method, *path, *query;
	const char *content_type, *content_length;
	const char *cookie, *host, *origin, *fetch_site;
	const char *accept_language, *user_agent;
	const char *remote, *id;
	const char *body;
	size_t body_len;
};

struct web_request {
	struct hs_arena *arena;
	enum web_method method;
	bool is_head;
	const char *path; /* begins with '/' */
	const char *here; /* path and query, for coming back */
	const char *host, *origin, *fetch_site;
	const char *accept_language, *user_agent, *remote;
	const char *id; /* of this request: 32 hex digits */
	struct web_params query, form, cookies;
};

/**
 * The length of the body to read. Errors: HS_ELIMIT (more than WEB_BODY_MAX),
 * HS_EINVAL.
 */
int web_body_length(
    const char *content_length, size_t *ret_len, struct hs_err *err);

/**
 * Read a request. The fields that do not depend on the form are set even when
 * it fails, so that an error page can be made.
 *
 * Errors: HS_EINVAL, HS_ELIMIT.
 */
int web_request_read(struct hs_arena *arena, const struct web_input *input,
    struct web_request *ret_request, struct hs_err *err);

/** Whether a text is a path on this site, good to send a browser to. */
bool web_is_local_path(const char *path);

/**
 * Whether a request that changes something comes from a page of ours: Origin
 * names our host, and Sec-Fetch-Site, where it is sent, agrees.
 */
bool web_is_same_origin(const struct web_request *request);

#endif
