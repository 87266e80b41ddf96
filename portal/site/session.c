/* session.c - who is logged in: rows of the site's database. */

#include <string.h>

#include "portal/site/site.h"
#include "portal/web/token.h"

#define TOKEN_BYTES 32

int session_connect(struct worker *worker, struct hs_err *err)
{
	hs_db_closep(&worker->db);
	if (hs_db_open(worker->site->conninfo, &worker->db, err) < 0)
		return hs_wrap(err, "connect to the database");
	return 0;
}

/* The first statement of a request; repeated once if the server was away. */
static int first_query(struct page *page, const char *sql, size_t count,
    const char *const *params, const struct hs_rows **ret_rows,
    struct hs_err *err)
{
	struct worker *worker = page->worker;
	bool fresh = worker->db == NULL || !hs_db_is_alive(worker->db);

	if (fresh && session_connect(worker, err) < 0)
		return -1;
	if (page_query(page, sql, count, params, ret_rows, err) == 0)
		return 0;
	if (fresh || err->code != HS_EREMOTE)
		return -1;
	if (session_connect(worker, err) < 0)
		return -1;
	return page_query(page, sql, count, params, ret_rows, err);
}

bool session_has_role(const char *roles, const char *role)
{
	size_t len = strlen(role);

	for (const char *p = roles; p != NULL; p = strchr(p, ' ')) {
		p += *p == ' ';
		if (strncmp(p, role, len) == 0 &&
		    (p[len] == ' ' || p[len] == '\0'))
			return true;
	}
	return false;
}

static struct session *read_session(
    struct page *page, const struct hs_rows *rows, const char *token)
{
	struct session *s = hs_arena_alloc(page->arena, sizeof(*s));

	s->uid = hs_rows_get(rows, 0, "session_uid");
	s->login = hs_rows_get(rows, 0, "login");
	s->name = hs_rows_get(rows, 0, "display_name");
	s->roles = hs_rows_get(rows, 0, "roles");
	s->token = token;
	if (s->roles == NULL)
		s->roles = "";
	if (!i18n_lang(hs_rows_get(rows, 0, "language"), &s->lang))
		s->lang = LANG_EN;
	return s;
}

int session_find(
    struct page *page, const struct session **ret_session, struct hs_err *err)
{
	const char *token =
	    web_params_get(&page->request->cookies, "__Host-session");
	const struct hs_rows *rows = NULL;
	const char *name = hs_arena_printf(
	    page->arena, "%s %s", page->site->name, page->request->id);

	*ret_session = NULL;
	if (!web_token_is_good(token, TOKEN_BYTES))
		return 0;
	if (first_query(page, site_sql_session_get, 2,
		(const char *const[]) {
		    web_token_hash(page->arena, token), name },
		&rows, err) < 0)
		return hs_wrap(err, "look up the session");
	if (hs_rows_count(rows) == 1)
		*ret_session = read_session(page, rows, token);
	return 0;
}

/* The directory's role names are words: no quoting is needed. */
static const char *roles_array(
    struct page *page, const struct tenant_person *person)
{
	struct hs_text text = { 0 };
	const char *array;

	hs_text_add_char(&text, '{');
	for (size_t i = 0; i < person->role_count; i++)
		hs_text_addf(&text, "%s%s", i > 0 ? "," : "", person->roles[i]);
	hs_text_add_char(&text, '}');
	array = hs_arena_strdup(page->arena, text.data);
	hs_text_done(&text);
	return array;
}

int session_begin(
    struct page *page, const struct tenant_person *person, struct hs_err *err)
{
	const char *token = web_token_new(page->arena, TOKEN_BYTES);
	const char *agent = page->request->user_agent;
	const char *params[] = {
		web_token_hash(page->arena, token),
		person->login,
		person->name,
		roles_array(page, person),
		person->language != NULL ? person->language : "en",
		agent != NULL && hs_is_text(agent)
		    ? hs_arena_strndup(page->arena, agent, 300)
		    : NULL,
		hs_arena_printf(page->arena, "%d", SESSION_IDLE_SECONDS),
		hs_arena_printf(page->arena, "%d", SESSION_ABSOLUTE_SECONDS),
	};

	if (first_query(page, site_sql_session_open, ARRAY_LEN(params), params,
		NULL, err) < 0)
		return hs_wrap(err, "open a session");
	web_set_cookie(
	    page->response, "session", token, SESSION_ABSOLUTE_SECONDS);
	web_set_cookie(page->response, "visit", "", -1);
	return 0;
}

int session_end(struct page *page, struct hs_err *err)
{
	web_set_cookie(page->response, "session", "", -1);
	return PAGE_QUERY(page, site_sql_session_close, NULL, err,
	    web_token_hash(page->arena, page->session->token));
}

void session_set_language(struct page *page, const char *code)
{
	web_set_cookie(page->response, "lang", code, 365L * 86400);
}
