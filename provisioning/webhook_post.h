/* webhook_post.h - one event on its way to a webhook: signed, over HTTP;
 * private to the webhooks.
 */
#ifndef HANSE_PROVISIONING_WEBHOOK_POST_H
#define HANSE_PROVISIONING_WEBHOOK_POST_H

#include <curl/curl.h>
#include <jansson.h>

#include "base/mem.h"

struct webhook_post;

/** What came of it. */
struct webhook_answer {
	long status; /* of HTTP; 0: no answer */
	long long ms;
	/* What is wrong; "" if nothing is: it was taken. */
	char message[CURL_ERROR_SIZE];
};

/**
 * A post that can be performed, alone or among others. NULL if libcurl has no
 * memory.
 *
 * @event:  as protocol.md has it; event_id 0 is a test
 */
struct webhook_post *webhook_post_new(
    const char *url, const char *secret, const json_t *event);
void webhook_post_free(struct webhook_post *post);

/** It stays the post's. */
CURL *webhook_post_handle(const struct webhook_post *post);

/** After it was performed, with that result. */
void webhook_post_answer(const struct webhook_post *post, CURLcode code,
    struct webhook_answer *ret_answer);

/**
 * "t=SECONDS,v1=HEX": HMAC-SHA256 of "SECONDS.BODY" with the secret's text as
 * key. Owned by the caller.
 */
char *webhook_sign(const char *secret, long long seconds, const char *body);

HS_FREEP(webhook_post_freep, struct webhook_post *, webhook_post_free)

#endif
