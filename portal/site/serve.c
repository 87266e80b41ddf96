/* serve.c - one request: who asks, which page, and what if it fails. */

#include <string.h>

#include "base/log.h"
#include "portal/site/site.h"
#include "portal/web/router.h"
#include "portal/web/status.h"
#include "portal/web/token.h"

#define VISIT_BYTES 16

void *worker_open(void *site)
{
	struct worker *worker = hs_alloc(sizeof(*worker));

	worker->site = site;
	return worker;
}

void worker_close(void *arg)
{
	struct worker *worker = arg;

	hs_db_closep(&worker->db);
	hs_freep(&worker);
}

/* Who is not logged in gets a token too, for the log-in's form. */
static void choose_visit(struct page *page)
{
	const char *visit =
	    web_params_get(&page->request->cookies, "__Host-visit");

	if (web_token_is_good(visit, VISIT_BYTES)) {
		page->visit = visit;
		return;
	}
	page->visit = web_token_new(page->arena, VISIT_BYTES);
	web_set_cookie(page->response, "visit", page->visit, 0);
}

static void choose_language(struct page *page)
{
	if (page->session != NULL)
		page->lang = page->session->lang;
	else if (!i18n_lang(
		     web_params_get(&page->request->cookies, "__Host-lang"),
		     &page->lang))
		page->lang = i18n_accept(page->request->accept_language);
}

/* A failure as a page. People see no more than they can act on. */
static void send_failure(struct page *page, const struct hs_err *err)
{
	int status = web_status_of(err->code);
	bool own_words =
	    page->worker->db != NULL &&
	    strncmp(hs_db_sqlstate(page->worker->db), "HN", 2) == 0;

	hs_log(status >= 500 ? HS_LOG_WARN : HS_LOG_DEBUG, "request.failed",
	    "req=%s status=%d path=%s code=%s msg=\"%s\"", page->request->id,
	    status, page->request->path, hs_code_name(err->code), err->msg);
	/* Whatever it was that did not answer: begin anew next time. */
	if (err->code == HS_EREMOTE)
		hs_db_closep(&page->worker->db);
	page_send_error(
	    page, status, own_words && status < 500 ? err->msg : NULL);
}

static void send_refusal(struct page *page, int status, const char *why)
{
	hs_info("request.refused", "req=%s status=%d path=%s address=%s why=%s",
	    page->request->id, status, page->request->path,
	    page->request->remote, why);
	page_send_error(page, status, NULL);
}

static void send_to_login(struct page *page)
{
	const char *here = page->request->here;

	page_redirect(page,
	    h_query(page->arena, h_path(page->arena, "/login"), "next",
		page->request->method == WEB_GET && strcmp(here, "/") != 0
		    ? here
		    : NULL),
	    page->request->method == WEB_POST ? "session_over" : NULL);
}

bool page_may(const struct page *page, unsigned need)
{
	if (need == NEED_NOTHING)
		return true;
	return page->session != NULL &&
	       (need < NEED_OWN || page->site->may(page->session, need));
}

/* True if the page may run; otherwise the answer is there. */
static bool is_allowed(struct page *page, const struct web_route *route)
{
	if (page->request->method == WEB_POST &&
	    !web_is_same_origin(page->request)) {
		send_refusal(page, 403, "origin");
		return false;
	}
	if (route->need != NEED_NOTHING && page->session == NULL) {
		send_to_login(page);
		return false;
	}
	if (page->request->method == WEB_POST && !page_csrf_is_good(page)) {
		send_refusal(page, 403, "csrf");
		return false;
	}
	if (!page_may(page, route->need)) {
		send_refusal(page, 403, "role");
		return false;
	}
	return true;
}

static void run_page(struct page *page, const struct hs_err *failed)
{
	const struct web_route *route = NULL;
	struct hs_err err = { 0 };

	if (failed != NULL) {
		send_refusal(
		    page, failed->code == HS_ELIMIT ? 413 : 400, "malformed");
		return;
	}
	if (web_route_find(page->site->routes, page->site->route_count,
		page->request, &route, page->args, &err) < 0) {
		page_send_error(page, err.code == HS_EINVAL ? 405 : 404, NULL);
		return;
	}
	if (!is_allowed(page, route))
		return;
	if (route->run(page, &err) < 0)
		send_failure(page, &err);
}

/* Static health checks ask nothing of a session. */
static bool wants_session(const struct page *page)
{
	return strcmp(page->request->path, "/healthz") != 0;
}

void worker_serve(void *arg, const struct web_request *request,
    const struct hs_err *failed, struct web_response *response)
{
	struct worker *worker = arg;
	struct page page = {
		.worker = worker,
		.site = worker->site,
		.request = request,
		.response = response,
		.arena = request->arena,
	};
	struct hs_err err = { 0 };
	int found = 0;

	if (wants_session(&page))
		found = session_find(&page, &page.session, &err);
	choose_language(&page);
	if (page.session == NULL && wants_session(&page))
		choose_visit(&page);
	if (found < 0)
		send_failure(&page, &err);
	else
		run_page(&page, failed);
	for (size_t i = 0; i < page.row_count; i++)
		hs_rows_free(page.rows[i]);
}
