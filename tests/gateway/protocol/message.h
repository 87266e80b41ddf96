/* message.h - messages put together by hand, and a connection that sends
 * whatever it is given.
 */
#ifndef HANSE_TESTS_GATEWAY_MESSAGE_H
#define HANSE_TESTS_GATEWAY_MESSAGE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes to send or that have come; begin with { 0 }. */
struct bytes {
	uint8_t *data;
	size_t len, size;
};

void put(struct bytes *b, const void *data, size_t len);

/**
 * Put one message.
 *
 * @type:    0: none, as at start-up
 * @fields:  a letter each: s a text and its NUL, v a value (its length in 32
 * bits, and it), h 16 bits, w 32 bits, c one byte; then as many arguments
 */
void message(struct bytes *b, char type, const char *fields, ...);

/** Put another number where the length of a message stands. */
void claim_length(struct bytes *b, size_t at, uint32_t len);

bool contains(const struct bytes *b, const char *text);

/** How many whole messages of that type there are. */
unsigned count_messages(const struct bytes *b, char type);

/** Where to connect to. */
struct place {
	unsigned port;    /* on 127.0.0.1 */
	SSL_CTX *tls;     /* NULL: plain */
	const char *name; /* for the TLS hello; NULL: none */
	/* What goes along with the question for TLS, in plain; NULL: nothing */
	const struct bytes *stuffed;
};

/** A connection; got is what has come and was not yet looked at. */
struct channel {
	int fd;
	SSL *ssl;
	struct bytes got;
	bool closed;
	int patience_ms; /* how long a silence is waited for */
};

/** False: it does not even listen, or TLS has failed. */
bool channel_open(struct channel *c, const struct place *place);
void channel_close(struct channel *c);

/** Send all of it; that the other side has gone shows in closed. */
void channel_send(struct channel *c, const struct bytes *b);

/** Take bytes until the text is among them; false: closed, or silence. */
bool channel_await(struct channel *c, const char *text);

/** Take bytes until so many ReadyForQuery are among them. */
bool channel_await_ready(struct channel *c, unsigned times);

/** Take bytes until they end in a ReadyForQuery. */
bool channel_ready(struct channel *c);

#endif
