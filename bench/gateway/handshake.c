/* handshake.c - what a log-in's handshake takes of a server, in memory: neither
 * kernel nor sessions.
 *
 *   handshake COUNT CA CERTIFICATE KEY CLIENT_CERTIFICATE CLIENT_KEY
 *
 * Prints three times of the processor, in microseconds a handshake: a server's
 * with OpenSSL as it comes, with the gateway's front, and of either what the
 * operations on curves take that none can do without.
 */

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/keys.h"
#include "shared-db-gateway/library.h"
#include "shared-db-gateway/tls.h"

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static SSL_CTX *context(const SSL_METHOD *method, const char *ca,
    const char *certificate, const char *key)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (SSL_CTX_load_verify_file(ctx, ca) != 1 ||
	    SSL_CTX_use_certificate_file(ctx, certificate, SSL_FILETYPE_PEM) !=
		1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
		exit(2);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_num_tickets(ctx, 0);
	return ctx;
}

static struct gw_tls open_front(char **argv, struct gw_library *library)
{
	const struct gw_config config = { .ca = argv[2],
		.server = { .certificate = argv[3], .key = argv[4] } };
	struct gw_tls tls = { 0 };
	json_t *keys = NULL;
	struct hs_err err = { 0 };

	if (gw_library_open(library, &err) == 0 &&
	    gw_keys_load(&config, NULL, &keys, &err) == 0)
		tls.library = library->context;
	if (tls.library == NULL || gw_tls_open(&config, keys, &tls, &err) < 0) {
		(void)fprintf(stderr, "%s\n", err.msg);
		exit(2);
	}
	json_decref(keys);
	return tls;
}

/* The server's part of one, in ns; 0: it failed. */
static uint64_t shake(SSL_CTX *front, SSL_CTX *ctx)
{
	SSL *client = SSL_new(ctx), *server;
	BIO *up = BIO_new(BIO_s_mem()), *down = BIO_new(BIO_s_mem());
	uint64_t spent, before;
	int in = 0;

	(void)BIO_up_ref(up);
	(void)BIO_up_ref(down);
	SSL_set_bio(client, down, up);
	SSL_set_connect_state(client);
	before = now_ns();
	server = SSL_new(front);
	SSL_set_bio(server, up, down);
	SSL_set_accept_state(server);
	spent = now_ns() - before;
	for (int i = 0; i < 4 && in != 1; i++) {
		(void)SSL_do_handshake(client);
		before = now_ns();
		in = SSL_do_handshake(server);
		spent += now_ns() - before;
	}
	before = now_ns();
	SSL_free(server);
	spent += now_ns() - before;
	SSL_free(client);
	return in == 1 ? spent : 0;
}

/* -- What it cannot do without --------------------------------------------- */

static EVP_PKEY *key_of(const char *path)
{
	FILE *file = fopen(path, "re");
	EVP_PKEY *key =
	    file != NULL ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;

	if (key == NULL)
		exit(2);
	(void)fclose(file);
	return key;
}

/* A signature, and a look whether one is right. */
static uint64_t prove(EVP_PKEY *key)
{
	static const uint8_t hash[32] = { 1 };
	EVP_PKEY_CTX *one = EVP_PKEY_CTX_new(key, NULL);
	EVP_PKEY_CTX *two = EVP_PKEY_CTX_new(key, NULL);
	uint8_t signature[128];
	size_t len = sizeof(signature);
	uint64_t before;

	(void)EVP_PKEY_sign_init(one);
	(void)EVP_PKEY_verify_init(two);
	before = now_ns();
	if (EVP_PKEY_sign(one, signature, &len, hash, sizeof(hash)) != 1 ||
	    EVP_PKEY_verify(two, signature, len, hash, sizeof(hash)) != 1)
		exit(1);
	before = now_ns() - before;
	EVP_PKEY_CTX_free(one);
	EVP_PKEY_CTX_free(two);
	return before;
}

/* A key of one's own, and what it makes with another's. */
static uint64_t exchange(EVP_PKEY *other)
{
	EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_id(EVP_PKEY_X25519, NULL), *mix;
	EVP_PKEY *own = NULL;
	uint8_t secret[32];
	size_t len = sizeof(secret);
	uint64_t before, spent;

	(void)EVP_PKEY_keygen_init(make);
	before = now_ns();
	if (EVP_PKEY_keygen(make, &own) != 1)
		exit(1);
	spent = now_ns() - before;
	mix = EVP_PKEY_CTX_new(own, NULL);
	(void)EVP_PKEY_derive_init(mix);
	(void)EVP_PKEY_derive_set_peer(mix, other);
	before = now_ns();
	if (EVP_PKEY_derive(mix, secret, &len) != 1)
		exit(1);
	spent += now_ns() - before;
	EVP_PKEY_CTX_free(make);
	EVP_PKEY_CTX_free(mix);
	EVP_PKEY_free(own);
	return spent;
}

int main(int argc, char **argv)
{
	uint64_t plain = 0, ours = 0, curves = 0, count;
	struct gw_library library = { 0 };
	SSL_CTX *front, *ctx;
	EVP_PKEY *key, *other;
	struct gw_tls tls;

	if (argc != 7 || (count = strtoul(argv[1], NULL, 10)) == 0)
		return 2;
	front = context(TLS_server_method(), argv[2], argv[3], argv[4]);
	ctx = context(TLS_client_method(), argv[2], argv[5], argv[6]);
	tls = open_front(argv, &library);
	key = key_of(argv[4]);
	other = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	if (shake(front, ctx) == 0 || shake(tls.front, ctx) == 0)
		return 1;
	for (uint64_t i = 0; i < count; i++) {
		plain += shake(front, ctx);
		ours += shake(tls.front, ctx);
		curves += prove(key) + exchange(other);
	}
	count *= 1000;
	(void)printf("%llu %llu %llu\n", (unsigned long long)(plain / count),
	    (unsigned long long)(ours / count),
	    (unsigned long long)(curves / count));
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	SSL_CTX_free(front);
	SSL_CTX_free(ctx);
	gw_tls_close(&tls);
	gw_library_close(&library);
	return 0;
}
