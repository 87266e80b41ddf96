/* visitor.c - who has come: a look at the first bytes, which say whose client
 * it is, and then it is its worker's. The bytes stay in the socket for that
 * one; only questions for TLS are taken off, and answered.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "shared-db-gateway/cancel.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/gateway.h"
#include "shared-db-gateway/listener_part.h"
#include "shared-db-gateway/route_file.h"
#include "shared-db-gateway/sni.h"
#include "shared-db-gateway/wire.h"

#define AGAIN_MS 10 /* for those whose worker cannot take them now */
#define PEEK     GW_RECORD_MAX

struct gw_visitor {
	struct hs_watch watch; /* not before it is waited for */
	struct hs_timer deadline, again;
	struct gw_listener *listener;
	struct gw_visitor *next, *prev;
	struct gw_listener_ve *ve; /* that it waits for */
	const char *at;            /* whose port it came to, "" */
	bool gss_asked, tls_asked;
	int needs; /* bytes that must be there for the next look */
	int low;   /* and what the kernel takes that to be */
	char peer[56];
};

/* -- Whose it is ----------------------------------------------------------- */

/* "VE.gateway.hanse.internal"; all else is for the platform's worker, which
 * refuses whom it does not know. */
static struct gw_listener_ve *by_server_name(
    const struct gw_listener *l, const char *name)
{
	const char *dot = strchr(name, '.');
	struct gw_listener_ve *ve = NULL;

	if (dot != NULL && strcmp(dot + 1, GW_HOST) == 0) {
		hs_auto(hs_freep) char *label =
		    hs_strndup(name, (size_t)(dot - name));

		ve = gw_listener_find(l, label);
	}
	return ve != NULL ? ve : gw_listener_find(l, GW_PLATFORM);
}

/* Of a start-up in plain, which is for measurements: "VE.enterprise". */
static struct gw_listener_ve *by_startup(
    const struct gw_listener *l, const uint8_t *packet, size_t len)
{
	struct gw_reader r = { .at = packet, .left = len };
	struct gw_listener_ve *ve = NULL;

	(void)gw_get_raw(&r, 8);
	while (ve == NULL && !r.bad && r.left > 1) {
		const char *name = gw_get_text(&r);
		const char *value = gw_get_text(&r);
		const char *dot = strchr(value, '.');

		if (strcmp(name, "user") == 0 && dot != NULL) {
			hs_auto(hs_freep) char *label =
			    hs_strndup(value, (size_t)(dot - value));

			ve = gw_listener_find(l, label);
		}
	}
	return ve != NULL ? ve : gw_listener_find(l, GW_PLATFORM);
}

/* -- Who waits ---------------------------------------------------------------
 */

static void visitor_free(struct gw_visitor *v)
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

static void drop(struct gw_visitor *v, const char *why)
{
	hs_debug("visitor.dropped", "peer=%s why=%s", v->peer, why);
	visitor_free(v);
}

static void on_deadline(void *owner)
{
	drop(owner, "timeout");
}

/* False: it is gone, for it cannot be waited for. */
static bool wait_on(struct gw_visitor *v, unsigned events)
{
	if (v->watch.loop != NULL)
		hs_watch_set(&v->watch, events);
	else if (hs_watch_start(v->listener->loop, &v->watch, v->watch.fd,
		     events, NULL) < 0) {
		drop(v, "no-watch");
		return false;
	}
	return true;
}

/* The loop tells of it when so many bytes are there. */
static void set_low(struct gw_visitor *v, int low)
{
	if (v->low != low)
		(void)setsockopt(
		    v->watch.fd, SOL_SOCKET, SO_RCVLOWAT, &low, sizeof(low));
	v->low = low;
}

/* To a worker, if it takes it. */
static bool pass(struct gw_visitor *v, int worker)
{
	struct gw_note note = { .kind = GW_NOTE_CLIENT,
		.tls_asked = v->tls_asked };

	(void)snprintf(note.text, sizeof(note.text), "%s", v->peer);
	set_low(v, 1);
	return gw_note_send(worker, &note, v->watch.fd) == 0;
}

/* A worker that has just died, or has too much to do, is tried again; others
 * must not wait because of it. */
static void hand_over(struct gw_visitor *v, struct gw_listener_ve *ve)
{
	struct gw_listener *l = v->listener;
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
	if (!wait_on(v, 0))
		return;
	if (v->ve == NULL) {
		v->ve = ve;
		ve->waiting++;
	}
	hs_timer_start(l->loop, &v->again, AGAIN_MS);
}

static void on_again(void *owner)
{
	struct gw_visitor *v = owner;

	hand_over(v, v->ve);
}

/* Look again when so many bytes are there; if it is called with less, no more
 * come. */
static void wait_for(struct gw_visitor *v, size_t len, size_t needs)
{
	if (v->needs > (int)len) {
		drop(v, "client-gone");
		return;
	}
	v->needs = (int)needs;
	set_low(v, v->needs);
	(void)wait_on(v, HS_LOOP_READ);
}

/* Take a question off, and answer it: a byte always fits. */
static void answer(struct gw_visitor *v, size_t len, char c)
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

static void cancel(struct gw_visitor *v, const uint8_t *packet)
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

static void look_plain(struct gw_visitor *v, const uint8_t *data, size_t len)
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
				 ? gw_listener_find(v->listener, v->at)
				 : by_startup(v->listener, data, size));
		return;
	case GW_HELLO_BAD:
		break;
	}
	drop(v, "not-postgresql");
}

static void look_tls(struct gw_visitor *v, const uint8_t *data, size_t len)
{
	char name[GW_SNI_MAX];
	size_t needs = 0;

	switch (gw_sni_parse(data, len, name, &needs)) {
	case GW_MORE:
		wait_for(v, len, needs);
		return;
	case GW_GOOD:
		hand_over(v, v->at[0] != '\0'
				 ? gw_listener_find(v->listener, v->at)
				 : by_server_name(v->listener, name));
		return;
	case GW_BAD:
		break;
	}
	drop(v, "not-tls");
}

/* What is looked at stays in the socket, for the worker. */
static void look(struct gw_visitor *v)
{
	static uint8_t data[PEEK];
	ssize_t n =
	    recv(v->watch.fd, data, sizeof(data), MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		(void)wait_on(v, HS_LOOP_READ);
	else if (n <= 0)
		drop(v, "client-gone");
	else if (v->tls_asked || (!v->gss_asked && data[0] == 0x16))
		look_tls(v, data, (size_t)n);
	else
		look_plain(v, data, (size_t)n);
}

static void on_visitor(void *owner, unsigned events)
{
	struct gw_visitor *v = owner;

	(void)events;
	if (v->ve != NULL)
		drop(v, "client-gone");
	else
		look(v);
}

/* The bytes of most are there when they are accepted. */
void gw_visitor_new(
    struct gw_listener *l, int fd, const char *at, const char *peer)
{
	struct gw_visitor *v = hs_alloc(sizeof(*v));

	v->listener = l;
	v->at = at;
	v->low = 1;
	v->watch.fd = fd;
	v->watch.fn = on_visitor;
	v->deadline.fn = on_deadline;
	v->again.fn = on_again;
	v->watch.owner = v->deadline.owner = v->again.owner = v;
	(void)snprintf(v->peer, sizeof(v->peer), "%s", peer);
	v->next = l->visitors;
	if (v->next != NULL)
		v->next->prev = v;
	l->visitors = v;
	l->count++;
	hs_timer_start(
	    l->loop, &v->deadline, (uint64_t)l->config->login_timeout_s * 1000);
	look(v);
}

void gw_visitors_end(struct gw_listener *l)
{
	while (l->visitors != NULL)
		visitor_free(l->visitors);
}

void gw_visitors_forget(struct gw_listener *l, const struct gw_listener_ve *ve)
{
	struct gw_visitor *next;

	for (struct gw_visitor *v = l->visitors; v != NULL; v = next) {
		next = v->next;
		if (v->ve == ve)
			drop(v, "ve-gone");
	}
}
