/* library.h - the part of OpenSSL that clients' handshakes need. */
#ifndef HANSE_SHARED_DB_GATEWAY_LIBRARY_H
#define HANSE_SHARED_DB_GATEWAY_LIBRARY_H

#include <openssl/types.h>

struct hs_err;

/**
 * A library context with the few algorithms of TLS with certificates of EC and
 * RSA keys. Context and all that was made in it is the caller's; the context
 * goes last, with OSSL_LIB_CTX_free().
 *
 * Errors: HS_ESYSTEM.
 */
int gw_library_new(OSSL_LIB_CTX **ret_library, struct hs_err *err);

#endif
