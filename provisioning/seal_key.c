/* seal_key.c - the platform's archive key, and what is derived from it. */

#include "provisioning/seal_part.h"

#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"

#define KEY_FILE_MAX 128
#define PURPOSE      "hanse-archive 1 file key"

HS_FREEP(pctx_freep, EVP_PKEY_CTX *, EVP_PKEY_CTX_free)

void seal_hex(char *out, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

bool seal_unhex(unsigned char *out, const char *hex, size_t len)
{
	if (hex == NULL || strlen(hex) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

void seal_key_from(struct seal_key *ret_key, const unsigned char bytes[32])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];

	memcpy(ret_key->bytes, bytes, 32);
	(void)SHA256(bytes, 32, digest);
	seal_hex(ret_key->id, digest, 8);
}

static int make(const char *path, unsigned char bytes[32], struct hs_err *err)
{
	char hex[66];
	int failed;

	if (RAND_bytes(bytes, 32) != 1)
		return hs_fail(err, HS_ESYSTEM, "no random bytes");
	seal_hex(hex, bytes, 32);
	hex[64] = '\n';
	failed = hs_file_write(path, hex, 65, 0600, err);
	hs_wipe(hex, sizeof(hex));
	return failed;
}

static int read_key(
    const char *path, unsigned char bytes[32], struct hs_err *err)
{
	hs_auto(hs_freep) char *text = NULL;
	bool ok;

	if (hs_file_read(path, KEY_FILE_MAX, &text, NULL, err) < 0)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	ok = seal_unhex(bytes, text, 32);
	hs_wipe(text, strlen(text));
	if (ok)
		return 0;
	return hs_fail(err, HS_EINVAL,
	    "'%s' is no archive key: 64 hexadecimal digits are expected", path);
}

int seal_key_make(const char *path, struct hs_err *err)
{
	unsigned char bytes[32];
	int failed;

	if (access(path, F_OK) == 0)
		return 0;
	failed = make(path, bytes, err);
	hs_wipe(bytes, sizeof(bytes));
	return failed;
}

int seal_key_load(
    const char *path, struct seal_key *ret_key, struct hs_err *err)
{
	unsigned char bytes[32];

	if (read_key(path, bytes, err) < 0)
		return hs_wrap(err, "the archive key");
	seal_key_from(ret_key, bytes);
	hs_wipe(bytes, sizeof(bytes));
	return 0;
}

int seal_derive(const struct seal_key *key, const unsigned char *salt,
    unsigned char ret_key[32], struct hs_err *err)
{
	hs_auto(pctx_freep) EVP_PKEY_CTX *ctx =
	    EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	size_t len = 32;

	if (ctx != NULL && EVP_PKEY_derive_init(ctx) > 0 &&
	    EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) > 0 &&
	    EVP_PKEY_CTX_set1_hkdf_salt(ctx, salt, SEAL_SALT) > 0 &&
	    EVP_PKEY_CTX_set1_hkdf_key(ctx, key->bytes, 32) > 0 &&
	    EVP_PKEY_CTX_add1_hkdf_info(ctx, (const unsigned char *)PURPOSE,
		(int)strlen(PURPOSE)) > 0 &&
	    EVP_PKEY_derive(ctx, ret_key, &len) > 0 && len == 32)
		return 0;
	return hs_fail(err, HS_ESYSTEM, "the key of the file: HKDF failed");
}

void seal_nonce(unsigned char nonce[SEAL_NONCE], uint64_t number, bool is_last)
{
	memset(nonce, 0, SEAL_NONCE);
	for (size_t i = 0; i < 8; i++)
		nonce[SEAL_NONCE - 2 - i] = (unsigned char)(number >> 8 * i);
	nonce[SEAL_NONCE - 1] = is_last ? 1 : 0;
}

void seal_bind(unsigned char ret_digest[32], const unsigned char *prefix,
    size_t prefix_len, const char *header, size_t len)
{
	hs_auto(hs_freep) unsigned char *all = hs_alloc(prefix_len + len + 1);

	memcpy(all, prefix, prefix_len);
	memcpy(all + prefix_len, header, len);
	(void)SHA256(all, prefix_len + len, ret_digest);
}
