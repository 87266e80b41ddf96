/* hansed.c - the control daemon: set up, then serve until told to stop. */

#include <curl/curl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/log.h"
#include "provisioning/audit.h"
#include "provisioning/control.h"
#include "provisioning/engine.h"
#include "provisioning/host.h"
#include "provisioning/manager.h"
#include "provisioning/metric_http.h"
#include "provisioning/sampler.h"
#include "provisioning/setup.h"
#include "provisioning/store.h"
#include "provisioning/sweeper.h"
#include "provisioning/tidy.h"
#include "provisioning/webhook.h"

#define CONFIG_PATH   "/etc/hanse/hansed.yaml"
#define STORE_WAIT_MS 30000

static const char usage[] =
    "usage: hansed [--config FILE] [--setup]\n"
    "\n"
    "The control daemon of hanse: serves /run/hanse/hansed.sock in the\n"
    "foreground and logs to standard error.\n"
    "\n"
    "  --config FILE  configuration, else " CONFIG_PATH "\n"
    "  --setup        make folders, certificates and first routes, then end;\n"
    "                 repeating it renews what is about to expire\n"
    "  --version      print the version\n"
    "  --help         this text\n";

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "setup", no_argument, NULL, 's' },
	{ "version", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

/* Before any thread: all of them inherit the mask. */
static int stop_signals(struct hs_err *err)
{
	sigset_t set;
	int fd;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd >= 0 ? fd : hs_fail_errno(err, HS_ESYSTEM, "signalfd");
}

/* The control database may be starting, too. */
static int open_store(struct plat *plat, struct hs_err *err)
{
	struct hs_db *store;

	for (int ms = 0; plat_store(plat, &store, err) < 0; ms += 200) {
		if (ms > STORE_WAIT_MS)
			return -1;
		hs_pause_ms(200);
	}
	return store_migrate(store, err);
}

/* Without figures one can go on. */
static struct metric_http *serve_metrics(const struct plat_conf *conf)
{
	struct metric_http *http = NULL;
	struct hs_err err = { 0 };

	if (strcmp(conf->metrics.listen, "none") != 0 &&
	    metric_http_start(conf->metrics.listen, &http, &err) < 0)
		hs_err_log("metrics.off", "err=\"%s\"", err.msg);
	return http;
}

static int serve(struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_freep) char *path =
	    hs_printf("%s/hansed.sock", plat->conf->run);
	hs_auto(hs_closep) int stop_fd = stop_signals(err);
	hs_auto(metric_http_stopp) struct metric_http *http = NULL;
	pthread_t audit, webhooks;
	int failed;

	if (stop_fd < 0)
		return -1;
	http = serve_metrics(plat->conf);
	if (open_store(plat, err) < 0 || hv_init(err) < 0 ||
	    host_refresh_relay(plat, err) < 0 || host_know_all(plat, err) < 0)
		return -1;
	tidy(plat->conf);
	if (audit_start(plat->conf, stop_fd, &audit, err) < 0 ||
	    webhook_start(plat->conf, stop_fd, &webhooks, err) < 0 ||
	    engine_start(plat->conf, err) < 0)
		return -1;
	hs_info("start", "version=%s socket=%s", HANSE_VERSION, path);
	sampler_start(plat->conf);
	sweeper_start(plat->conf);
	failed = control_serve(plat->conf, path, stop_fd, err);
	sweeper_stop();
	sampler_stop();
	engine_stop();
	plat_database_forget(NULL);
	if (failed < 0)
		return -1; /* the process ends, and its threads with it */
	(void)pthread_join(audit, NULL);
	(void)pthread_join(webhooks, NULL);
	hs_info("stop", "version=%s", HANSE_VERSION);
	return 0;
}

int main(int argc, char **argv)
{
	const char *config = CONFIG_PATH;
	hs_auto(hs_conf_freep) struct hs_conf *keep = NULL;
	hs_auto(plat_done) struct plat plat = { 0 };
	struct plat_conf conf;
	struct hs_err err = { 0 };
	bool setup = false;
	int option, failed;

	while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		if (option == 'c')
			config = optarg;
		else if (option == 's')
			setup = true;
		else if (option == 'v')
			return printf("hansed %s\n", HANSE_VERSION) < 0;
		else {
			(void)fputs(usage, option == 'h' ? stdout : stderr);
			return option == 'h' ? 0 : 64;
		}
	}
	/* A thread a host and a request: heaps of their own would cost more
	 * memory than the lock costs time. */
	(void)mallopt(M_ARENA_MAX, 2);
	hs_log_open("hansed", HS_LOG_INFO);
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	failed = plat_conf_load(config, &keep, &conf, &err);
	if (failed == 0) {
		conf.hypervisors = hv_hosts_new();
		plat_init(&plat, &conf);
		failed = setup ? setup_run(&plat, &err) : serve(&plat, &err);
		plat_done(&plat);
		hv_hosts_free(conf.hypervisors);
	}
	if (failed < 0)
		hs_err_log("end", "err=\"%s\"", err.msg);
	return failed < 0 ? 1 : 0;
}
