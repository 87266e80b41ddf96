/* session.c - the life of a session, as one table and a short loop. */

#include "shared-db-gateway/session.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/cluster.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/pool.h"

#define DRAIN_MS  5000
#define LINGER_MS 1000

static enum gw_progress cancel_step(struct gw_session *s);
static enum gw_progress drain_step(struct gw_session *s);
static enum gw_progress linger_step(struct gw_session *s);

/* clang-format off */
static const struct row {
	const char *name;
	enum gw_progress (*step)(struct gw_session *s);
} states[GW_STATE_COUNT] = {
	[GW_GREET]         = { "greet",         gw_greet_step },
	[GW_TLS]           = { "tls",           gw_tls_step },
	[GW_STARTUP]       = { "startup",       gw_startup_step },
	[GW_SASL_FIRST]    = { "sasl-first",    gw_sasl_first_step },
	[GW_SASL_FINAL]    = { "sasl-final",    gw_sasl_final_step },
	[GW_PASSWORD]      = { "password",      gw_password_step },
	[GW_DIRECTORY]     = { "directory",     gw_directory_step },
	[GW_OPEN]          = { "open",          gw_open_step },
	[GW_CANCEL]        = { "cancel",        cancel_step },
	[GW_RELAY]         = { "relay",         gw_relay_step },
	[GW_DRAIN]         = { "drain",         drain_step },
	[GW_LINGER]        = { "linger",        linger_step },
	[GW_CLOSED]        = { "closed",        NULL },
};

/* Every move there is. Nothing leads back to where an identity is chosen. */
static const struct move {
	enum gw_state from;
	enum gw_event event;
	enum gw_state to;
} moves[] = {
	{ GW_GREET,      GW_TLS_ASKED,    GW_TLS        },
	{ GW_GREET,      GW_CANCEL_ASKED, GW_CANCEL     },
	{ GW_TLS,        GW_TLS_DONE,     GW_STARTUP    },
	{ GW_STARTUP,    GW_CANCEL_ASKED, GW_CANCEL     },
	{ GW_STARTUP,    GW_CHALLENGED,   GW_SASL_FIRST },
	{ GW_STARTUP,    GW_ADMITTED,     GW_OPEN       },
	{ GW_SASL_FIRST, GW_ANSWERED,     GW_SASL_FINAL },
	{ GW_SASL_FINAL, GW_ADMITTED,     GW_OPEN       },
	{ GW_STARTUP,    GW_PASSWORD_ASKED,  GW_PASSWORD  },
	{ GW_PASSWORD,   GW_DIRECTORY_ASKED, GW_DIRECTORY },
	{ GW_DIRECTORY,  GW_ADMITTED,     GW_OPEN       },
	{ GW_OPEN,       GW_OPENED,       GW_RELAY      },

	{ GW_GREET,      GW_REFUSED,      GW_DRAIN      },
	{ GW_STARTUP,    GW_REFUSED,      GW_DRAIN      },
	{ GW_SASL_FIRST, GW_REFUSED,      GW_DRAIN      },
	{ GW_SASL_FINAL, GW_REFUSED,      GW_DRAIN      },
	{ GW_PASSWORD,   GW_REFUSED,      GW_DRAIN      },
	{ GW_DIRECTORY,  GW_REFUSED,      GW_DRAIN      },
	{ GW_OPEN,       GW_REFUSED,      GW_DRAIN      },
	{ GW_RELAY,      GW_REFUSED,      GW_DRAIN      },
	{ GW_DRAIN,      GW_DRAINED,      GW_LINGER     },

	{ GW_GREET,      GW_ENDED,        GW_CLOSED     },
	{ GW_TLS,        GW_ENDED,        GW_CLOSED     },
	{ GW_STARTUP,    GW_ENDED,        GW_CLOSED     },
	{ GW_SASL_FIRST, GW_ENDED,        GW_CLOSED     },
	{ GW_SASL_FINAL, GW_ENDED,        GW_CLOSED     },
	{ GW_PASSWORD,   GW_ENDED,        GW_CLOSED     },
	{ GW_DIRECTORY,  GW_ENDED,        GW_CLOSED     },
	{ GW_OPEN,       GW_ENDED,        GW_CLOSED     },
	{ GW_CANCEL,     GW_ENDED,        GW_CLOSED     },
	{ GW_RELAY,      GW_ENDED,        GW_CLOSED     },
	{ GW_DRAIN,      GW_ENDED,        GW_CLOSED     },
	{ GW_LINGER,     GW_ENDED,        GW_CLOSED     },
};
/* clang-format on */

const char *gw_state_name(enum gw_state state)
{
	assert(state < GW_STATE_COUNT);
	return states[state].name;
}

bool gw_state_allows(
    enum gw_state state, enum gw_event event, enum gw_state *ret_to)
{
	for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
		if (moves[i].from != state || moves[i].event != event)
			continue;
		*ret_to = moves[i].to;
		return true;
	}
	return false;
}

void gw_session_change(struct gw_session *s, enum gw_event event)
{
	enum gw_state to = GW_CLOSED;
	bool allowed = gw_state_allows(s->state, event, &to);

	assert(allowed);
	(void)allowed;
	s->state = to;
}

bool gw_session_is_busy(const struct gw_session *s)
{
	return s->state == GW_RELAY &&
	       (s->is_waiting ||
		   (s->backend != NULL && (gw_backend_is_busy(s->backend) ||
					      s->backend->up.left > 0)));
}

void gw_login_free(struct gw_login *login)
{
	if (login == NULL)
		return;
	gw_startup_done(&login->startup);
	gw_scram_done(&login->scram);
	if (login->person.ask != NULL)
		gw_people_forget(login->person.ask);
	free(login->person.user);
	free(login->person.login);
	free(login->certificate_cn);
	free(login);
}

/* To the pool if another may have it; else it ends, and what it does. */
static void give_backend_back(struct gw_session *s)
{
	struct gw_backend *b = s->backend;

	if (b == NULL)
		return;
	if (s->pool != NULL && b->state == GW_BACKEND_READY && !b->is_spent &&
	    gw_backend_is_free(b)) {
		gw_pool_release(s->pool, b);
		return;
	}
	/* Who said good-bye wants what was asked for done. */
	if (gw_backend_is_busy(b) && !b->stream.ended && !s->client_done)
		(void)gw_backend_cancel(b, NULL);
	gw_backend_end(b);
}

static void give_places_back(struct gw_session *s)
{
	if (s->pool != NULL)
		gw_pool_give_up(s->pool, s);
	give_backend_back(s);
	gw_names_done(&s->names);
	hs_freep(&s->held);
	if (s->pool != NULL)
		gw_pool_leave(hs_steal(&s->pool));
	if (s->errand != NULL)
		s->errand->session = NULL;
	s->errand = NULL;
}

/* Give back the places it holds; what remains is the client's last words. */
static void release(struct gw_session *s)
{
	struct gw_core *core = s->core;

	if (s->pending)
		core->pending--;
	else if (s->entry != NULL) {
		core->active--;
		gw_entry_seat(s->entry, -1, hs_loop_now_ms(core->loop));
		s->entry->ve->sessions--;
	}
	s->pending = false;
	gw_keys_remove(&core->keys, s);
	give_places_back(s);
	gw_entry_unref(s->entry);
	gw_login_free(s->login);
	s->entry = NULL;
	s->login = NULL;
}

char *gw_session_person(const struct gw_session *s)
{
	hs_auto(hs_text_done) struct hs_text name = { 0 };

	if (s->person == NULL)
		return hs_strdup("");
	hs_text_add_log(&name, s->person);
	return hs_printf(" person=%s", name.data);
}

/* One line for each session that had begun. */
static void log_close(const struct gw_session *s)
{
	hs_auto(hs_freep) char *person = gw_session_person(s);

	hs_info("session.close",
	    "session=%016llx ve=%s enterprise=%s%s reason=%s in=%llu out=%llu "
	    "statements=%llu ms=%llu",
	    (unsigned long long)s->id, s->entry->ve->name,
	    s->entry->route.enterprise, person, s->reason,
	    (unsigned long long)s->bytes_in, (unsigned long long)s->bytes_out,
	    (unsigned long long)s->statements,
	    (unsigned long long)(hs_loop_now_ms(s->core->loop) - s->began_ms));
}

static void log_refused(const struct gw_session *s, enum gw_refusal refusal)
{
	hs_auto(hs_text_done) struct hs_text user = { 0 };
	const char *name = "";

	if (s->login != NULL && s->login->startup.user != NULL)
		name = s->login->startup.user;
	hs_text_add_log(&user, name);
	hs_info("session.refused",
	    "session=%016llx peer=%s user=%s state=%s why=%s sqlstate=%s "
	    "ms=%llu",
	    (unsigned long long)s->id, s->peer, user.data,
	    gw_state_name(s->state), gw_refusal_name(refusal),
	    gw_refusal_sqlstate(refusal),
	    (unsigned long long)(hs_loop_now_ms(s->core->loop) - s->began_ms));
}

enum gw_progress gw_session_end(struct gw_session *s, const char *reason)
{
	s->reason = reason;
	if (s->state == GW_RELAY)
		log_close(s);
	else if (s->state < GW_DRAIN)
		hs_debug("session.dropped",
		    "session=%016llx peer=%s state=%s why=%s",
		    (unsigned long long)s->id, s->peer, gw_state_name(s->state),
		    reason);
	gw_session_change(s, GW_ENDED);
	release(s);
	return GW_AGAIN;
}

enum gw_progress gw_session_refuse(
    struct gw_session *s, enum gw_refusal refusal, const char *detail)
{
	bool in_frame = s->backend != NULL && s->backend->down.left > 0;

	s->core->refused++;
	if (s->state == GW_TLS || s->state == GW_CANCEL || in_frame ||
	    !gw_refusal_write(refusal, detail, &s->client.out))
		return gw_session_end(s, gw_refusal_name(refusal));
	return gw_session_finish(s, refusal);
}

enum gw_progress gw_session_finish(struct gw_session *s, enum gw_refusal reason)
{
	s->reason = gw_refusal_name(reason);
	if (s->state == GW_RELAY)
		log_close(s);
	else
		log_refused(s, reason);
	gw_session_change(s, GW_REFUSED);
	release(s);
	hs_timer_start(s->core->loop, &s->deadline, DRAIN_MS);
	return GW_AGAIN;
}

/* Who asked waits for the end of the connection. */
static enum gw_progress cancel_step(struct gw_session *s)
{
	gw_stream_fill(&s->client);
	gw_bytes_drop(&s->client.in, gw_bytes_len(&s->client.in));
	return s->client.ended ? gw_session_end(s, "client-gone") : GW_WAIT;
}

static enum gw_progress drain_step(struct gw_session *s)
{
	if (s->client.ended)
		return gw_session_end(s, s->reason);
	if (!gw_stream_flush(&s->client))
		return s->client.ended ? GW_AGAIN : GW_WAIT;
	gw_stream_finish(&s->client);
	gw_session_change(s, GW_DRAINED);
	hs_timer_start(s->core->loop, &s->deadline, LINGER_MS);
	return GW_AGAIN;
}

/* Closing with unread bytes would reset the connection, error and all. */
static enum gw_progress linger_step(struct gw_session *s)
{
	gw_stream_fill(&s->client);
	gw_bytes_drop(&s->client.in, gw_bytes_len(&s->client.in));
	return s->client.ended ? gw_session_end(s, s->reason) : GW_WAIT;
}

static void session_free(struct gw_session *s)
{
	struct gw_core *core = s->core;

	hs_timer_stop(&s->deadline);
	hs_timer_stop(&s->again);
	hs_timer_stop(&s->pace);
	gw_stream_finish(&s->client);
	gw_stream_close(&s->client);
	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		core->sessions = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	gw_target_done(&s->target);
	gw_marks_done(&s->marks);
	free(s->application_name);
	free(s->certificate);
	free(s->person);
	free(s);
	gw_core_left(core);
}

/* While it waits for others, a client may only send or leave. */
static bool client_left(struct gw_session *s)
{
	if (s->state != GW_OPEN && s->state != GW_DIRECTORY)
		return false;
	gw_stream_fill(&s->client);
	return s->client.ended;
}

static void rearm(struct gw_session *s)
{
	bool relay = s->state == GW_RELAY;
	struct gw_backend *b = relay ? s->backend : NULL;

	gw_stream_rearm(&s->client,
	    gw_bytes_room(&s->client.in) > 0 && s->state != GW_DRAIN &&
		(b == NULL || gw_stream_is_flowing(&b->stream)));
	if (b != NULL)
		gw_stream_rearm(
		    &b->stream, gw_bytes_room(&b->stream.in) > 0 &&
				    gw_stream_is_flowing(&s->client));
}

void gw_session_run(struct gw_session *s)
{
	do {
		if (client_left(s))
			(void)gw_session_end(s, "client-gone");
	} while (s->state != GW_CLOSED && states[s->state].step(s) == GW_AGAIN);
	if (s->state == GW_CLOSED)
		session_free(s);
	else
		rearm(s);
}

static void on_client(void *owner, unsigned events)
{
	struct gw_session *s = owner;

	gw_stream_ready(&s->client, events);
	gw_session_run(s);
}

static void on_again(void *owner)
{
	gw_session_run(owner);
}

void gw_session_wake(struct gw_session *s)
{
	hs_timer_start(s->core->loop, &s->again, 0);
}

static void on_deadline(void *owner)
{
	struct gw_session *s = owner;

	if (s->state == GW_GREET || s->state == GW_TLS ||
	    s->state == GW_CANCEL || s->state >= GW_DRAIN)
		(void)gw_session_end(s, "timeout");
	else if (s->state < GW_OPEN)
		(void)gw_session_refuse(s, GW_REFUSE_LOGIN_TIMEOUT, "");
	else if (s->state == GW_RELAY && s->is_waiting)
		(void)gw_session_refuse(s,
		    gw_cluster_is_sure(s->pool->cluster)
			? GW_REFUSE_POOL_FULL
			: GW_REFUSE_BACKEND_DOWN,
		    "");
	else if (s->state == GW_RELAY)
		(void)gw_session_end(s, "client-gone");
	else
		(void)gw_session_refuse(s, GW_REFUSE_BACKEND_DOWN, "");
	gw_session_run(s);
}

static void link_in(struct gw_session *s)
{
	struct gw_core *core = s->core;

	s->next = core->sessions;
	if (s->next != NULL)
		s->next->prev = s;
	core->sessions = s;
	gw_core_joined(core);
	core->pending++;
	s->pending = true;
	s->id = ++core->last_id;
	s->began_ms = hs_loop_now_ms(core->loop);
}

static struct gw_session *make(struct gw_core *core, const char *peer)
{
	struct gw_session *s = hs_alloc(sizeof(*s));

	s->core = core;
	s->client.watch.fn = on_client;
	s->deadline.fn = on_deadline;
	s->again.fn = s->pace.fn = on_again;
	s->client.watch.owner = s;
	s->deadline.owner = s->again.owner = s->pace.owner = s;
	s->client.fd = -1;
	s->client.outbox = core->outbox;
	(void)snprintf(s->peer, sizeof(s->peer), "%s", peer);
	link_in(s);
	return s;
}

void gw_session_new(
    struct gw_core *core, int fd, const char *peer, bool tls_asked)
{
	struct gw_session *s = make(core, peer);
	struct hs_err err = { 0 };

	s->tls_asked = tls_asked;
	if (gw_stream_open(&s->client, core->loop, fd, &err) < 0) {
		hs_warn("session.dropped", "msg=\"%s\"", err.msg);
		(void)close(fd);
		(void)gw_session_end(s, "no-watch");
		gw_session_run(s);
		return;
	}
	hs_timer_start(core->loop, &s->deadline,
	    (uint64_t)core->config->login_timeout_s * 1000);
}
