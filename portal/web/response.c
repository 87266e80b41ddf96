/* response.c - the answer: status, headers every page has, cookies, body. */

#include "portal/web/response.h"

#include "base/mem.h"
#include "portal/web/status.h"

/* clang-format off */
static const char *const policies[] = {
	[WEB_POLICY_PAGE] =
	    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; "
	    "base-uri 'none'; frame-ancestors 'none'",
	[WEB_POLICY_LIVE] =
	    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
	    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	[WEB_POLICY_DOCUMENT] =
	    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
	    "base-uri 'none'; frame-ancestors 'none'",
};
/* clang-format on */

/* What every answer says besides. */
static const char fixed_headers[] =
    "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Cache-Control: no-store\r\n";

void web_response_done(struct web_response *response)
{
	hs_text_done(&response->headers);
	hs_text_done(&response->body);
	*response = (struct web_response) { 0 };
}

void web_respond_page(
    struct web_response *response, int status, struct html *page)
{
	response->status = status;
	response->type = "text/html; charset=utf-8";
	hs_text_done(&response->body);
	response->body = page->text;
	page->text = (struct hs_text) { 0 };
}

void web_respond_text(
    struct web_response *response, int status, const char *text)
{
	response->status = status;
	response->type = "text/plain; charset=utf-8";
	hs_text_done(&response->body);
	hs_text_add(&response->body, text);
}

void web_respond_file(struct web_response *response, const char *type,
    const char *name, struct hs_text *data)
{
	response->status = 200;
	response->type = type;
	hs_text_done(&response->body);
	response->body = *data;
	*data = (struct hs_text) { 0 };
	if (name != NULL)
		hs_text_addf(&response->headers,
		    "Content-Disposition: attachment; filename=\"%s\"\r\n",
		    name);
}

void web_redirect(struct web_response *response, struct h_url to)
{
	web_respond_text(response, 303, "");
	hs_text_addf(&response->headers, "Location: %s\r\n", to.s);
}

void web_set_cookie(struct web_response *response, const char *name,
    const char *value, long seconds)
{
	hs_text_addf(&response->headers,
	    "Set-Cookie: __Host-%s=%s; Path=/; Secure; HttpOnly; "
	    "SameSite=Lax",
	    name, seconds < 0 ? "" : value);
	if (seconds != 0)
		hs_text_addf(&response->headers, "; Max-Age=%ld",
		    seconds < 0 ? 0L : seconds);
	hs_text_add(&response->headers, "\r\n");
}

char *web_response_head(
    const struct web_response *response, const char *request_id)
{
	int status = response->status != 0 ? response->status : 200;
	struct hs_text head = { 0 };

	hs_text_addf(&head, "Status: %d %s\r\nContent-Type: %s\r\n", status,
	    web_status_reason(status),
	    response->type != NULL ? response->type : "text/plain");
	hs_text_addf(&head, "Content-Length: %zu\r\nX-Request-Id: %s\r\n",
	    response->body.len, request_id);
	hs_text_addf(&head, "Content-Security-Policy: %s\r\n",
	    policies[response->policy]);
	hs_text_add(&head, fixed_headers);
	if (response->headers.len > 0)
		hs_text_add(&head, response->headers.data);
	hs_text_add(&head, "\r\n");
	return hs_text_take(&head);
}
