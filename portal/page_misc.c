/* page_misc.c - pages without a document: health, language, members. */

#include <string.h>

#include "portal/portal.h"
#include "portal/web/token.h"

static bool database_answers(struct page *page)
{
	struct worker *worker = page->worker;
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_err err = { 0 };

	if (worker->db != NULL && hs_db_query(worker->db, portal_sql_health, 0,
				      NULL, &rows, &err) == 0)
		return true;
	return session_connect(worker, &err) == 0 &&
	       hs_db_query(
		   worker->db, portal_sql_health, 0, NULL, &rows, &err) == 0 &&
	       hs_rows_count(rows) == 1;
}

int page_health(struct page *page, struct hs_err *err)
{
	bool database = database_answers(page);
	bool directory = tenant_check(page->portal->tenant, NULL) == 0;

	(void)err;
	if (database && directory)
		web_respond_text(page->response, 200, "ok\n");
	else
		web_respond_text(page->response, 503,
		    hs_arena_printf(page->arena, "database %s\ndirectory %s\n",
			database ? "ok" : "does not answer",
			directory ? "ok" : "does not answer"));
	return 0;
}

int page_language_post(struct page *page, struct hs_err *err)
{
	const char *next = page_field(page, "next");
	enum lang lang;

	if (!i18n_lang(page_field(page, "lang"), &lang))
		return hs_fail(err, HS_EINVAL, "no such language");
	session_set_language(page, lang_codes[lang]);
	if (page->session != NULL &&
	    PAGE_QUERY(page, portal_sql_session_language, NULL, err,
		web_token_hash(page->arena, page->session->token),
		lang_codes[lang]) < 0)
		return hs_wrap(err, "set the language");
	page_redirect(page,
	    (struct h_url) { web_is_local_path(next) ? next : "/" }, NULL);
	return 0;
}

static void fill_person(struct page *page, const struct tenant_person *person,
    struct view_members_people *v)
{
	struct view_members_people_roles *roles = PAGE_NEW(
	    page, struct view_members_people_roles, person->role_count);

	for (size_t i = 0; i < person->role_count; i++)
		roles[i].label =
		    h_text(i18n_named(page->lang, "role.", person->roles[i]));
	*v = (struct view_members_people) {
		.name = h_text(person->name),
		.login = h_text(person->login),
		.mail = h_text(person->mail),
		.language = h_text(
		    person->language != NULL
			? i18n_named(page->lang, "language.", person->language)
			: ""),
		.roles = roles,
		.roles_count = person->role_count,
	};
}

int page_members(struct page *page, struct hs_err *err)
{
	struct tenant_people people = { 0 };
	struct html out = { .lang = page->lang };
	struct view_members v = { 0 };
	struct view_members_people *list;

	if (tenant_person_list(page->portal->tenant, &page->portal->place,
		page->arena, &people, err) < 0)
		return hs_wrap(err, "list the people");
	list = PAGE_NEW(page, struct view_members_people, people.count);
	for (size_t i = 0; i < people.count; i++)
		fill_person(page, &people.list[i], &list[i]);
	v.legal_name = h_text(page->portal->config->legal_name);
	v.count = (long)people.count;
	v.people = list;
	v.people_count = people.count;
	view_members(&out, &v);
	page_send(page, 200, MSG_MEMBERS_TITLE, &out);
	return 0;
}
