/* answer.c - one FastCGI request, by hand: the protocol's records are eight
 * bytes of head and a body, and a question takes five of them.
 */

#include "provisioning/answer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"

#define ANSWER_MAX 65536
#define RESPONDER  1

enum record {
	RECORD_BEGIN = 1,
	RECORD_END = 3,
	RECORD_PARAMS = 4,
	RECORD_STDIN = 5,
	RECORD_STDOUT = 6,
};

/* -- The question ---------------------------------------------------------- */

static void add_record(
    struct hs_text *out, enum record type, const char *body, size_t len)
{
	const unsigned char head[8] = { 1, (unsigned char)type, 0, 1,
		(unsigned char)(len >> 8), (unsigned char)len, 0, 0 };

	hs_text_add_len(out, (const char *)head, sizeof(head));
	hs_text_add_len(out, body, len);
}

/* Both are short: one byte of length each. */
static void add_param(
    struct hs_text *params, const char *name, const char *value)
{
	hs_text_add_char(params, (char)strlen(name));
	hs_text_add_char(params, (char)strlen(value));
	hs_text_add(params, name);
	hs_text_add(params, value);
}

static void add_question(struct hs_text *out)
{
	static const char begin[8] = { 0, RESPONDER };
	hs_auto(hs_text_done) struct hs_text params = { 0 };

	add_param(&params, "REQUEST_METHOD", "GET");
	add_param(&params, "DOCUMENT_URI", "/healthz");
	add_param(&params, "QUERY_STRING", "");
	add_record(out, RECORD_BEGIN, begin, sizeof(begin));
	add_record(out, RECORD_PARAMS, params.data, params.len);
	add_record(out, RECORD_PARAMS, "", 0);
	add_record(out, RECORD_STDIN, "", 0);
}

/* -- The answer ------------------------------------------------------------ */

/* What the records of standard output hold, once the end has come. */
static bool take_apart(const struct hs_text *in, struct hs_text *ret_page)
{
	const unsigned char *at = (const unsigned char *)in->data;
	size_t left = in->len;

	ret_page->len = 0;
	while (left >= 8) {
		size_t len = (size_t)at[4] << 8 | at[5];
		size_t whole = 8 + len + at[6];

		if (at[1] == RECORD_END)
			return true;
		if (left < whole)
			return false;
		if (at[1] == RECORD_STDOUT)
			hs_text_add_len(ret_page, (const char *)at + 8, len);
		at += whole;
		left -= whole;
	}
	return false;
}

static int judge(const struct hs_text *page, struct hs_err *err)
{
	const char *text = page->data != NULL ? page->data : "";
	int status = 200;

	if (strncmp(text, "Status: ", 8) == 0)
		status = atoi(text + 8);
	if (page->len > 0 && status == 200)
		return 0;
	return hs_fail(err, HS_EREMOTE, "the portal says %d", status);
}

/* -- The way --------------------------------------------------------------- */

static int wait_for(int fd, short events, int64_t end)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left = end - hs_now_ms();

	return left > 0 ? poll(&p, 1, (int)left) : 0;
}

/** An address of either kind. */
union way {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_un un;
};

static int way_to(const char *address, const char *relay, union way *ret_way,
    struct hs_err *err)
{
	*ret_way = (union way) { 0 };
	if (relay != NULL) {
		ret_way->un.sun_family = AF_UNIX;
		if (strlen(relay) >= sizeof(ret_way->un.sun_path))
			return hs_fail(
			    err, HS_EINVAL, "'%s' is too long", relay);
		(void)snprintf(ret_way->un.sun_path,
		    sizeof(ret_way->un.sun_path), "%s", relay);
		return 0;
	}
	ret_way->in.sin_family = AF_INET;
	ret_way->in.sin_port = htons(DOM_PORT_PORTAL);
	if (inet_pton(AF_INET, address, &ret_way->in.sin_addr) != 1)
		return hs_fail(err, HS_EINVAL, "no address: '%s'", address);
	return 0;
}

static int connect_to(const char *address, const char *relay, int64_t end,
    int *ret_fd, struct hs_err *err)
{
	hs_auto(hs_closep) int fd = -1;
	socklen_t len = sizeof(int);
	int failed = 0;
	union way to;

	if (way_to(address, relay, &to, err) < 0)
		return -1;
	fd = socket(
	    to.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "socket");
	if (connect(fd, &to.any,
		relay != NULL ? sizeof(to.un) : sizeof(to.in)) < 0 &&
	    errno != EINPROGRESS)
		return hs_fail_errno(err, HS_EREMOTE, "portal at %s", address);
	if (wait_for(fd, POLLOUT, end) <= 0)
		return hs_fail(
		    err, HS_EREMOTE, "portal at %s: no connection", address);
	(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len);
	errno = failed;
	if (failed != 0)
		return hs_fail_errno(err, HS_EREMOTE, "portal at %s", address);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* Until the end record, or until nothing more comes. */
static void read_answer(int fd, int64_t end, struct hs_text *ret_page)
{
	hs_auto(hs_text_done) struct hs_text in = { 0 };
	char buf[4096];
	ssize_t n;

	while (in.len < ANSWER_MAX && wait_for(fd, POLLIN, end) > 0) {
		n = read(fd, buf, sizeof(buf));
		if (n <= 0)
			break;
		hs_text_add_len(&in, buf, (size_t)n);
		if (take_apart(&in, ret_page))
			return;
	}
	ret_page->len = 0;
}

int answer_of_portal(
    const char *address, const char *relay, int timeout_ms, struct hs_err *err)
{
	int64_t end = hs_now_ms() + timeout_ms;
	hs_auto(hs_text_done) struct hs_text question = { 0 };
	hs_auto(hs_text_done) struct hs_text page = { 0 };
	hs_auto(hs_closep) int fd = -1;

	if (connect_to(address, relay, end, &fd, err) < 0)
		return -1;
	if (relay != NULL)
		hs_text_addf(&question, "PROXY TCP4 %s 0.0.0.0 0 %d\r\n",
		    address, DOM_PORT_PORTAL);
	add_question(&question);
	if (send(fd, question.data, question.len, MSG_NOSIGNAL) !=
	    (ssize_t)question.len)
		return hs_fail(
		    err, HS_EREMOTE, "portal at %s takes nothing", address);
	read_answer(fd, end, &page);
	if (page.len == 0)
		return hs_fail(
		    err, HS_EREMOTE, "portal at %s: no answer", address);
	return judge(&page, err);
}
