/* webhook_admin.c - webhooks on request: added, removed, tried out. */

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/manager.h"
#include "provisioning/webhook.h"
#include "provisioning/webhook_post.h"

#define URL_MAX      2000
#define SECRET_BYTES 32

/* -- What is asked for ----------------------------------------------------- */

static bool has_part(CURLU *parsed, CURLUPart part, char **ret_value)
{
	return curl_url_get(parsed, part, ret_value, 0) == CURLUE_OK;
}

/* A password in the URL would be shown wherever the URL is. */
static const char *fault_of(CURLU *parsed, const char *url)
{
	char *scheme = NULL, *other = NULL;
	const char *fault = NULL;

	if (strlen(url) > URL_MAX || strpbrk(url, " \t\n") != NULL ||
	    !hs_is_text(url) ||
	    curl_url_set(parsed, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    !has_part(parsed, CURLUPART_SCHEME, &scheme) ||
	    (strncmp(url, "http://", 7) != 0 &&
		strncmp(url, "https://", 8) != 0))
		fault = "it must be http://HOST... or https://HOST...";
	else if (has_part(parsed, CURLUPART_USER, &other) ||
		 has_part(parsed, CURLUPART_PASSWORD, &other))
		fault = "it must be without a name and a password; the "
			"signature shows who sends";
	curl_free(scheme);
	curl_free(other);
	return fault;
}

static int check_url(const char *url, struct hs_err *err)
{
	CURLU *parsed = curl_url();
	const char *fault = url == NULL || parsed == NULL
				? "it is missing"
				: fault_of(parsed, url);

	curl_url_cleanup(parsed);
	if (fault != NULL)
		return hs_fail(err, HS_EINVAL, "the URL: %s", fault);
	return 0;
}

static int check_patterns(const char *patterns, struct hs_err *err)
{
	if (patterns[0] != '\0' && strlen(patterns) <= URL_MAX &&
	    strspn(patterns, "abcdefghijklmnopqrstuvwxyz0123456789.-_*,") ==
		strlen(patterns))
		return 0;
	return hs_fail(err, HS_EINVAL,
	    "events are named like job.*,drift.found, not '%s'", patterns);
}

static int check_id(struct request *r, const char **ret_id, struct hs_err *err)
{
	const char *id = request_text(r, "webhook");

	if (id == NULL || id[0] == '\0' || strlen(id) > 18 ||
	    strspn(id, "0123456789") != strlen(id))
		return hs_fail(err, HS_EINVAL,
		    "a webhook is named by its number (see: hanse webhook "
		    "list)");
	*ret_id = id;
	return 0;
}

static int fail_none(const char *id, struct hs_err *err)
{
	return hs_fail(err, HS_ENOTFOUND,
	    "there is no webhook %s (see: hanse webhook list)", id);
}

/* -- Add ------------------------------------------------------------------- */

static int make_secret(char *ret_secret, struct hs_err *err)
{
	unsigned char bytes[SECRET_BYTES];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return hs_fail(err, HS_ESYSTEM, "no random numbers");
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)sprintf(ret_secret + 2 * i, "%02x", bytes[i]);
	OPENSSL_cleanse(bytes, sizeof(bytes));
	return 0;
}

/* As text for SQL; NULL is the end of the log. */
static int read_since(struct request *r, char **ret_since, struct hs_err *err)
{
	const json_t *since = json_object_get(r->args, "since");

	if (since == NULL)
		return 0;
	if (!json_is_integer(since) || json_integer_value(since) < 0)
		return hs_fail(
		    err, HS_EINVAL, "a cursor is the number of an event");
	*ret_since = hs_printf("%lld", (long long)json_integer_value(since));
	return 0;
}

int webhook_add(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	hs_auto(hs_freep) char *since = NULL;
	const char *url = request_text(r, "url");
	const char *events = request_text(r, "events");
	char secret[2 * SECRET_BYTES + 1], max[12];
	struct hs_db *store;

	if (events == NULL)
		events = "*";
	if (check_url(url, err) < 0 || check_patterns(events, err) < 0 ||
	    read_since(r, &since, err) < 0 || make_secret(secret, err) < 0 ||
	    plat_store(r->plat, &store, err) < 0)
		return -1;
	(void)snprintf(max, sizeof(max), "%d", WEBHOOKS_MAX);
	if (HS_DB_QUERY(store, prov_sql_webhook_add, &rows, err, url, secret,
		events, request_text(r, "ve"), since, max) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return hs_fail(
		    err, HS_ELIMIT, "there may be %d webhooks", WEBHOOKS_MAX);
	*ret_result = json_pack("{s:s, s:s, s:s}", "webhook",
	    hs_rows_get(rows, 0, "webhook_id"), "url", url, "secret", secret);
	OPENSSL_cleanse(secret, sizeof(secret));
	return 0;
}

/* -- Remove ---------------------------------------------------------------- */

int webhook_remove(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;
	const char *id;

	if (check_id(r, &id, err) < 0 || plat_store(r->plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_webhook_remove, &rows, err, id) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return fail_none(id, err);
	*ret_result = json_pack("{s:s}", "webhook", id);
	return 0;
}

/* -- Test ------------------------------------------------------------------ */

/* Like an event of the log, but not of it: number 0. */
static json_t *test_event(const char *id)
{
	time_t now = time(NULL);
	struct tm utc;
	char at[32];

	(void)gmtime_r(&now, &utc);
	(void)strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%S.000000Z", &utc);
	return json_pack("{s:i, s:s, s:s, s:n, s:s, s:s, s:n, s:n, s:n}",
	    "event_id", 0, "at", at, "event", "webhook.test", "ve", "subject",
	    id, "detail", "hanse webhook test", "job_id", "data", "hash");
}

static int post_test(const char *id, const struct hs_rows *rows,
    struct webhook_answer *ret_answer, struct hs_err *err)
{
	json_t *event = test_event(id);
	hs_auto(webhook_post_freep) struct webhook_post *post =
	    webhook_post_new(hs_rows_get(rows, 0, "url"),
		hs_rows_get(rows, 0, "secret"), event);

	json_decref(event);
	if (post == NULL)
		return hs_fail(err, HS_ESYSTEM, "libcurl makes no handle");
	webhook_post_answer(
	    post, curl_easy_perform(webhook_post_handle(post)), ret_answer);
	if (ret_answer->message[0] == '\0')
		return 0;
	return hs_fail(err, HS_EREMOTE, "webhook %s did not take it: %s", id,
	    ret_answer->message);
}

int webhook_test(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct webhook_answer answer;
	struct hs_db *store;
	const char *id;

	if (check_id(r, &id, err) < 0 || plat_store(r->plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_webhook_get, &rows, err, id) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return fail_none(id, err);
	if (post_test(id, rows, &answer, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_webhook_answers, NULL, err, id) < 0)
		return -1;
	*ret_result = json_pack("{s:s, s:I, s:I}", "webhook", id, "status",
	    (json_int_t)answer.status, "ms", (json_int_t)answer.ms);
	return 0;
}
