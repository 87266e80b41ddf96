/* main.c - hanse-gateway: the one way to the shared databases. */

#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "shared-db-gateway/child.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/listener.h"
#include "shared-db-gateway/master.h"
#include "shared-db-gateway/note.h"
#include "shared-db-gateway/worker.h"

#define DEFAULT_CONFIG "/etc/hanse/gateway.yaml"

static const char usage[] =
    "Usage: hanse-gateway [--config FILE] [--check]\n"
    "Serve PostgreSQL's protocol and pin each session to one role and "
    "database.\n"
    "\n"
    "  --config FILE  configuration (default " DEFAULT_CONFIG ")\n"
    "  --check        say whether it could serve that, and exit\n"
    "  --help         print this and exit\n"
    "  --version      print the version and exit\n"
    "\n"
    "Runs in the foreground and logs to standard error, with a listener and a\n"
    "worker for each virtual enterprise as its children. SIGHUP reads the\n"
    "routes again, SIGTERM ends it cleanly. 'hanse gateway renew' puts the\n"
    "program that is installed now in its place; who is in stays in.\n";

/* As many descriptors as we may have: two a session. */
static void raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void set_level(const char *log)
{
	enum hs_level level = HS_LOG_INFO;

	if (log != NULL && strcmp(log, "debug") == 0)
		level = HS_LOG_DEBUG;
	else if (log != NULL && strcmp(log, "warn") == 0)
		level = HS_LOG_WARN;
	hs_log_open("gateway", level);
}

/* What this process is: the master, unless that one has started it. */
struct role {
	const char *config, *worker;
	unsigned slot;
	int state; /* -1: none */
	bool is_listener, is_check;
};

static int run(const struct role *role, struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	struct gw_config *config = NULL;
	const struct gw_worker_place place = {
		.ve = role->worker,
		.slot = role->slot,
		.master = GW_CHILD_MASTER,
		.clients = GW_CHILD_CLIENTS,
	};

	if (gw_config_load(role->config, &conf, &config, err) < 0)
		return -1;
	set_level(config->log);
	if (role->is_listener)
		return gw_listener_run(config, GW_CHILD_MASTER, err);
	if (role->worker != NULL)
		return gw_worker_run(config, &place, err);
	if (role->is_check)
		return gw_master_check(config, err);
	return gw_master_run(config, role->config, role->state, err);
}

static void parse_option(int c, struct role *role)
{
	switch (c) {
	case 'c':
		role->config = optarg;
		break;
	case 'l':
		role->is_listener = true;
		break;
	case 'w':
		role->worker = optarg;
		break;
	case 's':
		role->slot = (unsigned)strtoul(optarg, NULL, 10);
		break;
	case 'k':
		role->is_check = true;
		break;
	case 't':
		role->state = (int)strtol(optarg, NULL, 10);
		break;
	case 'h':
		(void)fputs(usage, stdout);
		exit(EXIT_SUCCESS);
	case 'v':
		(void)puts("hanse-gateway " HANSE_VERSION);
		exit(EXIT_SUCCESS);
	default:
		exit(2);
	}
}

static void parse_options(int argc, char **argv, struct role *role)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		/* Of the master's children. */
		{ "listener", no_argument, NULL, 'l' },
		{ "worker", required_argument, NULL, 'w' },
		{ "slot", required_argument, NULL, 's' },
		/* Of the master itself, once more. */
		{ "state", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:hv", options, NULL)) != -1)
		parse_option(c, role);
	if (optind != argc || role->slot >= GW_SLOTS) {
		(void)fputs(usage, stderr);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct role role = { .config = DEFAULT_CONFIG, .state = -1 };
	struct hs_err err = { 0 };

	parse_options(argc, argv, &role);
	hs_log_open("gateway", HS_LOG_INFO);
	(void)signal(SIGPIPE, SIG_IGN);
	/* Keys must not end in a core file or another's debugger. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	raise_limits();
	if (run(&role, &err) < 0) {
		hs_err_log("gateway.failed", "msg=\"%s\"", err.msg);
		return EXIT_FAILURE;
	}
	if (!role.is_listener && role.worker == NULL && !role.is_check)
		hs_info("gateway.stopped", "reason=signal");
	return EXIT_SUCCESS;
}
