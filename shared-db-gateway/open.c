/* open.c - from who somebody is to a session: its backend, or its pool's word
 * for what a backend would have said.
 */

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"

static const char *way_in(const struct gw_session *s)
{
	if (s->person != NULL)
		return "directory";
	return s->login->certificate_cn != NULL ? "certificate" : "scram";
}

static void log_login(const struct gw_session *s)
{
	hs_auto(hs_text_done) struct hs_text app = { 0 };
	hs_auto(hs_text_done) struct hs_text database = { 0 };
	hs_auto(hs_freep) char *person = gw_session_person(s);

	hs_text_add_log(&app, s->application_name);
	hs_text_add_log(&database, s->target.database);
	hs_info("session.login",
	    "session=%016llx peer=%s ve=%s enterprise=%s%s user=%s database=%s "
	    "by=%s application=%s ms=%llu",
	    (unsigned long long)s->id, s->peer, s->entry->ve->name,
	    s->entry->route.enterprise, person, s->entry->route.user,
	    database.data, way_in(s), app.data,
	    (unsigned long long)(hs_loop_now_ms(s->core->loop) - s->began_ms));
}

/* A pool's backends were not told the client's name for itself. */
static void put_application_name(struct gw_session *s)
{
	struct gw_writer w = gw_put_begin(&s->client.out, 'S');

	gw_put_text(&w, "application_name");
	gw_put_text(&w, s->application_name);
	(void)gw_put_end(&w);
}

/* What PostgreSQL says to who has logged in. */
static bool put_welcome(
    struct gw_session *s, const struct gw_bytes *parameters, char status)
{
	struct gw_bytes *out = &s->client.out;
	struct gw_writer w = gw_put_begin(out, 'R');

	gw_put_u32(&w, 0);
	if (!gw_put_end(&w) ||
	    !gw_bytes_add(out, parameters->data + parameters->start,
		gw_bytes_len(parameters)))
		return false;
	if (s->pool != NULL)
		put_application_name(s);
	w = gw_put_begin(out, 'K');
	gw_put_u32(&w, s->key.pid);
	gw_put_u32(&w, s->key.secret);
	if (!gw_put_end(&w))
		return false;
	w = gw_put_begin(out, 'Z');
	gw_put_u8(&w, (uint8_t)status);
	return gw_put_end(&w);
}

static enum gw_progress welcome(
    struct gw_session *s, struct gw_bytes *parameters, char status)
{
	if (!gw_keys_add(&s->core->keys, s) ||
	    !put_welcome(s, parameters, status))
		return gw_session_refuse(s, GW_REFUSE_BACKEND_BROKEN, "");
	hs_timer_stop(&s->deadline);
	s->entry->logins++;
	s->core->logins++;
	log_login(s);
	gw_login_free(hs_steal(&s->login));
	gw_session_change(s, GW_OPENED);
	return GW_AGAIN;
}

/* Where one of several servers can become the primary, it is waited for as for
 * a backend of a pool. */
static void be_patient(struct gw_session *s)
{
	if (s->target.replicas == NULL || s->login->is_patient)
		return;
	s->login->is_patient = true;
	hs_timer_start(s->core->loop, &s->deadline,
	    (uint64_t)s->core->config->wait_timeout_s * 1000);
}

static bool is_ready(const struct gw_session *s)
{
	if (s->pool != NULL)
		return gw_bytes_len(&s->pool->parameters) > 0;
	return s->backend != NULL && s->backend->state == GW_BACKEND_READY;
}

enum gw_progress gw_open_step(struct gw_session *s)
{
	enum gw_progress progress;

	be_patient(s);
	if (!is_ready(s)) {
		(void)gw_stream_flush(&s->client);
		return GW_WAIT;
	}
	if (s->pool != NULL)
		return welcome(s, &s->pool->parameters, 'I');
	progress = welcome(
	    s, &s->backend->parameters, s->backend->replies.transaction);
	if (s->backend != NULL)
		gw_bytes_done(&s->backend->parameters);
	return progress;
}

void gw_session_backend_ready(struct gw_session *s)
{
	gw_session_run(s);
}

void gw_session_backend_failed(struct gw_session *s, enum gw_refusal refusal)
{
	if (refusal == GW_OK || s->state == GW_CANCEL)
		(void)gw_session_end(s, "cancel-passed");
	else
		(void)gw_session_refuse(s, refusal, "");
	gw_session_run(s);
}
