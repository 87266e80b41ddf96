/* token.c - random tokens, what is stored of them, and the forms they sign. */

#include "portal/web/token.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/mem.h"

static const char *to_hex(struct hs_arena *arena, const char *prefix,
    const unsigned char *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	size_t at = strlen(prefix);
	char *text = hs_arena_alloc(arena, at + 2 * len + 1);

	memcpy(text, prefix, at);
	for (size_t i = 0; i < len; i++) {
		text[at++] = digits[data[i] >> 4];
		text[at++] = digits[data[i] & 15];
	}
	return text;
}

const char *web_token_new(struct hs_arena *arena, size_t bytes)
{
	unsigned char data[64];

	assert(bytes <= sizeof(data));
	/* Without random numbers there is no session worth having. */
	assert(RAND_bytes(data, (int)bytes) == 1);
	return to_hex(arena, "", data, bytes);
}

bool web_token_is_good(const char *token, size_t bytes)
{
	return token != NULL && strlen(token) == 2 * bytes &&
	       strspn(token, "0123456789abcdef") == 2 * bytes;
}

const char *web_token_hash(struct hs_arena *arena, const char *token)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	int done =
	    EVP_Digest(token, strlen(token), digest, &len, EVP_sha256(), NULL);

	assert(done == 1);
	return to_hex(arena, "\\x", digest, len);
}

const char *web_csrf(
    struct hs_arena *arena, const char *token, const char *purpose)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	const unsigned char *mac = HMAC(EVP_sha256(), token, (int)strlen(token),
	    (const unsigned char *)purpose, strlen(purpose), digest, &len);

	assert(mac != NULL);
	return to_hex(arena, "", digest, len);
}

bool web_csrf_is_good(struct hs_arena *arena, const char *token,
    const char *purpose, const char *given)
{
	const char *want = web_csrf(arena, token, purpose);

	return given != NULL && strlen(given) == strlen(want) &&
	       CRYPTO_memcmp(given, want, strlen(want)) == 0;
}
