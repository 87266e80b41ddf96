/* routes.c - the gateway's library from the command line, for run.sh.
 *
 *   routes verifier PASSWORD
 *   routes write DIR VE HOST PORT CONNECTIONS USER [PASSWORD] ...
 *       (a '-' in place of a password: none; POOLING, BACKENDS, TPS, BPS,
 *       STATEMENT_MS, TRANSACTION_MS, IDLE_MS, REFUSES, REPLICAS and
 *       PATRONI_PORT of the environment go into each route, VE_CONNECTIONS,
 * VE_BACKENDS and VE_TPS into the file) routes platform DIR HOST PORT routes
 * remove DIR VE routes call SOCKET COMMAND routes kill SOCKET SESSION routes
 * audit FOLDER [list]
 */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "shared-db-gateway/gateway.h"

#define ROUTES_MAX 256

static char preset[] = "db.hanse.internal";
static char *server_name = preset; /* or of the environment */

static int verifier(int argc, char **argv, struct hs_err *err)
{
	char *text = NULL;

	if (argc != 1 || gw_scram_verifier(argv[0], &text, err) < 0)
		return -1;
	(void)puts(text);
	free(text);
	return 0;
}

static unsigned number_of(const char *variable)
{
	const char *text = getenv(variable);

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 0;
}

static int write_ve(int argc, char **argv, struct hs_err *err)
{
	hs_auto(hs_freep) char *database = hs_printf("ve_%s", argv[1]);
	const struct gw_limits all = {
		.connections = number_of("VE_CONNECTIONS"),
		.backends = number_of("VE_BACKENDS"),
		.transactions_per_s = number_of("VE_TPS"),
	};
	struct gw_route routes[ROUTES_MAX] = { 0 };
	size_t count = 0;
	int rc = 0;

	for (int i = 5; i + 1 < argc && count < ROUTES_MAX && rc == 0; i += 2) {
		struct gw_route *r = &routes[count++];
		char *dot = strchr(argv[i], '.');

		*r = (struct gw_route) {
			.enterprise = dot != NULL ? dot + 1 : argv[i],
			.user = argv[i],
			.database = database,
			.role = argv[i],
			.host = argv[2],
			.port = (unsigned)strtoul(argv[3], NULL, 10),
			.server_name = server_name,
			.replicas = getenv("REPLICAS"),
			.patroni_port = number_of("PATRONI_PORT"),
			.limits = {
				.connections =
				    (unsigned)strtoul(argv[4], NULL, 10),
				.backends = number_of("BACKENDS"),
				.transactions_per_s = number_of("TPS"),
				.bytes_per_s = number_of("BPS"),
				.statement_ms = number_of("STATEMENT_MS"),
				.transaction_ms = number_of("TRANSACTION_MS"),
				.idle_transaction_ms = number_of("IDLE_MS"),
			},
			.pooling = getenv("POOLING"),
			.refuses = getenv("REFUSES"),
			.certificate_cn = argv[i],
		};
		if (strcmp(argv[i + 1], "-") != 0)
			rc = gw_scram_verifier(argv[i + 1], &r->scram, err);
	}
	if (rc == 0)
		rc =
		    gw_routes_write(argv[0], argv[1], &all, routes, count, err);
	for (size_t i = 0; i < count; i++)
		free(routes[i].scram);
	return rc;
}

static int write_platform(int argc, char **argv, struct hs_err *err)
{
	static char enterprise[] = "provisioner", any[] = "*";
	static char user[] = "platform.provisioner", name[] = "db.shared";
	static char role[] = "hanse_provisioner";
	const struct gw_server server = { .name = name,
		.host = argv[1],
		.port = (unsigned)strtoul(argv[2], NULL, 10),
		.server_name = server_name,
		.replicas = getenv("REPLICAS"),
		.patroni_port = number_of("PATRONI_PORT") };
	const struct gw_route route = {
		.enterprise = enterprise,
		.user = user,
		.database = any,
		.role = role,
		.limits = { .connections = 5 },
		.certificate_cn = user,
	};

	(void)argc;
	return gw_platform_write(argv[0], &server, 1, &route, 1, err);
}

static int remove_ve(int argc, char **argv, struct hs_err *err)
{
	(void)argc;
	return gw_routes_remove(argv[0], argv[1], err);
}

static int print(int failed, char *json)
{
	if (failed == 0)
		(void)fputs(json, stdout);
	free(json);
	return failed;
}

static int call(int argc, char **argv, struct hs_err *err)
{
	char *json = NULL;
	int failed = gw_control_call(argv[0], argv[1], &json, err);

	(void)argc;
	return print(failed, json);
}

static int end_session(int argc, char **argv, struct hs_err *err)
{
	char *json = NULL;
	int failed = gw_control_kill(argv[0], argv[1], &json, err);

	(void)argc;
	return print(failed, json);
}

static int audit(int argc, char **argv, struct hs_err *err)
{
	const struct gw_audit_filter all = { 0 };
	json_t *json = NULL;
	int rc = argc == 1 ? gw_audit_verify(argv[0], &json, err)
			   : gw_audit_list(argv[0], &all, &json, err);

	if (rc == 0)
		(void)json_dumpf(json, stdout, JSON_COMPACT);
	json_decref(json);
	return rc;
}

static const struct {
	const char *name;
	int least;
	int (*run)(int argc, char **argv, struct hs_err *err);
} commands[] = {
	{ "verifier", 1, verifier },
	{ "write", 5, write_ve },
	{ "platform", 3, write_platform },
	{ "remove", 2, remove_ve },
	{ "call", 2, call },
	{ "kill", 2, end_session },
	{ "audit", 1, audit },
};

int main(int argc, char **argv)
{
	struct hs_err err = { 0 };

	if (getenv("SERVER_NAME") != NULL)
		server_name = getenv("SERVER_NAME");
	for (size_t i = 0; argc > 1 && i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].name, argv[1]) != 0 ||
		    argc - 2 < commands[i].least)
			continue;
		if (commands[i].run(argc - 2, argv + 2, &err) == 0)
			return 0;
		(void)fprintf(
		    stderr, "%s: %s\n", hs_code_name(err.code), err.msg);
		return 1;
	}
	return 2;
}
