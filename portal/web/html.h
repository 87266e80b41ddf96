/* html.h - values on their way into a page: each type says where it may stand.
 *
 * Pages are compiled by tools/page-compiler from portal/pages/; the functions
 * that write bytes are in html_write.h and are for compiled pages alone.
 */
#ifndef HANSE_PORTAL_WEB_HTML_H
#define HANSE_PORTAL_WEB_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "gen/portal_po.h"

struct hs_arena;

/** Text of any origin; escaped wherever it is written. */
struct h_text {
	const char *s;
};

/** The same in a quoted attribute. */
struct h_attr {
	const char *s;
};

/** A path on this site, made by h_path() and h_query() only. */
struct h_url {
	const char *s;
};

/** What compiled pages have written. */
struct h_html {
	const char *data;
	size_t len;
};

/** A page being written, in a language. */
struct html {
	struct hs_text text;
	enum lang lang;
};

/** NULL is "". */
struct h_text h_text(const char *s);
struct h_attr h_attr(struct h_text text);

/**
 * A path: each '*' of the pattern is replaced by one argument, a char *,
 * encoded as one component. Lives in the arena.
 */
struct h_url h_path(struct hs_arena *arena, const char *pattern, ...);

/**
 * A path with one more query argument; without it if the value is NULL or "".
 */
struct h_url h_query(struct hs_arena *arena, struct h_url url, const char *name,
    const char *value);

/** What was written, valid until the page is written on or ended. */
struct h_html h_html(const struct html *html);

/** No URL; false in {{if}}. */
#define H_NO_URL ((struct h_url) { "" })

#endif
