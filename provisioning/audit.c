/* audit.c - hansed's own reader of the event log, and "audit verify".
 *
 * STATE/audit.head holds NUMBER:HASH of the last event that was seen and found
 * good. It only moves on; once something is broken it stays, for it is the
 * proof, until an operator has looked into it and takes it away.
 */

#include "provisioning/audit.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "provisioning/event.h"
#include "provisioning/event_chain.h"
#include "provisioning/manager.h"
#include "provisioning/metric.h"
#include "provisioning/operator.h"
#include "shared-db-gateway/gateway.h"

#define TICK_MS 1000
#define SEAL_MS 2000 /* at most so often */

/* -- The file -------------------------------------------------------------- */

/* HS_ENOTFOUND if there is none yet. */
static int seal_read(
    struct plat *plat, struct event_link *ret_link, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = plat_path(plat, "audit.head");
	hs_auto(hs_freep) char *text = NULL;

	if (hs_file_read(path, 200, &text, NULL, err) < 0)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	if (event_link_parse(text, ret_link, err) < 0)
		return hs_wrap(err, "%s", path);
	return 0;
}

static int seal_write(
    struct plat *plat, const struct event_link *link, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = plat_path(plat, "audit.head");
	hs_auto(hs_freep) char *text = event_link_text(link);
	hs_auto(hs_freep) char *line = hs_printf("%s\n", text);

	return hs_file_write(path, line, strlen(line), 0600, err);
}

/* -- The thread ------------------------------------------------------------ */

/** What it knows between two looks. */
struct keeper {
	int stop_fd;
	struct plat plat;
	struct event_walk walk;
	struct event_link sealed;
	int64_t sealed_ms;
	bool listening; /* on this connection */
};

static void complain(struct keeper *k, size_t before)
{
	const json_t *f = json_array_get(k->walk.findings, before);

	hs_err_log("audit.broken",
	    "event_id=%lld problem=%s detail=\"%s\" remedy=\"hanse audit "
	    "verify\"",
	    (long long)json_integer_value(json_object_get(f, "event_id")),
	    json_string_value(json_object_get(f, "problem")),
	    json_string_value(json_object_get(f, "detail")));
}

/* Everything that has come since. */
static int walk(struct keeper *k, struct hs_db *store, struct hs_err *err)
{
	bool more = true;

	while (more) {
		size_t before = k->walk.broken;
		int64_t checked = k->walk.checked;

		if (event_walk_on(store, &k->walk, &more, err) < 0)
			return -1;
		metric_count(
		    METRIC_EVENTS, NULL, (uint64_t)(k->walk.checked - checked));
		if (before == 0 && k->walk.broken > 0)
			complain(k, before);
	}
	return 0;
}

static void seal(struct keeper *k, bool now)
{
	struct hs_err err = { 0 };

	if (k->walk.broken > 0 || k->walk.at.id == k->sealed.id ||
	    (!now && hs_now_ms() - k->sealed_ms < SEAL_MS))
		return;
	k->sealed_ms = hs_now_ms();
	if (seal_write(&k->plat, &k->walk.at, &err) < 0)
		hs_warn("audit.seal", "err=\"%s\"", err.msg);
	else
		k->sealed = k->walk.at;
}

static int look(struct keeper *k, struct hs_err *err)
{
	bool is_new = k->plat.store == NULL || !hs_db_is_alive(k->plat.store);
	struct hs_db *store;

	if (plat_store(&k->plat, &store, err) < 0 ||
	    (is_new && hs_db_run(store, "LISTEN hanse_event", err) < 0) ||
	    operator_flush(store, err) < 0 || walk(k, store, err) < 0)
		return -1;
	seal(k, false);
	return 0;
}

/* Until something is told, a tick, or the end; false at the end. */
static bool wait_for_more(struct keeper *k)
{
	struct hs_db *store = k->plat.store;
	bool alive = store != NULL && hs_db_is_alive(store);
	struct pollfd p[2] = {
		{ .fd = k->stop_fd, .events = POLLIN },
		{ .fd = alive ? hs_db_fd(store) : -1, .events = POLLIN },
	};

	if (alive && hs_db_notified(store))
		return poll(p, 1, 0) == 0;
	(void)poll(p, 2, TICK_MS);
	if (alive)
		(void)hs_db_notified(store);
	return p[0].revents == 0;
}

/* A head that cannot be read is none that proves anything: all is looked at. */
static void begin(struct keeper *k)
{
	struct event_link *from = &k->sealed;
	struct hs_err err = { 0 };

	if (seal_read(&k->plat, &k->sealed, &err) < 0) {
		if (err.code != HS_ENOTFOUND)
			hs_err_log("audit.head", "err=\"%s\"", err.msg);
		k->sealed = event_origin;
		from = NULL;
	}
	event_walk_init(&k->walk, from);
}

static void *keep(void *arg)
{
	struct keeper *k = arg;
	bool was_away = false;

	begin(k);
	do {
		struct hs_err err = { 0 };
		bool is_away = look(k, &err) < 0;

		metric_set(METRIC_STORE_UP, NULL, is_away ? 0 : 1);
		metric_set(METRIC_AUDIT_WHOLE, NULL, k->walk.broken == 0);
		if (is_away && !was_away)
			hs_warn("audit.away", "err=\"%s\"", err.msg);
		was_away = is_away;
	} while (wait_for_more(k));
	(void)look(k, NULL);
	seal(k, true);
	event_walk_done(&k->walk);
	plat_done(&k->plat);
	free(k);
	return NULL;
}

int audit_start(const struct plat_conf *conf, int stop_fd,
    pthread_t *ret_thread, struct hs_err *err)
{
	struct keeper *k = hs_alloc(sizeof(*k));

	k->stop_fd = stop_fd;
	plat_init(&k->plat, conf);
	errno = pthread_create(ret_thread, NULL, keep, k);
	if (errno == 0)
		return 0;
	free(k);
	return hs_fail_errno(err, HS_ESYSTEM, "start a thread");
}

/* -- Verify ---------------------------------------------------------------- */

/* With the head that hansed keeps, and one that the operator has kept. */
static int compare(struct request *r, struct hs_db *store, struct event_walk *w,
    struct hs_err *err)
{
	const char *against = request_text(r, "against");
	struct event_link link;
	struct hs_err seal_err = { 0 };

	if (seal_read(r->plat, &link, &seal_err) == 0) {
		if (event_walk_compare(
			store, w, &link, "the last one hansed saw", err) < 0)
			return -1;
	} else if (seal_err.code != HS_ENOTFOUND) {
		return hs_fail(err, seal_err.code, "%s", seal_err.msg);
	}
	if (against == NULL)
		return 0;
	if (event_link_parse(against, &link, err) < 0)
		return -1;
	return event_walk_compare(store, w, &link, "the head given", err);
}

static int verify(struct request *r, struct event_walk *w, struct hs_err *err)
{
	struct hs_db *store;
	bool more = true;

	if (plat_store(r->plat, &store, err) < 0)
		return -1;
	while (more)
		if (event_walk_on(store, w, &more, err) < 0)
			return -1;
	return compare(r, store, w, err);
}

/* The statements that went through the gateway are a chain of their own. */
static int verify_gateway(struct request *r, json_t *result, struct hs_err *err)
{
	hs_auto(hs_freep) char *folder = plat_path(r->plat, "gateway/audit");
	json_t *report = NULL;

	if (access(folder, F_OK) < 0)
		return 0;
	if (gw_audit_verify(folder, &report, err) < 0)
		return -1;
	if (!json_is_true(json_object_get(report, "ok")))
		(void)json_object_set_new(result, "ok", json_false());
	(void)json_object_set_new(result, "gateway", report);
	return 0;
}

int audit_statements(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_freep) char *folder = plat_path(r->plat, "gateway/audit");
	const struct gw_audit_filter filter = {
		.ve = request_text(r, "ve"),
		.enterprise = request_text(r, "enterprise"),
		.person = request_text(r, "person"),
		.last = (size_t)json_integer_value(
		    json_object_get(r->args, "last")),
	};
	json_t *list = NULL;

	if (access(folder, F_OK) < 0)
		return hs_fail(err, HS_ENOTFOUND,
		    "the gateway keeps no audit: there is no '%s' ('audit' in "
		    "gateway.yaml)",
		    folder);
	if (gw_audit_list(folder, &filter, &list, err) < 0)
		return -1;
	*ret_result = json_pack("{s:o}", "statements", list);
	return 0;
}

int audit_verify(struct request *r, json_t **ret_result, struct hs_err *err)
{
	int64_t since = hs_now_ms();
	struct event_walk w;
	int failed;

	event_walk_init(&w, NULL);
	failed = verify(r, &w, err);
	if (failed == 0) {
		hs_auto(hs_freep) char *head = event_link_text(&w.at);

		*ret_result = json_pack("{s:b, s:I, s:s, s:I, s:O, s:I}", "ok",
		    w.broken == 0, "checked", (json_int_t)w.checked, "head",
		    head, "broken", (json_int_t)w.broken, "findings",
		    w.findings, "ms", (json_int_t)(hs_now_ms() - since));
		failed = verify_gateway(r, *ret_result, err);
	}
	event_walk_done(&w);
	return failed;
}
