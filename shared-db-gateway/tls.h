/* tls.h - the two sides' TLS: certificates, names, channel binding. */
#ifndef HANSE_SHARED_DB_GATEWAY_TLS_H
#define HANSE_SHARED_DB_GATEWAY_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared-db-gateway/scram.h"

struct gw_config;
struct gw_verified;
struct hs_err;
struct json_t;

struct gw_tls {
	OSSL_LIB_CTX *library;        /* of the front; lent */
	SSL_CTX *front;               /* towards clients */
	SSL_CTX *back;                /* towards PostgreSQL */
	struct json_t *roles;         /* their pairs; see keys.h */
	bool any_role;                /* back has one for all others */
	struct gw_verified *verified; /* of clients' certificates */
	/* tls-server-end-point of our certificate */
	uint8_t binding[GW_BINDING_MAX];
	size_t binding_len;
};

/**
 * Take keys and certificates.
 *
 * @tls:     nothing but a library that outlives all connections
 * @config:  where they were, for messages
 * @keys:    of gw_keys_load()
 *
 * Errors: HS_EINVAL (names the file).
 */
int gw_tls_open(const struct gw_config *config, const struct json_t *keys,
    struct gw_tls *tls, struct hs_err *err);
void gw_tls_close(struct gw_tls *tls);

/** A connection's TLS, owned by the caller; NULL when memory runs out. */
SSL *gw_tls_accept(const struct gw_tls *tls);
/** @role: whose certificate it shows; NULL: a cancel, which needs none. Returns
 * NULL, too, when the role has none. */
SSL *gw_tls_connect(
    const struct gw_tls *tls, const char *server_name, const char *role);

/** Whether the client named the protocol "postgresql" in its hello. */
bool gw_tls_is_postgresql(const SSL *ssl);

/**
 * The common name of the client's certificate, which TLS has verified.
 *
 * Returns NULL when there is no certificate, "" when it has no usable name;
 * owned by the caller.
 */
char *gw_tls_client_name(const SSL *ssl);

/** SHA-256 of that certificate, hexadecimal; NULL when there is none. */
char *gw_tls_client_digest(const SSL *ssl);

#endif
