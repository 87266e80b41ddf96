/* master.c - the first process, from its beginning to its end. */

#include "shared-db-gateway/master.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/bind.h"
#include "shared-db-gateway/child.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/control.h"
#include "shared-db-gateway/master_part.h"

#define BIND_AGAIN_MS 50
#define BIND_TRIES    20
#define STOP_MS       7000 /* a worker ends its sessions within 5 s */

/* A start that fails at the very beginning fails for all. */
void gw_master_fail_start(struct master *m, const char *why)
{
	if (m->is_up || m->rc < 0)
		return;
	m->rc = hs_fail(m->err, HS_EINVAL, "%s", why);
	hs_loop_stop(m->loop);
}

/* When the last of the first workers serves, clients may come. */
void gw_master_come_up(struct master *m)
{
	if (m->is_up || m->starting > 0 || m->rc < 0)
		return;
	m->is_up = true;
	if (gw_control_open(m->loop, m->config->control_socket,
		gw_master_run_command, m, &m->control, m->err) < 0) {
		m->rc = -1;
		hs_loop_stop(m->loop);
		return;
	}
	gw_listener_tell_all(m);
	hs_info("gateway.ready", "version=%s", HANSE_VERSION);
}

void gw_master_reap(struct master *m)
{
	int status = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct worker *w = m->workers;

		while (w != NULL && w->pid != pid)
			w = w->next;
		if (w != NULL)
			gw_worker_died(w, status);
		else if (pid == m->listener)
			gw_listener_died(m, status);
		else if (pid == m->renewal.checker)
			gw_renew_checked(m, status);
	}
}

static void on_child(void *owner, int signo)
{
	(void)signo;
	gw_master_reap(owner);
}

static void on_hangup(void *owner, int signo)
{
	(void)signo;
	gw_master_reload(owner, NULL);
}

static void kill_all(void *owner)
{
	struct master *m = owner;

	for (struct worker *w = m->workers; w != NULL; w = w->next)
		(void)kill(w->pid, SIGKILL);
	hs_loop_stop(m->loop);
}

static void on_term(void *owner, int signo)
{
	struct master *m = owner;
	struct worker *next;

	(void)signo;
	if (m->is_stopping || !m->is_up) {
		kill_all(m);
		return;
	}
	m->is_stopping = true;
	hs_info("gateway.stopping", "reason=signal");
	gw_listener_close(m);
	for (struct worker *w = m->workers; w != NULL; w = next) {
		next = w->next;
		gw_worker_stop(w);
	}
	m->stop_timer.fn = kill_all;
	m->stop_timer.owner = m;
	hs_timer_start(m->loop, &m->stop_timer, STOP_MS);
}

/* The listener of one that was killed may not have noticed yet. */
int gw_master_bind(const char *listen, int *ret_fd, struct hs_err *err)
{
	const struct timespec moment = { 0, BIND_AGAIN_MS * 1000000L };
	hs_auto(hs_freep) char *address =
	    hs_strndup(listen, strcspn(listen, " "));
	int rc = gw_bind(address, ret_fd, err);

	for (int i = 0; i < BIND_TRIES && rc < 0 && err->code == HS_EEXISTS;
	     i++) {
		(void)nanosleep(&moment, NULL);
		rc = gw_bind(address, ret_fd, err);
	}
	return rc;
}

static int bind_all(struct master *m, struct hs_err *err)
{
	const struct gw_config *c = m->config;

	m->ports = hs_alloc((c->listen_count + 1) * sizeof(int));
	for (unsigned i = 0; i < c->listen_count; i++)
		m->ports[i] = -1;
	for (unsigned i = 0; i < c->listen_count; i++) {
		if (gw_master_bind(c->listen[i], &m->ports[i], err) < 0)
			return -1;
		hs_info("listener.open", "address=%s", c->listen[i]);
	}
	return 0;
}

static int begin(struct master *m, struct hs_err *err)
{
	size_t routes;
	struct ask *a;

	if (bind_all(m, err) < 0 || gw_master_load(m, &routes, err) < 0 ||
	    gw_listener_start(m, err) < 0)
		return -1;
	a = gw_ask_new(m, NULL, false);
	gw_master_spread(a);
	gw_ask_asked(a);
	return 0;
}

static int serve(struct master *m, int state, struct hs_err *err)
{
	struct hs_loop *loop = m->loop;

	if (hs_loop_signal(loop, SIGHUP, on_hangup, m, err) < 0 ||
	    hs_loop_signal(loop, SIGCHLD, on_child, m, err) < 0 ||
	    hs_loop_signal(loop, SIGTERM, on_term, m, err) < 0 ||
	    hs_loop_signal(loop, SIGINT, on_term, m, err) < 0 ||
	    gw_child_program(&m->program, err) < 0 ||
	    (state < 0 ? begin(m, err) : gw_master_adopt(m, state, err)) < 0 ||
	    hs_loop_run(loop, err) < 0)
		return -1;
	return m->rc;
}

static void end(struct master *m)
{
	gw_listener_close(m);
	for (struct worker *w = m->workers; w != NULL; w = w->next)
		(void)kill(w->pid, SIGKILL);
	while (m->workers != NULL)
		gw_worker_free(m->workers);
	while (m->ves != NULL)
		gw_ve_free(m->ves);
	gw_control_close(m->control);
	hs_timer_stop(&m->stop_timer);
	hs_timer_stop(&m->renewal.look);
	for (unsigned i = 0; m->ports != NULL && i < m->config->listen_count;
	     i++)
		hs_closep(&m->ports[i]);
	json_decref(m->elsewhere);
	free(m->ports);
	free(m->program);
	free(m->path);
	free(m);
}

static struct master *master_new(const struct gw_config *config,
    const char *path, struct hs_loop *loop, struct hs_err *err)
{
	struct master *m = hs_alloc(sizeof(*m));

	m->config = config;
	m->loop = loop;
	m->path = hs_strdup(path);
	m->notes = m->listener = -1;
	m->err = err;
	m->began_ms = hs_loop_now_ms(loop);
	m->listener_again.fn = gw_listener_again;
	m->listener_again.owner = m;
	return m;
}

int gw_master_run(const struct gw_config *config, const char *path, int state,
    struct hs_err *err)
{
	hs_auto(hs_loop_freep) struct hs_loop *loop = NULL;
	struct master *m;
	int rc;

	if (hs_loop_new(&loop, err) < 0)
		return -1;
	m = master_new(config, path, loop, err);
	rc = serve(m, state, err);
	end(m);
	return rc;
}

int gw_master_check(const struct gw_config *config, struct hs_err *err)
{
	hs_auto(hs_loop_freep) struct hs_loop *loop = NULL;
	struct master *m;
	size_t routes = 0;
	int rc;

	if (hs_loop_new(&loop, err) < 0)
		return -1;
	m = master_new(config, "", loop, err);
	rc = gw_master_load(m, &routes, err);
	if (rc == 0)
		hs_info("gateway.checked", "version=%s listen=%u routes=%zu",
		    HANSE_VERSION, config->listen_count, routes);
	end(m);
	return rc;
}
