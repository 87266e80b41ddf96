/* cmd_events.c - hanse events: the event log after a cursor, and followed.
 *
 * A follower whose hansed goes away waits for it and goes on at its cursor.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

#define PAUSE_MS     100
#define PAUSE_MAX_MS 2000

/** What is printed, and how far. */
struct printer {
	bool json;
	bool begun;        /* the headings are there */
	json_int_t cursor; /* -1: none yet */
};

/* clang-format off */
static const struct column {
	const char *key, *heading;
	int width;
} columns[] = {
	{ "event_id", "CURSOR",  7  },
	{ "at",       "AT",      20 },
	{ "event",    "EVENT",   20 },
	{ "ve",       "VE",      16 },
	{ "job_id",   "JOB",     5  },
	{ "subject",  "SUBJECT", 28 },
	{ "detail",   "DETAIL",  0  },
};
/* clang-format on */

static void print_cell(const struct column *c, const char *text)
{
	int pad = c->width - text_width(text);

	(void)printf(
	    "%s%*s%s", text, pad > 0 ? pad : 0, "", c->width > 0 ? "  " : "\n");
}

static void print_headings(void)
{
	(void)fputs(color_on(stdout, COLOR_BOLD), stdout);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		print_cell(&columns[i], columns[i].heading);
	(void)fputs(color_off(stdout), stdout);
}

static char *column_text(const struct column *c, const json_t *entry)
{
	const json_t *value = json_object_get(entry, c->key);

	if (json_is_integer(value))
		return hs_printf("%lld", (long long)json_integer_value(value));
	if (!json_is_string(value))
		return hs_strdup("");
	return printable(json_string_value(value));
}

static void print_row(const json_t *entry)
{
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		hs_auto(hs_freep) char *text = column_text(&columns[i], entry);

		/* Seconds will do for people. */
		if (i == 1 && text_width(text) > 19)
			text[19] = '\0';
		print_cell(&columns[i], text);
	}
}

/* With a reader that has gone there is nothing left to do. */
static void on_event(void *arg, json_t *event)
{
	struct printer *p = arg;
	const json_t *entry = json_object_get(event, "entry");

	if (entry == NULL)
		return;
	if (p->json) {
		(void)json_dumpf(entry, stdout, JSON_COMPACT);
		(void)fputc('\n', stdout);
	} else {
		if (!p->begun)
			print_headings();
		print_row(entry);
	}
	p->begun = true;
	if (fflush(stdout) != 0)
		exit(EXIT_FAILED);
	p->cursor = json_integer_value(json_object_get(entry, "event_id"));
}

static int ask(const struct call *call, struct printer *p, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	const struct client_watch watch = { .event = on_event, .arg = p };
	json_t *request = json_pack("{s:s, s:b, s:s*}", "command", "events",
	    "follow", call->given[OPT_FOLLOW], "ve", call->value[OPT_VE]);

	if (p->cursor >= 0)
		(void)json_object_set_new(
		    request, "since", json_integer(p->cursor));
	if (client_ask(call, request, &watch, NULL, &result, err) < 0)
		return -1;
	p->cursor = json_integer_value(json_object_get(result, "cursor"));
	return 0;
}

/*
 * Ever again from the cursor. Before the first answer a failure is one: hansed
 * has to be there to begin with.
 */
static int follow(
    const struct call *call, struct printer *p, struct hs_err *err)
{
	bool told = false;
	int64_t pause_ms = PAUSE_MS;

	for (;;) {
		json_int_t before = p->cursor;
		struct hs_err ask_err = { 0 };
		int failed = ask(call, p, &ask_err);

		if (failed < 0 && (ask_err.code != HS_EREMOTE || before < 0))
			return hs_fail(err, ask_err.code, "%s", ask_err.msg);
		if (failed < 0 && !told)
			(void)fprintf(stderr,
			    "hanse: hansed does not answer; waiting for it\n");
		told = failed < 0;
		pause_ms = failed == 0 || p->cursor != before ? PAUSE_MS
			   : pause_ms < PAUSE_MAX_MS          ? pause_ms * 2
							      : PAUSE_MAX_MS;
		hs_pause_ms(pause_ms);
	}
}

int cmd_cursor(
    const struct call *call, long long *ret_cursor, struct hs_err *err)
{
	const char *text = call->value[OPT_SINCE];
	char *end = NULL;

	*ret_cursor = -1;
	if (text == NULL)
		return 0;
	errno = 0;
	*ret_cursor = strtoll(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
		return hs_fail(err, HS_EINVAL,
		    "'%s' is no cursor; it is the number of an event", text);
	return 0;
}

int cmd_events(const struct call *call, struct hs_err *err)
{
	struct printer p = { .json = wants_json(call) };

	if (cmd_cursor(call, &p.cursor, err) < 0)
		return EXIT_USAGE;
	if (call->given[OPT_FOLLOW])
		return follow(call, &p, err) < 0 ? exit_status_of(err)
						 : EXIT_OK;
	if (ask(call, &p, err) < 0)
		return exit_status_of(err);
	if (!p.json && !p.begun)
		(void)printf("None.\n");
	return EXIT_OK;
}
