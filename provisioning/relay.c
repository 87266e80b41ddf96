/* relay.c - the way between hosts: certificates and nginx's files. */

#include "provisioning/relay.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "gen/prov_forms.h"
#include "provisioning/ca.h"
#include "provisioning/form.h"

#define DAYS           397
#define RENEW_BEFORE_S (30 * 24 * 3600L)
#define DOMAIN         "hosts.hanse.internal"

/** Numbers as texts, for forms. */
struct ports {
	char *gateway, *directory, *relay;
};

static struct ports ports_of(const struct plat_conf *c)
{
	return (struct ports) {
		.gateway = hs_printf("%u", c->gateway_port),
		.directory = hs_printf("%u", c->directory_port),
		.relay = hs_printf("%d", RELAY_PORT),
	};
}

static void ports_done(struct ports *ports)
{
	free(ports->gateway);
	free(ports->directory);
	free(ports->relay);
}

char *relay_portal_socket(const struct plat *plat, const char *host)
{
	return hs_printf("%s/hosts/%s.portal-sock", plat->conf->run, host);
}

char *relay_address(const char *address)
{
	return hs_printf("%s:%d", address, RELAY_PORT);
}

/* The third and fourth number of the address: the pool is the platform's. */
char *relay_portal_name(const char *host, const char *address)
{
	unsigned net = 0, domain = 0;

	(void)sscanf(address, "%*u.%*u.%u.%u", &net, &domain);
	return hs_printf("portal-%u-%u.%s." DOMAIN, net, domain, host);
}

int relay_credential(
    const struct plat *plat, const char *host, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = plat_path(plat, "ca/hosts");
	hs_auto(hs_freep) char *alt = hs_printf("DNS:*.%s." DOMAIN, host);
	const struct ca_request request = { .name = host,
		.cn = host,
		.alt = alt,
		.usage = CA_PEER,
		.days = DAYS };

	if (ca_init(dir, "hanse hosts CA", err) < 0)
		return -1;
	if (ca_is_good(dir, host, RENEW_BEFORE_S))
		return 0;
	return ca_issue(dir, &request, err);
}

/* -- This host's relay ----------------------------------------------------- */

static char *listener_of(const struct plat *plat, const char *dir)
{
	const struct plat_conf *c = plat->conf;
	hs_auto(ports_done) struct ports ports = ports_of(c);

	if (c->underlay == NULL)
		return hs_strdup("");
	return form_fill(prov_forms_relay_listener,
	    (const struct form_value[]) {
		{ "underlay", c->underlay },
		{ "port", ports.relay },
		{ "gateway_port", ports.gateway },
		{ "directory_port", ports.directory },
		{ "dir", dir },
	    },
	    5);
}

static char *hosts_of(const struct plat *plat, const struct hosts *hosts)
{
	struct hs_text text = { 0 };

	for (size_t i = 0; hosts != NULL && i < hosts->count; i++) {
		const struct host *h = hosts->list[i];
		hs_auto(hs_freep) char *to = NULL;
		hs_auto(hs_freep) char *one = NULL;

		if (host_is_local(h))
			continue;
		to = relay_address(h->address);
		one = form_fill(prov_forms_relay_host,
		    (const struct form_value[]) {
			{ "host", h->name },
			{ "run", plat->conf->run },
			{ "to", to },
		    },
		    3);
		hs_text_add(&text, one);
	}
	return hs_text_take(&text);
}

static int tell(const struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_freep) char *path =
	    hs_printf("%s/relay/nginx.pid", plat->conf->run);
	hs_auto(hs_freep) char *text = NULL;
	int pid;

	if (hs_file_read(path, 32, &text, NULL, NULL) < 0 ||
	    (pid = atoi(text)) <= 1)
		return 0;
	if (kill(pid, SIGHUP) < 0 && errno != ESRCH)
		return hs_fail_errno(err, HS_EREMOTE, "relay (nginx)");
	return 0;
}

int relay_write(
    struct plat *plat, const struct hosts *hosts, struct hs_err *err)
{
	hs_auto(hs_freep) char *folder = plat_path(plat, "hosts");
	hs_auto(hs_freep) char *path = plat_path(plat, "hosts/relay.conf");
	hs_auto(hs_freep) char *dir = plat_path(plat, "ca/hosts");
	hs_auto(hs_freep) char *listener = listener_of(plat, dir);
	hs_auto(hs_freep) char *list = hosts_of(plat, hosts);
	hs_auto(hs_freep) char *old = NULL;
	hs_auto(hs_freep) char *text = form_fill(prov_forms_relay,
	    (const struct form_value[]) {
		{ "dir", dir },
		{ "listener", listener },
		{ "hosts", list },
	    },
	    3);

	if (hs_file_read(path, 1 << 20, &old, NULL, NULL) == 0 &&
	    strcmp(old, text) == 0)
		return 0;
	if (hs_dir_make(folder, 0700, err) < 0 ||
	    hs_file_write(path, text, strlen(text), 0600, err) < 0)
		return -1;
	return tell(plat, err);
}

/* -- A member's relay ------------------------------------------------------ */

char *relay_member(
    const struct plat *plat, const char *host, const char *address)
{
	const struct plat_conf *c = plat->conf;
	hs_auto(ports_done) struct ports ports = ports_of(c);

	return form_fill(prov_forms_relay_member,
	    (const struct form_value[]) {
		{ "host", host },
		{ "address", address },
		{ "main", c->underlay },
		{ "platform", c->platform_address },
		{ "pool", c->pool },
		{ "port", ports.relay },
		{ "gateway_port", ports.gateway },
		{ "directory_port", ports.directory },
	    },
	    8);
}
