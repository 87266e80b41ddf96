/* message.c - messages by hand, a connection. */

#include "tests/gateway/protocol/message.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void put(struct bytes *b, const void *data, size_t len)
{
	if (b->len + len > b->size) {
		b->size = 2 * (b->len + len) + 256;
		b->data = realloc(b->data, b->size);
		if (b->data == NULL)
			abort();
	}
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
}

static void put_number(struct bytes *b, uint32_t number, size_t len)
{
	const uint8_t raw[] = { (uint8_t)(number >> 24),
		(uint8_t)(number >> 16), (uint8_t)(number >> 8),
		(uint8_t)number };

	put(b, raw + 4 - len, len);
}

static void put_field(struct bytes *b, char letter, va_list *args)
{
	const char *text;

	switch (letter) {
	case 's':
		text = va_arg(*args, const char *);
		put(b, text, strlen(text) + 1);
		break;
	case 'v':
		text = va_arg(*args, const char *);
		put_number(b, (uint32_t)strlen(text), 4);
		put(b, text, strlen(text));
		break;
	case 'h':
		put_number(b, va_arg(*args, unsigned), 2);
		break;
	case 'w':
		put_number(b, va_arg(*args, unsigned), 4);
		break;
	case 'c':
		put_number(b, va_arg(*args, unsigned), 1);
		break;
	default:
		abort();
	}
}

void message(struct bytes *b, char type, const char *fields, ...)
{
	size_t at;
	va_list args;

	if (type != 0)
		put(b, &type, 1);
	at = b->len;
	put_number(b, 0, 4);
	va_start(args, fields);
	for (; *fields != '\0'; fields++)
		put_field(b, *fields, &args);
	va_end(args);
	claim_length(b, at, (uint32_t)(b->len - at));
}

void claim_length(struct bytes *b, size_t at, uint32_t len)
{
	struct bytes raw = { 0 };

	put_number(&raw, len, 4);
	memcpy(b->data + at, raw.data, 4);
	free(raw.data);
}

bool contains(const struct bytes *b, const char *text)
{
	return b->len > 0 &&
	       memmem(b->data, b->len, text, strlen(text)) != NULL;
}

unsigned count_messages(const struct bytes *b, char type)
{
	unsigned count = 0;

	for (size_t at = 0; at + 5 <= b->len;) {
		const uint8_t *p = b->data + at;
		size_t len = (size_t)p[1] << 24 | (size_t)p[2] << 16 |
			     (size_t)p[3] << 8 | p[4];

		if (at + 1 + len > b->len)
			break;
		count += *p == (uint8_t)type;
		at += 1 + len;
	}
	return count;
}

void channel_send(struct channel *c, const struct bytes *b)
{
	size_t sent = 0;

	while (sent < b->len && !c->closed) {
		ssize_t n = c->ssl != NULL ? SSL_write(c->ssl, b->data + sent,
						 (int)(b->len - sent))
					   : send(c->fd, b->data + sent,
						 b->len - sent, MSG_NOSIGNAL);
		if (n > 0)
			sent += (size_t)n;
		else
			c->closed = true;
	}
}

static bool secure(struct channel *c, const struct place *place)
{
	struct bytes question = { 0 };
	char answer = 0;

	message(&question, 0, "w", 0x04d2162f);
	if (place->stuffed != NULL)
		put(&question, place->stuffed->data, place->stuffed->len);
	channel_send(c, &question);
	free(question.data);
	if (recv(c->fd, &answer, 1, 0) != 1 || answer != 'S')
		return false;
	c->ssl = SSL_new(place->tls);
	if (place->name != NULL)
		(void)SSL_set_tlsext_host_name(c->ssl, place->name);
	(void)SSL_set_fd(c->ssl, c->fd);
	return SSL_connect(c->ssl) == 1;
}

bool channel_open(struct channel *c, const struct place *place)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)place->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	*c = (struct channel) { .patience_ms =
				    place->tls != NULL ? 20000 : 1500 };
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(c->fd, (const struct sockaddr *)&to, sizeof(to)) == 0 &&
	    (place->tls == NULL || secure(c, place)))
		return true;
	channel_close(c);
	c->closed = true;
	return false;
}

void channel_close(struct channel *c)
{
	SSL_free(c->ssl);
	if (c->fd >= 0)
		(void)close(c->fd);
	free(c->got.data);
	*c = (struct channel) { .fd = -1 };
}

/* Some bytes more; false: closed, or none within its patience. */
static bool take(struct channel *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	uint8_t buf[16384];
	ssize_t n;

	if (c->fd < 0)
		return false;
	if ((c->ssl == NULL || SSL_pending(c->ssl) == 0) &&
	    poll(&p, 1, c->patience_ms) != 1)
		return false;
	n = c->ssl != NULL ? SSL_read(c->ssl, buf, sizeof(buf))
			   : recv(c->fd, buf, sizeof(buf), 0);
	if (n <= 0) {
		c->closed = true;
		return false;
	}
	put(&c->got, buf, (size_t)n);
	return true;
}

bool channel_await(struct channel *c, const char *text)
{
	while (!contains(&c->got, text))
		if (!take(c))
			return false;
	return true;
}

bool channel_await_ready(struct channel *c, unsigned times)
{
	while (count_messages(&c->got, 'Z') < times)
		if (!take(c))
			return false;
	return true;
}

bool channel_ready(struct channel *c)
{
	static const uint8_t ready[] = { 'Z', 0, 0, 0, 5 };

	while (c->got.len < 6 ||
	       memcmp(c->got.data + c->got.len - 6, ready, sizeof(ready)) != 0)
		if (!take(c))
			return false;
	return true;
}
