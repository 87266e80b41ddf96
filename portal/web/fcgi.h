/* fcgi.h - FastCGI in threads: the one place for libfcgi. */
#ifndef HANSE_PORTAL_WEB_FCGI_H
#define HANSE_PORTAL_WEB_FCGI_H

#include <stddef.h>

struct hs_err;
struct web_request;
struct web_response;

/** What serves requests; every thread has a state of its own. */
struct web_server {
	void *(*thread_open)(void *app);
	void (*thread_close)(void *state);
	/**
	 * Answer a request.
	 * @failed:  why it could not be read; NULL if it could
	 */
	void (*serve)(void *state, const struct web_request *request,
	    const struct hs_err *failed, struct web_response *response);
	void *app;
	size_t threads;
};

/** Open the socket, e.g. ":9000" or a path. Errors: HS_ESYSTEM. */
int web_listen(const char *address, int *ret_fd, struct hs_err *err);

/**
 * Serve until SIGTERM or SIGINT; requests that are being served are finished.
 * The caller has blocked both signals. Errors: HS_ESYSTEM.
 */
int web_serve(int fd, const struct web_server *server, struct hs_err *err);

#endif
