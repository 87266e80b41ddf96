/* progress.c - a job's steps: a bar on a terminal, plain lines elsewhere. */

#include "provisioning/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "provisioning/output.h"

#define BAR_WIDTH 24

struct progress {
	bool quiet, live; /* live: a terminal, one line is redrawn */
	bool drawn;
	long long start_ms;
	json_int_t index, of;
	char *step; /* the one that runs; NULL if none */
};

struct progress *progress_new(bool quiet)
{
	struct progress *p = hs_alloc(sizeof(*p));

	p->quiet = quiet;
	p->live = isatty(STDERR_FILENO) == 1;
	p->start_ms = hs_now_ms();
	return p;
}

static void clear_line(struct progress *p)
{
	if (p->drawn)
		(void)fputs("\r\033[K", stderr);
	p->drawn = false;
}

void progress_free(struct progress *p)
{
	if (p == NULL)
		return;
	clear_line(p);
	free(p->step);
	free(p);
}

static int terminal_width(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 40)
		return 80;
	return size.ws_col;
}

/* Cut to so many columns, at a character. */
static void cut(char *text, int width)
{
	while (text_width(text) > width) {
		size_t len = strlen(text);

		do
			text[--len] = '\0';
		while (len > 0 && (text[len - 1] & 0xc0) == 0x80);
	}
}

static void draw(struct progress *p)
{
	hs_auto(hs_freep) char *text = NULL;
	long long s = (hs_now_ms() - p->start_ms) / 1000;
	int full = 0;
	char bar[BAR_WIDTH + 1];

	if (p->quiet || !p->live)
		return;
	if (p->of > 0)
		full = (int)((p->index > 0 ? p->index - 1 : 0) * BAR_WIDTH /
			     p->of);
	if (full > BAR_WIDTH)
		full = BAR_WIDTH;
	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', (size_t)full);
	bar[BAR_WIDTH] = '\0';
	text = hs_printf("[%s] %lld/%lld %lld:%02lld %s", bar,
	    (long long)p->index, (long long)p->of, s / 60, s % 60,
	    p->step != NULL ? p->step : "waiting for hansed");
	cut(text, terminal_width() - 1);
	(void)fprintf(stderr, "\r\033[K%s", text);
	(void)fflush(stderr);
	p->drawn = true;
}

static void on_tick(void *arg)
{
	draw(arg);
}

static void print_step(struct progress *p, json_t *event, const char *state)
{
	hs_auto(hs_freep) char *message =
	    printable(json_text(event, "message", ""));
	json_int_t ms = json_integer_value(json_object_get(event, "ms"));
	enum color color = strcmp(state, "done") == 0     ? COLOR_GREEN
			   : strcmp(state, "failed") == 0 ? COLOR_RED
							  : COLOR_YELLOW;

	clear_line(p);
	(void)fprintf(stderr, "%*lld/%lld  %s%-6s%s  %s  %lld.%01lld s%s%s\n",
	    p->of > 99 ? 3 : 2, (long long)p->index, (long long)p->of,
	    color_on(stderr, color), state, color_off(stderr), p->step,
	    (long long)(ms / 1000), (long long)(ms % 1000 / 100),
	    message[0] != '\0' ? ": " : "", message);
}

static void on_step(struct progress *p, json_t *event)
{
	const char *state = json_text(event, "state", "");
	hs_auto(hs_freep) char *raw =
	    hs_printf("%s %s %s", json_text(event, "action", ""),
		json_text(event, "kind", ""), json_text(event, "name", ""));

	free(p->step);
	p->step = printable(raw);
	p->index = json_integer_value(json_object_get(event, "index"));
	p->of = json_integer_value(json_object_get(event, "of"));
	if (strcmp(state, "running") != 0)
		print_step(p, event, state);
	draw(p);
}

static void on_event(void *arg, json_t *event)
{
	struct progress *p = arg;
	const char *name = json_text(event, "event", "");

	if (p->quiet)
		return;
	if (strcmp(name, "step") == 0) {
		on_step(p, event);
	} else if (strcmp(name, "plan") == 0) {
		p->of = json_integer_value(json_object_get(event, "changes"));
		draw(p);
	}
}

struct client_watch progress_watch(struct progress *p)
{
	return (struct client_watch) {
		.event = on_event,
		.tick = p->live ? on_tick : NULL,
		.arg = p,
	};
}
