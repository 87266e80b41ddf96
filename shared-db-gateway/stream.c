/* stream.c - one connection without blocking. */

#include "shared-db-gateway/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "shared-db-gateway/outbox.h"
#include "shared-db-gateway/seal.h"

#define IDLE_S  10
#define EVERY_S 5
#define TIMES   3
#define LOST_MS ((IDLE_S + TIMES * EVERY_S) * 1000)
/* What is longer is a stream of data: it goes at once, and more behind it. */
#define POST_MAX 4096

void gw_stream_prepare(int fd)
{
	const int on = 1, idle = IDLE_S, every = EVERY_S, times = TIMES;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof(every));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof(times));
}

bool gw_stream_is_lost(const struct gw_stream *stream)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	return stream->fd >= 0 && !stream->ended &&
	       getsockopt(stream->fd, IPPROTO_TCP, TCP_INFO, &info, &len) ==
		   0 &&
	       info.tcpi_unacked > 0 && info.tcpi_last_ack_recv > LOST_MS;
}

int gw_stream_open(
    struct gw_stream *stream, struct hs_loop *loop, int fd, struct hs_err *err)
{
	if (hs_watch_start(loop, &stream->watch, fd, HS_LOOP_READ, err) < 0)
		return -1;
	stream->fd = fd;
	stream->writable = true;
	return 0;
}

void gw_stream_ready(struct gw_stream *stream, unsigned events)
{
	if ((events & (HS_LOOP_READ | HS_LOOP_HANGUP)) != 0)
		stream->is_dry = false;
	if ((events & HS_LOOP_READ) != 0)
		stream->readable = true;
	if ((events & HS_LOOP_WRITE) != 0)
		stream->writable = true;
	if ((events & HS_LOOP_HANGUP) != 0) {
		/* It would be told again and again. */
		hs_watch_stop(&stream->watch);
		stream->hung_up = true;
		stream->readable = true;
		stream->writable = true;
	}
}

void gw_stream_rearm(struct gw_stream *stream, bool want_read)
{
	unsigned events = 0;

	if (want_read && !stream->ended)
		events |= HS_LOOP_READ;
	if (!gw_stream_is_flowing(stream) || stream->wants_write)
		events |= HS_LOOP_WRITE;
	hs_watch_set(&stream->watch, events);
}

void gw_stream_secure(
    struct gw_stream *stream, SSL *ssl, const BIO_METHOD *seal)
{
	BIO *bio = gw_seal_new(seal, stream);

	stream->ssl = ssl;
	stream->readable = true;
	if (bio != NULL)
		SSL_set_bio(ssl, bio, bio);
	else
		stream->ended = true;
}

/* -- Writing --------------------------------------------------------------- */

const struct gw_bytes *gw_stream_leaving(const struct gw_stream *stream)
{
	return stream->ssl != NULL ? &stream->sealed : &stream->out;
}

static struct gw_bytes *leaving(struct gw_stream *stream)
{
	return stream->ssl != NULL ? &stream->sealed : &stream->out;
}

static bool is_empty(const struct gw_stream *stream)
{
	return gw_bytes_len(&stream->out) == 0 &&
	       gw_bytes_len(&stream->sealed) == 0;
}

static void break_off(struct gw_stream *stream)
{
	stream->ended = true;
	gw_bytes_done(&stream->out);
	gw_bytes_done(&stream->sealed);
}

static void take_out(struct gw_stream *stream)
{
	if (stream->outbox != NULL)
		gw_outbox_remove(stream->outbox, stream);
	stream->is_posted = stream->is_awaited = false;
}

/* To the socket; false: it takes no more now, or never. */
static bool push(struct gw_stream *stream)
{
	struct gw_bytes *bytes = leaving(stream);

	while (gw_bytes_len(bytes) > 0 && stream->writable) {
		ssize_t n = send(stream->fd, bytes->data + bytes->start,
		    gw_bytes_len(bytes), MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0) {
			stream->sent += (uint64_t)n;
			gw_bytes_drop(bytes, (size_t)n);
		} else if (n < 0 && (errno == EAGAIN || errno == EINTR))
			stream->writable = false;
		else {
			break_off(stream);
			return false;
		}
	}
	return gw_bytes_len(bytes) == 0;
}

/* Through TLS, as far as there is room behind it; false: nothing went. */
static bool seal(struct gw_stream *stream)
{
	struct gw_bytes *out = &stream->out;
	bool any = false;

	while (gw_bytes_len(out) > 0) {
		int n, what;

		ERR_clear_error();
		n = SSL_write(stream->ssl, out->data + out->start,
		    (int)gw_bytes_len(out));
		if (n <= 0) {
			what = SSL_get_error(stream->ssl, n);
			if (what != SSL_ERROR_WANT_WRITE &&
			    what != SSL_ERROR_WANT_READ)
				break_off(stream);
			break;
		}
		gw_bytes_drop(out, (size_t)n);
		any = true;
	}
	return any;
}

bool gw_stream_flush(struct gw_stream *stream)
{
	bool moved = stream->ssl != NULL;

	if (stream->is_posted)
		take_out(stream);
	while (push(stream) && moved && gw_bytes_len(&stream->out) > 0)
		moved = seal(stream);
	return is_empty(stream);
}

void gw_stream_post(struct gw_stream *stream)
{
	bool is_short = gw_bytes_len(&stream->out) <= POST_MAX;

	if (stream->is_posted || is_empty(stream))
		return;
	if (stream->ssl != NULL && is_short)
		(void)seal(stream);
	stream->is_posted =
	    is_short && stream->writable && stream->outbox != NULL &&
	    (stream->ssl == NULL || gw_bytes_len(&stream->out) == 0) &&
	    gw_bytes_len(leaving(stream)) > 0 &&
	    gw_outbox_add(stream->outbox, stream);
	if (!stream->is_posted)
		(void)gw_stream_flush(stream);
}

bool gw_stream_is_clear(struct gw_stream *stream)
{
	if (!stream->is_posted)
		return gw_stream_flush(stream);
	stream->is_awaited = true;
	return false;
}

bool gw_stream_is_flowing(const struct gw_stream *stream)
{
	return stream->is_posted || is_empty(stream);
}

void gw_stream_forget(struct gw_stream *stream)
{
	take_out(stream);
	break_off(stream);
}

void gw_stream_posted(struct gw_stream *stream, long result)
{
	stream->is_posted = false;
	if (result > 0) {
		stream->sent += (uint64_t)result;
		gw_bytes_drop(leaving(stream), (size_t)result);
	} else if (result == -EAGAIN)
		stream->writable = false;
	else if (result != -EINTR)
		break_off(stream);
	/* The loop is to tell when there is room, or that this is the end. */
	if (!is_empty(stream) || stream->ended)
		stream->is_awaited = true;
}

/* -- TLS's handshake ------------------------------------------------------- */

/* What TLS waits for; true if it is over. */
static bool tls_stopped(struct gw_stream *stream, int rc)
{
	int what = SSL_get_error(stream->ssl, rc);

	if (what == SSL_ERROR_WANT_READ)
		stream->readable = false;
	else if (what != SSL_ERROR_WANT_WRITE)
		return true;
	return stream->hung_up;
}

int gw_stream_handshake(struct gw_stream *stream)
{
	bool is_over;
	int rc;

	do {
		ERR_clear_error();
		rc = SSL_do_handshake(stream->ssl);
	} while (rc != 1 &&
		 SSL_get_error(stream->ssl, rc) == SSL_ERROR_WANT_WRITE &&
		 push(stream));
	is_over = rc != 1 && tls_stopped(stream, rc);
	/* An alert goes out, too. */
	(void)push(stream);
	if (is_over || stream->ended) {
		stream->ended = true;
		return -1;
	}
	/* TLS may hold what came behind the handshake. */
	if (rc == 1)
		stream->readable = true;
	return rc == 1 ? 1 : 0;
}

/* -- Reading --------------------------------------------------------------- */

static void fill_plain(struct gw_stream *stream)
{
	size_t room = gw_bytes_room(&stream->in);
	ssize_t n =
	    recv(stream->fd, gw_bytes_space(&stream->in), room, MSG_DONTWAIT);

	if (n > 0)
		stream->in.end += (size_t)n;
	else if (n == 0 ||
		 (errno != EAGAIN && errno != EINTR && errno != EWOULDBLOCK))
		stream->ended = true;
	stream->readable = stream->hung_up && n > 0;
}

static void fill_tls(struct gw_stream *stream)
{
	size_t room = gw_bytes_room(&stream->in);
	int n;

	ERR_clear_error();
	n = SSL_read(stream->ssl, gw_bytes_space(&stream->in), (int)room);
	if (n > 0) {
		stream->in.end += (size_t)n;
		/* What the kernel still has, the loop tells again. */
		if (!SSL_has_pending(stream->ssl) && !stream->hung_up)
			stream->readable = false;
	} else if (tls_stopped(stream, n))
		stream->ended = true;
	/* TLS may have something to say to that. */
	if (!stream->is_posted && gw_bytes_len(&stream->sealed) > 0)
		(void)push(stream);
}

void gw_stream_fill(struct gw_stream *stream)
{
	while (stream->readable && !stream->ended &&
	       gw_bytes_room(&stream->in) > 0) {
		if (stream->ssl != NULL)
			fill_tls(stream);
		else
			fill_plain(stream);
	}
	if (gw_bytes_len(&stream->in) == 0)
		gw_bytes_done(&stream->in);
}

/* -- The end --------------------------------------------------------------- */

void gw_stream_finish(struct gw_stream *stream)
{
	if (stream->fd < 0)
		return;
	if (stream->is_posted)
		(void)gw_stream_flush(stream);
	if (stream->ssl != NULL && SSL_is_init_finished(stream->ssl)) {
		ERR_clear_error();
		(void)SSL_shutdown(stream->ssl);
		(void)push(stream);
	}
	(void)shutdown(stream->fd, SHUT_WR);
}

void gw_stream_close(struct gw_stream *stream)
{
	if (stream->fd < 0)
		return;
	if (stream->is_posted)
		(void)gw_stream_flush(stream);
	take_out(stream);
	hs_watch_stop(&stream->watch);
	SSL_free(stream->ssl);
	(void)close(stream->fd);
	gw_bytes_done(&stream->in);
	gw_bytes_done(&stream->out);
	gw_bytes_done(&stream->sealed);
	stream->ssl = NULL;
	stream->fd = -1;
	stream->ended = true;
}
