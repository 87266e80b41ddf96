/* request.c - what a browser asked for, read and judged before any page. */

#include "portal/web/request.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "portal/web/token.h"

static const char form_type[] = "application/x-www-form-urlencoded";

int web_body_length(
    const char *content_length, size_t *ret_len, struct hs_err *err)
{
	size_t len = 0;

	if (content_length == NULL)
		content_length = "";
	for (const char *p = content_length; *p != '\0'; p++) {
		if (!isdigit((unsigned char)*p))
			return hs_fail(
			    err, HS_EINVAL, "the length is no number");
		len = len * 10 + (size_t)(*p - '0');
		if (len > WEB_BODY_MAX)
			return hs_fail(err, HS_ELIMIT,
			    "the form is larger than %d bytes", WEB_BODY_MAX);
	}
	*ret_len = len;
	return 0;
}

bool web_is_local_path(const char *path)
{
	if (path == NULL || path[0] != '/' || path[1] == '/' || path[1] == '\\')
		return false;
	for (const char *p = path; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 127 || *p == '\\')
			return false;
	return strlen(path) <= 2000;
}

static enum web_method method_of(const char *name)
{
	if (name != NULL &&
	    (strcmp(name, "GET") == 0 || strcmp(name, "HEAD") == 0))
		return WEB_GET;
	return name != NULL && strcmp(name, "POST") == 0 ? WEB_POST : WEB_OTHER;
}

static bool is_request_id(const char *id)
{
	return id != NULL && strlen(id) == 32 &&
	       strspn(id, "0123456789abcdef") == 32;
}

static bool is_form(const char *type)
{
	size_t len = strlen(form_type);

	return type != NULL && strncasecmp(type, form_type, len) == 0 &&
	       (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

static int read_content(const struct web_input *input,
    struct web_request *request, struct hs_err *err)
{
	const char *query = input->query != NULL ? input->query : "";

	if (web_params_read(
		request->arena, query, strlen(query), &request->query, err) < 0)
		return -1;
	if (request->method != WEB_POST || input->body_len == 0)
		return 0;
	if (!is_form(input->content_type))
		return hs_fail(err, HS_EINVAL, "this is no form");
	return web_params_read(
	    request->arena, input->body, input->body_len, &request->form, err);
}

int web_request_read(struct hs_arena *arena, const struct web_input *input,
    struct web_request *ret_request, struct hs_err *err)
{
	struct web_request *r = ret_request;
	bool good = web_is_local_path(input->path) && hs_is_text(input->path);

	*r = (struct web_request) {
		.arena = arena,
		.method = method_of(input->method),
		.is_head =
		    input->method != NULL && strcmp(input->method, "HEAD") == 0,
		.path = good ? input->path : "/",
		.host = input->host,
		.origin = input->origin,
		.fetch_site = input->fetch_site,
		.accept_language = input->accept_language,
		.user_agent = input->user_agent,
		.remote = input->remote != NULL ? input->remote : "",
		.id = is_request_id(input->id) ? input->id
					       : web_token_new(arena, 16),
	};
	r->here = r->path;
	if (input->query != NULL && input->query[0] != '\0')
		r->here =
		    hs_arena_printf(arena, "%s?%s", r->path, input->query);
	if (!web_is_local_path(r->here))
		r->here = r->path;
	web_params_read_cookies(arena, input->cookie, &r->cookies);
	if (!good)
		return hs_fail(err, HS_EINVAL, "the address is malformed");
	return read_content(input, r, err);
}

bool web_is_same_origin(const struct web_request *request)
{
	static const char scheme[] = "https://";
	size_t len = sizeof(scheme) - 1;

	if (request->fetch_site != NULL &&
	    strcmp(request->fetch_site, "same-origin") != 0)
		return false;
	return request->origin != NULL && request->host != NULL &&
	       strncmp(request->origin, scheme, len) == 0 &&
	       strcasecmp(request->origin + len, request->host) == 0;
}
