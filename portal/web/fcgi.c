/* fcgi.c - FastCGI in threads: the one place for libfcgi. */

#include "portal/web/fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "portal/web/request.h"
#include "portal/web/response.h"

#define BACKLOG 512

struct thread {
	pthread_t id;
	int fd;
	const struct web_server *server;
};

int web_listen(const char *address, int *ret_fd, struct hs_err *err)
{
	int fd;

	if (FCGX_Init() != 0)
		return hs_fail(err, HS_ESYSTEM, "initialise FastCGI");
	fd = FCGX_OpenSocket(address, BACKLOG);
	if (fd < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "listen on '%s'", address);
	*ret_fd = fd;
	return 0;
}

static struct web_input read_input(FCGX_Request *fcgi)
{
	char **env = fcgi->envp;

	return (struct web_input) {
		.method = FCGX_GetParam("REQUEST_METHOD", env),
		.path = FCGX_GetParam("DOCUMENT_URI", env),
		.query = FCGX_GetParam("QUERY_STRING", env),
		.content_type = FCGX_GetParam("CONTENT_TYPE", env),
		.content_length = FCGX_GetParam("CONTENT_LENGTH", env),
		.cookie = FCGX_GetParam("HTTP_COOKIE", env),
		.host = FCGX_GetParam("HTTP_HOST", env),
		.origin = FCGX_GetParam("HTTP_ORIGIN", env),
		.fetch_site = FCGX_GetParam("HTTP_SEC_FETCH_SITE", env),
		.accept_language = FCGX_GetParam("HTTP_ACCEPT_LANGUAGE", env),
		.user_agent = FCGX_GetParam("HTTP_USER_AGENT", env),
		.remote = FCGX_GetParam("REMOTE_ADDR", env),
		.id = FCGX_GetParam("REQUEST_ID", env),
	};
}

/* The body is read whole, so that a page never waits for the browser. */
static int read_body(struct hs_arena *arena, FCGX_Request *fcgi,
    struct web_input *input, struct hs_err *err)
{
	size_t len = 0, got = 0;
	char *body;

	if (web_body_length(input->content_length, &len, err) < 0)
		return -1;
	body = hs_arena_alloc(arena, len + 1);
	while (got < len) {
		int n = FCGX_GetStr(body + got, (int)(len - got), fcgi->in);

		if (n <= 0)
			return hs_fail(err, HS_EINVAL, "the form was cut off");
		got += (size_t)n;
	}
	input->body = body;
	input->body_len = len;
	return 0;
}

static void send_response(FCGX_Request *fcgi, const struct web_request *request,
    const struct web_response *response)
{
	hs_auto(hs_freep) char *head = web_response_head(response, request->id);

	/* A browser that has gone away is nobody's failure. */
	(void)FCGX_PutStr(head, (int)strlen(head), fcgi->out);
	if (!request->is_head && response->body.len > 0)
		(void)FCGX_PutStr(
		    response->body.data, (int)response->body.len, fcgi->out);
}

static void serve_one(
    const struct web_server *server, void *state, FCGX_Request *fcgi)
{
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct web_input input = read_input(fcgi);
	struct web_request request = { 0 };
	struct web_response response = { 0 };
	struct hs_err err = { 0 }, body_err = { 0 };
	const struct hs_err *failed = NULL;

	if (read_body(arena, fcgi, &input, &body_err) < 0)
		failed = &body_err;
	if (web_request_read(arena, &input, &request, &err) < 0 &&
	    failed == NULL)
		failed = &err;
	server->serve(state, &request, failed, &response);
	send_response(fcgi, &request, &response);
	web_response_done(&response);
}

static void *thread_main(void *arg)
{
	const struct thread *thread = arg;
	const struct web_server *server = thread->server;
	void *state = server->thread_open(server->app);
	FCGX_Request fcgi;

	if (FCGX_InitRequest(&fcgi, thread->fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return NULL;
	while (FCGX_Accept_r(&fcgi) == 0) {
		serve_one(server, state, &fcgi);
		FCGX_Finish_r(&fcgi);
	}
	FCGX_Free(&fcgi, 1);
	server->thread_close(state);
	return NULL;
}

static void wait_for_signal(void)
{
	sigset_t set;
	int number;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	while (sigwait(&set, &number) != 0)
		continue;
}

/*
 * After shutdown() every accept() fails and the threads leave their loops. A
 * request may take long: whoever has not finished after some seconds is left.
 */
static void join_all(struct thread *threads, size_t count, int fd)
{
	struct timespec until;

	FCGX_ShutdownPending();
	(void)shutdown(fd, SHUT_RDWR);
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 5;
	for (size_t i = 0; i < count; i++)
		(void)pthread_timedjoin_np(threads[i].id, NULL, &until);
}

int web_serve(int fd, const struct web_server *server, struct hs_err *err)
{
	struct thread *threads = hs_alloc(server->threads * sizeof(*threads));
	size_t count = 0;
	int failed = 0;

	(void)signal(SIGPIPE, SIG_IGN);
	for (; count < server->threads && failed == 0; count++) {
		threads[count].fd = fd;
		threads[count].server = server;
		failed = pthread_create(
		    &threads[count].id, NULL, thread_main, &threads[count]);
	}
	if (failed == 0)
		wait_for_signal();
	else
		count--;
	join_all(threads, count, fd);
	(void)close(fd);
	hs_freep(&threads);
	errno = failed;
	return failed == 0 ? 0
			   : hs_fail_errno(err, HS_ESYSTEM, "start threads");
}
