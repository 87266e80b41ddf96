/* patroni.c - questions to Patroni. Its answer only says whom to dial: who is
 * dialled proves by certificate to be of the cluster, and says itself that it
 * is no standby.
 */

#include "shared-db-gateway/patroni.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/config.h"

#define ANSWER_MS  1000L
#define ANSWER_MAX 65536u /* bytes */

struct gw_patroni {
	struct hs_loop *loop;
	const struct gw_config *config;
	json_t *keys; /* see keys.h */
	CURLM *multi;
	struct hs_timer timer;
};

struct gw_ask {
	struct gw_patroni *patroni;
	CURL *easy;
	struct curl_slist *address;
	struct hs_text body;
	enum gw_inquiry question;
	void (*fn)(void *owner, const struct gw_answer *answer);
	void *owner;
};

/* A socket of libcurl's, in our loop. */
struct wire {
	struct gw_patroni *patroni;
	struct hs_watch watch;
};

/* -- Answers --------------------------------------------------------------- */

void gw_patroni_drop(struct gw_ask *ask)
{
	if (ask == NULL)
		return;
	(void)curl_multi_remove_handle(ask->patroni->multi, ask->easy);
	curl_easy_cleanup(ask->easy);
	curl_slist_free_all(ask->address);
	hs_text_done(&ask->body);
	free(ask);
}

/* Behind the seconds: up to milliseconds of them, the rest is left aside. */
static unsigned parse_parts(const char **at)
{
	unsigned ms = 0, worth = 100;

	if (**at != '.')
		return 0;
	for (++*at; **at >= '0' && **at <= '9'; ++*at, worth /= 10)
		ms += worth * (unsigned)(**at - '0');
	return ms;
}

/* "+02:00", "Z" or nothing, in seconds; false: it is none of them. */
static bool parse_offset(const char *at, int64_t *ret_offset_s)
{
	unsigned hours = 0, minutes = 0;

	*ret_offset_s = 0;
	if (*at == '\0' || strcmp(at, "Z") == 0)
		return true;
	if ((*at != '+' && *at != '-') ||
	    sscanf(at + 1, "%2u:%2u", &hours, &minutes) != 2)
		return false;
	*ret_offset_s = (int64_t)hours * 3600 + (int64_t)minutes * 60;
	if (*at == '-')
		*ret_offset_s = -*ret_offset_s;
	return true;
}

/* "2026-11-28T09:30:00+00:00", perhaps with parts of a second. */
static uint64_t parse_time(const char *text)
{
	struct tm tm = { 0 };
	const char *at = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int64_t offset_s = 0, when_s;
	unsigned parts_ms;

	if (at == NULL)
		return 0;
	parts_ms = parse_parts(&at);
	if (!parse_offset(at, &offset_s))
		return 0;
	when_s = (int64_t)timegm(&tm) - offset_s;
	return when_s > 0 ? (uint64_t)when_s * 1000 + parts_ms : 0;
}

uint64_t gw_patroni_schedule(const char *json, size_t len)
{
	json_t *cluster = json_loadb(json, len, 0, NULL);
	const char *at = json_string_value(json_object_get(
	    json_object_get(cluster, "scheduled_switchover"), "at"));
	uint64_t when_ms = at != NULL ? parse_time(at) : 0;

	json_decref(cluster);
	return when_ms;
}

static void finish(struct gw_ask *ask, CURLcode result)
{
	void (*fn)(void *owner, const struct gw_answer *answer) = ask->fn;
	void *owner = ask->owner;
	struct gw_answer answer = { .says = GW_SAYS_NOTHING };
	long status = 0;

	(void)curl_easy_getinfo(ask->easy, CURLINFO_RESPONSE_CODE, &status);
	if (result == CURLE_OK)
		answer.says = status == 200 ? GW_SAYS_YES : GW_SAYS_NO;
	if (answer.says == GW_SAYS_YES && ask->body.len > 0)
		answer.switchover_ms =
		    gw_patroni_schedule(ask->body.data, ask->body.len);
	gw_patroni_drop(ask);
	fn(owner, &answer);
}

static size_t take_body(char *data, size_t one, size_t len, void *owner)
{
	struct gw_ask *ask = owner;

	(void)one;
	if (ask->body.len + len > ANSWER_MAX)
		return 0;
	hs_text_add_len(&ask->body, data, len);
	return len;
}

/* What one answer leads to may drop others: they are taken one by one. */
static void take_answers(struct gw_patroni *p)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(p->multi, &left)) != NULL) {
		struct gw_ask *ask = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(
		    message->easy_handle, CURLINFO_PRIVATE, (char **)&ask);
		finish(ask, message->data.result);
	}
}

static void act(struct gw_patroni *p, curl_socket_t fd, int what)
{
	int running;

	(void)curl_multi_socket_action(p->multi, fd, what, &running);
	take_answers(p);
}

/* -- libcurl in the loop --------------------------------------------------- */

static void on_wire(void *owner, unsigned events)
{
	struct wire *wire = owner;
	int what = 0;

	if ((events & HS_LOOP_READ) != 0)
		what |= CURL_CSELECT_IN;
	if ((events & HS_LOOP_WRITE) != 0)
		what |= CURL_CSELECT_OUT;
	if ((events & HS_LOOP_HANGUP) != 0)
		what |= CURL_CSELECT_IN | CURL_CSELECT_ERR;
	act(wire->patroni, wire->watch.fd, what);
}

static int on_socket(
    CURL *easy, curl_socket_t fd, int what, void *owner, void *socket_owner)
{
	struct gw_patroni *p = owner;
	struct wire *wire = socket_owner;
	unsigned events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (wire != NULL)
			hs_watch_stop(&wire->watch);
		free(wire);
		return 0;
	}
	if (what != CURL_POLL_OUT)
		events |= HS_LOOP_READ;
	if (what != CURL_POLL_IN)
		events |= HS_LOOP_WRITE;
	if (wire != NULL) {
		hs_watch_set(&wire->watch, events);
		return 0;
	}
	wire = hs_alloc(sizeof(*wire));
	wire->patroni = p;
	wire->watch.fn = on_wire;
	wire->watch.owner = wire;
	if (hs_watch_start(p->loop, &wire->watch, fd, events, NULL) < 0) {
		free(wire);
		return -1;
	}
	(void)curl_multi_assign(p->multi, fd, wire);
	return 0;
}

static int on_wait(CURLM *multi, long wait_ms, void *owner)
{
	struct gw_patroni *p = owner;

	(void)multi;
	if (wait_ms < 0)
		hs_timer_stop(&p->timer);
	else
		hs_timer_start(p->loop, &p->timer, (uint64_t)wait_ms);
	return 0;
}

static void on_timer(void *owner)
{
	act(owner, CURL_SOCKET_TIMEOUT, 0);
}

int gw_patroni_open(struct hs_loop *loop, const struct gw_config *config,
    struct gw_patroni **ret_patroni, struct hs_err *err)
{
	struct gw_patroni *p;
	CURLM *multi = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
			   ? curl_multi_init()
			   : NULL;

	if (multi == NULL)
		return hs_fail(err, HS_ESYSTEM, "cannot begin with libcurl");
	p = hs_alloc(sizeof(*p));
	p->loop = loop;
	p->config = config;
	p->multi = multi;
	p->timer.fn = on_timer;
	p->timer.owner = p;
	(void)curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	(void)curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, p);
	(void)curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_wait);
	(void)curl_multi_setopt(multi, CURLMOPT_TIMERDATA, p);
	*ret_patroni = p;
	return 0;
}

void gw_patroni_close(struct gw_patroni *p)
{
	if (p == NULL)
		return;
	(void)curl_multi_cleanup(p->multi);
	hs_timer_stop(&p->timer);
	curl_global_cleanup();
	json_decref(p->keys);
	free(p);
}

void gw_patroni_set_keys(struct gw_patroni *p, const json_t *keys)
{
	json_decref(p->keys);
	p->keys = json_incref((json_t *)(uintptr_t)keys);
}

/* -- Questions ------------------------------------------------------------- */

static void set_text(CURL *easy, CURLoption option, const json_t *text)
{
	struct curl_blob blob = { .flags = CURL_BLOB_COPY };

	if (text == NULL)
		return;
	blob.data = (void *)(uintptr_t)json_string_value(text);
	blob.len = json_string_length(text);
	(void)curl_easy_setopt(easy, option, &blob);
}

/* That of any role proves whose gateway we are. */
static const json_t *pair_of(const json_t *keys)
{
	const json_t *pair = json_object_get(keys, "backend");
	json_t *roles = json_object_get(keys, "roles");

	return pair != NULL ? pair
			    : json_object_iter_value(json_object_iter(roles));
}

/* As towards PostgreSQL: the same authority, the same certificates. */
static void secure(CURL *easy, const json_t *keys)
{
	const json_t *pair = pair_of(keys);

	(void)curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	set_text(easy, CURLOPT_CAINFO_BLOB, json_object_get(keys, "ca"));
	set_text(
	    easy, CURLOPT_SSLCERT_BLOB, json_object_get(pair, "certificate"));
	set_text(easy, CURLOPT_SSLKEY_BLOB, json_object_get(pair, "key"));
	(void)curl_easy_setopt(
	    easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

/* The address is given with the name, so nobody is asked for it. */
static void set_options(struct gw_ask *ask, const struct gw_member *member)
{
	const struct gw_config *config = ask->patroni->config;
	bool is_v6 = strchr(member->host, ':') != NULL;
	bool is_short = ask->question == GW_ASK_PRIMARY;
	hs_auto(hs_freep) char *url = hs_printf("%s://%s:%u/%s",
	    config->plaintext ? "http" : "https", member->server_name,
	    member->port, is_short ? "primary" : "cluster");
	hs_auto(hs_freep) char *address =
	    hs_printf("%s:%u:%s%s%s", member->server_name, member->port,
		is_v6 ? "[" : "", member->host, is_v6 ? "]" : "");
	CURL *easy = ask->easy;

	ask->address = curl_slist_append(NULL, address);
	(void)curl_easy_setopt(easy, CURLOPT_URL, url);
	(void)curl_easy_setopt(easy, CURLOPT_RESOLVE, ask->address);
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Of the one the status alone is wanted: HEAD. */
	(void)curl_easy_setopt(easy, CURLOPT_NOBODY, is_short ? 1L : 0L);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, ask);
	/* Each has the same name and another address, and closes anyway. */
	(void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ANSWER_MS);
	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, ask);
	if (!config->plaintext)
		secure(easy, ask->patroni->keys);
}

struct gw_ask *gw_patroni_ask(struct gw_patroni *p,
    const struct gw_member *member, enum gw_inquiry question,
    void (*fn)(void *owner, const struct gw_answer *answer), void *owner)
{
	CURL *easy = curl_easy_init();
	struct gw_ask *ask;

	if (easy == NULL)
		return NULL;
	ask = hs_alloc(sizeof(*ask));
	*ask = (struct gw_ask) {
		.patroni = p,
		.easy = easy,
		.question = question,
		.fn = fn,
		.owner = owner,
	};
	set_options(ask, member);
	if (curl_multi_add_handle(p->multi, easy) != CURLM_OK) {
		gw_patroni_drop(ask);
		return NULL;
	}
	return ask;
}
