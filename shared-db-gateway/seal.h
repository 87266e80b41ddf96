/* seal.h - between TLS and its connection: what comes is read from the socket,
 * what goes stays in the stream until the stream writes it.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_SEAL_H
#define HANSE_SHARED_DB_GATEWAY_SEAL_H

#include <openssl/bio.h>

struct gw_stream;

/** One for all; to be freed with BIO_meth_free() behind the last BIO. NULL when
 * memory runs out. */
BIO_METHOD *gw_seal_method_new(void);

/** A stream's. NULL when memory runs out. @stream: kept */
BIO *gw_seal_new(const BIO_METHOD *method, struct gw_stream *stream);

#endif
