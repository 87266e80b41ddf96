/* verified.h - client certificates that have been verified, by their digests:
 * the same one need not be verified again while it and those above it last.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_VERIFIED_H
#define HANSE_SHARED_DB_GATEWAY_VERIFIED_H

#include <openssl/ssl.h>

struct gw_verified;

/** Remember those that this context, and no other, has verified. */
struct gw_verified *gw_verified_new(SSL_CTX *ctx);

/** Forget them. Handshakes that are under way with the context go on without.
 * NULL is fine. */
void gw_verified_free(struct gw_verified *verified, SSL_CTX *ctx);

#endif
