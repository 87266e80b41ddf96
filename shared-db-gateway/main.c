/* main.c - hanse-gateway: the one way to the shared databases. */

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/confine.h"
#include "shared-db-gateway/control.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/listener.h"

#define DEFAULT_CONFIG "/etc/hanse/gateway.yaml"

static const char usage[] =
    "Usage: hanse-gateway [--config FILE]\n"
    "Serve PostgreSQL's protocol and pin each session to one role and "
    "database.\n"
    "\n"
    "  --config FILE  configuration (default " DEFAULT_CONFIG ")\n"
    "  --help         print this and exit\n"
    "  --version      print the version and exit\n"
    "\n"
    "Runs in the foreground and logs to standard error. SIGHUP reads the\n"
    "routes again, SIGTERM ends it cleanly.\n";

struct gateway {
	struct gw_core core;
	struct gw_listeners *listeners;
	struct gw_control *control;
};

static void on_hangup(void *owner, int signo)
{
	struct gateway *g = owner;
	struct hs_err err = { 0 };

	(void)signo;
	if (gw_core_reload(&g->core, &err) < 0)
		hs_err_log("routes.refused", "msg=\"%s\"", err.msg);
}

static void on_term(void *owner, int signo)
{
	struct gateway *g = owner;

	(void)signo;
	if (g->core.stopping) {
		hs_loop_stop(g->core.loop);
		return;
	}
	gw_listeners_close(hs_steal(&g->listeners));
	gw_core_stop(&g->core);
}

/* As many descriptors as we may have: two a session. */
static void raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* It must be there before all others are out of reach. */
static int make_folder(const struct gw_config *config, struct hs_err *err)
{
	const char *folder = config->audit.folder;

	if (folder != NULL && mkdir(folder, 0700) < 0 && errno != EEXIST)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "make folder '%s'", folder);
	return 0;
}

static int serve(
    struct gateway *g, const struct gw_config *config, struct hs_err *err)
{
	struct hs_loop *loop = g->core.loop;

	if (hs_loop_signal(loop, SIGHUP, on_hangup, g, err) < 0 ||
	    hs_loop_signal(loop, SIGTERM, on_term, g, err) < 0 ||
	    hs_loop_signal(loop, SIGINT, on_term, g, err) < 0 ||
	    make_folder(config, err) < 0 || gw_confine_files(config, err) < 0 ||
	    gw_core_open(&g->core, config, err) < 0 ||
	    gw_listeners_open(&g->core, &g->listeners, err) < 0 ||
	    gw_control_open(&g->core, &g->control, err) < 0 ||
	    gw_confine_calls(err) < 0)
		return -1;
	hs_info("gateway.ready", "version=%s", HANSE_VERSION);
	return hs_loop_run(loop, err);
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

static int run(const char *path, struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	hs_auto(hs_loop_freep) struct hs_loop *loop = NULL;
	struct gw_config *config = NULL;
	struct gateway *g;
	int rc;

	if (gw_config_load(path, &conf, &config, err) < 0 ||
	    hs_loop_new(&loop, err) < 0)
		return -1;
	set_level(config->log);
	g = hs_alloc(sizeof(*g));
	g->core.loop = loop;
	rc = serve(g, config, err);
	gw_listeners_close(g->listeners);
	gw_control_close(g->control);
	gw_core_close(&g->core);
	free(g);
	return rc;
}

static const char *parse_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	const char *path = DEFAULT_CONFIG;
	int c;

	while ((c = getopt_long(argc, argv, "c:hv", options, NULL)) != -1) {
		if (c == 'c')
			path = optarg;
		else if (c == 'h' || c == 'v') {
			(void)fputs(c == 'h' ? usage
					     : "hanse-gateway " HANSE_VERSION
					       "\n",
			    stdout);
			exit(EXIT_SUCCESS);
		} else
			exit(2);
	}
	if (optind != argc) {
		(void)fputs(usage, stderr);
		exit(2);
	}
	return path;
}

int main(int argc, char **argv)
{
	const char *path = parse_options(argc, argv);
	struct hs_err err = { 0 };

	hs_log_open("gateway", HS_LOG_INFO);
	(void)signal(SIGPIPE, SIG_IGN);
	/* Keys must not end in a core file or another's debugger. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	raise_limits();
	if (run(path, &err) < 0) {
		hs_err_log("gateway.failed", "msg=\"%s\"", err.msg);
		return EXIT_FAILURE;
	}
	hs_info("gateway.stopped", "reason=signal");
	return EXIT_SUCCESS;
}
