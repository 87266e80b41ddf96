/* names.c - what the domain and its neighbours are called. */

#include "dom-templates/init/init.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

/* The image's /etc/hosts is a link to it. */
#define HOSTS_PATH "/run/hosts"

char *init_hosts_text(const struct init_conf *conf)
{
	struct hs_text text = { 0 };
	char ip[INET_ADDRSTRLEN];

	hs_text_add(&text, "127.0.0.1 localhost\n");
	(void)inet_ntop(AF_INET, &conf->address, ip, sizeof(ip));
	hs_text_addf(&text, "%s %s", ip, conf->hostname);
	for (size_t i = 0; i < conf->service_count; i++)
		if (conf->services[i]->is_db)
			hs_text_add(&text, " db.hanse.internal");
	hs_text_add_char(&text, '\n');
	if (conf->route_count > 0) {
		(void)inet_ntop(AF_INET, &conf->routes[0], ip, sizeof(ip));
		hs_text_addf(&text,
		    "%s gateway.hanse.internal directory.hanse.internal\n", ip);
	}
	return hs_text_take(&text);
}

int init_names(const struct init_conf *conf, struct hs_err *err)
{
	hs_auto(hs_freep) char *hosts = init_hosts_text(conf);

	/* In a container libvirt has done it, and we may not. */
	if (sethostname(conf->hostname, strlen(conf->hostname)) < 0 &&
	    !init_is_container())
		return hs_fail_errno(err, HS_ESYSTEM, "set host name");
	return hs_file_write(HOSTS_PATH, hosts, strlen(hosts), 0644, err);
}
