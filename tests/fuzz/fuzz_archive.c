/* fuzz_archive.c - foreign bytes as an archive. The first byte says as what:
 *
 *   L  as the lines in one
 *   R  as a file, seal and all
 *   Z  as its compressed inside, sealed with our key: hostile, but authentic
 *   S  as text that is sealed; it must come back as it was
 *
 * Seeds: tests/fuzz/seeds/archive.
 */

#include <assert.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/archive_text.h"
#include "provisioning/seal_part.h"

#define HEADER                                                         \
	"{\"salt\":\"000000000000000000000000000000000000000000000000" \
	"0000000000000000\",\"key\":\"%s\"}"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct seal_key key;

static void as_lines(const uint8_t *data, size_t size)
{
	hs_auto(archive_text_freep) struct archive_text *t =
	    archive_text_new(NULL, NULL);
	const json_t *last = NULL;
	struct hs_err err = { 0 };

	if (archive_text_add(t, (const char *)data, size, &err) == 0 &&
	    archive_text_end(t, &last, &err) == 0)
		assert(json_is_object(last));
	else
		assert(err.code != HS_OK && err.msg[0] != '\0');
}

/* At most 16 MiB of it, for bombs are read piece by piece, too. */
static int read_all(FILE *file, struct hs_text *out)
{
	hs_auto(seal_reader_freep) struct seal_reader *r = NULL;
	struct hs_err err = { 0 };
	char buf[8192];
	size_t len = 1;
	int failed = seal_open(file, &key, &r, &err);

	while (failed == 0 && len > 0 && out->len < (16 << 20)) {
		failed = seal_read(r, buf, sizeof(buf), &len, &err);
		hs_text_add_len(out, buf, len);
	}
	assert(failed == 0 || err.msg[0] != '\0');
	return failed;
}

static void as_file(const uint8_t *data, size_t size)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	FILE *file =
	    size > 0 ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;

	if (file != NULL)
		(void)read_all(file, &out);
}

/* One chunk with that inside, sealed as the platform would. */
static void as_inside(const uint8_t *data, size_t size)
{
	hs_auto(hs_text_done) struct hs_text file = { 0 };
	hs_auto(hs_freep) char *header = hs_printf(HEADER, key.id);
	unsigned char salt[SEAL_SALT] = { 0 }, own[32], bind[32], tag[16];
	unsigned char nonce[SEAL_NONCE], sealed[SEAL_CHUNK];
	unsigned char prefix[SEAL_PREFIX] = SEAL_MAGIC;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	size_t len = strlen(header);
	int got = 0, rest = 0;

	size = size < SEAL_CHUNK ? size : SEAL_CHUNK;
	memset(prefix + sizeof(SEAL_MAGIC) - 1, 0, 4);
	prefix[SEAL_PREFIX - 1] = (unsigned char)len;
	seal_bind(bind, prefix, sizeof(prefix), header, len);
	assert(seal_derive(&key, salt, own, NULL) == 0);
	seal_nonce(nonce, 0, true);
	assert(EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, own, nonce) &&
	       EVP_EncryptUpdate(ctx, NULL, &rest, bind, 32) &&
	       EVP_EncryptUpdate(ctx, sealed, &got, data, (int)size) &&
	       EVP_EncryptFinal_ex(ctx, sealed + got, &rest) &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, 16, tag));
	EVP_CIPHER_CTX_free(ctx);
	hs_text_add_len(&file, (const char *)prefix, sizeof(prefix));
	hs_text_add_len(&file, header, len);
	hs_text_add_len(&file, (const char *)sealed, size);
	hs_text_add_len(&file, (const char *)tag, sizeof(tag));
	as_file((const uint8_t *)file.data, file.len);
}

static void as_text(const uint8_t *data, size_t size)
{
	hs_auto(hs_freep) char *path =
	    hs_printf("/tmp/hanse-fuzz-archive.%d", (int)getpid());
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	struct seal_writer *w = NULL;
	json_t *header = json_object();

	assert(seal_create(path, &key, header, &w, NULL) == 0);
	assert(seal_write(w, (const char *)data, size, NULL) == 0);
	assert(seal_finish(w, NULL) == 0);
	seal_writer_free(w);
	json_decref(header);
	assert(read_all(fopen(path, "re"), &out) == 0);
	(void)unlink(path);
	assert(out.len == size &&
	       (size == 0 || memcmp(out.data, data, size) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char bytes[32] =
	    "a key that is used in tests only";

	seal_key_from(&key, bytes);
	if (size == 0)
		return 0;
	if (data[0] == 'L')
		as_lines(data + 1, size - 1);
	else if (data[0] == 'R')
		as_file(data + 1, size - 1);
	else if (data[0] == 'Z')
		as_inside(data + 1, size - 1);
	else if (data[0] == 'S')
		as_text(data + 1, size - 1);
	return 0;
}
