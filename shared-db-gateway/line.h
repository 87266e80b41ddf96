/* line.h - lines of text both ways over a stream socket, without blocking. */
#ifndef HANSE_SHARED_DB_GATEWAY_LINE_H
#define HANSE_SHARED_DB_GATEWAY_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"
#include "base/text.h"

struct hs_err;

/** Set on_line, on_gone and owner; the rest is { 0 } before it is opened. */
struct gw_line {
	struct hs_watch watch;
	struct hs_timer again;
	struct hs_text in, out;
	size_t sent, most;
	bool is_held, is_broken;
	/* One line without its end; must not close the line. */
	void (*on_line)(void *owner, char *line);
	/* Called once: the peer has gone, or sent what is no line. Closes. */
	void (*on_gone)(void *owner);
	void *owner;
};

/**
 * Begin; the descriptor becomes the line's.
 *
 * @most:  bytes of the longest line
 *
 * Errors: HS_ESYSTEM; the descriptor stays the caller's then.
 */
int gw_line_open(struct gw_line *line, struct hs_loop *loop, int fd,
    size_t most, struct hs_err *err);

/** Send a line, as soon as it goes. @text: without its end */
void gw_line_say(struct gw_line *line, const char *text);

/** No more calls of on_line until it is let go on. */
void gw_line_hold(struct gw_line *line);
void gw_line_go_on(struct gw_line *line);

/** Nothing is half said or half heard, and what was heard is taken. */
bool gw_line_is_at_rest(const struct gw_line *line);

/** End it; what has not been sent is lost. Twice is fine. */
void gw_line_close(struct gw_line *line);

#endif
