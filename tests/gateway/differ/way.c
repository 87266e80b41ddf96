/* way.c - a connection that sends what it is told, and keeps what comes. */

#include "way.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PAUSE_MS 3

int way_open(struct way *w)
{
	w->conn = PQconnectdb(w->conninfo);
	if (PQstatus(w->conn) != CONNECTION_OK) {
		(void)fprintf(stderr, "%s", PQerrorMessage(w->conn));
		return -1;
	}
	w->ssl = PQsslStruct(w->conn, "OpenSSL");
	return w->ssl != NULL ? 0 : -1;
}

void way_close(struct way *w)
{
	PQfinish(w->conn);
	w->conn = NULL;
}

void way_done(struct way *w)
{
	way_close(w);
	bytes_done(&w->got);
}

static bool is_over(const struct bytes *got)
{
	static const char last[] = "the end of it";
	static const uint8_t ready[] = { 'Z', 0, 0, 0, 5, 'I' };
	const size_t tail = 64;
	size_t from = got->len > tail ? got->len - tail : 0;

	return got->len >= sizeof(ready) &&
	       memcmp(got->data + got->len - sizeof(ready), ready,
		   sizeof(ready)) == 0 &&
	       memmem(got->data + from, got->len - from, last,
		   sizeof(last) - 1) != NULL;
}

int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Send and take at the same time: both sides' buffers are finite. */
int way_talk(
    struct way *w, const struct bytes *script, size_t until, bool wait_for_end)
{
	int64_t deadline = now_ms() + WAY_WAIT_MS;
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000 };
	uint8_t buf[32768];
	size_t sent = 0;

	w->got.len = 0;
	while (sent < until || (wait_for_end && !is_over(&w->got))) {
		struct pollfd p = { .fd = PQsocket(w->conn), .events = POLLIN };
		int n;

		if (sent < until) {
			size_t stop = w->pause_at > sent && w->pause_at < until
					  ? w->pause_at
					  : until;

			if (sent > 0 && sent == w->pause_at)
				(void)nanosleep(&pause, NULL);
			n = SSL_write(w->ssl, script->data + sent,
			    (int)(stop - sent > 8000 ? 8000 : stop - sent));
			if (n > 0)
				sent += (size_t)n;
			else if (SSL_get_error(w->ssl, n) ==
				 SSL_ERROR_WANT_WRITE)
				p.events |= POLLOUT;
			else if (SSL_get_error(w->ssl, n) !=
				 SSL_ERROR_WANT_READ)
				until = sent; /* its last words may be there */
		}
		while ((n = SSL_read(w->ssl, buf, sizeof(buf))) > 0)
			bytes_add(&w->got, buf, (size_t)n);
		if (SSL_get_error(w->ssl, n) != SSL_ERROR_WANT_READ)
			return 1;
		if (now_ms() > deadline)
			return -1;
		if (sent == until || (p.events & POLLOUT) != 0)
			(void)poll(
			    &p, 1, is_over(&w->got) && wait_for_end ? 0 : 100);
	}
	return 0;
}

void bytes_show(const char *what, const struct bytes *b)
{
	size_t at = 0;

	(void)printf("%s:", what);
	while (at + 5 <= b->len) {
		const uint8_t *p = b->data + at;
		size_t len = (size_t)p[1] << 24 | (size_t)p[2] << 16 |
			     (size_t)p[3] << 8 | p[4];

		(void)printf(" %c", *p);
		if (*p == 'E' || *p == 'C' || *p == 'Q' || *p == 'P' ||
		    *p == 'B' || *p == 'D') {
			(void)printf("[");
			for (size_t i = 5;
			     i < 1 + len && i < 70 && at + i < b->len; i++)
				(void)printf("%c",
				    p[i] >= 32 && p[i] < 127 ? p[i] : '.');
			(void)printf("]");
		}
		at += 1 + len;
	}
	(void)printf("\n");
}
