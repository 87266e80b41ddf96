/* digest.c - SHA-256 of texts and files. */

#include "provisioning/digest.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define CHUNK 16384

static char *hex_of(const unsigned char *hash, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = hs_alloc(2 * size + 1);

	for (size_t i = 0; i < size; i++) {
		hex[2 * i] = digits[hash[i] >> 4];
		hex[2 * i + 1] = digits[hash[i] & 15];
	}
	return hex;
}

char *digest_text(const char *text)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	(void)EVP_Digest(text, strlen(text), hash, &size, EVP_sha256(), NULL);
	return hex_of(hash, size);
}

/* Of any length: system images are tens of megabytes. */
static int read_into(EVP_MD_CTX *context, int fd)
{
	char chunk[CHUNK];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		(void)EVP_DigestUpdate(context, chunk, (size_t)n);
	return n < 0 ? -1 : 0;
}

char *digest_file(const char *path)
{
	hs_auto(hs_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	EVP_MD_CTX *context = fd >= 0 ? EVP_MD_CTX_new() : NULL;
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	bool good = context != NULL &&
		    EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
		    read_into(context, fd) == 0 &&
		    EVP_DigestFinal_ex(context, hash, &size) == 1;

	EVP_MD_CTX_free(context);
	return good ? hex_of(hash, size) : NULL;
}
