/* backend_start.c - the way to PostgreSQL: dial, TLS, start-up, or a cancel. It
 * must be who its certificate says, or the client gets an error.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "shared-db-gateway/backend_part.h"
#include "shared-db-gateway/cluster.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"

/* -- Dialling -------------------------------------------------------------- */

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

int gw_backend_dial(const struct gw_target *target)
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

static bool is_loopback(const struct gw_target *target)
{
	return strncmp(target->host, "127.", 4) == 0;
}

/* -- The first words ------------------------------------------------------- */

static bool put_startup(struct gw_backend *b)
{
	struct gw_writer w = gw_put_begin(&b->stream.out, 0);

	gw_put_u32(&w, GW_PROTOCOL_3_0);
	gw_put_text(&w, "user");
	gw_put_text(&w, b->entry->route.role);
	gw_put_text(&w, "database");
	gw_put_text(&w, b->target.database);
	for (size_t i = 0; i < b->startup.forward_count; i++) {
		gw_put_text(&w, b->startup.forward[i].name);
		gw_put_text(&w, b->startup.forward[i].value);
	}
	gw_put_u8(&w, 0);
	return gw_put_end(&w);
}

/* Only while what it is meant for is done: a late cancel must not hit what
 * comes next. */
static enum stride send_cancel(struct gw_backend *b)
{
	struct gw_writer w;

	if (b->of != NULL &&
	    (b->of->serial != b->of_serial || !gw_backend_is_busy(b->of)))
		return gw_backend_fail(b, GW_OK, "the cancel came too late");
	w = gw_put_begin(&b->stream.out, 0);
	gw_put_u32(&w, GW_CODE_CANCEL);
	gw_put_u32(&w, b->of_key.pid);
	gw_put_u32(&w, b->of_key.secret);
	(void)gw_put_end(&w);
	if (b->of != NULL)
		b->of->errands++;
	hs_info("session.cancel", "session=%016llx pid=%u",
	    (unsigned long long)(b->session != NULL ? b->session->id : 0),
	    b->of_key.pid);
	b->state = GW_BACKEND_ERRAND;
	return GOES_ON;
}

/* The way is there: say who it is, or deliver the cancel. */
static enum stride speak(struct gw_backend *b)
{
	if (b->entry == NULL)
		return send_cancel(b);
	if (!put_startup(b))
		return gw_backend_broken(b, "start-up does not fit");
	b->state = GW_BACKEND_START;
	return GOES_ON;
}

/* -- Connecting ------------------------------------------------------------ */

enum stride gw_backend_dial_step(struct gw_backend *b)
{
	struct gw_writer w;
	int error = 0;
	socklen_t len = sizeof(error);

	if (b->stream.fd < 0)
		return gw_backend_down(b, "cannot dial");
	if (!b->stream.writable)
		return WAITS;
	(void)getsockopt(b->stream.fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error != 0)
		return gw_backend_down(b, strerror(error));
	b->stream.wants_write = false;
	if (b->core->config->plaintext)
		return is_loopback(&b->target)
			   ? speak(b)
			   : gw_backend_broken(
				 b, "plaintext, and not on loopback");
	w = gw_put_begin(&b->stream.out, 0);
	gw_put_u32(&w, GW_CODE_SSL);
	(void)gw_put_end(&w);
	b->state = GW_BACKEND_ASK_TLS;
	return GOES_ON;
}

enum stride gw_backend_ask_tls_step(struct gw_backend *b)
{
	struct gw_bytes *in = &b->stream.in;
	SSL *ssl;

	(void)gw_stream_flush(&b->stream);
	gw_stream_fill(&b->stream);
	if (gw_bytes_len(in) == 0)
		return b->stream.ended
			   ? gw_backend_down(b, "closed at TLS request")
			   : WAITS;
	if (gw_bytes_len(in) != 1 || in->data[in->start] != 'S')
		return gw_backend_broken(b, "no TLS there");
	gw_bytes_drop(in, 1);
	ssl = gw_tls_connect(&b->core->tls, b->target.server_name,
	    b->entry != NULL ? b->entry->route.role : NULL);
	if (ssl == NULL)
		return gw_backend_broken(b, "no certificate for its role");
	gw_stream_secure(&b->stream, ssl, b->core->seal);
	b->state = GW_BACKEND_TLS;
	return GOES_ON;
}

enum stride gw_backend_tls_step(struct gw_backend *b)
{
	int rc = gw_stream_handshake(&b->stream);

	/* Not a wrong certificate, but the end. */
	if (rc < 0 && b->cluster != NULL &&
	    SSL_get_verify_result(b->stream.ssl) == X509_V_OK)
		return gw_backend_down(b, "closed in TLS handshake");
	if (rc < 0)
		return gw_backend_broken(
		    b, X509_verify_cert_error_string(
			   SSL_get_verify_result(b->stream.ssl)));
	if (rc == 0)
		return WAITS;
	return speak(b);
}

/* -- Start-up -------------------------------------------------------------- */

static enum stride take_error(
    struct gw_backend *b, const uint8_t *body, size_t len)
{
	struct gw_trouble trouble = { 0 };
	enum gw_refusal refusal;

	if (!gw_trouble_parse(body, len, &trouble))
		return gw_backend_broken(b, "malformed error");
	refusal = gw_refusal_of_backend(trouble.sqlstate);
	return b->is_scout ? gw_backend_end_scout(b, refusal)
			   : gw_backend_fail(b, refusal, trouble.sqlstate);
}

bool gw_backend_tells_standby(const uint8_t *body, size_t len)
{
	struct gw_reader r = { .at = body, .left = len };
	const char *name = gw_get_text(&r), *value = gw_get_text(&r);

	return !r.bad && strcmp(name, "in_hot_standby") == 0 &&
	       strcmp(value, "on") == 0;
}

static enum stride take_ready(struct gw_backend *b, uint8_t status)
{
	if (b->key.pid == 0)
		return gw_backend_broken(b, "no key");
	hs_timer_stop(&b->deadline);
	gw_cluster_confirm(b->cluster, b->target.host);
	b->replies.transaction = (char)status;
	b->state = GW_BACKEND_READY;
	return GOES_ON;
}

static enum stride take_message(
    struct gw_backend *b, uint8_t type, const uint8_t *frame, size_t len)
{
	struct gw_reader r = { .at = frame + 5, .left = len - 5 };

	switch (type) {
	case 'R': /* AuthenticationOk and nothing else */
		if (gw_get_u32(&r) != 0 || r.bad || r.left > 0)
			return gw_backend_broken(
			    b, "wants to authenticate otherwise");
		return GOES_ON;
	case 'S':
		if (b->cluster != NULL &&
		    gw_backend_tells_standby(r.at, r.left))
			return gw_backend_down(b, "in hot standby");
		if (!gw_bytes_add(&b->parameters, frame, len))
			return gw_backend_broken(b, "too many parameters");
		return GOES_ON;
	case 'K':
		b->key.pid = gw_get_u32(&r);
		b->key.secret = gw_get_u32(&r);
		return GOES_ON;
	case 'N':
		return GOES_ON;
	case 'E':
		return take_error(b, r.at, r.left);
	case 'Z':
		return take_ready(b, gw_get_u8(&r));
	default:
		return gw_backend_broken(b, "unexpected message");
	}
}

enum stride gw_backend_start_step(struct gw_backend *b)
{
	struct gw_bytes *in = &b->stream.in;

	(void)gw_stream_flush(&b->stream);
	gw_stream_fill(&b->stream);
	while (b->state == GW_BACKEND_START) {
		const uint8_t *at = in->data + in->start;
		struct gw_frame frame = { 0 };
		enum gw_verdict verdict = gw_frame_parse(
		    GW_BACKEND, at, gw_bytes_len(in), GW_HELLO_MAX, &frame);

		if (verdict == GW_BAD)
			return gw_backend_broken(b, "malformed message");
		if (verdict == GW_MORE || gw_bytes_len(in) < 5 + frame.body)
			return b->stream.ended
				   ? gw_backend_down(b, "closed at start")
				   : WAITS;
		if (take_message(b, frame.type, at, 5 + frame.body) == GONE)
			return GONE;
		gw_bytes_drop(in, 5 + frame.body);
	}
	if (b->is_scout && gw_backend_land(b) == GONE)
		return GONE;
	if (b->pool != NULL)
		gw_pool_ready(b->pool, b);
	else
		gw_session_backend_ready(b->session);
	return GONE; /* or somebody else's now */
}
