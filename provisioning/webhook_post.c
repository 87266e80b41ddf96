/* webhook_post.c - one event on its way to a webhook: signed, over HTTP. */

#include "provisioning/webhook_post.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

#define TIMEOUT_MS 10000L
#define ANSWER_MAX (64 * 1024) /* nobody reads it; more is cut off */

struct webhook_post {
	CURL *curl;
	struct curl_slist *headers;
	char *body;
	size_t answered; /* bytes */
	char error[CURL_ERROR_SIZE];
};

char *webhook_sign(const char *secret, long long seconds, const char *body)
{
	hs_auto(hs_freep) char *text = hs_printf("%lld.%s", seconds, body);
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	struct hs_text to = { 0 };

	(void)HMAC(EVP_sha256(), secret, (int)strlen(secret),
	    (const unsigned char *)text, strlen(text), mac, &len);
	hs_text_addf(&to, "t=%lld,v1=", seconds);
	for (unsigned i = 0; i < len; i++)
		hs_text_addf(&to, "%02x", mac[i]);
	return hs_text_take(&to);
}

static void add_header(
    struct webhook_post *post, const char *name, const char *value)
{
	hs_auto(hs_freep) char *line = hs_printf("%s: %s", name, value);

	post->headers = curl_slist_append(post->headers, line);
}

static void add_headers(
    struct webhook_post *post, const char *secret, const json_t *event)
{
	hs_auto(hs_freep) char *signature =
	    webhook_sign(secret, (long long)time(NULL), post->body);
	hs_auto(hs_freep) char *id = hs_printf("%lld",
	    (long long)json_integer_value(json_object_get(event, "event_id")));

	add_header(post, "Content-Type", "application/json");
	add_header(post, "Hanse-Event-Id", id);
	add_header(post, "Hanse-Signature", signature);
	/* Nor does libcurl ask first whether a body is welcome. */
	post->headers = curl_slist_append(post->headers, "Expect:");
}

static size_t ignore(char *data, size_t size, size_t count, void *arg)
{
	struct webhook_post *post = arg;

	(void)data;
	post->answered += size * count;
	return post->answered > ANSWER_MAX ? 0 : size * count;
}

/* QUICK_EXIT: a name server that does not answer holds up this post alone, not
 * the thread that ends it. */
static void set_up(struct webhook_post *post, const char *url)
{
	CURL *curl = post->curl;

	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	(void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "hanse/" HANSE_VERSION);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, post->headers);
	(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body);
	(void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, post->error);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, post);
}

struct webhook_post *webhook_post_new(
    const char *url, const char *secret, const json_t *event)
{
	hs_auto(webhook_post_freep) struct webhook_post *post =
	    hs_alloc(sizeof(*post));

	*post = (struct webhook_post) { .curl = curl_easy_init() };
	if (post->curl == NULL)
		return NULL;
	post->body = json_dumps(event, JSON_COMPACT);
	add_headers(post, secret, event);
	set_up(post, url);
	return hs_steal(&post);
}

void webhook_post_free(struct webhook_post *post)
{
	if (post == NULL)
		return;
	curl_easy_cleanup(post->curl);
	curl_slist_free_all(post->headers);
	free(post->body);
	free(post);
}

CURL *webhook_post_handle(const struct webhook_post *post)
{
	return post->curl;
}

/* The status counts as soon as it is there: what is wrong with the text behind
 * it is of no interest. */
void webhook_post_answer(const struct webhook_post *post, CURLcode code,
    struct webhook_answer *ret_answer)
{
	struct webhook_answer *a = ret_answer;
	curl_off_t us = 0;

	*a = (struct webhook_answer) { 0 };
	(void)curl_easy_getinfo(post->curl, CURLINFO_RESPONSE_CODE, &a->status);
	(void)curl_easy_getinfo(post->curl, CURLINFO_TOTAL_TIME_T, &us);
	a->ms = us / 1000;
	/* Nor is text of the other end trusted to be text. */
	if (code != CURLE_OK && code != CURLE_WRITE_ERROR)
		(void)snprintf(a->message, sizeof(a->message), "%s",
		    post->error[0] != '\0' && hs_is_text(post->error)
			? post->error
			: curl_easy_strerror(code));
	else if (a->status >= 300 && a->status < 400)
		(void)snprintf(a->message, sizeof(a->message),
		    "HTTP %ld, and redirects are not followed", a->status);
	else if (a->status < 200 || a->status > 299)
		(void)snprintf(
		    a->message, sizeof(a->message), "HTTP %ld", a->status);
}
