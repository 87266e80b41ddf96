/* html_write.h - writing bytes of a page; for compiled pages only. */
#ifndef HANSE_PORTAL_WEB_HTML_WRITE_H
#define HANSE_PORTAL_WEB_HTML_WRITE_H

#include "portal/web/html.h"

/** For {{if}}: there and not empty. */
static inline bool h_is_set(const char *s)
{
	return s != NULL && s[0] != '\0';
}

/** Text of the template itself. */
void html_literal(struct html *out, const char *literal);

void html_put_text(struct html *out, struct h_text text);
void html_put_attr(struct html *out, struct h_attr attr);
void html_put_url(struct html *out, struct h_url url);
void html_put_html(struct html *out, struct h_html part);

/** A number for people, and one for programs. */
void html_put_number(struct html *out, long number);
void html_put_digits(struct html *out, long number);

/** A message in the page's language, %1... replaced by escaped texts. */
void html_put_message(
    struct html *out, enum msg msg, const struct h_text *args, size_t count);

/** The same, %1 being the number that chooses the form. */
void html_put_plural(struct html *out, enum msg msg, long number,
    const struct h_text *args, size_t count);

#endif
