/* listener.c - the ports, and the master's word on who is behind them. Who
 * comes is visitor.c's.
 */

#include "shared-db-gateway/listener.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/confine.h"
#include "shared-db-gateway/listener_part.h"
#include "shared-db-gateway/note.h"

#define AT_ONCE    32  /* accepted in one round */
#define BREATHE_MS 100 /* when descriptors or places have run out */

/* Where they come in. */
struct gw_port {
	struct hs_watch watch;
	struct hs_timer breath;
	struct gw_listener *listener;
	struct gw_port *next;
	char ve[sizeof(((struct gw_note *)0)->text)];
};

/* -- Ports ----------------------------------------------------------------- */

static void peer_name(
    const struct sockaddr_storage *addr, socklen_t len, char *out, size_t size)
{
	char host[48], port[8];

	if (getnameinfo((const struct sockaddr *)addr, len, host, sizeof(host),
		port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		(void)snprintf(out, size, "unknown");
	else
		(void)snprintf(out, size, "%s:%s", host, port);
}

/* Leave the next ones in the kernel's queue for a moment. */
static void breathe(struct gw_port *p, const char *why)
{
	hs_warn("listener.full", "why=\"%s\"", why);
	hs_watch_set(&p->watch, 0);
	hs_timer_start(p->listener->loop, &p->breath, BREATHE_MS);
}

static void on_breath(void *owner)
{
	struct gw_port *p = owner;

	hs_watch_set(&p->watch, HS_LOOP_READ);
}

static bool accept_one(struct gw_port *p)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	char peer[56];
	int fd;

	if (p->listener->count >= p->listener->config->max_pending) {
		breathe(p, "max_pending");
		return false;
	}
	fd = accept4(p->watch.fd, (struct sockaddr *)&addr, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM)
			breathe(p, strerror(errno));
		return false;
	}
	peer_name(&addr, len, peer, sizeof(peer));
	gw_visitor_new(p->listener, fd, p->ve, peer);
	return true;
}

static void on_port(void *owner, unsigned events)
{
	(void)events;
	for (int i = 0; i < AT_ONCE; i++)
		if (!accept_one(owner))
			return;
}

static void port_new(struct gw_listener *l, int fd, const char *ve)
{
	struct gw_port *p = hs_alloc(sizeof(*p));

	p->listener = l;
	p->watch.fn = on_port;
	p->breath.fn = on_breath;
	p->watch.owner = p->breath.owner = p;
	(void)snprintf(p->ve, sizeof(p->ve), "%s", ve);
	if (hs_watch_start(l->loop, &p->watch, fd, HS_LOOP_READ, NULL) < 0) {
		(void)close(fd);
		free(p);
		return;
	}
	p->next = l->ports;
	l->ports = p;
}

/* -- Virtual enterprises --------------------------------------------------- */

struct gw_listener_ve *gw_listener_find(
    const struct gw_listener *l, const char *name)
{
	struct gw_listener_ve *ve = l->ves;

	while (ve != NULL && strcmp(ve->name, name) != 0)
		ve = ve->next;
	return ve;
}

static struct gw_listener_ve *find_or_add(
    struct gw_listener *l, const char *name)
{
	struct gw_listener_ve *ve = gw_listener_find(l, name);

	if (ve != NULL)
		return ve;
	ve = hs_alloc(sizeof(*ve));
	ve->name = hs_strdup(name);
	ve->next = l->ves;
	l->ves = ve;
	return ve;
}

/* -- The master's word ----------------------------------------------------- */

static void worker_gone(struct gw_listener *l, unsigned slot)
{
	if (l->workers[slot] >= 0)
		(void)close(l->workers[slot]);
	l->workers[slot] = -1;
	for (struct gw_listener_ve *ve = l->ves; ve != NULL; ve = ve->next)
		if (ve->slot == slot)
			ve->slot = 0;
}

/* Who waits for it is the platform's, then. */
static void forget(struct gw_listener *l, const char *name)
{
	struct gw_listener_ve *ve = gw_listener_find(l, name), **at = &l->ves;

	if (ve == NULL)
		return;
	gw_visitors_forget(l, ve);
	while (*at != ve)
		at = &(*at)->next;
	*at = ve->next;
	free(ve->name);
	free(ve);
}

static void take_note(struct gw_listener *l, const struct gw_note *note, int fd)
{
	switch (note->kind) {
	case GW_NOTE_LISTEN:
		port_new(l, fd, note->text);
		return;
	case GW_NOTE_WORKER:
		worker_gone(l, note->slot);
		l->workers[note->slot] = fd;
		find_or_add(l, note->text)->slot = note->slot;
		return;
	case GW_NOTE_VE:
		(void)find_or_add(l, note->text);
		break;
	case GW_NOTE_FORGET:
		forget(l, note->text);
		break;
	case GW_NOTE_GONE:
		worker_gone(l, note->slot);
		break;
	default:
		hs_warn("listener.note", "kind=%d", note->kind);
	}
	if (fd >= 0)
		(void)close(fd);
}

static void on_master(void *owner, unsigned events)
{
	struct gw_listener *l = owner;
	struct gw_note note;
	int fd = -1, rc;

	(void)events;
	while ((rc = gw_note_take(l->master.fd, &note, &fd)) > 0)
		take_note(l, &note, fd);
	if (rc == 0 || (errno != EAGAIN && errno != EINTR))
		hs_loop_stop(l->loop);
}

static void close_all(struct gw_listener *l)
{
	struct gw_port *p;
	struct gw_listener_ve *ve;

	gw_visitors_end(l);
	while ((p = l->ports) != NULL) {
		l->ports = p->next;
		hs_timer_stop(&p->breath);
		hs_watch_stop(&p->watch);
		(void)close(p->watch.fd);
		free(p);
	}
	for (unsigned i = 0; i < GW_SLOTS; i++)
		worker_gone(l, i);
	while ((ve = l->ves) != NULL) {
		l->ves = ve->next;
		free(ve->name);
		free(ve);
	}
	hs_watch_stop(&l->master);
}

int gw_listener_run(
    const struct gw_config *config, int master, struct hs_err *err)
{
	hs_auto(hs_loop_freep) struct hs_loop *loop = NULL;
	hs_auto(hs_freep) struct gw_listener *l = hs_alloc(sizeof(*l));
	int rc;

	/* The master says when it is over, by its end. */
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	if (hs_loop_new(&loop, err) < 0)
		return -1;
	l->config = config;
	l->loop = loop;
	for (unsigned i = 0; i < GW_SLOTS; i++)
		l->workers[i] = -1;
	l->master.fn = on_master;
	l->master.owner = l;
	if (hs_watch_start(loop, &l->master, master, HS_LOOP_READ, err) < 0)
		return -1;
	rc = gw_confine_listener(err) < 0 ? -1 : hs_loop_run(loop, err);
	close_all(l);
	return rc;
}
