/* client.c - talk to the gateway's control socket: a JSON line there, one
 * back.
 */

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/gateway.h"

#define ANSWER_MAX (16u << 20)
#define TIMEOUT_S  10

static int dial(const char *socket_path, int *ret_fd, struct hs_err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval timeout = { .tv_sec = TIMEOUT_S };
	hs_auto(hs_closep) int fd = -1;

	if (strlen(socket_path) >= sizeof(addr.sun_path))
		return hs_fail(
		    err, HS_EINVAL, "path too long: '%s'", socket_path);
	memcpy(addr.sun_path, socket_path, strlen(socket_path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "make a socket");
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return hs_fail_errno(err,
		    errno == EACCES ? HS_EDENIED : HS_EREMOTE,
		    "no gateway at '%s'", socket_path);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static int read_line(int fd, struct hs_text *line, struct hs_err *err)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		hs_text_add_len(line, buf, (size_t)n);
		if (buf[n - 1] == '\n')
			return 0;
		if (line->len > ANSWER_MAX)
			return hs_fail(err, HS_EREMOTE,
			    "the gateway's answer is too long");
	}
	return n == 0 ? hs_fail(err, HS_EREMOTE, "the gateway hung up")
		      : hs_fail_errno(
			    err, HS_EREMOTE, "no answer from the gateway");
}

/* {"ok": true, ...} or {"ok": false, "code": "invalid", "error": "..."} */
static int judge(const char *answer, struct hs_err *err)
{
	json_t *json = json_loads(answer, 0, NULL);
	const char *code = json_string_value(json_object_get(json, "code"));
	const char *text = json_string_value(json_object_get(json, "error"));
	int rc = 0;

	if (!json_is_true(json_object_get(json, "ok"))) {
		enum hs_code number = HS_EREMOTE;

		for (int i = HS_EINVAL; code != NULL && i < HS_CODE_COUNT; i++)
			if (strcmp(hs_code_name((enum hs_code)i), code) == 0)
				number = (enum hs_code)i;
		rc = hs_fail(err, number, "%s",
		    text != NULL ? text : "the gateway's answer is malformed");
	}
	json_decref(json);
	return rc;
}

/* @request is taken. */
static int call(
    const char *socket, json_t *request, char **ret_json, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = json_dumps(request, JSON_COMPACT);
	hs_auto(hs_freep) char *line =
	    hs_printf("%s\n", text != NULL ? text : "{}");
	hs_auto(hs_text_done) struct hs_text answer = { 0 };
	hs_auto(hs_closep) int fd = -1;
	size_t len = strlen(line);

	json_decref(request);
	if (dial(socket, &fd, err) < 0)
		return -1;
	if (send(fd, line, len, MSG_NOSIGNAL) != (ssize_t)len)
		return hs_fail_errno(err, HS_EREMOTE, "ask the gateway");
	if (read_line(fd, &answer, err) < 0 || judge(answer.data, err) < 0)
		return -1;
	if (ret_json != NULL)
		*ret_json = hs_text_take(&answer);
	return 0;
}

int gw_control_call(const char *socket, const char *command, char **ret_json,
    struct hs_err *err)
{
	return call(
	    socket, json_pack("{s:s}", "command", command), ret_json, err);
}

int gw_control_kill(const char *socket, const char *session, char **ret_json,
    struct hs_err *err)
{
	return call(socket,
	    json_pack("{s:s, s:s}", "command", "kill", "session", session),
	    ret_json, err);
}

int gw_control_retire(const char *socket, const char *user, struct hs_err *err)
{
	return call(socket,
	    json_pack("{s:s, s:s}", "command", "retire", "user", user), NULL,
	    err);
}

int gw_control_reload(const char *socket, struct hs_err *err)
{
	return gw_control_call(socket, "reload", NULL, err);
}

int gw_control_status(const char *socket, char **ret_json, struct hs_err *err)
{
	return gw_control_call(socket, "status", ret_json, err);
}
