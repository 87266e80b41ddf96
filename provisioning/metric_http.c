/* metric_http.c - /metrics and /healthz over HTTP, from memory alone. */

#include "provisioning/metric_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/metric.h"

#define CONNECTIONS_MAX 16
#define TIMEOUT_S       10

struct metric_http {
	struct MHD_Daemon *daemon;
};

/* -- The address ----------------------------------------------------------- */

static bool parse_4(const char *host, in_port_t port, struct sockaddr_in *to)
{
	*to = (struct sockaddr_in) { .sin_family = AF_INET, .sin_port = port };
	return inet_pton(AF_INET, host, &to->sin_addr) == 1 &&
	       ntohl(to->sin_addr.s_addr) >> 24 == 127;
}

static bool parse_6(const char *host, in_port_t port, struct sockaddr_in6 *to)
{
	*to = (struct sockaddr_in6) {
		.sin6_family = AF_INET6,
		.sin6_port = port,
	};
	return inet_pton(AF_INET6, host, &to->sin6_addr) == 1 &&
	       IN6_IS_ADDR_LOOPBACK(&to->sin6_addr);
}

static int parse(const char *listen, struct sockaddr_storage *ret_address,
    struct hs_err *err)
{
	const char *colon = strrchr(listen, ':');
	hs_auto(hs_freep) char *host = NULL;
	char *end = NULL;
	unsigned long port = 0;
	size_t len;

	if (colon != NULL && colon[1] >= '0' && colon[1] <= '9')
		port = strtoul(colon + 1, &end, 10);
	if (port == 0 || port > 65535 || *end != '\0')
		return hs_fail(err, HS_EINVAL,
		    "metrics.listen must be ADDRESS:PORT, not '%s'", listen);
	host = hs_strndup(listen, (size_t)(colon - listen));
	len = strlen(host);
	*ret_address = (struct sockaddr_storage) { 0 };
	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		if (parse_6(host + 1, htons((in_port_t)port),
			(struct sockaddr_in6 *)ret_address))
			return 0;
	} else if (parse_4(host, htons((in_port_t)port),
		       (struct sockaddr_in *)ret_address)) {
		return 0;
	}
	return hs_fail(err, HS_EINVAL,
	    "metrics.listen must be an address of the loopback, 127.0.0.1 or "
	    "[::1], not '%s'",
	    listen);
}

int metric_http_check(const char *listen, struct hs_err *err)
{
	struct sockaddr_storage address;

	return parse(listen, &address, err);
}

/* -- Pages ----------------------------------------------------------------- */

static unsigned show_metrics(struct hs_text *text)
{
	metric_write(text);
	return MHD_HTTP_OK;
}

/* hansed lives; can it do anything? */
static unsigned show_health(struct hs_text *text)
{
	if (metric_value(METRIC_STORE_UP, NULL) > 0) {
		hs_text_add(text, "ok\n");
		return MHD_HTTP_OK;
	}
	hs_text_add(text, "the control database does not answer\n");
	return MHD_HTTP_SERVICE_UNAVAILABLE;
}

static const struct page {
	const char *path, *type;
	unsigned (*show)(struct hs_text *text);
} pages[] = {
	{ "/metrics", "text/plain; version=0.0.4; charset=utf-8",
	    show_metrics },
	{ "/healthz", "text/plain; charset=utf-8", show_health },
};

static enum MHD_Result send_text(struct MHD_Connection *connection,
    unsigned status, const char *type, struct hs_text *text)
{
	size_t len = text->len;
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    len, hs_text_take(text), MHD_RESPMEM_MUST_FREE);
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	(void)MHD_add_response_header(response, "Content-Type", type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)MHD_add_response_header(response, "Allow", "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result send_error(
    struct MHD_Connection *connection, unsigned status, const char *why)
{
	struct hs_text text = { 0 };

	hs_text_add(&text, why);
	return send_text(
	    connection, status, "text/plain; charset=utf-8", &text);
}

static enum MHD_Result answer(void *arg, struct MHD_Connection *connection,
    const char *path, const char *method, const char *version,
    const char *upload, size_t *upload_len, void **ret_state)
{
	struct hs_text text = { 0 };

	(void)arg;
	(void)version;
	(void)upload;
	(void)upload_len;
	(void)ret_state;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return send_error(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
		    "GET or HEAD only\n");
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		unsigned status;

		if (strcmp(pages[i].path, path) != 0)
			continue;
		status = pages[i].show(&text);
		return send_text(connection, status, pages[i].type, &text);
	}
	return send_error(
	    connection, MHD_HTTP_NOT_FOUND, "/metrics or /healthz\n");
}

/* -- The server ------------------------------------------------------------ */

int metric_http_start(
    const char *listen, struct metric_http **ret_http, struct hs_err *err)
{
	struct sockaddr_storage address;
	struct MHD_Daemon *daemon;

	if (parse(listen, &address, err) < 0)
		return -1;
	errno = 0;
	daemon = MHD_start_daemon(
	    MHD_USE_AUTO_INTERNAL_THREAD |
		(address.ss_family == AF_INET6 ? MHD_USE_IPv6 : MHD_NO_FLAG),
	    0, NULL, NULL, answer, NULL, MHD_OPTION_SOCK_ADDR, &address,
	    MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_S, MHD_OPTION_END);
	if (daemon == NULL)
		return hs_fail_errno(err, HS_ESYSTEM, "listen at %s", listen);
	*ret_http = hs_alloc(sizeof(**ret_http));
	(*ret_http)->daemon = daemon;
	return 0;
}

void metric_http_stop(struct metric_http *http)
{
	if (http == NULL)
		return;
	MHD_stop_daemon(http->daemon);
	free(http);
}
