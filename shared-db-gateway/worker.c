/* worker.c - one virtual enterprise's core, its commands and its clients. */

#include "shared-db-gateway/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/audit_chain.h"
#include "shared-db-gateway/command.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/confine.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/line.h"
#include "shared-db-gateway/note.h"
#include "shared-db-gateway/session.h"

#define COMMAND_MAX (64u << 20) /* a reload brings the routes */
#define AT_ONCE     32
#define BREATHE_MS  20

struct worker {
	struct gw_core core;
	struct gw_line master;
	struct hs_watch clients;
	struct hs_timer breath;
	int lock; /* of its chain of the audit */
	char *chain;
};

static void on_command(void *owner, char *line)
{
	struct worker *w = owner;
	hs_auto(hs_freep) char *answer = gw_command_run(&w->core, line);

	gw_line_say(&w->master, answer);
}

/* Without a master nobody could be told of anything any more. */
static void on_master_gone(void *owner)
{
	struct worker *w = owner;

	gw_line_close(&w->master);
	hs_warn("worker.orphaned", "sessions=%u", w->core.active);
	hs_watch_set(&w->clients, 0);
	gw_core_stop(&w->core);
}

/* Those who come wait in the socket, and then in the listener. */
static void breathe(struct worker *w)
{
	hs_watch_set(&w->clients, 0);
	hs_timer_start(w->core.loop, &w->breath, BREATHE_MS);
}

static void on_breath(void *owner)
{
	struct worker *w = owner;

	hs_watch_set(&w->clients, HS_LOOP_READ);
}

/* False: there are no more now. */
static bool take_client(struct worker *w)
{
	struct gw_note note;
	int fd = -1, rc;

	if (w->core.pending >= w->core.config->max_pending) {
		breathe(w);
		return false;
	}
	rc = gw_note_take(w->clients.fd, &note, &fd);
	if (rc < 0)
		return false;
	if (rc == 0) {
		hs_watch_set(&w->clients, 0);
		return false;
	}
	if (fd < 0)
		return true;
	w->core.accepted++;
	gw_session_new(&w->core, fd, note.text, note.tls_asked != 0);
	return true;
}

static void on_clients(void *owner, unsigned events)
{
	(void)events;
	for (int i = 0; i < AT_ONCE; i++)
		if (!take_client(owner))
			return;
}

/* The folder must be there before all others are out of reach. */
static int take_chain(struct worker *w, const struct gw_config *config,
    const char *ve, struct hs_err *err)
{
	const char *folder = config->audit.folder;

	if (folder == NULL)
		return 0;
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "make folder '%s'", folder);
	return gw_audit_chain_take(folder, ve, &w->chain, &w->lock, err);
}

static int serve(struct worker *w, const struct gw_config *config,
    const struct gw_worker_place *place, struct hs_err *err)
{
	struct hs_loop *loop = w->core.loop;

	w->core.keys.slot = place->slot;
	w->master.on_line = on_command;
	w->master.on_gone = on_master_gone;
	w->clients.fn = on_clients;
	w->breath.fn = on_breath;
	w->master.owner = w->clients.owner = w->breath.owner = w;
	if (take_chain(w, config, place->ve, err) < 0 ||
	    gw_confine_files(w->chain, err) < 0 ||
	    gw_core_open(&w->core, config, w->chain, err) < 0 ||
	    gw_line_open(&w->master, loop, place->master, COMMAND_MAX, err) <
		0 ||
	    hs_watch_start(
		loop, &w->clients, place->clients, HS_LOOP_READ, err) < 0 ||
	    gw_confine_worker(err) < 0)
		return -1;
	return hs_loop_run(loop, err);
}

int gw_worker_run(const struct gw_config *config,
    const struct gw_worker_place *place, struct hs_err *err)
{
	hs_auto(hs_loop_freep) struct hs_loop *loop = NULL;
	struct worker *w;
	int rc;

	/* A terminal's signals come to all; the master's word counts. */
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	if (hs_loop_new(&loop, err) < 0)
		return -1;
	w = hs_alloc(sizeof(*w));
	w->core.loop = loop;
	w->lock = -1;
	rc = serve(w, config, place, err);
	hs_timer_stop(&w->breath);
	hs_watch_stop(&w->clients);
	gw_core_close(&w->core);
	gw_line_close(&w->master);
	hs_closep(&w->lock);
	free(w->chain);
	free(w);
	return rc;
}
