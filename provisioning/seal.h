/* seal.h - a file that only the holder of a key can read, and in which nobody
 * can change, cut off, swap or add anything unnoticed.
 *
 *   "hanse-archive 1\n"
 *   length of the header, 4 bytes, big-endian; the header, JSON
 *   chunks of SEAL_CHUNK bytes and their 16-byte tags; the last one is shorter
 *
 * Each chunk is sealed by AES-256-GCM under a key of the file's own: HKDF-
 * SHA-256 of the platform's archive key and the header's random "salt". The
 * nonce is the chunk's number (11 bytes, big-endian) and one byte that is 1 in
 * the last chunk only; SHA-256 of all before the first chunk is additional
 * data of every chunk. This is the STREAM construction of Hoang, Reyhanitabar,
 * Rogaway and Vizar (2015), as age and Tink use it. Inside is zlib.
 */
#ifndef HANSE_PROVISIONING_SEAL_H
#define HANSE_PROVISIONING_SEAL_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/mem.h"

struct hs_err;

#define SEAL_MAGIC      "hanse-archive 1\n"
#define SEAL_CHUNK      65536
#define SEAL_HEADER_MAX 65536

/** The platform's archive key. */
struct seal_key {
	unsigned char bytes[32];
	char id[17]; /* the beginning of its SHA-256; says which key it was */
};

/** A key from its bytes. */
void seal_key_from(struct seal_key *ret_key, const unsigned char bytes[32]);

/** Make a key where there is none: 64 hexadecimal digits, mode 0600. */
int seal_key_make(const char *path, struct hs_err *err);

/** Errors: HS_ENOTFOUND, HS_ESYSTEM, HS_EINVAL (it is none). */
int seal_key_load(
    const char *path, struct seal_key *ret_key, struct hs_err *err);

/* -- Writing --------------------------------------------------------------- */

struct seal_writer;

/**
 * Begin a file beside the one it will be (PATH.new).
 *
 * @header:  a JSON object; "salt", "key", "cipher" and "compression" are added
 */
int seal_create(const char *path, const struct seal_key *key,
    const json_t *header, struct seal_writer **ret_writer, struct hs_err *err);
int seal_write(struct seal_writer *writer, const char *data, size_t len,
    struct hs_err *err);

/** Put the finished file, synced, in its place. */
int seal_finish(struct seal_writer *writer, struct hs_err *err);

/** End; what was not finished is removed. */
void seal_writer_free(struct seal_writer *writer);
HS_FREEP(seal_writer_freep, struct seal_writer *, seal_writer_free)

/* -- Reading --------------------------------------------------------------- */

struct seal_reader;

/**
 * Begin to read; the header is authentic when this returns.
 *
 * @file:  taken, also on failure
 *
 * Errors: HS_EINVAL (no archive, damaged, or changed), HS_EDENIED (sealed with
 * another key), HS_ESYSTEM.
 */
int seal_open(FILE *file, const struct seal_key *key,
    struct seal_reader **ret_reader, struct hs_err *err);

/** Lent until the reader ends. */
const json_t *seal_header(const struct seal_reader *reader);

/**
 * Read on. *ret_len is 0 at the end, which is the true one then.
 * Errors: HS_EINVAL, HS_ESYSTEM.
 */
int seal_read(struct seal_reader *reader, char *buf, size_t size,
    size_t *ret_len, struct hs_err *err);

void seal_reader_free(struct seal_reader *reader);
HS_FREEP(seal_reader_freep, struct seal_reader *, seal_reader_free)

#endif
