/* conf.c - /etc/hanse/domain.conf: lines of key=value, each known and checked.
 */

#include "dom-templates/init/init.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

#define NAME_MAX_LEN 65 /* two labels of 32 and the dot */
#define LINES_MAX    64

/* Labels with dots between them, e.g. "automotive.adler-motors". */
static int set_label(char **ret_name, const char *value)
{
	static const char name_chars[] =
	    "abcdefghijklmnopqrstuvwxyz0123456789.-";
	size_t len = strlen(value);

	if (*ret_name != NULL || len < 1 || len > NAME_MAX_LEN ||
	    strspn(value, name_chars) != len || value[0] == '.' ||
	    value[0] == '-')
		return -1;
	*ret_name = hs_strdup(value);
	return 0;
}

static int set_name(struct init_conf *conf, const char *value)
{
	return set_label(&conf->name, value);
}

static int set_hostname(struct init_conf *conf, const char *value)
{
	return set_label(&conf->hostname, value);
}

static int set_service(struct init_conf *conf, const char *value)
{
	const struct init_service *service = init_service_find(value);

	if (service == NULL || conf->service_count == INIT_SERVICES_MAX)
		return -1;
	for (size_t i = 0; i < conf->service_count; i++)
		if (conf->services[i]->uid == service->uid)
			return -1;
	conf->services[conf->service_count++] = service;
	return 0;
}

static int set_ip(struct in_addr *ret_ip, const char *value)
{
	if (ret_ip->s_addr != 0 || inet_pton(AF_INET, value, ret_ip) != 1 ||
	    ret_ip->s_addr == 0)
		return -1;
	return 0;
}

static int set_address(struct init_conf *conf, const char *value)
{
	return set_ip(&conf->address, value);
}

static int set_gateway(struct init_conf *conf, const char *value)
{
	return set_ip(&conf->gateway, value);
}

static int set_prefix(struct init_conf *conf, const char *value)
{
	size_t len = strlen(value);

	if (conf->prefix != 0 || len < 1 || len > 2 ||
	    strspn(value, "0123456789") != len)
		return -1;
	conf->prefix = (unsigned)strtoul(value, NULL, 10);
	return conf->prefix >= 1 && conf->prefix <= 32 ? 0 : -1;
}

static int set_route(struct init_conf *conf, const char *value)
{
	if (conf->route_count == INIT_ROUTES_MAX ||
	    set_ip(&conf->routes[conf->route_count], value) < 0)
		return -1;
	conf->route_count++;
	return 0;
}

/* clang-format off */
static const struct key {
	/* set() takes the value, or returns -1 if it is not a good one. */
	const char *name;
	int (*set)(struct init_conf *conf, const char *value);
	const char *expected;
} keys[] = {
	{ "name",     set_name,     "one name of a-z 0-9 . -" },
	{ "hostname", set_hostname, "one name of a-z 0-9 . -" },
	{ "service",  set_service,  "app, db, or etcd and patroni" },
	{ "address",  set_address,  "one IPv4 address" },
	{ "prefix",   set_prefix,   "one number of bits, 1 to 32" },
	{ "gateway",  set_gateway,  "one IPv4 address" },
	{ "route",    set_route,    "an IPv4 address, at most 8 lines" },
};
/* clang-format on */

static int line_parse(struct init_conf *conf, char *line, struct hs_err *err)
{
	char *value = strchr(line, '=');

	if (line[0] == '\0' || line[0] == '#')
		return 0;
	if (value == NULL)
		return hs_fail(err, HS_EINVAL, "expected key=value");
	*value++ = '\0';
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strcmp(keys[i].name, line) != 0)
			continue;
		if (keys[i].set(conf, value) < 0)
			return hs_fail(err, HS_EINVAL, "%s: expected %s",
			    keys[i].name, keys[i].expected);
		return 0;
	}
	return hs_fail(err, HS_EINVAL, "unknown key");
}

static int complete(const struct init_conf *conf, struct hs_err *err)
{
	if (conf->name == NULL || conf->service_count == 0 ||
	    conf->address.s_addr == 0 || conf->prefix == 0)
		return hs_fail(err, HS_EINVAL,
		    "name, service, address and prefix must be there");
	if (conf->route_count > 0 && conf->gateway.s_addr == 0)
		return hs_fail(err, HS_EINVAL, "route needs gateway");
	return 0;
}

static int lines_parse(
    struct init_conf *conf, const char *text, struct hs_err *err)
{
	for (unsigned number = 1; *text != '\0'; number++) {
		size_t len = strcspn(text, "\n");
		hs_auto(hs_freep) char *line = hs_strndup(text, len);

		if (number > LINES_MAX)
			return hs_fail(
			    err, HS_ELIMIT, "more than %d lines", LINES_MAX);
		if (line_parse(conf, line, err) < 0)
			return hs_wrap(err, "line %u", number);
		text += len + (text[len] == '\n');
	}
	return complete(conf, err);
}

int init_conf_parse(
    const char *text, struct init_conf *ret_conf, struct hs_err *err)
{
	struct init_conf conf = { 0 };

	if (lines_parse(&conf, text, err) < 0) {
		init_conf_done(&conf);
		return -1;
	}
	if (conf.hostname == NULL)
		conf.hostname = hs_strdup(conf.name);
	*ret_conf = conf;
	return 0;
}

void init_conf_done(struct init_conf *conf)
{
	free(conf->name);
	free(conf->hostname);
	*conf = (struct init_conf) { 0 };
}
