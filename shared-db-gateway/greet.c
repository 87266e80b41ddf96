/* greet.c - the first bytes of whom the listener has passed on: TLS, or a
 * cancel request, and nothing else. It has answered the question for TLS.
 */

#include <sys/socket.h>

#include "base/log.h"
#include "base/mem.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/session.h"

#define TLS_HANDSHAKE_RECORD 0x16

static enum gw_progress begin_tls(struct gw_session *s)
{
	SSL *ssl = gw_tls_accept(&s->core->tls);

	if (ssl == NULL)
		return gw_session_end(s, "no-memory");
	gw_stream_secure(&s->client, ssl, s->core->seal);
	gw_session_change(s, GW_TLS_ASKED);
	return GW_AGAIN;
}

/* A ClientHello without a question before it (PostgreSQL 17's clients). */
static bool is_direct_tls(const struct gw_session *s)
{
	uint8_t first = 0;

	return recv(s->client.fd, &first, 1, MSG_PEEK | MSG_DONTWAIT) == 1 &&
	       first == TLS_HANDSHAKE_RECORD;
}

/* Only where the configuration says so: for measurements. */
static enum gw_progress greet_plain(struct gw_session *s)
{
	if (!s->core->config->plaintext)
		return gw_session_refuse(s, GW_REFUSE_PLAINTEXT, "");
	s->login = hs_alloc(sizeof(*s->login));
	gw_session_change(s, GW_TLS_ASKED);
	gw_session_change(s, GW_TLS_DONE);
	return GW_AGAIN;
}

static enum gw_progress take_hello(
    struct gw_session *s, enum gw_hello hello, size_t size)
{
	const uint8_t *packet = s->client.in.data + s->client.in.start;

	switch (hello) {
	case GW_HELLO_MORE:
		return s->client.ended ? gw_session_end(s, "client-gone")
				       : GW_WAIT;
	case GW_HELLO_STARTUP:
		return greet_plain(s);
	case GW_HELLO_CANCEL:
		return gw_cancel_begin(s, packet, size);
	case GW_HELLO_SSL:
	case GW_HELLO_GSS:
	case GW_HELLO_BAD:
		break;
	}
	return gw_session_end(s, "not-postgresql");
}

enum gw_progress gw_greet_step(struct gw_session *s)
{
	enum gw_hello hello;
	size_t size = 0;

	if (s->tls_asked)
		return begin_tls(s);
	if (is_direct_tls(s)) {
		s->direct_tls = true;
		return begin_tls(s);
	}
	gw_stream_fill(&s->client);
	hello = gw_hello_parse(s->client.in.data + s->client.in.start,
	    gw_bytes_len(&s->client.in), &size);
	return take_hello(s, hello, size);
}

enum gw_progress gw_tls_step(struct gw_session *s)
{
	int rc = gw_stream_handshake(&s->client);

	if (rc < 0)
		return gw_session_end(s, "tls-failed");
	if (rc == 0)
		return GW_WAIT;
	if (s->direct_tls && !gw_tls_is_postgresql(s->client.ssl))
		return gw_session_end(s, "no-alpn");
	s->login = hs_alloc(sizeof(*s->login));
	s->login->certificate_cn = gw_tls_client_name(s->client.ssl);
	s->certificate = gw_tls_client_digest(s->client.ssl);
	gw_session_change(s, GW_TLS_DONE);
	return GW_AGAIN;
}
