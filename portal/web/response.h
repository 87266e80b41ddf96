/* response.h - the answer: status, headers every page has, cookies, body. */
#ifndef HANSE_PORTAL_WEB_RESPONSE_H
#define HANSE_PORTAL_WEB_RESPONSE_H

#include "base/text.h"
#include "portal/web/html.h"

/** What a browser may do with an answer: its Content-Security-Policy. */
enum web_policy {
	WEB_POLICY_PAGE,     /* a page of ours: nothing inline */
	WEB_POLICY_LIVE,     /* the same, and its script may ask this site */
	WEB_POLICY_DOCUMENT, /* whole in itself: its style is in it, nothing
			      * else is loaded, nothing runs */
};

struct web_response {
	int status; /* 0 is 200 */
	const char *type;
	enum web_policy policy;
	struct hs_text headers; /* beyond those every page has */
	struct hs_text body;
};

void web_response_done(struct web_response *response);

/** Take over what a page has written. */
void web_respond_page(
    struct web_response *response, int status, struct html *page);

/** A line of plain text, for programs. */
void web_respond_text(
    struct web_response *response, int status, const char *text);

/**
 * A file to keep.
 *
 * @type:  its media type
 * @name:  characters of a word, '-' and '.', what it is saved as; NULL: it is
 *         shown
 * @data:  taken over
 */
void web_respond_file(struct web_response *response, const char *type,
    const char *name, struct hs_text *data);

/** Send the browser on with GET (303). */
void web_redirect(struct web_response *response, struct h_url to);

/**
 * Set a cookie "__Host-NAME": Secure, HttpOnly, SameSite=Lax, Path=/.
 *
 * @value:    characters of a token or a word
 * @seconds:  how long; 0 for as long as the browser runs; -1 removes it
 */
void web_set_cookie(struct web_response *response, const char *name,
    const char *value, long seconds);

/** The whole header block, with the empty line; owned by the caller. */
char *web_response_head(
    const struct web_response *response, const char *request_id);

#endif
