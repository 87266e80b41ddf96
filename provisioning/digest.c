/* digest.c - SHA-256 of texts. */

#include "provisioning/digest.h"

#include <openssl/sha.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define FILE_MAX (16 * 1024 * 1024)

static char *digest(const char *data, size_t len)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	struct hs_text hex = { 0 };

	(void)SHA256((const unsigned char *)data, len, hash);
	for (size_t i = 0; i < sizeof(hash); i++)
		hs_text_addf(&hex, "%02x", hash[i]);
	return hs_text_take(&hex);
}

char *digest_text(const char *text)
{
	return digest(text, strlen(text));
}

char *digest_file(const char *path)
{
	hs_auto(hs_freep) char *data = NULL;
	size_t len;

	if (hs_file_read(path, FILE_MAX, &data, &len, NULL) < 0)
		return NULL;
	return digest(data, len);
}
