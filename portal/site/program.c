/* program.c - the life of a site's program: options, signals, serving. */

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/tries.h"
#include "portal/site/site.h"
#include "portal/web/fcgi.h"

/* Returns -1 to go on, otherwise the exit status. */
static int read_options(const struct site_program *program, int argc,
    char **argv, const char **ret_config)
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
			(void)fputs(program->usage, stdout);
			return 0;
		case 'v':
			(void)printf(
			    "%s %s\n", program->program, HANSE_VERSION);
			return 0;
		default:
			(void)fputs(program->usage, stderr);
			return 2;
		}
	}
	if (optind == argc)
		return -1;
	(void)fputs(program->usage, stderr);
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

static int serve(
    struct site *site, const char *listen, unsigned threads, struct hs_err *err)
{
	const struct web_server server = {
		.thread_open = worker_open,
		.thread_close = worker_close,
		.serve = worker_serve,
		.app = site,
		.threads = threads,
	};
	int fd = -1;

	if (web_listen(listen, &fd, err) < 0)
		return -1;
	hs_info("site.start", "listen=%s threads=%u", listen, threads);
	return web_serve(fd, &server, err);
}

int site_serve(struct site *site, const char *conninfo,
    const struct tenant_conf *directory, const char *listen, unsigned threads,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *limited = hs_printf("%s%s", conninfo,
	    strstr(conninfo, "connect_timeout") == NULL ? " connect_timeout=4"
							: "");
	int failed;

	site->conninfo = limited;
	site->per_account = hs_tries_new(10, 10000);
	site->per_address = hs_tries_new(60, 1000);
	failed = tenant_open(directory, &site->tenant, err);
	if (failed == 0)
		failed = serve(site, listen, threads, err);
	tenant_close(site->tenant);
	hs_tries_free(site->per_account);
	hs_tries_free(site->per_address);
	return failed;
}

int site_main(const struct site_program *program, int argc, char **argv)
{
	const char *config = program->config;
	struct hs_err err = { 0 };
	int status = read_options(program, argc, argv, &config);

	if (status >= 0)
		return status;
	hs_log_open(program->name, HS_LOG_INFO);
	block_signals();
	if (program->run(config, &err) < 0) {
		hs_err_log("site.failed", "msg=\"%s\"", err.msg);
		return 1;
	}
	hs_info("site.stop", "msg=\"%s\"", "ended by a signal");
	return 0;
}
