/* page_login.c - logging in and out. */

#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/tries.h"
#include "portal/site/site.h"

static struct h_url safe_next(const char *next)
{
	return (struct h_url) {
		web_is_local_path(next) && strncmp(next, "/log", 4) != 0 ? next
									 : "/"
	};
}

static void send_form(
    struct page *page, int status, const char *error, const char *next)
{
	struct html out = { .lang = page->lang };
	struct view_login v = {
		.csrf = page_csrf(page),
		.next = h_text(next),
		.login = h_text(page_field(page, "login")),
		.intro = page_format(
		    page, page->site->login_intro, page->site->brand),
		.help = page_text(page, page->site->login_help),
		.error = h_text(error),
	};

	view_login(&out, &v);
	page_send(page, status, MSG_LOGIN_TITLE, &out);
}

int page_login(struct page *page, struct hs_err *err)
{
	const char *next = web_params_text(&page->request->query, "next");

	(void)err;
	if (page->session != NULL)
		page_redirect(page, safe_next(next), NULL);
	else
		send_form(page, 200, NULL, next);
	return 0;
}

/* Both buckets, before the directory spends an argon2 on it. */
static bool may_try(struct page *page, const char *account)
{
	const struct site *site = page->site;
	uint64_t now = (uint64_t)hs_now_ms();

	return hs_tries_take(site->per_address, page->request->remote, now) &&
	       hs_tries_take(site->per_account, account, now);
}

static void give_back(struct page *page, const char *account)
{
	hs_tries_give(page->site->per_address, page->request->remote);
	hs_tries_give(page->site->per_account, account);
}

static const char *lower(struct page *page, const char *text)
{
	char *copy = hs_arena_strdup(page->arena, text);

	for (char *p = copy; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

static void send_wrong(struct page *page, const char *account)
{
	hs_info("login.refused", "req=%s login=%s address=%s",
	    page->request->id, account, page->request->remote);
	send_form(page, 401, i18n_text(page->lang, MSG_LOGIN_WRONG),
	    page_field(page, "next"));
}

int page_login_post(struct page *page, struct hs_err *err)
{
	const char *account = page_field_or_null(page, "login");
	const char *password = page_field(page, "password");
	struct tenant_person person = { 0 };

	if (account == NULL || strlen(account) > 64 || password[0] == '\0' ||
	    strlen(password) > 512) {
		send_wrong(page, "-");
		return 0;
	}
	account = lower(page, account);
	if (!may_try(page, account)) {
		hs_info("login.limited", "req=%s address=%s", page->request->id,
		    page->request->remote);
		send_form(page, 429, i18n_text(page->lang, MSG_LOGIN_TOO_MANY),
		    page_field(page, "next"));
		return 0;
	}
	if (tenant_login(page->site->tenant, &page->site->place, account,
		password, page->arena, &person, err) < 0) {
		if (err->code != HS_EDENIED && err->code != HS_EINVAL)
			return hs_wrap(err, "log in");
		send_wrong(page, account);
		return 0;
	}
	give_back(page, account);
	if (session_begin(page, &person, err) < 0)
		return -1;
	hs_info(
	    "login.done", "req=%s login=%s", page->request->id, person.login);
	page_redirect(page, safe_next(page_field(page, "next")), NULL);
	return 0;
}

int page_logout_post(struct page *page, struct hs_err *err)
{
	if (page->session != NULL && session_end(page, err) < 0)
		return hs_wrap(err, "log out");
	page_redirect(page, h_path(page->arena, "/login"), "logged_out");
	return 0;
}
