/* library.h - the part of OpenSSL that clients' handshakes need. */
#ifndef HANSE_SHARED_DB_GATEWAY_LIBRARY_H
#define HANSE_SHARED_DB_GATEWAY_LIBRARY_H

#include <openssl/types.h>

struct hs_err;

struct gw_library {
	OSSL_LIB_CTX *context;
	OSSL_PROVIDER *provider;
};

/**
 * Make a context with the few algorithms of TLS with certificates of EC and RSA
 * keys. It goes after all that was made in it.
 *
 * Errors: HS_ESYSTEM.
 */
int gw_library_open(struct gw_library *library, struct hs_err *err);
void gw_library_close(struct gw_library *library);

#endif
