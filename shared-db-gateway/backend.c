/* backend.c - open one backend for a session: connect, TLS, start-up as the
 * route's role. What the server says in between never reaches the client.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/session.h"

static socklen_t make_address(
    const struct gw_target *target, struct sockaddr_storage *addr)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)addr;

	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, target->host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)target->port);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, target->host, &v6->sin6_addr) != 1)
		return 0;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)target->port);
	return sizeof(*v6);
}

static int dial(const struct gw_target *target)
{
	struct sockaddr_storage addr;
	socklen_t len = make_address(target, &addr);
	int fd;

	if (len == 0)
		return -1;
	fd = socket(
	    addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	gw_stream_prepare(fd);
	if (connect(fd, (struct sockaddr *)&addr, len) < 0 &&
	    errno != EINPROGRESS) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* For the operator: which server, and why. */
static void log_trouble(const struct gw_session *s, const char *why)
{
	hs_auto(hs_text_done) struct hs_text text = { 0 };

	hs_text_add_log(&text, why);
	hs_warn("backend.failed",
	    "session=%016llx host=%s port=%u state=%s "
	    "msg=%s",
	    (unsigned long long)s->id, s->target.host, s->target.port,
	    gw_state_name(s->state), text.data);
}

static enum gw_progress broken(struct gw_session *s, const char *why)
{
	log_trouble(s, why);
	return gw_session_refuse(s, GW_REFUSE_BACKEND_BROKEN, "");
}

static enum gw_progress down(struct gw_session *s, const char *why)
{
	log_trouble(s, why);
	return gw_session_refuse(s, GW_REFUSE_BACKEND_DOWN, "");
}

enum gw_progress gw_backend_open(struct gw_session *s, enum gw_event event)
{
	int fd = dial(&s->target);

	gw_session_change(s, event);
	if (fd < 0)
		return down(s, strerror(errno));
	if (gw_stream_open(&s->backend, s->core->loop, fd, NULL) < 0) {
		(void)close(fd);
		return down(s, "cannot watch the connection");
	}
	s->backend.writable = false;
	s->backend.wants_write = true;
	hs_timer_start(s->core->loop, &s->deadline,
	    (uint64_t)s->core->config->connect_timeout_s * 1000);
	return GW_AGAIN;
}

enum gw_progress gw_connect_step(struct gw_session *s)
{
	struct gw_writer w;
	int error = 0;
	socklen_t len = sizeof(error);

	if (!s->backend.writable)
		return GW_WAIT;
	(void)getsockopt(s->backend.fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error != 0)
		return down(s, strerror(error));
	s->backend.wants_write = false;
	w = gw_put_begin(&s->backend.out, 0);
	gw_put_u32(&w, GW_CODE_SSL);
	(void)gw_put_end(&w);
	gw_session_change(s, GW_CONNECTED);
	return GW_AGAIN;
}

enum gw_progress gw_ask_tls_step(struct gw_session *s)
{
	struct gw_bytes *in = &s->backend.in;
	SSL *ssl;

	(void)gw_stream_flush(&s->backend);
	gw_stream_fill(&s->backend);
	if (gw_bytes_len(in) == 0)
		return s->backend.ended ? down(s, "closed at TLS request")
					: GW_WAIT;
	if (gw_bytes_len(in) != 1 || in->data[in->start] != 'S')
		return broken(s, "no TLS there");
	gw_bytes_drop(in, 1);
	ssl =
	    gw_tls_connect(&s->core->tls, s->backend.fd, s->target.server_name);
	if (ssl == NULL)
		return broken(s, "no memory for TLS");
	gw_stream_secure(&s->backend, ssl);
	gw_session_change(s, GW_TLS_GRANTED);
	return GW_AGAIN;
}

static bool put_startup(struct gw_session *s)
{
	const struct gw_startup *startup = &s->login->startup;
	struct gw_writer w = gw_put_begin(&s->backend.out, 0);

	gw_put_u32(&w, GW_PROTOCOL_3_0);
	gw_put_text(&w, "user");
	gw_put_text(&w, s->entry->route.role);
	gw_put_text(&w, "database");
	gw_put_text(&w, s->target.database);
	for (size_t i = 0; i < startup->forward_count; i++) {
		gw_put_text(&w, startup->forward[i].name);
		gw_put_text(&w, startup->forward[i].value);
	}
	gw_put_u8(&w, 0);
	return gw_put_end(&w);
}

enum gw_progress gw_backend_tls_step(struct gw_session *s)
{
	int rc = gw_stream_handshake(&s->backend);

	if (rc < 0)
		return broken(s, X509_verify_cert_error_string(
				     SSL_get_verify_result(s->backend.ssl)));
	if (rc == 0)
		return GW_WAIT;
	if (s->asked.pid != 0)
		return gw_cancel_pass(s);
	if (!put_startup(s))
		return broken(s, "start-up does not fit");
	gw_session_change(s, GW_BACKEND_SECURE);
	return GW_AGAIN;
}

/* Start-up's answers. */

static enum gw_progress take_error(
    struct gw_session *s, const uint8_t *body, size_t len)
{
	struct gw_trouble trouble = { 0 };

	if (!gw_trouble_parse(body, len, &trouble))
		return broken(s, "malformed error");
	log_trouble(s, trouble.sqlstate);
	return gw_session_refuse(
	    s, gw_refusal_of_backend(trouble.sqlstate), "");
}

static void log_login(const struct gw_session *s)
{
	hs_auto(hs_text_done) struct hs_text app = { 0 };
	hs_auto(hs_text_done) struct hs_text database = { 0 };

	hs_text_add_log(&app, s->application_name);
	hs_text_add_log(&database, s->target.database);
	hs_info("session.login",
	    "session=%016llx peer=%s ve=%s enterprise=%s user=%s database=%s "
	    "by=%s application=%s ms=%llu",
	    (unsigned long long)s->id, s->peer, s->entry->ve,
	    s->entry->route.enterprise, s->entry->route.user, database.data,
	    s->login->certificate_cn != NULL ? "certificate" : "scram",
	    app.data,
	    (unsigned long long)(hs_loop_now_ms(s->core->loop) - s->began_ms));
}

static enum gw_progress ready(
    struct gw_session *s, const uint8_t *frame, size_t len)
{
	struct gw_writer w;

	if (s->backend_key.pid == 0)
		return broken(s, "no key");
	if (!gw_keys_add(&s->core->keys, s))
		return broken(s, "no random bytes");
	w = gw_put_begin(&s->client.out, 'K');
	gw_put_u32(&w, s->key.pid);
	gw_put_u32(&w, s->key.secret);
	if (!gw_put_end(&w) || !gw_bytes_add(&s->client.out, frame, len))
		return broken(s, "too many parameters");
	hs_timer_stop(&s->deadline);
	s->entry->logins++;
	s->core->logins++;
	log_login(s);
	gw_login_free(s->login);
	s->login = NULL;
	gw_session_change(s, GW_BACKEND_READY);
	return GW_AGAIN;
}

/* One whole message; GW_WAIT means "taken, go on". */
static enum gw_progress take_message(
    struct gw_session *s, uint8_t type, const uint8_t *frame, size_t len)
{
	struct gw_reader r = { .at = frame + 5, .left = len - 5 };

	switch (type) {
	case 'R': /* AuthenticationOk and nothing else */
		if (gw_get_u32(&r) != 0 || r.bad || r.left > 0)
			return broken(s, "wants to authenticate otherwise");
		/* fall through */
	case 'S':
		if (!gw_bytes_add(&s->client.out, frame, len))
			return broken(s, "too many parameters");
		return GW_WAIT;
	case 'K':
		s->backend_key.pid = gw_get_u32(&r);
		s->backend_key.secret = gw_get_u32(&r);
		return GW_WAIT;
	case 'N':
		return GW_WAIT;
	case 'E':
		return take_error(s, r.at, r.left);
	case 'Z':
		return ready(s, frame, len);
	default:
		return broken(s, "unexpected message");
	}
}

enum gw_progress gw_backend_start_step(struct gw_session *s)
{
	struct gw_bytes *in = &s->backend.in;

	(void)gw_stream_flush(&s->backend);
	gw_stream_fill(&s->backend);
	while (s->state == GW_BACKEND_START) {
		const uint8_t *at = in->data + in->start;
		struct gw_frame frame = { 0 };
		enum gw_verdict verdict = gw_frame_parse(
		    GW_BACKEND, at, gw_bytes_len(in), GW_HELLO_MAX, &frame);

		if (verdict == GW_BAD)
			return broken(s, "malformed message");
		if (verdict == GW_MORE || gw_bytes_len(in) < 5 + frame.body)
			return s->backend.ended ? down(s, "closed at start")
						: GW_WAIT;
		if (take_message(s, frame.type, at, 5 + frame.body) ==
			GW_WAIT ||
		    s->state == GW_RELAY)
			gw_bytes_drop(in, 5 + frame.body);
	}
	return GW_AGAIN;
}
