/* stream.h - one connection without blocking, plain or TLS, with a block of
 * bytes each way. Idle ones hold none.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_STREAM_H
#define HANSE_SHARED_DB_GATEWAY_STREAM_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"
#include "shared-db-gateway/wire.h"

struct gw_stream {
	struct hs_watch watch; /* fn and owner are set by the owner */
	int fd;                /* -1: closed */
	SSL *ssl;              /* NULL: plain, so far */
	struct gw_bytes in, out;
	struct gw_bytes sealed;  /* what TLS has made of out; see seal.h */
	bool readable, writable; /* as far as we know */
	bool hung_up;            /* the kernel said so: nothing more comes */
	bool ended;              /* no more bytes, or broken */
	bool is_dry;             /* TLS need not look before the loop tells */
	bool wants_write;
	uint64_t sent;            /* bytes that have left us */
	struct gw_outbox *outbox; /* NULL: all is written at once */
	bool is_posted;  /* what is to leave is the outbox's to write */
	bool is_awaited; /* and the owner has to be run after that */
};

/**
 * Set a TCP socket's options: nothing is held back, and a peer that is gone
 * without a word (its domain was destroyed) is given up within 25 s; until then
 * it counts against its enterprise's connections. Those who come to a listening
 * socket have them from that.
 */
void gw_stream_prepare(int fd);

/**
 * Whether what was sent has not been acknowledged for 25 s: the kernel's
 * keepalive does not ask while something is on its way, and sends it again for
 * a quarter of an hour. One that reads slowly acknowledges.
 */
bool gw_stream_is_lost(const struct gw_stream *stream);

/** Take a descriptor over. Errors: HS_ESYSTEM; it stays the caller's then. */
int gw_stream_open(
    struct gw_stream *stream, struct hs_loop *loop, int fd, struct hs_err *err);
void gw_stream_close(struct gw_stream *stream);

/** Note what the loop has told. */
void gw_stream_ready(struct gw_stream *stream, unsigned events);

/** Set the loop's interest for what is to come. */
void gw_stream_rearm(struct gw_stream *stream, bool want_read);

/**
 * From now on TLS; the stream owns ssl.
 *
 * @seal:  of gw_seal_method_new(), kept
 */
void gw_stream_secure(
    struct gw_stream *stream, SSL *ssl, const BIO_METHOD *seal);

/** Go on with the handshake: 1 done, 0 wait, -1 failed. */
int gw_stream_handshake(struct gw_stream *stream);

/** Read what is there into in, as far as there is room. */
void gw_stream_fill(struct gw_stream *stream);

/** Write out as far as it goes; true when nothing is left. */
bool gw_stream_flush(struct gw_stream *stream);

/**
 * Write out at the end of the loop's round, with what others have (outbox.h),
 * where that is possible; else now.
 */
void gw_stream_post(struct gw_stream *stream);

/** Whether there is room for more: all has gone. What goes at the end of the
 * round has not, and then the owner is run again. */
bool gw_stream_is_clear(struct gw_stream *stream);

/** Whether it waits for nothing but the end of the round. */
bool gw_stream_is_flowing(const struct gw_stream *stream);

/** What was to be written out never is; it has ended. */
void gw_stream_forget(struct gw_stream *stream);

/** For the outbox: what is to be written, and how that has ended: bytes or
 * -errno. */
const struct gw_bytes *gw_stream_leaving(const struct gw_stream *stream);
void gw_stream_posted(struct gw_stream *stream, long result);

/** Say that no more comes from us. */
void gw_stream_finish(struct gw_stream *stream);

#endif
