/* page_account.c - a person's own roles and sessions. */

#include <string.h>

#include "portal/site/site.h"
#include "portal/web/token.h"

/* "Firefox, Linux" from a User-Agent: enough to know one's own devices. */
static const char *agent_name(struct page *page, const char *agent)
{
	static const char *const browsers[] = { "Edg", "Firefox", "Chrome",
		"Safari" };
	static const char *const systems[] = { "Android", "iPhone", "iPad",
		"Windows", "Mac OS", "Linux" };
	const char *browser = NULL, *system = NULL;

	for (size_t i = 0; i < ARRAY_LEN(browsers) && browser == NULL; i++)
		if (strstr(agent, browsers[i]) != NULL)
			browser = browsers[i];
	for (size_t i = 0; i < ARRAY_LEN(systems) && system == NULL; i++)
		if (strstr(agent, systems[i]) != NULL)
			system = systems[i];
	if (browser == NULL)
		return i18n_text(page->lang, MSG_ACCOUNT_OTHER_AGENT);
	return hs_arena_printf(page->arena, "%s%s%s",
	    strcmp(browser, "Edg") == 0 ? "Edge" : browser,
	    system != NULL ? ", " : "", system != NULL ? system : "");
}

static void fill_sessions(
    struct page *page, const struct hs_rows *rows, struct view_account *v)
{
	size_t count = hs_rows_count(rows);
	struct view_account_sessions *list =
	    PAGE_NEW(page, struct view_account_sessions, count);

	for (size_t i = 0; i < count; i++) {
		const char *uid = hs_rows_get(rows, i, "session_uid");

		list[i] = (struct view_account_sessions) {
			.agent = h_text(agent_name(
			    page, hs_rows_get(rows, i, "user_agent"))),
			.opened =
			    page_date(page, hs_rows_get(rows, i, "opened_at")),
			.seen = page_date(
			    page, hs_rows_get(rows, i, "last_seen_at")),
			.current = strcmp(uid, page->session->uid) == 0,
			.end_url =
			    h_path(page->arena, "/account/sessions/*/end", uid),
		};
	}
	v->sessions = list;
	v->sessions_count = count;
	v->several = count > 1;
}

static void fill_roles(struct page *page, struct view_account *v)
{
	const char *const *names = tenant_role_names(&page->site->place);
	struct view_account_roles *roles =
	    PAGE_NEW(page, struct view_account_roles, 16);

	for (; *names != NULL && v->roles_count < 16; names++)
		if (session_has_role(page->session->roles, *names))
			roles[v->roles_count++].label =
			    h_text(i18n_named(page->lang, "role.", *names));
	v->roles = roles;
}

int page_account(struct page *page, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;
	struct html out = { .lang = page->lang };
	struct view_account v = {
		.name = h_text(page->session->name),
		.login = h_text(page->session->login),
		.csrf = page_csrf(page),
	};

	if (PAGE_QUERY(page, site_sql_session_list, &rows, err,
		page->session->login) < 0)
		return hs_wrap(err, "list the sessions");
	fill_roles(page, &v);
	fill_sessions(page, rows, &v);
	view_account(&out, &v);
	page_send(page, 200, MSG_ACCOUNT_TITLE, &out);
	return 0;
}

int page_session_end_post(struct page *page, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;

	if (PAGE_QUERY(page, site_sql_session_end, &rows, err, page->args[0],
		page->session->login) < 0)
		return hs_wrap(err, "end a session");
	if (!page_is_true(rows, 0, "done"))
		return hs_fail(err, HS_ENOTFOUND, "no such session");
	page_redirect(page, h_path(page->arena, "/account"), "session_ended");
	return 0;
}

int page_session_end_all_post(struct page *page, struct hs_err *err)
{
	web_set_cookie(page->response, "session", "", -1);
	if (PAGE_QUERY(page, site_sql_session_close_all, NULL, err,
		page->session->login) < 0)
		return hs_wrap(err, "end all sessions");
	page_redirect(page, h_path(page->arena, "/login"), "logged_out");
	return 0;
}
