/* site.h - a web site behind FastCGI: what hanse-portal and hanse-console
 * share. Who is logged in, the frame around a page, forms, failures.
 *
 * A program brings tables (pages, menu, who may what), a database with the
 * functions of sql/session_*.sql in its schema "api", and a place in the
 * directory where its people are.
 */
#ifndef HANSE_PORTAL_SITE_SITE_H
#define HANSE_PORTAL_SITE_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/db.h"
#include "base/err.h"
#include "base/mem.h"
#include "gen/site_pages.h"
#include "gen/site_sql.h"
#include "portal/web/i18n.h"
#include "portal/web/request.h"
#include "portal/web/response.h"
#include "portal/web/router.h"
#include "tenant-mgr/tenant.h"

#define PAGE_ROWS_MAX 24

struct session;

/** What a page needs before it is run; a program's own begin at the last. */
enum {
	NEED_NOTHING,
	NEED_SESSION,
	NEED_OWN,
};

/** One entry of the menu, and what its page needs. */
struct site_nav {
	const char *path;
	enum msg label;
	unsigned need;
};

/** The site: what all threads share. Nothing in it changes. */
struct site {
	const char *name; /* "portal": of the log, and at the database */
	const struct web_route *routes;
	size_t route_count;
	const struct site_nav *nav;
	size_t nav_count;
	/* Whether a person may; asked from NEED_OWN on. */
	bool (*may)(const struct session *session, unsigned need);
	enum msg login_intro, login_help;
	const char
	    *health_sql;   /* a statement that has one row if all is well */
	const char *brand; /* whose site it is, for people */
	const char *subtitle;
	const char *conninfo;
	struct tenant *tenant;
	struct tenant_place place;                  /* of its people */
	struct hs_tries *per_account, *per_address; /* log-ins */
	const void *app;                            /* the program's own */
};

/** One thread. */
struct worker {
	const struct site *site;
	struct hs_db *db; /* NULL until it is needed, and after a failure */
};

/** Who is logged in. */
struct session {
	const char *uid, *login, *name, *roles; /* roles joined by spaces */
	const char *token;
	enum lang lang;
};

/** One request on its way to a page. */
struct page {
	struct worker *worker;
	const struct site *site;
	const struct web_request *request;
	struct web_response *response;
	struct hs_arena *arena;
	enum lang lang;
	const struct session *session; /* NULL: nobody is logged in */
	const char *visit;             /* token of who is not logged in */
	const char *args[WEB_ARG_MAX]; /* of the path */
	struct hs_rows *rows[PAGE_ROWS_MAX];
	size_t row_count;
};

/* program.c */

/** What main() of a site says. */
struct site_program {
	const char *program; /* "hanse-portal" */
	const char *name;    /* as struct site's */
	const char *usage;
	const char *config; /* the file, if no other is named */
	/** Read the file, make the site, site_serve() it. */
	int (*run)(const char *config, struct hs_err *err);
};

/** The whole of main(): options, log, signals, run. The exit status. */
int site_main(const struct site_program *program, int argc, char **argv);

/**
 * Serve until a signal ends it.
 *
 * @site:       its tenant, tries and conninfo are filled in here
 * @conninfo:   of the database; a limit to connecting is added
 * @directory:  how to reach the directory
 *
 * Errors: HS_ESYSTEM, HS_EINVAL.
 */
int site_serve(struct site *site, const char *conninfo,
    const struct tenant_conf *directory, const char *listen, unsigned threads,
    struct hs_err *err);

/* serve.c */

void *worker_open(void *site);
void worker_close(void *worker);
void worker_serve(void *worker, const struct web_request *request,
    const struct hs_err *failed, struct web_response *response);

/** Whether who is logged in may see a page that needs that. */
bool page_may(const struct page *page, unsigned need);

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

/* Pages that every site has; SITE_ROUTES puts them into its table. */

int page_health(struct page *page, struct hs_err *err);
int page_login(struct page *page, struct hs_err *err);
int page_login_post(struct page *page, struct hs_err *err);
int page_logout_post(struct page *page, struct hs_err *err);
int page_language_post(struct page *page, struct hs_err *err);
int page_account(struct page *page, struct hs_err *err);
int page_session_end_post(struct page *page, struct hs_err *err);
int page_session_end_all_post(struct page *page, struct hs_err *err);

/* clang-format off */
#define SITE_ROUTES \
	{ WEB_GET,  "/healthz",                    NEED_NOTHING, page_health               }, \
	{ WEB_GET,  "/login",                      NEED_NOTHING, page_login                }, \
	{ WEB_POST, "/login",                      NEED_NOTHING, page_login_post           }, \
	{ WEB_POST, "/logout",                     NEED_NOTHING, page_logout_post          }, \
	{ WEB_POST, "/language",                   NEED_NOTHING, page_language_post        }, \
	{ WEB_GET,  "/account",                    NEED_SESSION, page_account              }, \
	{ WEB_POST, "/account/sessions/end",       NEED_SESSION, page_session_end_all_post }, \
	{ WEB_POST, "/account/sessions/{uid}/end", NEED_SESSION, page_session_end_post     }
/* clang-format on */

#endif
