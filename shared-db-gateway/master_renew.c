/* master_renew.c - the program that is installed now takes the place of the one
 * that runs: first of the master, then of the listener and each worker.
 *
 * The new one is asked whether it would start. Then nothing more is taken from
 * the control socket until all workers have answered what they were asked, and
 * the master becomes the new program (exec) with what master_adopt.c reads. It
 * stays the same process: its children are its own, ports stay open. That one
 * starts new workers; clients who are in stay with the old ones.
 */

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/child.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/control.h"
#include "shared-db-gateway/master_part.h"
#include "shared-db-gateway/state.h"

#define LOOK_MS 10
#define REST_MS 8000 /* those who ask wait 10 s */

static void give_up(struct master *m, enum hs_code code, const char *why)
{
	struct gw_caller *caller = m->renewal.caller;
	struct hs_err err = { 0 };

	(void)hs_fail(&err, code, "%s", why);
	hs_err_log("gateway.not-renewed", "msg=\"%s\"", err.msg);
	hs_timer_stop(&m->renewal.look);
	m->renewal = (struct renewal) { 0 };
	gw_master_answer(caller, NULL, &err);
	gw_control_go_on(m->control);
}

static json_t *worker_state(const struct worker *w, uint64_t now)
{
	uint64_t left = w->patience.loop != NULL && w->patience.due_ms > now
			    ? w->patience.due_ms - now
			    : 0;

	return json_pack("{s:s, s:b, s:i, s:i, s:i, s:i, s:i, s:I, s:I}",
	    "name", w->name, "has_ve", w->ve != NULL, "slot", (int)w->slot,
	    "pid", (int)w->pid, "duty", (int)w->duty, "fd", w->line.watch.fd,
	    "clients_fd", w->clients, "began_ms", (json_int_t)w->began_ms,
	    "patience_ms", (json_int_t)left);
}

static json_t *workers_state(const struct master *m)
{
	json_t *list = json_array();

	for (const struct worker *w = m->workers; w != NULL; w = w->next)
		(void)json_array_insert_new(
		    list, 0, worker_state(w, hs_loop_now_ms(m->loop)));
	return list;
}

static json_t *ves_state(const struct master *m)
{
	json_t *list = json_array();

	for (const struct ve *ve = m->ves; ve != NULL; ve = ve->next)
		(void)json_array_insert_new(list, 0,
		    json_pack("{s:s, s:O, s:O, s:i, s:i}", "name", ve->name,
			"file", ve->file, "keys", ve->keys, "deaths",
			(int)ve->deaths, "in_a_row", (int)ve->in_a_row));
	return list;
}

static json_t *ports_state(const struct master *m)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < m->config->listen_count; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:i}", "listen",
			      m->config->listen[i], "fd", m->ports[i]));
	return list;
}

static json_t *master_state(const struct master *m)
{
	return json_pack("{s:I, s:I, s:I, s:i, s:{s:i, s:i}, s:o, s:o, s:o, "
			 "s:o}",
	    "began_ms", (json_int_t)m->began_ms, "reloads",
	    (json_int_t)m->reloads, "listener_deaths",
	    (json_int_t)m->listener_deaths, "last_slot", (int)m->last_slot,
	    "listener", "pid", (int)m->listener, "fd", m->notes, "ports",
	    ports_state(m), "ves", ves_state(m), "workers", workers_state(m),
	    "control", gw_control_state(m->control, m->renewal.caller));
}

/* Returns only if it could not. */
static void become_next(struct master *m)
{
	json_t *state = master_state(m);
	hs_auto(hs_closep) int fd = -1;
	struct hs_err err = { 0 };

	if (state == NULL)
		(void)hs_fail(&err, HS_ESYSTEM, "nothing to hand over");
	else if (gw_state_write(state, &fd, &err) == 0) {
		hs_auto(hs_freep) char *number = hs_printf("%d", fd);
		char *argv[] = { m->program, "--config", m->path, "--state",
			number, NULL };

		gw_state_keep(state, true);
		(void)execv(m->program, argv);
		(void)hs_fail_errno(&err, HS_ESYSTEM, "start '%s'", m->program);
		gw_state_keep(state, false);
	}
	json_decref(state);
	give_up(m, HS_ESYSTEM, err.msg);
}

/* Nobody is being started, and nobody owes an answer. */
static bool is_at_rest(const struct master *m)
{
	if (m->starting > 0)
		return false;
	for (const struct worker *w = m->workers; w != NULL; w = w->next)
		if (w->parts != NULL || w->line.watch.loop == NULL ||
		    !gw_line_is_at_rest(&w->line))
			return false;
	return true;
}

static void look(void *owner)
{
	struct master *m = owner;

	if (m->is_stopping)
		give_up(m, HS_ECONFLICT, "the gateway is being stopped");
	else if (is_at_rest(m))
		become_next(m);
	else if (hs_loop_now_ms(m->loop) > m->renewal.until_ms)
		give_up(m, HS_EREMOTE, "a worker does not answer");
	else
		hs_timer_start(m->loop, &m->renewal.look, LOOK_MS);
}

void gw_renew_checked(struct master *m, int status)
{
	m->renewal.checker = 0;
	if (status != 0) {
		give_up(m, HS_EINVAL,
		    "the program that is installed now would not start with "
		    "this configuration; the gateway's log says why");
		return;
	}
	gw_control_pause(m->control);
	m->renewal.look.fn = look;
	m->renewal.look.owner = m;
	m->renewal.until_ms = hs_loop_now_ms(m->loop) + REST_MS;
	hs_timer_start(m->loop, &m->renewal.look, 0);
}

void gw_master_renew(struct master *m, struct gw_caller *caller)
{
	char *argv[] = { m->program, "--config", m->path, "--check", NULL };
	struct hs_err err = { 0 };
	pid_t pid;

	if (m->renewal.checker > 0) {
		(void)hs_fail(&err, HS_ECONFLICT, "it is being renewed");
		gw_master_answer(caller, NULL, &err);
		return;
	}
	pid = gw_child_start(argv, -1, -1, &err);
	m->renewal.caller = caller;
	if (pid < 0)
		give_up(m, HS_ESYSTEM, err.msg);
	else
		m->renewal.checker = pid;
}

void gw_master_renew_workers(struct master *m, struct gw_caller *caller)
{
	struct ask *a = gw_ask_new(m, caller, false);
	int workers = 0;

	a->all = true;
	for (struct ve *ve = m->ves; ve != NULL; ve = ve->next) {
		struct worker *w = gw_worker_start(ve);

		if (w == NULL)
			continue;
		gw_worker_tell_routes(a, ve, w);
		workers++;
	}
	a->own = json_pack("{s:i}", "workers", workers);
	/* It is started again, by the same program as they. */
	if (m->listener > 0)
		(void)kill(m->listener, SIGKILL);
	gw_ask_asked(a);
}
