/* seal_part.h - what the two sides of seal.h share; private to them. */
#ifndef HANSE_PROVISIONING_SEAL_PART_H
#define HANSE_PROVISIONING_SEAL_PART_H

#include <openssl/evp.h>
#include <stdbool.h>

#include "provisioning/seal.h"

#define SEAL_SALT   32
#define SEAL_TAG    16
#define SEAL_NONCE  12
#define SEAL_PREFIX (sizeof(SEAL_MAGIC) - 1 + 4) /* before the header */

HS_FREEP(seal_cipher_freep, EVP_CIPHER_CTX *, EVP_CIPHER_CTX_free)

/** Lower-case digits; out has room for them and a NUL. */
void seal_hex(char *out, const unsigned char *bytes, size_t len);
bool seal_unhex(unsigned char *out, const char *hex, size_t len);

/** The file's own key. */
int seal_derive(const struct seal_key *key, const unsigned char *salt,
    unsigned char ret_key[32], struct hs_err *err);
void seal_nonce(unsigned char nonce[SEAL_NONCE], uint64_t number, bool is_last);

/** SHA-256 of all before the first chunk. */
void seal_bind(unsigned char ret_digest[32], const unsigned char *prefix,
    size_t prefix_len, const char *header, size_t len);

#endif
