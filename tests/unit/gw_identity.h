/* gw_identity.h - keys and certificates for tests, and handshakes in memory. */
#ifndef HANSE_TESTS_UNIT_GW_IDENTITY_H
#define HANSE_TESTS_UNIT_GW_IDENTITY_H

#include <openssl/ssl.h>
#include <stdbool.h>

struct gw_identity {
	EVP_PKEY *key;
	X509 *certificate;
};

/**
 * One that holds for so many seconds; all fail the test that cannot be made.
 *
 * @key:        taken over; NULL: one of P-256
 * @authority:  whether it may vouch for others
 * @issuer:     NULL signs itself
 */
struct gw_identity gw_identity_of(EVP_PKEY *key, const char *name, long seconds,
    bool authority, const struct gw_identity *issuer);

/** The same, of P-256; who has no issuer is an authority. */
struct gw_identity gw_identity_make(
    const char *name, long seconds, const struct gw_identity *issuer);
void gw_identity_done(struct gw_identity *id);

void gw_identity_use(SSL_CTX *ctx, const struct gw_identity *id);

/** Go on with both until the server lets the client in; false: it does not. */
bool gw_shake(SSL *server, SSL *client);

#endif
