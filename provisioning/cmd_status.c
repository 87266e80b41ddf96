/* cmd_status.c - hanse status: the whole platform on one screen. */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void print_services(const json_t *services)
{
	hs_auto(json_freep) json_t *columns =
	    json_pack("[s, s, s]", "SERVICE", "STATE", "DETAIL");
	hs_auto(json_freep) json_t *rows = json_array();
	size_t i;
	json_t *s;

	json_array_foreach (services, i, s)
		(void)json_array_append_new(rows,
		    json_pack("[s, s, s]", json_text(s, "name", ""),
			json_text(s, "state", ""), json_text(s, "detail", "")));
	print_table(columns, rows, "No services.");
}

static void print_ves(const json_t *ves)
{
	hs_auto(json_freep) json_t *columns =
	    json_pack("[s, s, s, s, s, s, s]", "VE", "ENTERPRISES", "RUNNING",
		"STOPPED", "SUSPENDED", "UNKNOWN", "TITLE");
	hs_auto(json_freep) json_t *rows = json_array();
	size_t i;
	json_t *v;

	json_array_foreach (ves, i, v)
		(void)json_array_append_new(rows,
		    json_pack("[s, I, I, I, I, I, s]", json_text(v, "ve", ""),
			number(v, "enterprises"), number(v, "running"),
			number(v, "stopped"), number(v, "suspended"),
			number(v, "unknown"), json_text(v, "title", "")));
	print_table(columns, rows,
	    "No virtual enterprises; \"hanse apply FILE\" makes one.");
}

static void print_drift(const json_t *drift)
{
	hs_auto(json_freep) json_t *columns = json_pack(
	    "[s, s, s, s, s]", "DRIFT", "KIND", "NAME", "SEVERITY", "STATE");
	hs_auto(json_freep) json_t *rows = json_array();
	size_t i;
	json_t *d;

	if (number(drift, "open") == 0)
		return;
	json_array_foreach (json_object_get(drift, "first"), i, d)
		(void)json_array_append_new(rows,
		    json_pack("[s, s, s, s, s]", json_text(d, "drift", ""),
			json_text(d, "kind", ""), json_text(d, "name", ""),
			json_text(d, "severity", ""),
			json_text(d, "state", "")));
	(void)printf("\nDrift: %lld (see: hanse verify)\n",
	    (long long)number(drift, "open"));
	print_table(columns, rows, "");
}

static void print_status(const json_t *result)
{
	const json_t *jobs = json_object_get(result, "jobs");
	json_int_t s = number(result, "uptime_s");

	(void)printf("hansed %s, up %lld:%02lld:%02lld; jobs: %lld running, "
		     "%lld failed\n\n",
	    json_text(result, "version", "?"), (long long)(s / 3600),
	    (long long)(s / 60 % 60), (long long)(s % 60),
	    (long long)number(jobs, "running"),
	    (long long)number(jobs, "failed"));
	print_services(json_object_get(result, "services"));
	(void)printf("\n");
	print_ves(json_object_get(result, "ves"));
	print_drift(json_object_get(result, "drift"));
}

/* Is every service up, and every domain running? */
static bool is_well(const json_t *result)
{
	size_t i;
	json_t *one;

	json_array_foreach (json_object_get(result, "services"), i, one)
		if (strcmp(json_text(one, "state", ""), "ok") != 0)
			return false;
	json_array_foreach (json_object_get(result, "ves"), i, one)
		if (number(one, "stopped") + number(one, "unknown") > 0)
			return false;
	return true;
}

int cmd_status(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;

	if (client_ask(call, json_pack("{s:s}", "command", "status"), NULL,
		NULL, &result, err) < 0)
		return exit_status_of(err);
	if (wants_json(call))
		print_json(result);
	else
		print_status(result);
	return is_well(result) ? EXIT_OK : EXIT_FAILED;
}
