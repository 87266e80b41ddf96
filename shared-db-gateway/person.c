/* person.c - people of an enterprise log in by name and password, as
 * "VE.ENTERPRISE/LOGIN": the directory says whether it is they, and they get
 * what the enterprise has.
 */

#include <ctype.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/tries.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/login.h"
#include "shared-db-gateway/people.h"
#include "tenant-mgr/tenant.h"

#define AUTH_CLEARTEXT 3u

/* Its route, if people may log in there. */
static struct gw_entry *entry_of(const struct gw_session *s)
{
	struct gw_entry *entry =
	    gw_table_find(s->core->table, s->login->person.user);

	return entry != NULL && entry->route.people ? entry : NULL;
}

/* A password goes through TLS or not at all. */
enum gw_progress gw_person_begin(struct gw_session *s, const char *slash)
{
	struct gw_claim *person = &s->login->person;
	const char *user = s->login->startup.user;
	struct gw_writer w;

	if (s->client.ssl == NULL)
		return gw_session_refuse(s, GW_REFUSE_PLAINTEXT, "");
	person->user = hs_strndup(user, (size_t)(slash - user));
	person->login = hs_strdup(slash + 1);
	for (char *p = person->login; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	if (!gw_login_fits_certificate(
		s, gw_table_find(s->core->table, person->user)))
		return gw_session_refuse(s, GW_REFUSE_CERTIFICATE, user);
	w = gw_put_begin(&s->client.out, 'R');
	gw_put_u32(&w, AUTH_CLEARTEXT);
	(void)gw_put_end(&w);
	(void)gw_stream_flush(&s->client);
	gw_session_change(s, GW_PASSWORD_ASKED);
	return GW_AGAIN;
}

static char *try_of(const struct gw_session *s)
{
	return hs_printf(
	    "%s/%s", s->login->person.user, s->login->person.login);
}

static void on_answer(void *owner, enum gw_person answer, const char *login)
{
	struct gw_session *s = owner;
	struct gw_claim *person = &s->login->person;

	person->ask = NULL;
	person->answer = answer;
	if (login != NULL) {
		hs_freep(&person->login);
		person->login = hs_strdup(login);
	}
	gw_session_run(s);
}

/* Whoever is not there, or may not, is asked about all the same: it takes as
 * long. To the directory " LI.wei" is li.wei; to the count of tries it is not,
 * so it is nobody. */
static enum gw_progress ask(struct gw_session *s, const char *password)
{
	struct gw_core *core = s->core;
	hs_auto(hs_freep) char *try = try_of(s);
	const char *user = s->login->startup.user;
	const struct gw_entry *entry =
	    tenant_login_is_valid(s->login->person.login) ? entry_of(s) : NULL;
	const struct gw_question question = {
		.ve = entry != NULL ? entry->ve->name : NULL,
		.enterprise = entry != NULL ? entry->route.enterprise : NULL,
		.login = s->login->person.login,
		.password = password,
		.fn = on_answer,
		.owner = s,
	};

	if (core->people == NULL)
		return gw_session_refuse(s, GW_REFUSE_PASSWORD, user);
	if (!hs_tries_take(core->tries, try, hs_loop_now_ms(core->loop)))
		return gw_session_refuse(s, GW_REFUSE_TOO_OFTEN, user);
	s->login->person.ask = gw_people_ask(core->people, &question);
	if (s->login->person.ask == NULL) {
		hs_tries_give(core->tries, try);
		return gw_session_refuse(s, GW_REFUSE_PEOPLE_FULL, "");
	}
	gw_session_change(s, GW_DIRECTORY_ASKED);
	return GW_AGAIN;
}

enum gw_progress gw_password_step(struct gw_session *s)
{
	struct gw_reader body = { 0 };
	enum gw_progress progress;
	const char *password;
	size_t size = 0;
	enum gw_verdict verdict = gw_login_take(s, &body, &size);

	if (verdict != GW_GOOD)
		return gw_login_not_taken(s, verdict);
	password = gw_get_text(&body);
	progress = body.bad || body.left > 0
		       ? gw_session_refuse(s, GW_REFUSE_MESSAGE, "")
		       : ask(s, password);
	hs_wipe(s->client.in.data + s->client.in.start, size);
	gw_bytes_drop(&s->client.in, size);
	return progress;
}

static enum gw_progress let_in(struct gw_session *s)
{
	/* The routes may have changed since the question. */
	struct gw_entry *entry = entry_of(s);

	if (entry == NULL)
		return gw_session_refuse(
		    s, GW_REFUSE_PASSWORD, s->login->startup.user);
	s->person = hs_strdup(s->login->person.login);
	return gw_login_admit(s, entry);
}

enum gw_progress gw_directory_step(struct gw_session *s)
{
	hs_auto(hs_freep) char *try = NULL;

	if (s->login->person.ask != NULL)
		return GW_WAIT;
	try = try_of(s);
	switch (s->login->person.answer) {
	case GW_PERSON_PROVEN:
		hs_tries_give(s->core->tries, try);
		return let_in(s);
	case GW_PERSON_UNASKED:
		hs_tries_give(s->core->tries, try);
		return gw_session_refuse(s, GW_REFUSE_DIRECTORY_DOWN, "");
	case GW_PERSON_REFUSED:
		break;
	}
	return gw_session_refuse(s, GW_REFUSE_PASSWORD, s->login->startup.user);
}
