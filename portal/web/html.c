/* html.c - values on their way into a page. */

#include "portal/web/html.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "portal/web/html_write.h"
#include "portal/web/i18n.h"

struct h_text h_text(const char *s)
{
	return (struct h_text) { s != NULL ? s : "" };
}

struct h_attr h_attr(struct h_text text)
{
	return (struct h_attr) { text.s };
}

struct h_url h_path(struct hs_arena *arena, const char *pattern, ...)
{
	struct hs_text text = { 0 };
	struct h_url url;
	va_list ap;

	assert(pattern[0] == '/' && pattern[1] != '/');
	va_start(ap, pattern);
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '*')
			hs_text_add_url(&text, va_arg(ap, const char *));
		else
			hs_text_add_char(&text, *pattern);
	}
	va_end(ap);
	url.s = hs_arena_strdup(arena, text.data);
	hs_text_done(&text);
	return url;
}

struct h_url h_query(struct hs_arena *arena, struct h_url url, const char *name,
    const char *value)
{
	struct hs_text text = { 0 };

	if (value == NULL || value[0] == '\0')
		return url;
	hs_text_add(&text, url.s);
	hs_text_add_char(&text, strchr(url.s, '?') == NULL ? '?' : '&');
	hs_text_add_url(&text, name);
	hs_text_add_char(&text, '=');
	hs_text_add_url(&text, value);
	url.s = hs_arena_strdup(arena, text.data);
	hs_text_done(&text);
	return url;
}

struct h_html h_html(const struct html *html)
{
	return (struct h_html) { html->text.data != NULL ? html->text.data : "",
		html->text.len };
}

void html_literal(struct html *out, const char *literal)
{
	hs_text_add(&out->text, literal);
}

void html_put_text(struct html *out, struct h_text text)
{
	hs_text_add_xml(&out->text, text.s != NULL ? text.s : "");
}

void html_put_attr(struct html *out, struct h_attr attr)
{
	hs_text_add_xml(&out->text, attr.s != NULL ? attr.s : "");
}

void html_put_url(struct html *out, struct h_url url)
{
	assert(url.s[0] == '/' && url.s[1] != '/');
	hs_text_add_xml(&out->text, url.s);
}

void html_put_html(struct html *out, struct h_html part)
{
	if (part.len > 0)
		hs_text_add_len(&out->text, part.data, part.len);
}

void html_put_number(struct html *out, long number)
{
	char digits[24], text[48];

	(void)snprintf(digits, sizeof(digits), "%ld", number);
	i18n_decimal(out->lang, digits, 0, text, sizeof(text));
	hs_text_add_xml(&out->text, text);
}

void html_put_digits(struct html *out, long number)
{
	hs_text_addf(&out->text, "%ld", number);
}

/* Write a message, taking argument N of %N from args[N - first]. */
static void put_form(struct html *out, const char *form, size_t first,
    const struct h_text *args, size_t count)
{
	for (; *form != '\0'; form++) {
		size_t number = (size_t)(form[1] - '0');

		if (form[0] != '%' || form[1] < '1' || form[1] > '9') {
			hs_text_add_xml(
			    &out->text, (const char[]) { *form, '\0' });
			continue;
		}
		if (number >= first && number - first < count)
			html_put_text(out, args[number - first]);
		form++;
	}
}

void html_put_message(
    struct html *out, enum msg msg, const struct h_text *args, size_t count)
{
	put_form(out, msg_texts[out->lang][msg][0], 1, args, count);
}

void html_put_plural(struct html *out, enum msg msg, long number,
    const struct h_text *args, size_t count)
{
	unsigned form = msg_plural[out->lang]((unsigned long)number);
	const char *text = msg_texts[out->lang][msg][form];

	for (; *text != '\0'; text++) {
		if (text[0] == '%' && text[1] == '1') {
			html_put_number(out, number);
			text++;
		} else if (text[0] == '%' && text[1] >= '2' && text[1] <= '9') {
			put_form(out, (const char[]) { '%', text[1], '\0' }, 2,
			    args, count);
			text++;
		} else {
			hs_text_add_xml(
			    &out->text, (const char[]) { *text, '\0' });
		}
	}
}
