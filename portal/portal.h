/* portal.h - what the pages of this program share. */
#ifndef HANSE_PORTAL_PORTAL_H
#define HANSE_PORTAL_PORTAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/db.h"
#include "base/err.h"
#include "base/mem.h"
#include "gen/portal_pages.h"
#include "gen/portal_sql.h"
#include "portal/config.h"
#include "portal/web/i18n.h"
#include "portal/web/request.h"
#include "portal/web/response.h"
#include "tenant-mgr/tenant.h"

#define PAGE_ROWS_MAX 24

/** The program: what all threads share. Nothing in it changes. */
struct portal {
	const struct portal_config *config;
	struct tenant *tenant;
	struct tenant_place place;
	struct hs_tries *per_account, *per_address; /* log-ins */
	const char *conninfo;
};

/** One thread. */
struct worker {
	const struct portal *portal;
	struct hs_db *db; /* NULL until it is needed, and after a failure */
};

enum party {
	PARTY_BUYER = 1,
	PARTY_SELLER = 2,
};

/** Who is logged in. */
struct session {
	const char *uid, *login, *name, *roles; /* roles joined by spaces */
	const char *token;
	enum lang lang;
	unsigned acts_as; /* bits of enum party */
};

/** One request on its way to a page. */
struct page {
	struct worker *worker;
	const struct portal *portal;
	const struct web_request *request;
	struct web_response *response;
	struct hs_arena *arena;
	enum lang lang;
	const struct session *session; /* NULL: nobody is logged in */
	const char *visit;             /* token of who is not logged in */
	const char *args[2];           /* of the path */
	struct hs_rows *rows[PAGE_ROWS_MAX];
	size_t row_count;
};

/* serve.c */

void *worker_open(void *portal);
void worker_close(void *worker);
void worker_serve(void *worker, const struct web_request *request,
    const struct hs_err *failed, struct web_response *response);

/* page.c: what every page needs. */

/**
 * Run a statement; its rows live as long as the request. Errors as
 * hs_db_query().
 */
int page_query(struct page *page, const char *sql, size_t count,
    const char *const *params, const struct hs_rows **ret_rows,
    struct hs_err *err);

#define PAGE_QUERY(page, sql, ret_rows, err, ...)                           \
	page_query((page), (sql),                                           \
	    sizeof((const char *const[]) { __VA_ARGS__ }) / sizeof(char *), \
	    (const char *const[]) { __VA_ARGS__ }, (ret_rows), (err))

/** Put the content into the site's frame and answer with it. */
void page_send(
    struct page *page, int status, enum msg title, struct html *content);
/** The same with a title that is data. */
void page_send_titled(
    struct page *page, int status, const char *title, struct html *content);

/** An error page. @detail: a sentence of the database, NULL for none. */
void page_send_error(struct page *page, int status, const char *detail);

/** Go to a page, with a message (one of "flash.") shown there once. */
void page_redirect(struct page *page, struct h_url to, const char *flash);

/** The token for this page's forms. */
struct h_text page_csrf(struct page *page);
bool page_csrf_is_good(struct page *page);

/** Whether the person may act as that party. */
bool page_acts_as(const struct page *page, enum party party);

const char *page_field(const struct page *page, const char *name);
/** A field without blanks around it; NULL if nothing is left. */
const char *page_field_or_null(const struct page *page, const char *name);

/** Shorthands in the page's language. */
struct h_text page_text(const struct page *page, enum msg msg);
/** A message with arguments (char *), as many as it has. */
struct h_text page_format(const struct page *page, enum msg msg, ...);
struct h_text page_number(const struct page *page, const char *decimal);
struct h_text page_money(const struct page *page, const char *decimal);
struct h_text page_date(const struct page *page, const char *iso);
/** The name of a unit code, e.g. "H87" -> "pcs". */
struct h_text page_unit(const struct page *page, const char *code);
bool page_is_true(const struct hs_rows *rows, size_t row, const char *column);

/** A new array in the request's memory. */
#define PAGE_NEW(page, type, count) \
	((type *)hs_arena_alloc((page)->arena, ((count) + 1) * sizeof(type)))

/* session.c */

#define SESSION_IDLE_SECONDS     1800
#define SESSION_ABSOLUTE_SECONDS 43200

/** Open the worker's connection to the database anew. Errors: HS_EREMOTE. */
int session_connect(struct worker *worker, struct hs_err *err);
/**
 * Who is logged in; NULL if nobody. The first statement of a request: a
 * connection that has died meanwhile is opened again.
 */
int session_find(
    struct page *page, const struct session **ret_session, struct hs_err *err);

/** Log in, with a new token. */
int session_begin(
    struct page *page, const struct tenant_person *person, struct hs_err *err);
int session_end(struct page *page, struct hs_err *err);

/** Whether the space-joined roles have that one. */
bool session_has_role(const char *roles, const char *role);

/** The code of the language in which an answer is given. */
void session_set_language(struct page *page, const char *code);

/* Pages: one function each. */

int page_health(struct page *page, struct hs_err *err);
int page_login(struct page *page, struct hs_err *err);
int page_login_post(struct page *page, struct hs_err *err);
int page_logout_post(struct page *page, struct hs_err *err);
int page_language_post(struct page *page, struct hs_err *err);
int page_inbox(struct page *page, struct hs_err *err);
int page_orders(struct page *page, struct hs_err *err);
int page_order(struct page *page, struct hs_err *err);
int page_order_new(struct page *page, struct hs_err *err);
int page_order_new_post(struct page *page, struct hs_err *err);
int page_order_edit(struct page *page, struct hs_err *err);
int page_order_edit_post(struct page *page, struct hs_err *err);
int page_order_delete_post(struct page *page, struct hs_err *err);
int page_act(struct page *page, struct hs_err *err);
int page_act_post(struct page *page, struct hs_err *err);
int page_members(struct page *page, struct hs_err *err);
int page_account(struct page *page, struct hs_err *err);
int page_session_end_post(struct page *page, struct hs_err *err);
int page_session_end_all_post(struct page *page, struct hs_err *err);

#endif
