/* line.c - lines over a stream socket. */

#include "shared-db-gateway/line.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

#define PIECE 65536u

static void rearm(struct gw_line *line)
{
	unsigned events = 0;

	if (!line->is_held)
		events |= HS_LOOP_READ;
	if (line->sent < line->out.len)
		events |= HS_LOOP_WRITE;
	hs_watch_set(&line->watch, events);
}

static void flush(struct gw_line *line)
{
	while (line->sent < line->out.len) {
		ssize_t n = send(line->watch.fd, line->out.data + line->sent,
		    line->out.len - line->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			line->is_broken = errno != EAGAIN;
			return;
		}
		line->sent += (size_t)n;
	}
	hs_text_done(&line->out);
	line->sent = 0;
}

/* Hand over the lines that are whole, as far as they are wanted. */
static void serve(struct gw_line *line)
{
	char *at = line->in.data, *end;

	if (at == NULL)
		return;
	while (!line->is_held && (end = strchr(at, '\n')) != NULL) {
		*end = '\0';
		line->on_line(line->owner, at);
		at = end + 1;
	}
	line->in.len = strlen(at);
	memmove(line->in.data, at, line->in.len + 1);
	if (line->in.len == 0)
		hs_text_done(&line->in);
}

/* False: that was all, or it is no text. */
static bool take(struct gw_line *line)
{
	hs_auto(hs_freep) char *piece = hs_realloc(NULL, PIECE);
	ssize_t n = recv(line->watch.fd, piece, PIECE, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0 || memchr(piece, 0, (size_t)n) != NULL ||
	    line->in.len + (size_t)n > line->most)
		return false;
	hs_text_add_len(&line->in, piece, (size_t)n);
	serve(line);
	return true;
}

static void on_socket(void *owner, unsigned events)
{
	struct gw_line *line = owner;

	if ((events & HS_LOOP_READ) != 0 && !line->is_held && !take(line))
		line->is_broken = true;
	else if ((events & HS_LOOP_HANGUP) != 0 && (events & HS_LOOP_READ) == 0)
		line->is_broken = true;
	flush(line);
	if (line->is_broken)
		line->on_gone(line->owner);
	else
		rearm(line);
}

static void on_again(void *owner)
{
	struct gw_line *line = owner;

	serve(line);
	if (line->is_broken)
		line->on_gone(line->owner);
	else
		rearm(line);
}

int gw_line_open(struct gw_line *line, struct hs_loop *loop, int fd,
    size_t most, struct hs_err *err)
{
	line->most = most;
	line->watch.fn = on_socket;
	line->again.fn = on_again;
	line->watch.owner = line->again.owner = line;
	return hs_watch_start(loop, &line->watch, fd, HS_LOOP_READ, err);
}

void gw_line_say(struct gw_line *line, const char *text)
{
	if (line->watch.loop == NULL || line->is_broken)
		return;
	hs_text_add(&line->out, text);
	hs_text_add_char(&line->out, '\n');
	flush(line);
	/* Who is told of its end is told by the loop, not amidst a call. */
	if (line->is_broken)
		hs_timer_start(line->watch.loop, &line->again, 0);
	else
		rearm(line);
}

void gw_line_hold(struct gw_line *line)
{
	line->is_held = true;
	rearm(line);
}

void gw_line_go_on(struct gw_line *line)
{
	line->is_held = false;
	if (line->watch.loop != NULL)
		hs_timer_start(line->watch.loop, &line->again, 0);
}

bool gw_line_is_at_rest(const struct gw_line *line)
{
	return line->in.len == 0 && line->sent >= line->out.len;
}

void gw_line_close(struct gw_line *line)
{
	hs_timer_stop(&line->again);
	if (line->watch.loop != NULL) {
		hs_watch_stop(&line->watch);
		(void)close(line->watch.fd);
	}
	hs_text_done(&line->in);
	hs_text_done(&line->out);
	line->sent = 0;
}
