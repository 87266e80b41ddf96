/* client.c - one request to hansed over its socket, JSON lines. */

#include "provisioning/client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/text.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

#define TICK_MS     200
#define PATIENCE_MS 60000 /* with a daemon that starts again */
#define LINE_MAX    (64 * 1024 * 1024)

/* One exchange. */
struct exchange {
	int fd;
	struct hs_text input; /* not yet taken */
	const struct client_watch *watch;
	const char *file;
	struct hs_faults *faults;
	json_t *result;
	bool over, lost;
	json_int_t job, cursor; /* where one is in a job's story */
};

const char *client_socket(const struct call *call)
{
	const char *path = call->value[OPT_SOCKET];

	if (path == NULL)
		path = getenv("HANSE_SOCKET");
	return path != NULL && path[0] != '\0' ? path : HANSED_SOCKET;
}

static int fail_connect(const char *path, struct hs_err *err)
{
	if (errno == EACCES || errno == EPERM)
		return hs_fail(err, HS_EDENIED,
		    "not permitted to talk to hansed at %s; run it as root",
		    path);
	return hs_fail(err, HS_EREMOTE,
	    "hansed is not running (no answer at %s: %s); start it with "
	    "'make up' or with the host's service manager",
	    path, strerror(errno));
}

static int dial(const char *path, int *ret_fd, struct hs_err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	hs_auto(hs_closep) int fd = -1;

	if (strlen(path) >= sizeof(address.sun_path))
		return hs_fail(err, HS_EINVAL,
		    "the socket's path is longer than %zu bytes: %s",
		    sizeof(address.sun_path) - 1, path);
	(void)strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "make a socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return fail_connect(path, err);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static int send_line(int fd, const json_t *request, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = json_dumps(request, JSON_COMPACT);
	hs_auto(hs_freep) char *line = NULL;
	size_t left;

	if (text == NULL)
		return hs_fail(err, HS_EINVAL, "the request is not valid text");
	line = hs_printf("%s\n", text);
	left = strlen(line);
	for (const char *p = line; left > 0;) {
		ssize_t n = send(fd, p, left, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return hs_fail_errno(
			    err, HS_EREMOTE, "write to hansed");
		p += n;
		left -= (size_t)n;
	}
	return 0;
}

static void take_faults(
    const json_t *list, const char *file, struct hs_faults *faults)
{
	size_t i;
	json_t *f;

	hs_faults_done(faults);
	faults->file = hs_strdup(file);
	json_array_foreach (list, i, f) {
		hs_faults_add(faults,
		    (unsigned)json_integer_value(json_object_get(f, "line")),
		    json_text(f, "field", ""), "%s",
		    json_text(f, "message", ""));
	}
}

static int take_error(
    const struct exchange *x, const json_t *error, struct hs_err *err)
{
	const json_t *faults = json_object_get(error, "faults");
	const char *message = json_text(error, "message", "no reason given");

	if (json_array_size(faults) > 0 && x->file != NULL) {
		take_faults(faults, x->file, x->faults);
		return hs_fail(err, hs_code_find(json_text(error, "code", "")),
		    "the spec has %zu fault%s", json_array_size(faults),
		    json_array_size(faults) == 1 ? "" : "s");
	}
	return hs_fail(
	    err, hs_code_find(json_text(error, "code", "")), "%s", message);
}

static int take_line(
    struct exchange *x, const char *text, size_t len, struct hs_err *err)
{
	hs_auto(json_freep) json_t *line = json_loadb(text, len, 0, NULL);
	json_t *result = json_object_get(line, "result");
	json_t *error = json_object_get(line, "error");

	if (!json_is_object(line))
		return hs_fail(
		    err, HS_EREMOTE, "hansed said something that is not JSON");
	if (error != NULL)
		return take_error(x, error, err);
	if (result != NULL) {
		x->result = json_incref(result);
		x->over = true;
		return 0;
	}
	if (json_object_get(line, "job") != NULL)
		x->job = json_integer_value(json_object_get(line, "job"));
	if (json_object_get(line, "cursor") != NULL)
		x->cursor = json_integer_value(json_object_get(line, "cursor"));
	if (x->watch != NULL && x->watch->event != NULL)
		x->watch->event(x->watch->arg, line);
	return 0;
}

/* Every whole line that has come in. */
static int take_lines(struct exchange *x, struct hs_err *err)
{
	size_t from = 0;
	char *end;

	while (!x->over && from < x->input.len &&
	       (end = memchr(
		    x->input.data + from, '\n', x->input.len - from)) != NULL) {
		size_t len = (size_t)(end - x->input.data) - from;

		if (len > 0 && take_line(x, x->input.data + from, len, err) < 0)
			return -1;
		from += len + 1;
	}
	if (from > 0) {
		memmove(
		    x->input.data, x->input.data + from, x->input.len - from);
		x->input.len -= from;
	}
	if (x->input.len > LINE_MAX)
		return hs_fail(err, HS_ELIMIT, "hansed's answer is too long");
	return 0;
}

/* Wait for bytes, ticking. */
static int wait_input(const struct exchange *x, struct hs_err *err)
{
	for (;;) {
		struct pollfd p = { .fd = x->fd, .events = POLLIN };
		int n = poll(&p, 1, TICK_MS);

		if (n < 0 && errno != EINTR)
			return hs_fail_errno(err, HS_ESYSTEM, "wait");
		if (n > 0)
			return 0;
		if (x->watch != NULL && x->watch->tick != NULL)
			x->watch->tick(x->watch->arg);
	}
}

static int read_some(struct exchange *x, struct hs_err *err)
{
	char buffer[65536];
	ssize_t n;

	if (wait_input(x, err) < 0)
		return -1;
	n = recv(x->fd, buffer, sizeof(buffer), 0);
	if (n < 0 && errno == EINTR)
		return 0;
	if (n <= 0) {
		x->lost = true;
		return hs_fail(err, HS_EREMOTE,
		    "hansed ended the connection without an answer; its log "
		    "says why");
	}
	hs_text_add_len(&x->input, buffer, (size_t)n);
	return take_lines(x, err);
}

/* The daemon has gone, its job has not: the next one is asked about it. */
static int dial_again(struct exchange *x, const char *path, struct hs_err *err)
{
	hs_auto(json_freep) json_t *request = NULL;
	hs_auto(hs_freep) char *job = hs_printf("%lld", (long long)x->job);

	for (int ms = 0;; ms += TICK_MS) {
		hs_closep(&x->fd);
		if (dial(path, &x->fd, err) == 0)
			break;
		if (ms > PATIENCE_MS)
			return hs_wrap(err,
			    "job %s goes on when hansed is back (see: hanse "
			    "job follow %s)",
			    job, job);
		hs_pause_ms(TICK_MS);
		if (x->watch != NULL && x->watch->tick != NULL)
			x->watch->tick(x->watch->arg);
	}
	x->lost = false;
	x->input.len = 0;
	request = json_pack("{s:s, s:s, s:I}", "command", "job.follow", "job",
	    job, "since", x->cursor);
	return send_line(x->fd, request, err);
}

int client_ask(const struct call *call, json_t *request,
    const struct client_watch *watch, const char *file, json_t **ret_result,
    struct hs_err *err)
{
	hs_auto(json_freep) json_t *owned = request;
	struct exchange x = {
		.fd = -1,
		.watch = watch,
		.file = file,
		.faults = call->faults,
	};
	int ret = 0;

	if (dial(client_socket(call), &x.fd, err) < 0)
		return -1;
	ret = send_line(x.fd, owned, err);
	while (ret == 0 && !x.over) {
		ret = read_some(&x, err);
		if (ret < 0 && x.lost && x.job > 0)
			ret = dial_again(&x, client_socket(call), err);
	}
	hs_closep(&x.fd);
	hs_text_done(&x.input);
	if (ret == 0)
		*ret_result = x.result;
	return ret;
}
