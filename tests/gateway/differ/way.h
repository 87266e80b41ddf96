/* way.h - one of the two ways to PostgreSQL. */
#ifndef HANSE_TESTS_GATEWAY_DIFFER_WAY_H
#define HANSE_TESTS_GATEWAY_DIFFER_WAY_H

#include <libpq-fe.h>
#include <openssl/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "script.h"

#define WAY_WAIT_MS 20000

struct way {
	const char *conninfo;
	PGconn *conn;
	SSL *ssl;
	size_t pause_at; /* of a script's bytes; 0: nowhere */
	struct bytes got;
};

int way_open(struct way *w);
void way_close(struct way *w);
void way_done(struct way *w);

/**
 * Send, and take what comes.
 *
 * @until:         so many bytes of it
 * @wait_for_end:  until the answer to what script_closing() asked
 *
 * Returns 0; 1: the other side has closed the connection, which PostgreSQL does
 * when it has lost its place amidst a COPY; -1: it does not answer.
 */
int way_talk(
    struct way *w, const struct bytes *script, size_t until, bool wait_for_end);

int64_t now_ms(void);

/** Print messages. */
void bytes_show(const char *what, const struct bytes *b);

#endif
