/* login.c - who it is, proven, once: by certificate or by SCRAM. People are
 * person.c's.
 */

#include "shared-db-gateway/login.h"

#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"

#define GRACE_MS        500
#define AUTH_SASL       10u
#define AUTH_SASL_MORE  11u
#define AUTH_SASL_FINAL 12u

/* Its own, or its pool's; what keeps it waiting has a deadline of its own, and
 * gives the better reason. */
static void find_backend(struct gw_session *s)
{
	struct gw_core *core = s->core;

	hs_timer_start(core->loop, &s->deadline,
	    (uint64_t)core->config->connect_timeout_s * 1000 + GRACE_MS);
	if (gw_route_is_pooled(&s->entry->route)) {
		s->pool = gw_pool_join(
		    core, s->entry, &s->target, &s->login->startup);
		gw_pool_warm(s->pool);
	} else
		s->backend = gw_backend_new(
		    core, s->entry, &s->target, &s->login->startup, NULL, s);
}

enum gw_progress gw_login_admit(struct gw_session *s, struct gw_entry *entry)
{
	const char *database = s->login->startup.database;
	struct gw_core *core = s->core;

	if (gw_table_target(core->table, entry, database, &s->target) < 0)
		return gw_session_refuse(s, GW_REFUSE_DATABASE,
		    database != NULL ? database : s->login->startup.user);
	if (core->stopping)
		return gw_session_refuse(s, GW_END_SHUTDOWN, "");
	if (core->active >= core->config->max_sessions)
		return gw_session_refuse(s, GW_REFUSE_GATEWAY_FULL, "");
	if (!gw_limit_has_place(entry) || (!gw_route_is_pooled(&entry->route) &&
					      !gw_pools_make_room(core, entry)))
		return gw_session_refuse(
		    s, GW_REFUSE_ROUTE_FULL, s->login->startup.user);
	s->entry = gw_entry_ref(entry);
	s->pending = false;
	core->pending--;
	core->active++;
	gw_entry_seat(entry, 1, hs_loop_now_ms(core->loop));
	entry->ve->sessions++;
	gw_session_change(s, GW_ADMITTED);
	find_backend(s);
	return GW_AGAIN;
}

/* Unknown users get the same questions as those with a wrong password. */
static enum gw_progress challenge(
    struct gw_session *s, const struct gw_entry *entry)
{
	struct gw_scram *scram = &s->login->scram;
	const struct gw_tls *tls = &s->core->tls;
	struct gw_writer w;

	if (entry == NULL || entry->route.scram == NULL ||
	    gw_verifier_parse(entry->route.scram, &scram->verifier, NULL) < 0) {
		scram->doomed = true;
		gw_verifier_mock(s->core->mock_secret, s->login->startup.user,
		    &scram->verifier);
	}
	/* There is nothing to bind to without TLS. */
	scram->binding_len = s->client.ssl != NULL ? tls->binding_len : 0;
	memcpy(scram->binding, tls->binding, scram->binding_len);
	w = gw_put_begin(&s->client.out, 'R');
	gw_put_u32(&w, AUTH_SASL);
	if (scram->binding_len > 0)
		gw_put_text(&w, "SCRAM-SHA-256-PLUS");
	gw_put_text(&w, "SCRAM-SHA-256");
	gw_put_u8(&w, 0);
	(void)gw_put_end(&w);
	(void)gw_stream_flush(&s->client);
	gw_session_change(s, GW_CHALLENGED);
	return GW_AGAIN;
}

bool gw_login_fits_certificate(
    const struct gw_session *s, const struct gw_entry *entry)
{
	const char *has = s->login->certificate_cn;
	const char *cn = entry != NULL ? entry->route.certificate_cn : NULL;

	return has == NULL ||
	       (cn != NULL && strcmp(cn, has) == 0 &&
		   gw_route_accepts(&entry->route, s->certificate));
}

static enum gw_progress identify(struct gw_session *s)
{
	struct gw_login *login = s->login;
	struct gw_entry *entry =
	    gw_table_find(s->core->table, login->startup.user);
	const char *slash = strchr(login->startup.user, '/');

	if (!gw_startup_negotiate(&login->startup, &s->client.out))
		return gw_session_refuse(s, GW_REFUSE_MALFORMED, "");
	if (entry == NULL && slash != NULL)
		return gw_person_begin(s, slash);
	if (login->certificate_cn == NULL)
		return challenge(s, entry);
	if (!gw_login_fits_certificate(s, entry))
		return gw_session_refuse(
		    s, GW_REFUSE_CERTIFICATE, login->startup.user);
	return gw_login_admit(s, entry);
}

static enum gw_progress take_startup(struct gw_session *s, size_t size)
{
	struct gw_startup *startup = &s->login->startup;
	enum gw_refusal refusal = gw_startup_parse(
	    s->client.in.data + s->client.in.start, size, startup);

	gw_bytes_drop(&s->client.in, size);
	if (refusal != GW_OK)
		return gw_session_refuse(s, refusal,
		    startup->refused != NULL ? startup->refused : "");
	s->application_name =
	    hs_strndup(gw_startup_get(startup, "application_name"), 63);
	return identify(s);
}

enum gw_progress gw_startup_step(struct gw_session *s)
{
	size_t size = 0;
	enum gw_hello hello;

	gw_stream_fill(&s->client);
	hello = gw_hello_parse(s->client.in.data + s->client.in.start,
	    gw_bytes_len(&s->client.in), &size);
	switch (hello) {
	case GW_HELLO_MORE:
		return s->client.ended ? gw_session_end(s, "client-gone")
				       : GW_WAIT;
	case GW_HELLO_STARTUP:
		return take_startup(s, size);
	case GW_HELLO_CANCEL:
		return gw_cancel_begin(
		    s, s->client.in.data + s->client.in.start, size);
	case GW_HELLO_BAD:
	case GW_HELLO_SSL:
	case GW_HELLO_GSS:
		return gw_session_refuse(s, GW_REFUSE_MALFORMED, "");
	}
	return GW_WAIT;
}

enum gw_verdict gw_login_take(
    struct gw_session *s, struct gw_reader *ret_body, size_t *ret_size)
{
	const uint8_t *data;
	struct gw_frame frame = { 0 };
	enum gw_verdict verdict;
	size_t len;

	(void)gw_stream_flush(&s->client);
	gw_stream_fill(&s->client);
	data = s->client.in.data + s->client.in.start;
	len = gw_bytes_len(&s->client.in);
	verdict =
	    gw_frame_parse(GW_FRONTEND, data, len, GW_HELLO_MAX - 5, &frame);
	if (verdict != GW_GOOD)
		return verdict;
	if (frame.type != 'p' || frame.body > GW_HELLO_MAX - 5)
		return GW_BAD;
	if (len < 5 + frame.body)
		return GW_MORE;
	*ret_body = (struct gw_reader) { .at = data + 5, .left = frame.body };
	*ret_size = 5 + frame.body;
	return GW_GOOD;
}

enum gw_progress gw_login_not_taken(
    struct gw_session *s, enum gw_verdict verdict)
{
	if (verdict == GW_BAD)
		return gw_session_refuse(s, GW_REFUSE_MESSAGE, "");
	return s->client.ended ? gw_session_end(s, "client-gone") : GW_WAIT;
}

static enum gw_progress scram_refuse(
    struct gw_session *s, const struct hs_err *err)
{
	if (err->code == HS_EDENIED)
		return gw_session_refuse(
		    s, GW_REFUSE_PASSWORD, s->login->startup.user);
	return gw_session_refuse(s, GW_REFUSE_MESSAGE, "");
}

static void reply(struct gw_session *s, uint32_t code, const char *text)
{
	struct gw_writer w = gw_put_begin(&s->client.out, 'R');

	gw_put_u32(&w, code);
	gw_put_raw(&w, text, strlen(text));
	(void)gw_put_end(&w);
}

enum gw_progress gw_sasl_first_step(struct gw_session *s)
{
	hs_auto(hs_freep) char *server_first = NULL;
	struct gw_reader body = { 0 };
	struct hs_err err = { 0 };
	const char *mechanism;
	const uint8_t *message;
	size_t size = 0, len;
	enum gw_verdict verdict = gw_login_take(s, &body, &size);

	if (verdict != GW_GOOD)
		return gw_login_not_taken(s, verdict);
	mechanism = gw_get_text(&body);
	len = gw_get_u32(&body);
	message = gw_get_raw(&body, len);
	if (body.bad || body.left > 0 || len == 0)
		return gw_session_refuse(s, GW_REFUSE_MESSAGE, "");
	if (gw_scram_first(&s->login->scram, mechanism, message, len,
		&server_first, &err) < 0)
		return scram_refuse(s, &err);
	gw_bytes_drop(&s->client.in, size);
	reply(s, AUTH_SASL_MORE, server_first);
	(void)gw_stream_flush(&s->client);
	gw_session_change(s, GW_ANSWERED);
	return GW_AGAIN;
}

enum gw_progress gw_sasl_final_step(struct gw_session *s)
{
	hs_auto(hs_freep) char *server_final = NULL;
	struct gw_entry *entry;
	struct gw_reader body = { 0 };
	struct hs_err err = { 0 };
	size_t size = 0;
	enum gw_verdict verdict = gw_login_take(s, &body, &size);

	if (verdict != GW_GOOD)
		return gw_login_not_taken(s, verdict);
	if (gw_scram_final(
		&s->login->scram, body.at, body.left, &server_final, &err) < 0)
		return scram_refuse(s, &err);
	gw_bytes_drop(&s->client.in, size);
	/* The routes may have changed since the question. */
	entry = gw_table_find(s->core->table, s->login->startup.user);
	if (entry == NULL)
		return gw_session_refuse(
		    s, GW_REFUSE_PASSWORD, s->login->startup.user);
	/* It goes with the welcome, or with what is said instead. */
	reply(s, AUTH_SASL_FINAL, server_final);
	return gw_login_admit(s, entry);
}
