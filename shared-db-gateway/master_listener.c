/* master_listener.c - the listener, as the master sees it. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "shared-db-gateway/child.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/master_part.h"

#define FIRST_MS   50 /* until it is started again */
#define SLOWEST_MS 5000

void gw_listener_tell(struct master *m, enum gw_note_kind kind, unsigned slot,
    const char *text, int fd)
{
	struct gw_note n = { .kind = (uint8_t)kind, .slot = (uint16_t)slot };

	(void)snprintf(n.text, sizeof(n.text), "%s", text);
	/* One that does not listen is as good as dead. */
	if (m->notes >= 0 && gw_note_send(m->notes, &n, fd) < 0) {
		hs_err_log("listener.deaf", "msg=\"%s\"", strerror(errno));
		(void)kill(m->listener, SIGKILL);
	}
}

/* Of "ADDRESS:PORT VE". */
static const char *port_ve(const char *listen)
{
	const char *space = strchr(listen, ' ');

	return space != NULL ? space + 1 : "";
}

/* All that one must know who has just begun; the ports at last. */
void gw_listener_tell_all(struct master *m)
{
	for (struct ve *ve = m->ves; ve != NULL; ve = ve->next)
		gw_listener_tell(m, GW_NOTE_VE, 0, ve->name, -1);
	for (struct worker *w = m->workers; w != NULL; w = w->next)
		if (w->duty == DRAINING)
			gw_listener_tell(
			    m, GW_NOTE_WORKER, w->slot, w->name, w->clients);
	for (struct worker *w = m->workers; w != NULL; w = w->next)
		if (w->duty == SERVING)
			gw_listener_tell(
			    m, GW_NOTE_WORKER, w->slot, w->name, w->clients);
	for (unsigned i = 0; i < m->config->listen_count; i++)
		if (m->ports[i] >= 0)
			gw_listener_tell(m, GW_NOTE_LISTEN, 0,
			    port_ve(m->config->listen[i]), m->ports[i]);
}

int gw_listener_start(struct master *m, struct hs_err *err)
{
	char *argv[] = { m->program, "--config", m->path, "--listener", NULL };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "make a socket pair");
	m->listener = gw_child_start(argv, pair[1], -1, err);
	(void)close(pair[1]);
	if (m->listener < 0) {
		(void)close(pair[0]);
		return -1;
	}
	m->notes = pair[0];
	if (m->is_up)
		gw_listener_tell_all(m);
	return 0;
}

void gw_listener_again(void *owner)
{
	struct master *m = owner;
	struct hs_err err = { 0 };

	if (gw_listener_start(m, &err) < 0) {
		hs_err_log("listener.failed", "msg=\"%s\"", err.msg);
		hs_timer_start(m->loop, &m->listener_again, SLOWEST_MS);
	}
}

void gw_listener_close(struct master *m)
{
	hs_timer_stop(&m->listener_again);
	if (m->notes >= 0)
		(void)close(m->notes);
	m->notes = -1;
}

void gw_listener_died(struct master *m, int status)
{
	gw_listener_close(m);
	m->listener = -1;
	if (m->is_stopping)
		return;
	hs_err_log("listener.died", "status=%d", status);
	m->listener_deaths++;
	hs_timer_start(m->loop, &m->listener_again, FIRST_MS);
}
