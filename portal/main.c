/* main.c - hanse-portal: the web portal of one enterprise, behind FastCGI. */

#include <string.h>

#include "portal/config.h"
#include "portal/portal.h"

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

/* The directory's suffix: "base" may name the enterprise's own subtree. */
static const char *suffix_of(const char *base)
{
	const char *dc = strstr(base, "dc=");

	return dc != NULL ? dc : base;
}

static int run(const char *path, struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	struct portal_config *config = NULL;
	struct tenant_conf directory = { 0 };
	struct site site = portal_site;

	if (portal_config_read(path, &conf, &config, err) < 0)
		return -1;
	site.brand = config->legal_name;
	site.subtitle = config->title;
	site.place = (struct tenant_place) { config->ve, config->enterprise };
	directory = (struct tenant_conf) {
		.uri = config->directory.uri,
		.ca = config->directory.ca,
		.bind_dn = config->directory.bind_dn,
		.password = config->directory.password,
		.base = suffix_of(config->directory.base),
	};
	return site_serve(&site, config->database.conninfo, &directory,
	    config->listen, config->threads, err);
}

int main(int argc, char **argv)
{
	static const struct site_program program = {
		.program = "hanse-portal",
		.name = "portal",
		.usage = usage,
		.config = "/etc/hanse/portal.yaml",
		.run = run,
	};

	return site_main(&program, argc, argv);
}
