/* main.c - hanse-portal: the web portal of one enterprise, behind FastCGI. */

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/tries.h"
#include "portal/portal.h"
#include "portal/web/fcgi.h"

static const char usage[] =
    "usage: hanse-portal [--config FILE]\n"
    "\n"
    "The web portal of one enterprise: FastCGI in, database and directory "
    "out.\n"
    "Stays in the foreground and logs to standard error; SIGTERM ends it.\n"
    "\n"
    "  -c, --config FILE  configuration (default /etc/hanse/portal.yaml)\n"
    "      --help         this text\n"
    "      --version      the version\n"
    "\n"
    "Exit status: 0 ended by a signal, 1 could not serve, 2 wrong usage.\n";

/* Returns -1 to go on, otherwise the exit status. */
static int read_options(int argc, char **argv, const char **ret_config)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			*ret_config = optarg;
			break;
		case 'h':
			(void)fputs(usage, stdout);
			return 0;
		case 'v':
			(void)puts("hanse-portal " HANSE_VERSION);
			return 0;
		default:
			(void)fputs(usage, stderr);
			return 2;
		}
	}
	if (optind == argc)
		return -1;
	(void)fputs(usage, stderr);
	return 2;
}

/* Before any thread, so that all inherit it: web_serve() waits for these. */
static void block_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* The directory's suffix: "base" may name the enterprise's own subtree. */
static const char *suffix_of(const char *base)
{
	const char *dc = strstr(base, "dc=");

	return dc != NULL ? dc : base;
}

static int open_directory(struct portal *portal, struct hs_err *err)
{
	const struct portal_directory *directory = &portal->config->directory;
	const struct tenant_conf conf = {
		.uri = directory->uri,
		.ca = directory->ca,
		.bind_dn = directory->bind_dn,
		.password = directory->password,
		.base = suffix_of(directory->base),
	};

	portal->place = (struct tenant_place) { portal->config->ve,
		portal->config->enterprise };
	return tenant_open(&conf, &portal->tenant, err);
}

static int serve(struct portal *portal, struct hs_err *err)
{
	const struct web_server server = {
		.thread_open = worker_open,
		.thread_close = worker_close,
		.serve = worker_serve,
		.app = portal,
		.threads = portal->config->threads,
	};
	int fd = -1;

	if (web_listen(portal->config->listen, &fd, err) < 0)
		return -1;
	hs_info("portal.start", "ve=%s enterprise=%s listen=%s threads=%u",
	    portal->config->ve, portal->config->enterprise,
	    portal->config->listen, portal->config->threads);
	return web_serve(fd, &server, err);
}

static int run(const char *path, struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	hs_auto(hs_freep) char *conninfo = NULL;
	struct portal_config *config = NULL;
	struct portal portal = { 0 };
	int failed;

	if (portal_config_read(path, &conf, &config, err) < 0)
		return -1;
	conninfo = hs_printf("%s%s", config->database.conninfo,
	    strstr(config->database.conninfo, "connect_timeout") == NULL
		? " connect_timeout=4"
		: "");
	portal.config = config;
	portal.conninfo = conninfo;
	portal.per_account = hs_tries_new(10, 10000);
	portal.per_address = hs_tries_new(60, 1000);
	failed = open_directory(&portal, err);
	if (failed == 0)
		failed = serve(&portal, err);
	tenant_close(portal.tenant);
	hs_tries_free(portal.per_account);
	hs_tries_free(portal.per_address);
	return failed;
}

int main(int argc, char **argv)
{
	const char *config = "/etc/hanse/portal.yaml";
	struct hs_err err = { 0 };
	int status = read_options(argc, argv, &config);

	if (status >= 0)
		return status;
	hs_log_open("portal", HS_LOG_INFO);
	block_signals();
	if (run(config, &err) < 0) {
		hs_err_log("portal.failed", "msg=\"%s\"", err.msg);
		return 1;
	}
	hs_info("portal.stop", "msg=\"%s\"", "ended by a signal");
	return 0;
}
