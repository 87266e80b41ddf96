/* main.c - hanse-console: finance's web site, on the host, behind FastCGI. */

#include "portal/console/config.h"
#include "portal/console/console.h"

static const char usage[] =
    "usage: hanse-console [--config FILE]\n"
    "\n"
    "The web site of the ASP's finance people: reports, prices, scenarios,\n"
    "monthly closing. FastCGI in, control database and directory out.\n"
    "Stays in the foreground and logs to standard error; SIGTERM ends it.\n"
    "\n"
    "  -c, --config FILE  configuration (default /etc/hanse/console.yaml)\n"
    "      --help         this text\n"
    "      --version      the version\n"
    "\n"
    "Exit status: 0 ended by a signal, 1 could not serve, 2 wrong usage.\n";

static int run(const char *path, struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	struct console_config *config = NULL;
	struct tenant_conf directory = { 0 };
	struct console console = { 0 };
	struct site site = console_site;

	if (console_config_read(path, &conf, &config, err) < 0)
		return -1;
	console.report = config->report;
	site.brand = config->title;
	site.subtitle = "hanse console";
	site.place = *TENANT_ASP;
	site.app = &console;
	directory = (struct tenant_conf) {
		.uri = config->directory.uri,
		.ca = config->directory.ca,
		.bind_dn = config->directory.bind_dn,
		.password = config->directory.password,
		.base = config->directory.base,
	};
	return site_serve(&site, config->database.conninfo, &directory,
	    config->listen, config->threads, err);
}

int main(int argc, char **argv)
{
	static const struct site_program program = {
		.program = "hanse-console",
		.name = "console",
		.usage = usage,
		.config = "/etc/hanse/console.yaml",
		.run = run,
	};

	return site_main(&program, argc, argv);
}
