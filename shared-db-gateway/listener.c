/* listener.c - accept, look, hand over. */

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
#include "shared-db-gateway/cancel.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/confine.h"
#include "shared-db-gateway/gateway.h"
#include "shared-db-gateway/note.h"
#include "shared-db-gateway/route_file.h"
#include "shared-db-gateway/sni.h"
#include "shared-db-gateway/wire.h"

#define AT_ONCE    32  /* accepted in one round */
#define BREATHE_MS 100 /* when descriptors or places have run out */
#define AGAIN_MS   10  /* for those whose worker cannot take them now */
#define PEEK       GW_RECORD_MAX

/* Where they come in. */
struct port {
	struct hs_watch watch;
	struct hs_timer breath;
	struct listener *listener;
	struct port *next;
	char ve[sizeof(((struct gw_note *)0)->text)];
};

struct ve {
	struct ve *next;
	char *name;
	unsigned slot;    /* 0: it has no worker now */
	unsigned waiting; /* for one */
};

/* Who has come and was not handed over yet. */
struct visitor {
	struct hs_watch watch;
	struct hs_timer deadline, again;
	struct listener *listener;
	struct visitor *next, *prev;
	struct ve *ve;  /* that it waits for */
	const char *at; /* whose port it came to, "" */
	bool gss_asked, tls_asked;
	int needs; /* bytes that must be there for the next look */
	char peer[56];
};

struct listener {
	const struct gw_config *config;
	struct hs_loop *loop;
	struct hs_watch master;
	struct port *ports;
	struct ve *ves;
	struct visitor *visitors;
	unsigned count;
	int workers[GW_SLOTS]; /* -1: none */
};

/* -- Virtual enterprises and their workers --------------------------------- */

static struct ve *find(const struct listener *l, const char *name)
{
	struct ve *ve = l->ves;

	while (ve != NULL && strcmp(ve->name, name) != 0)
		ve = ve->next;
	return ve;
}

static struct ve *find_or_add(struct listener *l, const char *name)
{
	struct ve *ve = find(l, name);

	if (ve != NULL)
		return ve;
	ve = hs_alloc(sizeof(*ve));
	ve->name = hs_strdup(name);
	ve->next = l->ves;
	l->ves = ve;
	return ve;
}

/* "VE.gateway.hanse.internal"; all else is for the platform's worker, which
 * refuses whom it does not know. */
static struct ve *by_server_name(const struct listener *l, const char *name)
{
	const char *dot = strchr(name, '.');
	struct ve *ve = NULL;

	if (dot != NULL && strcmp(dot + 1, GW_HOST) == 0) {
		hs_auto(hs_freep) char *label =
		    hs_strndup(name, (size_t)(dot - name));

		ve = find(l, label);
	}
	return ve != NULL ? ve : find(l, GW_PLATFORM);
}

/* Of a start-up in plain, which is for measurements: "VE.enterprise". */
static struct ve *by_startup(
    const struct listener *l, const uint8_t *packet, size_t len)
{
	struct gw_reader r = { .at = packet, .left = len };
	struct ve *ve = NULL;

	(void)gw_get_raw(&r, 8);
	while (ve == NULL && !r.bad && r.left > 1) {
		const char *name = gw_get_text(&r);
		const char *value = gw_get_text(&r);
		const char *dot = strchr(value, '.');

		if (strcmp(name, "user") == 0 && dot != NULL) {
			hs_auto(hs_freep) char *label =
			    hs_strndup(value, (size_t)(dot - value));

			ve = find(l, label);
		}
	}
	return ve != NULL ? ve : find(l, GW_PLATFORM);
}

/* -- Visitors -------------------------------------------------------------- */

static void visitor_free(struct visitor *v)
{
	if (v->ve != NULL)
		v->ve->waiting--;
	hs_timer_stop(&v->deadline);
	hs_timer_stop(&v->again);
	hs_watch_stop(&v->watch);
	(void)close(v->watch.fd);
	if (v->prev != NULL)
		v->prev->next = v->next;
	else
		v->listener->visitors = v->next;
	if (v->next != NULL)
		v->next->prev = v->prev;
	v->listener->count--;
	free(v);
}

static void drop(struct visitor *v, const char *why)
{
	hs_debug("visitor.dropped", "peer=%s why=%s", v->peer, why);
	visitor_free(v);
}

static void on_deadline(void *owner)
{
	drop(owner, "timeout");
}

/* The loop tells of it when so many bytes are there. */
static void set_low(struct visitor *v, int low)
{
	v->needs = low;
	(void)setsockopt(
	    v->watch.fd, SOL_SOCKET, SO_RCVLOWAT, &low, sizeof(low));
}

/* To a worker, if it takes it. */
static bool pass(struct visitor *v, int worker)
{
	struct gw_note note = { .kind = GW_NOTE_CLIENT,
		.tls_asked = v->tls_asked };

	(void)snprintf(note.text, sizeof(note.text), "%s", v->peer);
	if (v->needs > 1)
		set_low(v, 1);
	return gw_note_send(worker, &note, v->watch.fd) == 0;
}

/* A worker that has just died, or has too much to do, is tried again; others
 * must not wait because of it. */
static void hand_over(struct visitor *v, struct ve *ve)
{
	struct listener *l = v->listener;
	int worker = ve != NULL ? l->workers[ve->slot] : -1;

	if (ve == NULL) {
		drop(v, "no-worker");
		return;
	}
	if (worker >= 0 && pass(v, worker)) {
		visitor_free(v);
		return;
	}
	if (v->ve == NULL && ve->waiting >= l->config->max_pending / 4 + 1) {
		drop(v, "worker-full");
		return;
	}
	if (v->ve == NULL) {
		v->ve = ve;
		ve->waiting++;
		hs_watch_set(&v->watch, 0);
	}
	hs_timer_start(l->loop, &v->again, AGAIN_MS);
}

static void on_again(void *owner)
{
	struct visitor *v = owner;

	hand_over(v, v->ve);
}

/* Look again when so many bytes are there; if it is called with less, no more
 * come. */
static void wait_for(struct visitor *v, size_t len, size_t needs)
{
	if (v->needs > (int)len)
		drop(v, "client-gone");
	else
		set_low(v, (int)needs);
}

/* Take a question off, and answer it: a byte always fits. */
static void answer(struct visitor *v, size_t len, char c)
{
	uint8_t question[8];

	/* Bytes sent in plain must never pass for TLS's. */
	if (len > sizeof(question) ||
	    recv(v->watch.fd, question, sizeof(question), MSG_DONTWAIT) !=
		(ssize_t)sizeof(question) ||
	    send(v->watch.fd, &c, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) {
		drop(v, "stuffed");
		return;
	}
	v->needs = 0;
	wait_for(v, 0, 1);
}

static void cancel(struct visitor *v, const uint8_t *packet)
{
	struct gw_reader r = { .at = packet, .left = 16 };
	int worker;

	(void)gw_get_raw(&r, 8);
	worker = v->listener->workers[gw_key_slot(gw_get_u32(&r))];
	/* Who asks never hears what became of it. */
	if (worker >= 0)
		(void)pass(v, worker);
	visitor_free(v);
}

static size_t hello_size(const uint8_t *data)
{
	struct gw_reader r = { .at = data, .left = 4 };

	return gw_get_u32(&r);
}

static void look_plain(struct visitor *v, const uint8_t *data, size_t len)
{
	size_t size = 0;

	switch (gw_hello_parse(data, len, &size)) {
	case GW_HELLO_MORE:
		wait_for(v, len, len < 4 ? 4 : hello_size(data));
		return;
	case GW_HELLO_SSL:
		if (len <= size)
			v->tls_asked = true;
		answer(v, len, 'S');
		return;
	case GW_HELLO_GSS:
		if (v->gss_asked) {
			drop(v, "stuffed");
			return;
		}
		v->gss_asked = true;
		answer(v, len, 'N');
		return;
	case GW_HELLO_CANCEL:
		cancel(v, data);
		return;
	case GW_HELLO_STARTUP:
		hand_over(v, v->at[0] != '\0'
				 ? find(v->listener, v->at)
				 : by_startup(v->listener, data, size));
		return;
	case GW_HELLO_BAD:
		break;
	}
	drop(v, "not-postgresql");
}

static void look_tls(struct visitor *v, const uint8_t *data, size_t len)
{
	char name[GW_SNI_MAX];
	size_t needs = 0;

	switch (gw_sni_parse(data, len, name, &needs)) {
	case GW_MORE:
		wait_for(v, len, needs);
		return;
	case GW_GOOD:
		hand_over(v, v->at[0] != '\0'
				 ? find(v->listener, v->at)
				 : by_server_name(v->listener, name));
		return;
	case GW_BAD:
		break;
	}
	drop(v, "not-tls");
}

/* What is looked at stays in the socket, for the worker. */
static void look(struct visitor *v)
{
	static uint8_t data[PEEK];
	ssize_t n =
	    recv(v->watch.fd, data, sizeof(data), MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		drop(v, "client-gone");
	else if (v->tls_asked || (!v->gss_asked && data[0] == 0x16))
		look_tls(v, data, (size_t)n);
	else
		look_plain(v, data, (size_t)n);
}

static void on_visitor(void *owner, unsigned events)
{
	struct visitor *v = owner;

	(void)events;
	if (v->ve != NULL)
		drop(v, "client-gone");
	else
		look(v);
}

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
static void breathe(struct port *p, const char *why)
{
	hs_warn("listener.full", "why=\"%s\"", why);
	hs_watch_set(&p->watch, 0);
	hs_timer_start(p->listener->loop, &p->breath, BREATHE_MS);
}

static void on_breath(void *owner)
{
	struct port *p = owner;

	hs_watch_set(&p->watch, HS_LOOP_READ);
}

static void visitor_new(struct port *p, int fd, const char *peer)
{
	struct listener *l = p->listener;
	struct visitor *v = hs_alloc(sizeof(*v));

	v->listener = l;
	v->at = p->ve;
	v->watch.fn = on_visitor;
	v->deadline.fn = on_deadline;
	v->again.fn = on_again;
	v->watch.owner = v->deadline.owner = v->again.owner = v;
	(void)snprintf(v->peer, sizeof(v->peer), "%s", peer);
	if (hs_watch_start(l->loop, &v->watch, fd, HS_LOOP_READ, NULL) < 0) {
		(void)close(fd);
		free(v);
		return;
	}
	v->next = l->visitors;
	if (v->next != NULL)
		v->next->prev = v;
	l->visitors = v;
	l->count++;
	hs_timer_start(
	    l->loop, &v->deadline, (uint64_t)l->config->login_timeout_s * 1000);
}

static bool accept_one(struct port *p)
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
	visitor_new(p, fd, peer);
	return true;
}

static void on_port(void *owner, unsigned events)
{
	(void)events;
	for (int i = 0; i < AT_ONCE; i++)
		if (!accept_one(owner))
			return;
}

static void port_new(struct listener *l, int fd, const char *ve)
{
	struct port *p = hs_alloc(sizeof(*p));

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

/* -- The master's word ----------------------------------------------------- */

static void worker_gone(struct listener *l, unsigned slot)
{
	if (l->workers[slot] >= 0)
		(void)close(l->workers[slot]);
	l->workers[slot] = -1;
	for (struct ve *ve = l->ves; ve != NULL; ve = ve->next)
		if (ve->slot == slot)
			ve->slot = 0;
}

/* Who waits for it is the platform's, then. */
static void forget(struct listener *l, const char *name)
{
	struct ve *ve = find(l, name), **at = &l->ves;
	struct visitor *next;

	if (ve == NULL)
		return;
	for (struct visitor *v = l->visitors; v != NULL; v = next) {
		next = v->next;
		if (v->ve == ve)
			drop(v, "ve-gone");
	}
	while (*at != ve)
		at = &(*at)->next;
	*at = ve->next;
	free(ve->name);
	free(ve);
}

static void take_note(struct listener *l, const struct gw_note *note, int fd)
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
	struct listener *l = owner;
	struct gw_note note;
	int fd = -1, rc;

	(void)events;
	while ((rc = gw_note_take(l->master.fd, &note, &fd)) > 0)
		take_note(l, &note, fd);
	if (rc == 0 || (errno != EAGAIN && errno != EINTR))
		hs_loop_stop(l->loop);
}

static void close_all(struct listener *l)
{
	struct port *p;
	struct ve *ve;

	while (l->visitors != NULL)
		visitor_free(l->visitors);
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
	hs_auto(hs_freep) struct listener *l = hs_alloc(sizeof(*l));
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
