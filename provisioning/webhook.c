/* webhook.c - the thread that carries the event log to webhooks.
 *
 * A hook is idle, or has one post on its way (libcurl's multi interface carries
 * those of all hooks), or an answer that is to be noted. While the control
 * database is away the answer waits, and nothing new is sent.
 */

#include "provisioning/webhook.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "gen/prov_sql.h"
#include "provisioning/event.h"
#include "provisioning/metric.h"
#include "provisioning/webhook_post.h"

#define TICK_MS 1000

/** A webhook as the control database has it, and what it is doing. */
struct hook {
	char *id, *url, *secret, *events, *ve;
	bool gone; /* removed or disabled */
	int64_t cursor;
	int64_t due_ms; /* not before, after a failure */

	json_t *batch; /* events that were read */
	size_t next;   /* of the batch */
	int64_t read;  /* the cursor behind it */
	bool dry;      /* there was nothing more */

	struct webhook_post *post; /* NULL: idle */
	bool answered;
	struct webhook_answer answer;
};

struct courier {
	int stop_fd;
	struct plat plat;
	CURLM *multi;
	struct hook *hooks[WEBHOOKS_MAX];
	size_t count;
	bool has_lock; /* on this connection */
	bool told;     /* hooks or events are to be looked at again */
	bool more;     /* there is work without waiting */
	int64_t listed_ms;
};

/* -- Hooks ----------------------------------------------------------------- */

static void hook_free(struct hook *h)
{
	free(h->id);
	free(h->url);
	free(h->secret);
	free(h->events);
	free(h->ve);
	json_decref(h->batch);
	webhook_post_free(h->post);
	free(h);
}

static struct hook *hook_new(const struct hs_rows *rows, size_t row)
{
	struct hook *h = hs_alloc(sizeof(*h));

	*h = (struct hook) {
		.id = hs_strdup(hs_rows_get(rows, row, "webhook_id")),
		.url = hs_strdup(hs_rows_get(rows, row, "url")),
		.secret = hs_strdup(hs_rows_get(rows, row, "secret")),
		.events = hs_strdup(hs_rows_get(rows, row, "events")),
		.ve = hs_strdup(hs_rows_get(rows, row, "ve")),
		.cursor = strtoll(hs_rows_get(rows, row, "cursor"), NULL, 10),
	};
	h->read = h->cursor;
	return h;
}

static struct hook *find_hook(const struct courier *c, const char *id)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->hooks[i]->id, id) == 0)
			return c->hooks[i];
	return NULL;
}

/* One that has gone with a post on its way goes when that has come back. */
static void drop_gone(struct courier *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++) {
		struct hook *h = c->hooks[i];

		if (h->gone && h->post == NULL)
			hook_free(h);
		else
			c->hooks[kept++] = h;
	}
	c->count = kept;
}

/* The hooks as they are now; what is known of them stays. */
static int list_hooks(
    struct courier *c, struct hs_db *store, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	int64_t now = hs_now_ms();

	if (hs_db_query(store, prov_sql_webhook_due, 0, NULL, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < c->count; i++)
		c->hooks[i]->gone = true;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		struct hook *h =
		    find_hook(c, hs_rows_get(rows, i, "webhook_id"));

		if (h == NULL && c->count < WEBHOOKS_MAX)
			h = c->hooks[c->count++] = hook_new(rows, i);
		if (h == NULL)
			continue;
		h->gone = false;
		h->dry = false;
		h->due_ms =
		    now + strtoll(hs_rows_get(rows, i, "wait_ms"), NULL, 10);
	}
	drop_gone(c);
	c->told = false;
	c->listed_ms = now;
	return 0;
}

/* -- What is next ---------------------------------------------------------- */

/* "job.*,drift.*" */
static bool is_wanted(const struct hook *h, const json_t *event)
{
	const char *name = json_string_value(json_object_get(event, "event"));
	const char *p = h->events;

	while (*p != '\0') {
		size_t len = strcspn(p, ",");
		hs_auto(hs_freep) char *pattern = hs_strndup(p, len);

		if (fnmatch(pattern, name, 0) == 0)
			return true;
		p += len;
		p += *p == ',';
	}
	return false;
}

static const json_t *next_of_batch(struct hook *h)
{
	for (; h->next < json_array_size(h->batch); h->next++) {
		const json_t *event = json_array_get(h->batch, h->next);

		if (is_wanted(h, event))
			return event;
	}
	return NULL;
}

/* All that was read is delivered or not for it. */
static int pass(struct hook *h, struct hs_db *store, struct hs_err *err)
{
	char cursor[24];

	if (h->read <= h->cursor)
		return 0;
	(void)snprintf(cursor, sizeof(cursor), "%" PRId64, h->read);
	if (HS_DB_QUERY(
		store, prov_sql_webhook_passed, NULL, err, h->id, cursor) < 0)
		return -1;
	h->cursor = h->read;
	return 0;
}

static int read_batch(struct hook *h, struct hs_db *store, struct hs_err *err)
{
	const struct event_query query = { .since = h->read, .ve = h->ve };
	json_t *batch;

	if (event_read(store, &query, &batch, &h->read, err) < 0)
		return -1;
	json_decref(h->batch);
	h->batch = batch;
	h->next = 0;
	h->dry = json_array_size(batch) == 0;
	return 0;
}

/* One batch at a time: others have their turn in between. */
static int send_next(
    struct courier *c, struct hook *h, struct hs_db *store, struct hs_err *err)
{
	const json_t *event = next_of_batch(h);

	if (event == NULL && !h->dry) {
		if (pass(h, store, err) < 0 || read_batch(h, store, err) < 0)
			return -1;
		event = next_of_batch(h);
		if (event == NULL && pass(h, store, err) < 0)
			return -1;
		c->more |= event == NULL && !h->dry;
	}
	if (event == NULL)
		return 0;
	h->post = webhook_post_new(h->url, h->secret, event);
	if (h->post == NULL)
		return hs_fail(err, HS_ESYSTEM, "libcurl makes no handle");
	(void)curl_multi_add_handle(c->multi, webhook_post_handle(h->post));
	c->more = true; /* it has not begun yet */
	return 0;
}

/* -- What came of it ------------------------------------------------------- */

static void collect(struct courier *c)
{
	int running;
	CURLMsg *m;

	(void)curl_multi_perform(c->multi, &running);
	while ((m = curl_multi_info_read(c->multi, &running)) != NULL)
		for (size_t i = 0; i < c->count; i++) {
			struct hook *h = c->hooks[i];

			if (h->post == NULL ||
			    webhook_post_handle(h->post) != m->easy_handle)
				continue;
			webhook_post_answer(
			    h->post, m->data.result, &h->answer);
			h->answered = true;
			(void)curl_multi_remove_handle(
			    c->multi, webhook_post_handle(h->post));
			metric_count(METRIC_WEBHOOK_DELIVERIES,
			    METRIC_OF(
				h->answer.message[0] == '\0' ? "ok" : "failed"),
			    1);
			break; /* the message has gone with the handle */
		}
}

static int note(
    struct courier *c, struct hook *h, struct hs_db *store, struct hs_err *err)
{
	const struct webhook_answer *a = &h->answer;
	int64_t event_id = json_integer_value(
	    json_object_get(json_array_get(h->batch, h->next), "event_id"));
	bool taken = a->message[0] == '\0';
	char event[24], ms[24], status[24];
	int failed;

	(void)snprintf(event, sizeof(event), "%" PRId64, event_id);
	(void)snprintf(ms, sizeof(ms), "%lld", a->ms);
	(void)snprintf(status, sizeof(status), "%ld", a->status);
	failed = taken ? HS_DB_QUERY(store, prov_sql_webhook_delivered, NULL,
			     err, h->id, event, ms, status)
		       : HS_DB_QUERY(store, prov_sql_webhook_failed, NULL, err,
			     h->id, event, ms, status, a->message);
	if (failed < 0)
		return -1;
	if (taken) {
		h->cursor = event_id;
		h->next++;
	} else {
		hs_info("webhook.failed", "webhook=%s event_id=%s err=\"%s\"",
		    h->id, event, a->message);
		c->told = true; /* when is it tried again? */
	}
	webhook_post_freep(&h->post);
	h->answered = false;
	return 0;
}

/* -- The thread ------------------------------------------------------------ */

static int take_lock(struct courier *c, struct hs_db *store, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (c->has_lock)
		return 0;
	if (hs_db_query(store, prov_sql_webhook_lock, 0, NULL, &rows, err) < 0)
		return -1;
	c->has_lock = strcmp(hs_rows_get(rows, 0, "got"), "true") == 0;
	return 0;
}

static int connect_store(
    struct courier *c, struct hs_db **ret_store, struct hs_err *err)
{
	bool is_new = c->plat.store == NULL || !hs_db_is_alive(c->plat.store);

	if (plat_store(&c->plat, ret_store, err) < 0)
		return -1;
	if (is_new) {
		c->has_lock = false;
		c->told = true;
		if (hs_db_run(*ret_store, "LISTEN hanse_event", err) < 0 ||
		    hs_db_run(*ret_store, "LISTEN hanse_webhook", err) < 0) {
			hs_db_closep(&c->plat.store);
			return -1;
		}
	}
	return take_lock(c, *ret_store, err);
}

static int look(struct courier *c, struct hs_err *err)
{
	int64_t now = hs_now_ms();
	struct hs_db *store;

	c->more = false;
	collect(c);
	if (connect_store(c, &store, err) < 0)
		return -1;
	for (size_t i = 0; i < c->count; i++)
		if (c->hooks[i]->answered &&
		    note(c, c->hooks[i], store, err) < 0)
			return -1;
	if (!c->has_lock)
		return 0;
	if ((c->told || now - c->listed_ms >= TICK_MS) &&
	    list_hooks(c, store, err) < 0)
		return -1;
	for (size_t i = 0; i < c->count; i++) {
		struct hook *h = c->hooks[i];

		if (!h->gone && h->post == NULL && h->due_ms <= now &&
		    send_next(c, h, store, err) < 0)
			return -1;
	}
	return 0;
}

/* Until the next hook may be tried again, but no longer than a tick. */
static int patience_ms(const struct courier *c)
{
	int64_t now = hs_now_ms(), wait = TICK_MS;

	if (c->more)
		return 0;
	for (size_t i = 0; i < c->count; i++) {
		int64_t left = c->hooks[i]->due_ms - now;

		if (left > 0 && left < wait)
			wait = left;
	}
	return (int)wait;
}

/* False at the end. */
static bool wait_for_more(struct courier *c)
{
	struct hs_db *store = c->plat.store;
	bool alive = store != NULL && hs_db_is_alive(store);
	struct curl_waitfd fds[2] = {
		{ .fd = c->stop_fd, .events = CURL_WAIT_POLLIN },
		{ .fd = alive ? hs_db_fd(store) : -1,
		    .events = CURL_WAIT_POLLIN },
	};

	if (alive && hs_db_notified(store))
		c->told = c->more = true;
	(void)curl_multi_poll(
	    c->multi, fds, alive ? 2 : 1, patience_ms(c), NULL);
	if (alive && hs_db_notified(store))
		c->told = true;
	return fds[0].revents == 0;
}

/* What is on its way is sent again by the next daemon. */
static void end(struct courier *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct hook *h = c->hooks[i];

		if (h->post != NULL && !h->answered)
			(void)curl_multi_remove_handle(
			    c->multi, webhook_post_handle(h->post));
		hook_free(h);
	}
	(void)curl_multi_cleanup(c->multi);
	plat_done(&c->plat);
	free(c);
}

static void *deliver(void *arg)
{
	struct courier *c = arg;
	bool was_away = false;

	do {
		struct hs_err err = { 0 };
		bool is_away = look(c, &err) < 0;

		if (is_away && !was_away)
			hs_warn("webhook.away", "err=\"%s\"", err.msg);
		was_away = is_away;
		c->more &= !is_away;
	} while (wait_for_more(c));
	end(c);
	return NULL;
}

int webhook_start(const struct plat_conf *conf, int stop_fd,
    pthread_t *ret_thread, struct hs_err *err)
{
	struct courier *c = hs_alloc(sizeof(*c));

	*c = (struct courier) { .stop_fd = stop_fd };
	c->multi = curl_multi_init();
	plat_init(&c->plat, conf);
	errno = c->multi == NULL ? ENOMEM
				 : pthread_create(ret_thread, NULL, deliver, c);
	if (errno == 0)
		return 0;
	(void)hs_fail_errno(err, HS_ESYSTEM, "start the webhooks");
	end(c);
	return -1;
}
