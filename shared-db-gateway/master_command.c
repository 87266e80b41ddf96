/* master_command.c - what is asked on the control socket. */

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/command.h"
#include "shared-db-gateway/control.h"
#include "shared-db-gateway/master_part.h"

static const char *const duty_names[] = { "starting", "serving", "draining",
	"stopping" };

static json_t *worker_status(const struct worker *w)
{
	return json_pack("{s:s, s:i, s:i, s:s, s:i}", "ve", w->name, "slot",
	    (int)w->slot, "pid", (int)w->pid, "state", duty_names[w->duty],
	    "deaths", w->ve != NULL ? (int)w->ve->deaths : 0);
}

void gw_master_add_sessions(json_t *own, const json_t *answer)
{
	json_t *worker, *said;
	size_t i, j;

	json_array_foreach (json_object_get(own, "workers"), i, worker)
		json_array_foreach (json_object_get(answer, "workers"), j, said)
			if (json_equal(json_object_get(worker, "pid"),
				json_object_get(said, "pid")))
				(void)json_object_set(worker, "sessions",
				    json_object_get(said, "sessions"));
}

static json_t *own_status(const struct master *m)
{
	json_t *workers = json_array();

	for (const struct worker *w = m->workers; w != NULL; w = w->next)
		(void)json_array_insert_new(workers, 0, worker_status(w));
	return json_pack("{s:s, s:i, s:I, s:I, s:i, s:I, s:o}", "version",
	    HANSE_VERSION, "pid", (int)getpid(), "up_ms",
	    (json_int_t)(hs_loop_now_ms(m->loop) - m->began_ms), "reloads",
	    (json_int_t)m->reloads, "listener", (int)m->listener,
	    "listener_deaths", (json_int_t)m->listener_deaths, "workers",
	    workers);
}

static void ask_all(struct ask *a, const char *line)
{
	struct worker *next;

	for (struct worker *w = a->master->workers; w != NULL; w = next) {
		next = w->next;
		if (w->duty == SERVING || w->duty == DRAINING)
			gw_ask_worker(a, w, line, 0);
	}
	gw_ask_asked(a);
}

void gw_master_answer(
    struct gw_caller *caller, json_t *result, const struct hs_err *err)
{
	json_t *answer = gw_answer(result, err);
	char *text = json_dumps(answer, JSON_COMPACT);

	gw_caller_answer(caller, text != NULL ? text : "{\"ok\":false}");
	free(text);
	json_decref(answer);
}

enum where { HERE, ALL, ANY };

static const struct command {
	const char *name;
	enum where where;
} commands[] = {
	{ "kill", ANY },
	{ "ping", HERE },
	{ "pools", ALL },
	{ "reload", HERE },
	{ "renew", HERE },
	{ "retire", ALL },
	{ "sessions", ALL },
	{ "status", ALL },
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; name != NULL && i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void run_here(
    struct master *m, struct gw_caller *caller, const char *name)
{
	if (strcmp(name, "reload") == 0)
		gw_master_reload(m, caller);
	else if (strcmp(name, "renew") == 0)
		gw_master_renew(m, caller);
	else
		gw_master_answer(caller,
		    json_pack("{s:s, s:i}", "version", HANSE_VERSION, "pid",
			(int)getpid()),
		    NULL);
}

void gw_master_run_command(
    void *owner, struct gw_caller *caller, const char *line)
{
	struct master *m = owner;
	json_t *asked = json_loads(line, 0, NULL);
	const struct command *command =
	    find_command(json_string_value(json_object_get(asked, "command")));
	struct hs_err err = { 0 };

	if (command == NULL) {
		(void)hs_fail(&err, HS_EINVAL,
		    "expected {\"command\": \"kill|ping|pools|reload|renew|"
		    "retire|sessions|status\"}");
		gw_master_answer(caller, NULL, &err);
	} else if (command->where == HERE)
		run_here(m, caller, command->name);
	else {
		struct ask *a = gw_ask_new(m, caller, command->where == ANY);

		if (strcmp(command->name, "status") == 0)
			a->own = own_status(m);
		ask_all(a, line);
	}
	json_decref(asked);
}
