/* page.c - what every page needs: the frame, messages, statements. */

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "portal/site/site.h"
#include "portal/web/status.h"
#include "portal/web/token.h"

/* clang-format off */
static const struct {
	const char *code, *name;
} language_rows[] = {
	{ "en", "English" },
	{ "de", "Deutsch" },
	{ "zh", "中文"    },
};
/* clang-format on */

int page_query(struct page *page, const char *sql, size_t count,
    const char *const *params, const struct hs_rows **ret_rows,
    struct hs_err *err)
{
	struct hs_rows *rows = NULL;

	assert(page->row_count < PAGE_ROWS_MAX);
	if (page->worker->db == NULL)
		return hs_fail(err, HS_EREMOTE, "no connection");
	if (hs_db_query(page->worker->db, sql, count, params, &rows, err) < 0)
		return -1;
	page->rows[page->row_count++] = rows;
	if (ret_rows != NULL)
		*ret_rows = rows;
	return 0;
}

static bool is_here(const struct page *page, const char *path)
{
	size_t len = strlen(path);

	if (len == 1)
		return strcmp(page->request->path, path) == 0;
	return strncmp(page->request->path, path, len) == 0 &&
	       (page->request->path[len] == '\0' ||
		   page->request->path[len] == '/');
}

/* What one may not see is not in the menu. */
static void fill_nav(struct page *page, struct view_layout *v)
{
	const struct site *site = page->site;
	struct view_layout_nav *nav =
	    PAGE_NEW(page, struct view_layout_nav, site->nav_count);

	for (size_t i = 0; i < site->nav_count; i++)
		if (page_may(page, site->nav[i].need))
			nav[v->nav_count++] = (struct view_layout_nav) {
				.href = h_path(page->arena, site->nav[i].path),
				.label = page_text(page, site->nav[i].label),
				.current = is_here(page, site->nav[i].path),
			};
	v->nav = nav;
}

static void fill_languages(struct page *page, struct view_layout *v)
{
	struct view_layout_languages *languages = PAGE_NEW(
	    page, struct view_layout_languages, ARRAY_LEN(language_rows));

	for (size_t i = 0; i < ARRAY_LEN(language_rows); i++)
		languages[i] = (struct view_layout_languages) {
			.code = h_text(language_rows[i].code),
			.name = h_text(language_rows[i].name),
			.current = strcmp(language_rows[i].code,
				       lang_codes[page->lang]) == 0,
		};
	v->languages = languages;
	v->languages_count = ARRAY_LEN(language_rows);
}

/* A message shown once: its name came back in a cookie. */
static struct h_text take_flash(struct page *page)
{
	const char *name =
	    web_params_get(&page->request->cookies, "__Host-flash");
	const char *text;

	if (name == NULL || page->request->method != WEB_GET)
		return h_text(NULL);
	web_set_cookie(page->response, "flash", "", -1);
	text = i18n_named(page->lang, "flash.", name);
	return h_text(text != name ? text : NULL);
}

void page_send_titled(
    struct page *page, int status, const char *title, struct html *content)
{
	struct html out = { .lang = page->lang };
	struct view_layout v = {
		.lang = h_text(lang_codes[page->lang]),
		.title = h_text(title),
		.brand = h_text(page->site->brand),
		.subtitle = h_text(page->site->subtitle),
		.csrf = page_csrf(page),
		.next = h_text(page->request->here),
		.request_id = h_text(page->request->id),
		.content = h_html(content),
		.flash = take_flash(page),
	};

	if (page->session != NULL) {
		v.signed_in = true;
		v.person = h_text(page->session->name);
		fill_nav(page, &v);
	}
	fill_languages(page, &v);
	view_layout(&out, &v);
	web_respond_page(page->response, status, &out);
	hs_text_done(&content->text);
}

void page_send(
    struct page *page, int status, enum msg title, struct html *content)
{
	page_send_titled(page, status, i18n_text(page->lang, title), content);
}

void page_send_error(struct page *page, int status, const char *detail)
{
	struct html out = { .lang = page->lang };
	struct view_error v = {
		.status = h_text(hs_arena_printf(page->arena, "%d", status)),
		.title = page_text(page, web_status_title(status)),
		.advice = page_text(page, web_status_advice(status)),
		.detail = h_text(detail),
		.request_id = h_text(page->request->id),
	};

	if (status >= 500 && page->request->method == WEB_GET)
		v.again = (struct h_url) { page->request->here };
	view_error(&out, &v);
	page_send(page, status, web_status_title(status), &out);
}

void page_redirect(struct page *page, struct h_url to, const char *flash)
{
	web_redirect(page->response, to);
	if (flash != NULL)
		web_set_cookie(page->response, "flash", flash, 60);
}

struct h_text page_csrf(struct page *page)
{
	return h_text(page->session != NULL
			  ? web_csrf(page->arena, page->session->token, "form")
			  : web_csrf(page->arena, page->visit, "visit"));
}

bool page_csrf_is_good(struct page *page)
{
	const char *given = web_params_get(&page->request->form, "csrf");

	return page->session != NULL
		   ? web_csrf_is_good(
			 page->arena, page->session->token, "form", given)
		   : web_csrf_is_good(page->arena, page->visit, "visit", given);
}

const char *page_field(const struct page *page, const char *name)
{
	return web_params_text(&page->request->form, name);
}

const char *page_field_or_null(const struct page *page, const char *name)
{
	const char *value = page_field(page, name);
	size_t len;

	value += strspn(value, " \t\n");
	len = strlen(value);
	while (len > 0 && strchr(" \t\n", value[len - 1]) != NULL)
		len--;
	return len > 0 ? hs_arena_strndup(page->arena, value, len) : NULL;
}

struct h_text page_text(const struct page *page, enum msg msg)
{
	return h_text(i18n_text(page->lang, msg));
}

struct h_text page_format(const struct page *page, enum msg msg, ...)
{
	const char *args[9] = { 0 };
	struct hs_text text = { 0 };
	const char *form = i18n_text(page->lang, msg);
	size_t count = 0;
	struct h_text ret;
	va_list ap;

	for (const char *p = form; *p != '\0'; p++)
		if (p[0] == '%' && p[1] >= '1' && p[1] <= '9' &&
		    (size_t)(p[1] - '0') > count)
			count = (size_t)(p[1] - '0');
	va_start(ap, msg);
	for (size_t i = 0; i < count; i++)
		args[i] = va_arg(ap, const char *);
	va_end(ap);
	for (const char *p = form; *p != '\0'; p++) {
		if (p[0] == '%' && p[1] >= '1' && p[1] <= '9')
			hs_text_add(&text, args[*++p - '1']);
		else
			hs_text_add_char(&text, *p);
	}
	ret = h_text(
	    hs_arena_strdup(page->arena, text.data != NULL ? text.data : ""));
	hs_text_done(&text);
	return ret;
}

struct h_text page_number(const struct page *page, const char *decimal)
{
	return h_text(i18n_number(page->arena, page->lang, decimal, 0));
}

struct h_text page_money(const struct page *page, const char *decimal)
{
	return h_text(i18n_number(page->arena, page->lang, decimal, 2));
}

struct h_text page_date(const struct page *page, const char *iso)
{
	return h_text(i18n_date(page->arena, page->lang, iso));
}

bool page_is_true(const struct hs_rows *rows, size_t row, const char *column)
{
	const char *value = hs_rows_get(rows, row, column);

	return value != NULL && value[0] == 't';
}
