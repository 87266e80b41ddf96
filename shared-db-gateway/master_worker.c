/* master_worker.c - the life of a worker: started, told its routes, in service,
 * draining, stopped; and started again if it dies.
 */

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/child.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/gateway.h"
#include "shared-db-gateway/master_part.h"

#define ANSWER_MAX (64u << 20)
#define FIRST_MS   50 /* until who has died is started again */
#define SLOWEST_MS 5000
#define LONG_MS    10000 /* who has lived so long may die once more */

void gw_worker_free(struct worker *w)
{
	struct worker **at = &w->master->workers;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	while (w->parts != NULL)
		gw_ask_part_done(w, NULL);
	gw_line_close(&w->line);
	hs_timer_stop(&w->patience);
	if (w->clients >= 0)
		(void)close(w->clients);
	free(w->name);
	free(w);
}

static void on_patience(void *owner)
{
	gw_worker_stop(owner);
}

static void drain(struct worker *w)
{
	struct ask *a = gw_ask_new(w->master, NULL, false);

	w->duty = DRAINING;
	hs_timer_start(w->master->loop, &w->patience,
	    (uint64_t)w->master->config->drain_timeout_s * 1000);
	hs_info("worker.drains", "ve=%s slot=%u pid=%d", w->name, w->slot,
	    (int)w->pid);
	gw_ask_worker(a, w, "{\"command\":\"drain\"}", 0);
}

void gw_worker_stop(struct worker *w)
{
	struct ask *a;

	if (w->duty == STOPPING)
		return;
	a = gw_ask_new(w->master, NULL, false);
	w->duty = STOPPING;
	gw_ask_worker(a, w, "{\"command\":\"stop\"}", 0);
}

/* It has taken its routes. */
static void serves(struct worker *w)
{
	struct worker *old = w->ve->worker;

	w->duty = SERVING;
	w->ve->worker = w;
	hs_info("worker.serves", "ve=%s slot=%u pid=%d", w->name, w->slot,
	    (int)w->pid);
	if (w->master->is_up)
		gw_listener_tell(
		    w->master, GW_NOTE_WORKER, w->slot, w->name, w->clients);
	if (old != NULL)
		drain(old);
	w->master->starting--;
	gw_master_come_up(w->master);
}

static void on_answer(void *owner, char *line)
{
	struct worker *w = owner;
	json_t *answer = json_loads(line, 0, NULL);
	const char *why = json_string_value(json_object_get(answer, "error"));

	if (w->parts == NULL)
		hs_err_log("worker.talks", "ve=%s", w->name);
	else {
		gw_ask_part_done(w, answer);
		if (w->duty == STARTING && w->ve != NULL &&
		    json_is_true(json_object_get(answer, "ok")))
			serves(w);
		else if (w->duty == STARTING) {
			hs_err_log("worker.refused", "ve=%s msg=\"%s\"",
			    w->name, why != NULL ? why : "");
			gw_master_fail_start(w->master, why != NULL ? why : "");
			gw_worker_stop(w);
			w->master->starting--;
		}
	}
	json_decref(answer);
}

/* What becomes of it is seen when it has ended. */
static void on_silence(void *owner)
{
	struct worker *w = owner;

	gw_line_close(&w->line);
	if (w->duty != STOPPING && w->duty != DRAINING)
		(void)kill(w->pid, SIGKILL);
}

static void start_later(struct ve *ve, bool lived_long)
{
	unsigned ms = FIRST_MS;

	ve->in_a_row = lived_long ? 0 : ve->in_a_row + 1;
	for (unsigned i = 1; i < ve->in_a_row && ms < SLOWEST_MS; i++)
		ms *= 2;
	hs_timer_start(
	    ve->master->loop, &ve->again, ms < SLOWEST_MS ? ms : SLOWEST_MS);
}

void gw_worker_died(struct worker *w, int status)
{
	struct master *m = w->master;
	struct ve *ve = w->ve;
	bool lived_long = hs_loop_now_ms(m->loop) >= w->began_ms + LONG_MS;
	bool was_wanted = w->duty == STARTING || w->duty == SERVING;

	gw_listener_tell(m, GW_NOTE_GONE, w->slot, "", -1);
	if (was_wanted)
		hs_err_log("worker.died", "ve=%s slot=%u pid=%d status=%d",
		    w->name, w->slot, (int)w->pid, status);
	else
		hs_info("worker.ended", "ve=%s slot=%u pid=%d", w->name,
		    w->slot, (int)w->pid);
	if (w->duty == STARTING)
		m->starting--;
	if (ve != NULL && ve->worker == w)
		ve->worker = NULL;
	gw_worker_free(w);
	if (was_wanted)
		gw_master_fail_start(
		    m, "a worker died while it started; see the log");
	if (ve != NULL && ve->worker == NULL && !m->is_stopping) {
		if (was_wanted)
			ve->deaths++;
		start_later(ve, lived_long);
	}
	if (m->is_stopping && m->workers == NULL)
		hs_loop_stop(m->loop);
}

static bool is_taken(const struct master *m, unsigned slot)
{
	for (const struct worker *w = m->workers; w != NULL; w = w->next)
		if (w->slot == slot)
			return true;
	return false;
}

/* 0: there is none. One that was given back is used again last. */
static unsigned free_slot(struct master *m)
{
	for (unsigned i = 0; i < GW_SLOTS; i++) {
		m->last_slot = m->last_slot % (GW_SLOTS - 1) + 1;
		if (!is_taken(m, m->last_slot))
			return m->last_slot;
	}
	return 0;
}

int gw_worker_hear(struct worker *w, int fd, struct hs_err *err)
{
	return gw_line_open(&w->line, w->master->loop, fd, ANSWER_MAX, err);
}

static int start_process(struct worker *w, struct hs_err *err)
{
	struct master *m = w->master;
	hs_auto(hs_freep) char *slot = hs_printf("%u", w->slot);
	char *argv[] = { m->program, "--config", m->path, "--worker", w->name,
		"--slot", slot, NULL };
	int line[2] = { -1, -1 }, clients[2] = { -1, -1 };

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, clients) <
		0) {
		hs_closep(&line[0]);
		hs_closep(&line[1]);
		return hs_fail_errno(err, HS_ESYSTEM, "make a socket pair");
	}
	w->pid = gw_child_start(argv, line[1], clients[1], err);
	(void)close(line[1]);
	(void)close(clients[1]);
	w->clients = clients[0];
	if (w->pid < 0 || gw_worker_hear(w, line[0], err) < 0) {
		(void)close(line[0]);
		return -1;
	}
	return 0;
}

/* What a worker is told of routes. */
static char *reload_line(const struct ve *ve)
{
	const struct master *m = ve->master;
	json_t *elsewhere =
	    strcmp(ve->name, GW_PLATFORM) == 0 ? m->elsewhere : NULL;
	json_t *json =
	    json_pack("{s:s, s:{s:O}, s:O, s:O*}", "command", "reload", "files",
		ve->name, ve->file, "keys", ve->keys, "elsewhere", elsewhere);
	char *text = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	return text;
}

void gw_worker_tell_routes(struct ask *a, struct ve *ve, struct worker *w)
{
	char *line = reload_line(ve);
	uint64_t hash = XXH3_64bits(line, strlen(line));

	/* What has not changed need not be told again. */
	if (w->told == 0 || w->told != hash)
		gw_ask_worker(a, w, line, hash);
	hs_wipe(line, strlen(line));
	free(line);
}

struct worker *gw_worker_new(
    struct master *m, struct ve *ve, const char *name, unsigned slot)
{
	struct worker *w = hs_alloc(sizeof(*w));

	w->master = m;
	w->ve = ve;
	w->name = hs_strdup(name);
	w->slot = slot;
	w->pid = -1;
	w->clients = -1;
	w->began_ms = hs_loop_now_ms(m->loop);
	w->patience.fn = on_patience;
	w->patience.owner = w;
	w->line.on_line = on_answer;
	w->line.on_gone = on_silence;
	w->line.owner = w;
	w->parts_end = &w->parts;
	w->next = m->workers;
	m->workers = w;
	return w;
}

/* NULL: it could not be started, and is tried again. */
struct worker *gw_worker_start(struct ve *ve)
{
	struct worker *w =
	    gw_worker_new(ve->master, ve, ve->name, free_slot(ve->master));
	struct hs_err err = { 0 };

	if (w->slot == 0 || start_process(w, &err) < 0) {
		hs_err_log("worker.failed", "ve=%s msg=\"%s\"", ve->name,
		    w->slot == 0 ? "too many workers" : err.msg);
		if (w->pid > 0)
			(void)kill(w->pid, SIGKILL);
		gw_worker_free(w);
		start_later(ve, false);
		return NULL;
	}
	ve->master->starting++;
	return w;
}

void gw_worker_again(void *owner)
{
	struct ve *ve = owner;
	struct ask *a = gw_ask_new(ve->master, NULL, false);
	struct worker *w = gw_worker_start(ve);

	if (w != NULL)
		gw_worker_tell_routes(a, ve, w);
	gw_ask_asked(a);
}
