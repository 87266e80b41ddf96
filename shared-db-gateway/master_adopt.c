/* master_adopt.c - the master goes on where the program before it in its
 * process has ended (master_renew.c): with its ports, its control socket, its
 * children.
 */

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/control.h"
#include "shared-db-gateway/master_part.h"
#include "shared-db-gateway/state.h"

static json_int_t number(const json_t *state, const char *key)
{
	return json_integer_value(json_object_get(state, key));
}

static const char *text(const json_t *state, const char *key)
{
	const char *value = json_string_value(json_object_get(state, key));

	return value != NULL ? value : "";
}

/* Of those that were open, the one for that; -1: none. Taken once. */
static int take_port(json_t *ports, const char *listen)
{
	size_t len = strcspn(listen, " "), i;
	json_t *port;

	json_array_foreach (ports, i, port) {
		const char *before = text(port, "listen");
		int fd = (int)number(port, "fd");

		if (strcspn(before, " ") == len &&
		    strncmp(before, listen, len) == 0) {
			(void)json_array_remove(ports, i);
			return fd;
		}
	}
	return -1;
}

/* Those of the configuration as it is now; the rest are closed. */
static void adopt_ports(struct master *m, json_t *ports)
{
	const struct gw_config *c = m->config;
	json_t *port;
	size_t i;

	m->ports = hs_alloc((c->listen_count + 1) * sizeof(int));
	for (i = 0; i < c->listen_count; i++) {
		struct hs_err err = { 0 };

		m->ports[i] = take_port(ports, c->listen[i]);
		if (m->ports[i] < 0 &&
		    gw_master_bind(c->listen[i], &m->ports[i], &err) < 0)
			hs_err_log("listener.failed", "msg=\"%s\"", err.msg);
	}
	json_array_foreach (ports, i, port)
		(void)close((int)number(port, "fd"));
}

static void adopt_ves(struct master *m, const json_t *ves)
{
	json_t *state, *files = json_object(), *keys = json_object();
	size_t i;

	json_array_foreach (ves, i, state) {
		(void)json_object_set(
		    files, text(state, "name"), json_object_get(state, "file"));
		(void)json_object_set(
		    keys, text(state, "name"), json_object_get(state, "keys"));
	}
	gw_master_take(m, files, keys);
	json_array_foreach (ves, i, state) {
		struct ve *ve = gw_master_ve(m, text(state, "name"));

		ve->deaths = (unsigned)number(state, "deaths");
		ve->in_a_row = (unsigned)number(state, "in_a_row");
	}
	json_decref(files);
	json_decref(keys);
}

static int adopt_worker(
    struct master *m, const json_t *state, struct hs_err *err)
{
	struct ve *ve = json_is_true(json_object_get(state, "has_ve"))
			    ? gw_master_ve(m, text(state, "name"))
			    : NULL;
	struct worker *w = gw_worker_new(
	    m, ve, text(state, "name"), (unsigned)number(state, "slot"));
	json_int_t patience_ms = number(state, "patience_ms");

	w->pid = (pid_t)number(state, "pid");
	w->duty = (enum duty)number(state, "duty");
	w->clients = (int)number(state, "clients_fd");
	w->began_ms = (uint64_t)number(state, "began_ms");
	if (w->duty == SERVING && ve != NULL)
		ve->worker = w;
	if (w->duty == DRAINING)
		hs_timer_start(m->loop, &w->patience, (uint64_t)patience_ms);
	return gw_worker_hear(w, (int)number(state, "fd"), err);
}

static int adopt(struct master *m, json_t *state, struct gw_caller **ret_asker,
    struct hs_err *err)
{
	const json_t *listener = json_object_get(state, "listener");
	json_t *worker;
	size_t i;

	m->began_ms = (uint64_t)number(state, "began_ms");
	m->reloads = (uint64_t)number(state, "reloads");
	m->listener_deaths = (uint64_t)number(state, "listener_deaths");
	m->last_slot = (unsigned)number(state, "last_slot");
	m->listener = (pid_t)number(listener, "pid");
	adopt_ports(m, json_object_get(state, "ports"));
	adopt_ves(m, json_object_get(state, "ves"));
	json_array_foreach (json_object_get(state, "workers"), i, worker)
		if (adopt_worker(m, worker, err) < 0)
			return -1;
	/* After the VEs, of which it must not hear again. */
	m->notes = (int)number(listener, "fd");
	m->is_up = true;
	return gw_control_adopt(m->loop, m->config->control_socket,
	    json_object_get(state, "control"), gw_master_run_command, m,
	    &m->control, ret_asker, err);
}

int gw_master_adopt(struct master *m, int fd, struct hs_err *err)
{
	json_t *state = NULL;
	struct gw_caller *asker = NULL;
	int rc = gw_state_read(fd, &state, err);

	if (rc == 0) {
		/* Closed when the next program comes, and in children. */
		gw_state_keep(state, false);
		rc = adopt(m, state, &asker, err);
	}
	json_decref(state);
	if (rc < 0)
		return -1;
	hs_info("gateway.renewed", "version=%s", HANSE_VERSION);
	gw_master_reap(m);
	if (m->listener <= 0)
		gw_listener_again(m);
	gw_master_renew_workers(m, asker);
	gw_control_go_on(m->control);
	return 0;
}
