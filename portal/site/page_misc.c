/* page_misc.c - pages that every site has: health, language. */

#include <string.h>

#include "portal/site/site.h"
#include "portal/web/token.h"

static bool database_answers(struct page *page)
{
	struct worker *worker = page->worker;
	const char *sql = page->site->health_sql;
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_err err = { 0 };

	if (worker->db != NULL &&
	    hs_db_query(worker->db, sql, 0, NULL, &rows, &err) == 0)
		return true;
	return session_connect(worker, &err) == 0 &&
	       hs_db_query(worker->db, sql, 0, NULL, &rows, &err) == 0 &&
	       hs_rows_count(rows) == 1;
}

int page_health(struct page *page, struct hs_err *err)
{
	bool database = database_answers(page);
	bool directory = tenant_check(page->site->tenant, NULL) == 0;

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
	    PAGE_QUERY(page, site_sql_session_language, NULL, err,
		web_token_hash(page->arena, page->session->token),
		lang_codes[lang]) < 0)
		return hs_wrap(err, "set the language");
	page_redirect(page,
	    (struct h_url) { web_is_local_path(next) ? next : "/" }, NULL);
	return 0;
}
